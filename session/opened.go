package session

import (
	"context"
	"fmt"
	"slices"
	"time"

	"slipway/benchmarks"
	"slipway/benchmarks/store"
)

// Opened is a stored experiment that the Compare screen shows. Each opening makes a
// new one.
type Opened struct {
	ID         string
	Title      string // what was compared
	At         time.Time
	Rounds     int    // planned
	State      string // "done", "stopped" ...
	Asked      bool   // the user asked for it; else it is the newest one of the selection
	Comparison *benchmarks.Comparison
}

// newestSearched bounds how many experiments are looked through for the newest one
// of a selection.
const newestSearched = 200

// OpenExperiment shows a stored experiment on the Compare screen.
func (s *Session) OpenExperiment(id string) {
	s.run(func(context.Context) {
		history, err := s.Store()
		if err == nil {
			var e store.Experiment
			if e, err = history.Experiment(id); err == nil {
				err = s.showOpened(history, e, true)
			}
		}
		if err != nil {
			s.board.problem(Problem{What: fmt.Sprintf("open experiment %s: %v", id, err)})
		}
	})
}

// openNewest shows the newest whole experiment of the selected app with any of the
// marked kernels, so that a workbench that was just opened shows what is known. That
// there is none is no problem.
func (s *Session) openNewest() {
	s.board.update(func(st *State) { st.Opened = nil })
	s.mu.Lock()
	app, marked, started := s.app, slices.Clone(s.marked), s.started
	s.mu.Unlock()
	if !started || app == "" || len(marked) == 0 {
		return
	}
	s.run(func(context.Context) {
		history, err := s.Store()
		if err != nil {
			return // it has been said where the history was read
		}
		list, err := history.Experiments(newestSearched)
		if err != nil {
			s.board.problem(Problem{What: fmt.Sprintf("look for stored experiments: %v", err)})
			return
		}
		for _, e := range list {
			if e.State == store.Done && ofSelection(e, app, marked) && s.showOpened(history, e, false) == nil {
				return
			}
		}
	})
}

// ofSelection says whether an experiment compared the app on two kernels that are
// marked or, where one is marked, anything with it.
func ofSelection(e store.Experiment, app string, marked []string) bool {
	kernels := map[string]bool{}
	for _, t := range e.Targets {
		if t.App != app {
			return false
		}
		if slices.Contains(marked, t.Kernel) {
			kernels[t.Kernel] = true
		}
	}
	return len(kernels) >= min(len(marked), 2)
}

// showOpened compares what an experiment stored.
func (s *Session) showOpened(history *store.Store, e store.Experiment, asked bool) error {
	c, err := benchmarks.CompareExperiment(history, e, "")
	if err != nil {
		return err
	}
	opened := &Opened{ID: e.ID, Title: e.Title, At: e.Started, Rounds: e.Rounds, State: string(e.State), Asked: asked, Comparison: c}
	s.mu.Lock()
	app := s.app
	s.mu.Unlock()
	s.board.update(func(st *State) {
		if asked || st.Opened == nil && (len(e.Targets) == 0 || e.Targets[0].App == app) {
			st.Opened = opened
		}
	})
	return nil
}
