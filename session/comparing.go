package session

import (
	"slices"

	"slipway/benchmarks"
	"slipway/benchmarks/store"
)

// showComparison judges what has been timed of the images there are now: the
// marked kernels against the baseline, and each kernel's image against its last
// one. While nothing of newer images has been timed, the figures of the older
// ones stay; State.Outdated says so.
func (s *Session) showComparison() { s.judge(false) }

// showFigures is showComparison for an experiment under way: until it has figures, those
// of the one before stay.
func (s *Session) showFigures() { s.judge(true) }

func (s *Session) judge(keep bool) {
	s.mu.Lock()
	runs, of := slices.Clone(s.timed), s.measured
	s.mu.Unlock()
	across, saves := s.compared(runs, of)
	s.board.update(func(st *State) {
		if (keep || st.Outdated) && across == nil && !slices.ContainsFunc(saves, isThere) {
			return
		}
		st.Comparison, st.SaveComparisons, st.Outdated = across, saves, false
	})
}

// compared judges runs of an experiment: the marked kernels against the baseline, and
// each against its last save.
func (s *Session) compared(runs []store.Run, of store.Experiment) (across *benchmarks.Comparison, saves []*benchmarks.Comparison) {
	s.mu.Lock()
	app, marked, baseline := s.app, slices.Clone(s.marked), s.baseline
	s.mu.Unlock()
	ids := make([]string, len(marked))
	for i, kernel := range marked {
		ids[i] = kernel + "/" + app
	}
	across = s.compareArms(runs, baseline+"/"+app, ids, of)
	saves = make([]*benchmarks.Comparison, len(ids))
	for i, id := range ids {
		saves[i] = s.compareArms(runs, lastOf(id), []string{lastOf(id), id}, of)
	}
	return across, saves
}

func isThere(c *benchmarks.Comparison) bool { return c != nil }

// outdate marks the figures on screen as those of images that were replaced.
func (s *Session) outdate() {
	s.board.update(func(st *State) {
		st.Outdated = st.Comparison != nil || slices.ContainsFunc(st.SaveComparisons, isThere)
	})
}

// forgetTimed takes the figures off the screen: they are another app's.
func (s *Session) forgetTimed() {
	s.mu.Lock()
	s.timed, s.measured = nil, store.Experiment{}
	s.mu.Unlock()
	s.board.update(func(st *State) { st.Comparison, st.SaveComparisons, st.Experiment, st.Outdated = nil, nil, nil, false })
}

// measure makes an experiment the one whose figures are shown, with the runs it has so
// far. Figures of two experiments are never mixed: what the screen says is what the
// record says when it is opened again.
func (s *Session) measure(of store.Experiment, runs []store.Run) {
	s.mu.Lock()
	s.timed, s.measured = slices.Clone(runs), of
	s.mu.Unlock()
}

// showSave shows a save that is about to be built.
func (s *Session) showSave(files []string) {
	s.board.update(func(st *State) {
		number := 1
		if st.Save != nil {
			number = st.Save.Number + 1
		}
		st.Save = &Save{Number: number, At: s.options.Now(), Files: files}
	})
}

// LastSave ends the name of a target that is the last save's image.
const LastSave = benchmarks.LastSave

// lastOf is the arm of a guest's last save.
func lastOf(id string) string { return id + LastSave }

// compareArms compares the runs of some arms, or returns nil while there are no
// two arms with runs that count.
func (s *Session) compareArms(runs []store.Run, baseline string, arms []string, of store.Experiment) *benchmarks.Comparison {
	seen := map[string]bool{}
	for _, r := range runs {
		if !r.Warmup && slices.Contains(arms, r.Target.ID) {
			seen[r.Target.ID] = true
		}
	}
	if len(seen) == 0 || !seen[baseline] || len(arms) > 1 && len(seen) < 2 {
		return nil
	}
	c, err := benchmarks.CompareRuns(of, runs, baseline, arms)
	if err != nil {
		return nil // it fails only without runs, and there are some
	}
	return c.WithBands(s.options.Bands)
}

// MetricHelp says in a sentence or two what a metric is.
func (s *Session) MetricHelp(name string) string {
	return benchmarks.Describe(name, "", "").About
}
