package session

import (
	"maps"
	"slices"

	"slipway/benchmarks"
	"slipway/benchmarks/store"
	"slipway/runner"
)

// showComparison judges what has been timed of the images there are now: the
// marked kernels against the baseline, and each kernel's image against its last
// one. While nothing of newer images has been timed, the figures of the older
// ones stay; State.Outdated says so.
func (s *Session) showComparison() {
	s.mu.Lock()
	runs, level := slices.Clone(s.timed), s.level
	s.mu.Unlock()
	across, saves := s.compared(runs, level)
	s.board.update(func(st *State) {
		if st.Outdated && across == nil && !slices.ContainsFunc(saves, isThere) {
			return
		}
		st.Comparison, st.SaveComparisons, st.Outdated = across, saves, false
	})
}

// compared judges runs: the marked kernels against the baseline, and each against its
// last save.
func (s *Session) compared(runs []store.Run, level float64) (across *benchmarks.Comparison, saves []*benchmarks.Comparison) {
	s.mu.Lock()
	app, marked, baseline := s.app, slices.Clone(s.marked), s.baseline
	s.mu.Unlock()
	ids := make([]string, len(marked))
	for i, kernel := range marked {
		ids[i] = kernel + "/" + app
	}
	across = s.compareArms(runs, baseline+"/"+app, ids, level)
	saves = make([]*benchmarks.Comparison, len(ids))
	for i, id := range ids {
		saves[i] = s.compareArms(runs, lastOf(id), []string{lastOf(id), id}, level)
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
	s.timed, s.level = nil, 0
	s.mu.Unlock()
	s.board.update(func(st *State) { st.Comparison, st.SaveComparisons, st.Experiment, st.Outdated = nil, nil, nil, false })
}

// keepTimed drops what was timed before unless every arm with runs is still the
// same image with the same settings and disks: figures of different things are never mixed,
// and arms that are compared have been timed side by side.
func (s *Session) keepTimed(arms []benchmarks.Arm) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, arm := range arms {
		settings := benchmarks.Chosen(arm.Image.Target.Settings, arm.Image.App)
		sameContent := func(then store.Attached, now runner.Attached) bool { return runner.Attached(then).Same(now) }
		manifests := store.Manifests{Kernel: arm.Image.Kernel.Hash, App: arm.Image.App.Hash}
		other := func(r store.Run) bool {
			return r.Target.ID == arm.ID && (r.Image.Hash != arm.Image.Hash || r.Manifests != manifests || !maps.Equal(r.Target.Settings, settings) ||
				!slices.EqualFunc(r.Attached, arm.Image.Attached, sameContent))
		}
		if slices.ContainsFunc(s.timed, other) {
			s.timed, s.level = nil, 0
			return
		}
	}
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
func (s *Session) compareArms(runs []store.Run, baseline string, arms []string, level float64) *benchmarks.Comparison {
	kept := slices.DeleteFunc(slices.Clone(runs), func(r store.Run) bool { return !slices.Contains(arms, r.Target.ID) })
	seen := map[string]bool{}
	for _, r := range kept {
		if !r.Warmup {
			seen[r.Target.ID] = true
		}
	}
	if len(seen) == 0 || !seen[baseline] || len(arms) > 1 && len(seen) < 2 {
		return nil
	}
	c, err := benchmarks.Compare(kept, benchmarks.Options{Baseline: baseline, Bands: s.options.Bands, Level: level})
	if err != nil {
		return nil // it fails only without runs, and there are some
	}
	return c
}

// MetricHelp says in a sentence or two what a metric is.
func (s *Session) MetricHelp(name string) string {
	return benchmarks.Describe(name, "", "").About
}
