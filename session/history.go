package session

import (
	"context"
	"fmt"
	"slices"

	"slipway/benchmarks/store"
)

// maxRuns is how many runs the History tab lists.
const maxRuns = 10_000

// shortHash is how many digits of an image's hash a list shows.
const shortHash = 12

// Start begins the background work: the accelerator's proof, the history, the
// watchers and the loop, with what was selected last time. A workbench calls it
// after its first frame; a second call does nothing.
func (s *Session) Start() {
	s.mu.Lock()
	if s.started {
		s.mu.Unlock()
		return
	}
	s.started = true
	s.mu.Unlock()
	s.run(s.loop.run)
	s.run(s.tidyFirst)
	s.run(s.tidyTrash)
	s.run(func(context.Context) { s.loadRuns() })
	s.run(func(ctx context.Context) {
		accelerator, err := s.runner.Accelerator(ctx, "x86_64", "auto")
		if err != nil {
			if ctx.Err() == nil {
				s.board.problem(Problem{What: err.Error()})
			}
			return
		}
		s.showAccelerator(accelerator)
	})
	s.restoreSelection()
	s.openNewest()
	s.watched.begin()
	s.watchCatalog()
}

// loadRuns shows the history.
func (s *Session) loadRuns() {
	s.listLock.Lock() // an older list must not replace a newer one
	defer s.listLock.Unlock()
	known := map[string]bool{}
	for _, r := range s.board.state().Runs {
		known[r.ID] = true
	}
	history, err := s.Store()
	var runs []store.Summary
	if err == nil {
		s.listed = history.Stamp() // before: what comes meanwhile shows at the next look
		runs, err = history.List(store.Filter{}, maxRuns)
	}
	if err == nil && len(runs) == maxRuns { // what is pinned is never out of sight
		var pinned []store.Summary
		pinned, err = history.List(store.Filter{Pinned: true, Before: runs[maxRuns-1].ID}, maxRuns)
		runs = append(runs, pinned...)
	}
	if err != nil {
		s.board.problem(Problem{What: fmt.Sprintf("history: %v", err)})
	}
	list := make([]Run, len(runs))
	for i, r := range runs {
		list[i] = ListedRun(r)
		known[r.ID] = true
	}
	s.board.update(func(st *State) {
		var newer []Run // stored while the list was being read
		for _, r := range st.Runs {
			if !known[r.ID] {
				newer = append(newer, r)
			}
		}
		st.Runs, st.RunsLoaded = slices.Concat(newer, list), true
	})
}

// RefreshRuns reads the history again where another Slipway has changed it.
func (s *Session) RefreshRuns() {
	s.run(func(context.Context) {
		history, err := s.Store()
		if err != nil {
			return // it was said when the history was read
		}
		s.listLock.Lock()
		stale := !s.listed.IsZero() && !history.Stamp().Equal(s.listed)
		s.listLock.Unlock()
		if stale {
			s.loadRuns()
		}
	})
}

// ListedRun is a stored run as lists show it.
func ListedRun(r store.Summary) Run {
	status := -1
	if r.Exit != nil {
		status = *r.Exit
	}
	return Run{
		ID: r.ID, Experiment: r.Experiment, Kernel: r.Kernel, App: r.App, Target: r.Target, Started: r.Started,
		Outcome: r.Outcome, Status: status, Total: SummaryTotal(r),
		Interactive: r.Kind == store.Interactive, Warmup: r.Warmup, Pinned: r.Pinned, Note: r.Note, Tags: r.Tags,
		Kind:  SummaryKind(r),
		Accel: r.Accel, Image: r.Image[:min(shortHash, len(r.Image))],
	}
}

// addRun puts a run that was just stored on top of the list.
func (s *Session) addRun(r store.Run) {
	s.board.update(func(st *State) {
		if slices.ContainsFunc(st.Runs, func(o Run) bool { return o.ID == r.ID }) {
			return // the list was read since it was stored
		}
		rest := st.Runs
		if len(rest) >= maxRuns {
			rest = rest[:maxRuns-1]
		}
		st.Runs = append([]Run{ListedRun(store.Summarise(r))}, rest...)
	})
}

// logPath is where a stored run's console log is, "" without a history.
func (s *Session) logPath(id string) string {
	history, err := s.Store()
	if err != nil {
		return ""
	}
	return history.LogPath(id)
}

// RunText describes a stored run in lines: see the function of the same name.
// It blocks.
func (s *Session) RunText(id string) (string, error) {
	history, err := s.Store()
	if err != nil {
		return "", err
	}
	run, err := history.Get(id)
	if err != nil {
		return "", err
	}
	return RunText(run, history.LogPath(run.ID)) + EndText(run), nil
}

// Rerun selects a stored run's app and marks its kernel, which builds and boots
// it with today's sources.
func (s *Session) Rerun(id string) {
	s.run(func(context.Context) {
		history, err := s.Store()
		if err == nil {
			var run store.Run
			if run, err = history.Get(id); err == nil {
				s.SelectApp(run.Target.App)     //nolint:contextcheck // watchers live as long as the session
				s.Mark(run.Target.Kernel, true) //nolint:contextcheck // as above
				s.Boot(run.Target.Kernel + "/" + run.Target.App)
				return
			}
		}
		s.board.problem(Problem{What: fmt.Sprintf("run %s again: %v", id, err)})
	})
}
