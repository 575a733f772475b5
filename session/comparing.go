package session

import (
	"slices"

	"slipway/benchmarks"
	"slipway/benchmarks/store"
)

// showComparison judges what has been timed since the last save that changed an
// image: the marked kernels against the baseline, and each kernel's image
// against its last one.
func (s *Session) showComparison() {
	s.mu.Lock()
	runs := slices.Clone(s.timed)
	app, marked, baseline := s.app, slices.Clone(s.marked), s.baseline
	s.mu.Unlock()
	ids := make([]string, len(marked))
	for i, kernel := range marked {
		ids[i] = kernel + "/" + app
	}
	across := compareArms(runs, baseline+"/"+app, ids)
	saves := make([]*benchmarks.Comparison, len(ids))
	for i, id := range ids {
		saves[i] = compareArms(runs, lastOf(id), []string{lastOf(id), id})
	}
	s.board.update(func(st *State) { st.Comparison, st.SaveComparisons = across, saves })
}

// showSave shows a save that was built, and forgets the timed runs of the images
// it replaced.
func (s *Session) showSave(files []string, ok bool) {
	s.mu.Lock()
	s.timed = nil
	s.mu.Unlock()
	s.board.update(func(st *State) {
		number := 1
		if st.Save != nil {
			number = st.Save.Number + 1
		}
		st.Save = &Save{Number: number, At: s.options.Now(), Files: files, Ok: ok}
	})
}

// lastOf is the arm of a guest's last save.
func lastOf(id string) string { return id + " (last save)" }

// compareArms compares the runs of some arms, or returns nil while there are no
// two arms with runs.
func compareArms(runs []store.Run, baseline string, arms []string) *benchmarks.Comparison {
	kept := slices.DeleteFunc(slices.Clone(runs), func(r store.Run) bool { return !slices.Contains(arms, r.Target.ID) })
	seen := map[string]bool{}
	for _, r := range kept {
		seen[r.Target.ID] = true
	}
	if len(seen) == 0 || !seen[baseline] || len(arms) > 1 && len(seen) < 2 {
		return nil
	}
	c, err := benchmarks.Compare(kept, benchmarks.Options{Baseline: baseline, AnyOrder: !oneExperiment(kept)})
	if err != nil {
		return nil // it fails only without runs, and there are some
	}
	return c
}

// oneExperiment says whether all runs were interleaved with each other.
func oneExperiment(runs []store.Run) bool {
	return !slices.ContainsFunc(runs, func(r store.Run) bool { return r.Experiment != runs[0].Experiment })
}

// MetricHelp says in a sentence or two what a metric is.
func (s *Session) MetricHelp(name string) string {
	return benchmarks.Describe(name, "", "").About
}
