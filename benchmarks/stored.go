package benchmarks

import (
	"errors"
	"fmt"
	"slices"

	"slipway/benchmarks/store"
)

// CompareStored compares what the history has under some names: the targets of one
// experiment with each other, or several experiments and targets, each as one side.
// A target, such as keel/nbody, stands for its newest experiment that came to its
// end. baseline "" is the experiment's own, or the first name.
func CompareStored(history *store.Store, names []string, baseline string) (*Comparison, error) {
	if len(names) == 1 {
		experiment, err := history.Experiment(names[0])
		if err != nil {
			return nil, err
		}
		return CompareExperiment(history, experiment, baseline, nil)
	}
	var all []store.Run
	var notes []string
	labels := map[string]string{} // run ID -> name
	for _, name := range names {
		runs, note, err := storedRuns(history, name)
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
		Baseline: baseline,
		Label:    func(r *store.Run) string { return labels[r.ID] },
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
	if len(targets) > 0 {
		runs = slices.DeleteFunc(runs, func(r store.Run) bool { return !slices.Contains(targets, r.Target.ID) })
	}
	if baseline == "" {
		baseline = experiment.Baseline
	}
	return Compare(runs, Options{Baseline: baseline})
}

// storedRuns are the timed runs that a name stands for. note says where they are
// not the newest ones.
func storedRuns(history *store.Store, name string) (runs []store.Run, note string, err error) {
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
		return runs, "", err
	}
	chosen := newestWhole(history, list)
	if chosen != list[0].Experiment {
		note = fmt.Sprintf("%s: from experiment %s; the newer %s did not come to its end", name, chosen, list[0].Experiment)
	}
	runs, err = history.Load(store.Filter{Target: name, Kind: store.Timed, Experiment: chosen})
	return runs, note, err
}

// newestWhole returns the newest experiment in a list of runs that came to its
// end, or the newest where none did.
func newestWhole(history *store.Store, newestFirst []store.Summary) string {
	seen := map[string]bool{}
	for _, run := range newestFirst {
		if seen[run.Experiment] {
			continue
		}
		seen[run.Experiment] = true
		if e, err := history.Experiment(run.Experiment); err == nil && e.State == store.Done {
			return e.ID
		}
	}
	return newestFirst[0].Experiment
}
