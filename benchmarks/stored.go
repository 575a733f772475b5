package benchmarks

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"slipway/benchmarks/store"
)

// CompareStored compares what the history has under some names: the targets of one
// experiment with each other, or several experiments and targets, each as one side.
// A target, such as keel/nbody, stands for its newest experiment that came to its
// end, in the project folder where there is one: another project may have another
// app of that name. baseline "" is the experiment's own, or the first name.
func CompareStored(history *store.Store, names []string, baseline, project string) (*Comparison, error) {
	if len(names) == 1 {
		experiment, err := history.Experiment(names[0])
		if errors.Is(err, store.ErrNotFound) {
			list, listErr := history.List(store.Filter{Target: names[0], Kind: store.Timed}, 1)
			if listErr != nil || len(list) == 0 {
				return nil, errors.Join(err, listErr)
			}
			return nil, fmt.Errorf("%s is one target: name a second one to compare it with, or its experiment, %s", names[0], list[0].Experiment)
		}
		if err != nil {
			return nil, err
		}
		return CompareExperiment(history, experiment, baseline, nil)
	}
	var all []store.Run
	var notes []string
	labels := map[string]string{} // run ID -> name
	for _, name := range names {
		runs, note, err := storedRuns(history, name, project)
		if err != nil {
			return nil, err
		}
		for _, r := range runs {
			labels[r.ID] = name
		}
		if note != "" {
			notes = append(notes, note)
		}
		all = append(all, runs...)
	}
	if baseline == "" {
		baseline = names[0]
	}
	c, err := Compare(all, Options{
		Baseline: baseline, Level: strictest(history, all),
		Label: func(r *store.Run) string { return labels[r.ID] },
	})
	if err != nil {
		return nil, err
	}
	c.Notes = append(c.Notes, notes...)
	return c, nil
}

// CompareExperiment compares an experiment's targets, those alone whose IDs are
// named where some are; baseline "" is the experiment's own.
func CompareExperiment(history *store.Store, experiment store.Experiment, baseline string, targets []string) (*Comparison, error) {
	runs, err := history.Load(store.Filter{Experiment: experiment.ID})
	if err != nil {
		return nil, err
	}
	return CompareRuns(experiment, runs, baseline, targets)
}

// CompareRuns is CompareExperiment for runs of the experiment that were loaded already.
func CompareRuns(experiment store.Experiment, runs []store.Run, baseline string, targets []string) (*Comparison, error) {
	if len(targets) > 0 {
		runs = slices.DeleteFunc(slices.Clone(runs), func(r store.Run) bool { return !slices.Contains(targets, r.Target.ID) })
	}
	if baseline == "" {
		baseline = experiment.Baseline
	}
	c, err := Compare(inOrder(experiment, runs), Options{Baseline: baseline, Level: experiment.Level, Swept: experiment.Swept})
	if err != nil {
		return nil, err
	}
	if len(targets) == 0 {
		c.Notes = append(c.Notes, missing(experiment, runs, len(experiment.Targets))...)
	}
	c.Notes = append(c.Notes, course(experiment)...)
	return c, nil
}

// inOrder puts runs in the order of the experiment's targets, which is that of the table.
func inOrder(e store.Experiment, runs []store.Run) []store.Run {
	at := map[string]int{}
	for i, t := range e.Targets {
		at[t.ID] = i
	}
	sorted := slices.Clone(runs)
	slices.SortStableFunc(sorted, func(a, b store.Run) int { return cmp.Compare(at[a.Target.ID], at[b.Target.ID]) })
	return sorted
}

// missing says that an experiment which came to its end has fewer boots than it made
// of some targets.
func missing(e store.Experiment, runs []store.Run, targets int) []string {
	boots := 0
	for _, r := range runs {
		if !r.Warmup {
			boots++
		}
	}
	if made := e.Rounds * targets; e.State == store.Done && boots < made {
		return []string{fmt.Sprintf("%d of %d boots of experiment %s are missing: deleted, or their records can't be read, which 'slipway doctor' tells", made-boots, made, e.ID)}
	}
	return nil
}

// storedRuns are the timed runs that a name stands for. note says where they are
// not the newest ones.
func storedRuns(history *store.Store, name, project string) (runs []store.Run, note string, err error) {
	list, err := history.List(store.Filter{Target: name, Kind: store.Timed, NoWarmup: true}, 0)
	if err != nil {
		return nil, "", err
	}
	if len(list) == 0 {
		experiment, err := history.Experiment(name)
		if errors.Is(err, store.ErrNotFound) {
			return nil, "", fmt.Errorf("%q is no file, no experiment and no target with timed runs: 'slipway runs' lists what there is", name)
		}
		if err != nil {
			return nil, "", err
		}
		runs, err = history.Load(store.Filter{Experiment: experiment.ID})
		return runs, strings.Join(missing(experiment, runs, len(experiment.Targets)), ""), err
	}
	chosen := newestWhole(history, list, project)
	switch {
	case chosen.Project != "" && chosen.Project != project:
		note = fmt.Sprintf("%s: from experiment %s of another project, %s", name, chosen.ID, chosen.Project)
	case chosen.ID != "" && chosen.State != store.Done:
		note = fmt.Sprintf("%s: from experiment %s, which did not come to its end", name, chosen.ID)
	case chosen.ID != list[0].Experiment:
		note = fmt.Sprintf("%s: from experiment %s; the newer %s did not come to its end, or is another project's", name, chosen.ID, list[0].Experiment)
	}
	runs, err = history.Load(store.Filter{Target: name, Kind: store.Timed, Experiment: chosen.ID})
	if note == "" {
		note = strings.Join(missing(chosen, runs, 1), "")
	}
	return runs, note, err
}

// newestWhole returns the newest experiment in a list of runs that came to its end
// and belongs to a project, or else to any, or the newest where none did.
func newestWhole(history *store.Store, newestFirst []store.Summary, project string) store.Experiment {
	seen := map[string]bool{}
	var other, cut *store.Experiment
	for _, run := range newestFirst {
		if seen[run.Experiment] {
			continue
		}
		seen[run.Experiment] = true
		e, err := history.Experiment(run.Experiment)
		if err != nil {
			e = store.Experiment{ID: run.Experiment} // its record is gone; the runs are not
		}
		switch {
		case e.State == store.Done && e.Project == project:
			return e
		case e.State == store.Done && other == nil:
			other = &e
		case cut == nil:
			cut = &e
		}
	}
	if other != nil {
		return *other
	}
	return *cut
}
