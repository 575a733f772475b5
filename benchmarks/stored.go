package benchmarks

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"slipway/benchmarks/store"
)

// Evidence is a comparison with all that it was made from.
type Evidence struct {
	Comparison  *Comparison
	Experiments []store.Experiment // whose runs these are, as far as their records can be read
	Runs        []store.Run        // in the order in which they were measured; warm-ups and boots that went wrong are among them
	Label       func(*store.Run) string
}

// Labelled is the target of the comparison that a run belongs to.
func (e *Evidence) Labelled(run *store.Run) string {
	if e.Label == nil {
		return run.Target.ID
	}
	return e.Label(run)
}

// CompareStored is the comparison of GatherStored.
func CompareStored(history *store.Store, names []string, baseline, project string) (*Comparison, error) {
	e, err := GatherStored(history, names, baseline, project)
	if err != nil {
		return nil, err
	}
	return e.Comparison, nil
}

// GatherStored compares what the history has under some names: the targets of one
// experiment with each other, or several experiments and targets, each as one side.
// A target, such as keel/nbody, stands for its newest experiment that came to its
// end, in the project folder where there is one: another project may have another
// app of that name. baseline "" is the experiment's own, or the first name.
func GatherStored(history *store.Store, names []string, baseline, project string) (*Evidence, error) {
	if len(names) == 1 {
		return gatherOne(history, names[0], baseline)
	}
	var sides []side
	for _, name := range names {
		stored, err := storedRuns(history, name, project)
		if err != nil {
			return nil, err
		}
		if len(stored.runs) == 0 {
			return nil, fmt.Errorf("experiment %s has no boots: nothing would be compared", stored.of.ID)
		}
		sides = append(sides, newSide(name, stored))
	}
	if at := slices.IndexFunc(sides, func(s side) bool { return s.of(baseline) }); at > 0 {
		first := sides[at]
		sides = slices.Insert(slices.Delete(sides, at, at+1), 0, first)
	}
	return gatherSides(history, sides, baseline)
}

// gatherSides compares the sides' targets with those of the first.
func gatherSides(history *store.Store, sides []side, baseline string) (*Evidence, error) {
	targets, baselines, notes, err := paired(sides)
	if err != nil {
		return nil, err
	}
	e := &Evidence{}
	labels := map[string]string{} // run ID -> name
	for n, s := range sides {
		for _, r := range s.stored.runs {
			name, compared := targets[n][r.Target.ID]
			if !compared {
				continue
			}
			if other, taken := labels[r.ID]; taken {
				return nil, fmt.Errorf("%s and %s are the same boots, of experiment %s: nothing would be compared", other, name, r.Experiment)
			}
			labels[r.ID] = name
			e.Runs = append(e.Runs, r)
		}
		if s.stored.note != "" {
			notes = append(notes, s.stored.note)
		}
		known := func(x store.Experiment) bool { return x.ID == s.stored.of.ID }
		if !slices.ContainsFunc(e.Experiments, known) {
			e.Experiments = append(e.Experiments, s.stored.of)
		}
	}
	switch {
	case baseline == "" || sides[0].of(baseline):
		baseline = sides[0].first(targets[0])
	case len(baselines) > 0:
		return nil, fmt.Errorf("baseline %q is none of the compared sides: %s", baseline, strings.Join(names(sides), ", "))
	}
	e.Label = func(r *store.Run) string { return labels[r.ID] }
	c, err := Compare(e.Runs, Options{Baseline: baseline, Baselines: baselines, Label: e.Label, Level: strictest(history, e.Runs)})
	if err != nil {
		return nil, err
	}
	c.Notes = append(c.Notes, notes...)
	parts := make([]lost, len(sides))
	for i, s := range sides {
		parts[i] = s.stored.lost
	}
	c.lacks(parts...)
	e.Comparison = c
	return e, nil
}

// gatherOne compares the targets of one experiment.
func gatherOne(history *store.Store, name, baseline string) (*Evidence, error) {
	experiment, err := history.Experiment(name)
	if errors.Is(err, store.ErrNotFound) {
		for _, kind := range []store.Kind{store.Timed, store.Imported} {
			list, listErr := history.List(store.Filter{Target: name, Kind: kind}, page)
			if listErr != nil {
				return nil, errors.Join(err, listErr)
			}
			list = slices.DeleteFunc(list, isAlone)
			if len(list) > 0 {
				return nil, fmt.Errorf("%s is one target: name a second one to compare it with, or its experiment, %s", name, list[0].Experiment)
			}
		}
	}
	if err != nil {
		return nil, err
	}
	runs, err := history.Load(store.Filter{Experiment: experiment.ID})
	if err != nil {
		return nil, err
	}
	c, err := CompareRuns(experiment, runs, baseline, nil)
	if err != nil {
		return nil, err
	}
	return &Evidence{Comparison: c, Experiments: []store.Experiment{experiment}, Runs: runs}, nil
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
	var baselines map[string]string
	if baseline == "" || experiment.Saves && baseline == strings.Trim(LastSave, " ()") {
		baseline, baselines = recordedBaselines(experiment, runs)
	}
	c, err := Compare(byTarget(experiment, runs), Options{Baseline: baseline, Baselines: baselines, Level: experiment.Level, Swept: experiment.Swept})
	if err != nil {
		return nil, err
	}
	expected := 0
	for _, t := range experiment.Targets {
		if len(targets) == 0 || slices.Contains(targets, t.ID) {
			expected++
		}
	}
	c.lacks(lostOf(experiment, runs, expected))
	c.Notes = append(c.Notes, course(experiment)...)
	if len(experiment.Added) > 0 {
		c.Trust = slices.Insert(c.Trust, min(1, len(c.Trust)), trustAdded(experiment)) // beside the order, in sight
	}
	return c, nil
}

// byTarget puts runs in the order of the experiment's targets, which is that of the table.
func byTarget(e store.Experiment, runs []store.Run) []store.Run {
	at := map[string]int{}
	for i, t := range e.Targets {
		at[t.ID] = i
	}
	sorted := slices.Clone(runs)
	slices.SortStableFunc(sorted, func(a, b store.Run) int { return cmp.Compare(at[a.Target.ID], at[b.Target.ID]) })
	return sorted
}

// storedSide is what a name stands for. note says where its runs are not the newest
// ones.
type storedSide struct {
	of   store.Experiment
	runs []store.Run
	note string
	lost lost
}

func storedRuns(history *store.Store, name, project string) (side storedSide, err error) {
	filter := store.Filter{Target: name, Kind: store.Timed, NoWarmup: true}
	chosen, newest, found, err := newestWhole(history, filter, project)
	if err == nil && !found {
		filter.Kind = store.Imported
		chosen, newest, found, err = newestWhole(history, filter, project)
	}
	if err != nil {
		return side, err
	}
	if !found {
		side.of, err = history.Experiment(name)
		if errors.Is(err, store.ErrNotFound) {
			if one, isOne, oneErr := oneTarget(history, name); isOne {
				return one, oneErr
			}
			return side, fmt.Errorf("%q is no file, no experiment and no target with timed runs: 'slipway runs' lists what there is", name)
		}
		if err != nil {
			return side, err
		}
		side.runs, err = history.Load(store.Filter{Experiment: side.of.ID})
		side.lost = lostOf(side.of, side.runs, len(side.of.Targets))
		return side, err
	}
	switch {
	case chosen.Project != "" && chosen.Project != project:
		side.note = fmt.Sprintf("%s: from experiment %s of another project, %s", name, chosen.ID, chosen.Project)
	case chosen.ID != "" && chosen.State != store.Done:
		side.note = fmt.Sprintf("%s: from experiment %s, which did not come to its end", name, chosen.ID)
	case chosen.ID != newest:
		side.note = fmt.Sprintf("%s: from experiment %s; the newer %s did not come to its end, or is another project's", name, chosen.ID, newest)
	}
	side.of = chosen
	side.runs, err = history.Load(store.Filter{Target: name, Kind: filter.Kind, Experiment: chosen.ID})
	side.lost = lostOf(chosen, side.runs, 1)
	return side, err
}

// isAlone reports whether a run was timed outside of all experiments, see Alone.
func isAlone(r store.Summary) bool { return r.Experiment == "" }

// page is how many runs are looked at at once: the newest ones most often tell.
const page = 200

// newestWhole returns the newest experiment of the runs that a filter lets through which
// came to its end and belongs to a project, or else to any, or the newest where none did.
// newest is the experiment of the newest such run.
func newestWhole(history *store.Store, filter store.Filter, project string) (chosen store.Experiment, newest string, found bool, err error) {
	seen := map[string]bool{}
	var other, cut *store.Experiment
	for {
		list, err := history.List(filter, page)
		if err != nil {
			return chosen, "", false, err
		}
		for _, run := range list {
			if isAlone(run) {
				continue
			}
			if len(seen) == 0 {
				newest = run.Experiment
			}
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
				return e, newest, true, nil
			case e.State == store.Done && other == nil:
				other = &e
			case cut == nil:
				cut = &e
			}
		}
		if len(list) < page {
			break
		}
		filter.Before = list[len(list)-1].ID
	}
	switch {
	case other != nil:
		chosen = *other
	case cut != nil:
		chosen = *cut
	}
	return chosen, newest, len(seen) > 0, nil
}
