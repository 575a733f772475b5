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
				err = s.showOpened(history, e, "", nil)
			}
		}
		if err != nil {
			s.board.problem(Problem{What: fmt.Sprintf("open experiment %s: %v", id, err)})
		}
	})
}

// openNewest shows the newest whole experiment of the selected app with any of the
// marked kernels, made in this project: another may have another app of that name, so that a workbench that was just opened shows what is known. That
// there is none is no problem.
func (s *Session) openNewest() {
	s.board.update(func(st *State) { st.Opened = nil })
	s.mu.Lock()
	app, marked, baseline, started := s.app, slices.Clone(s.marked), s.baseline, s.started
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
		ids := make([]string, len(marked))
		for i, kernel := range marked {
			ids[i] = kernel + "/" + app
		}
		for _, e := range list {
			if e.State != store.Done || e.Project != s.folders.Project || !ofSelection(e, ids) {
				continue
			}
			base, targets := baseline+"/"+app, ids
			if last := lastOf(ids[0]); len(ids) == 1 && slices.ContainsFunc(e.Targets, func(t store.Target) bool { return t.ID == last }) {
				base, targets = last, []string{last, ids[0]} // one kernel alone is compared with its last save
			}
			if s.showOpened(history, e, base, targets) == nil {
				return
			}
		}
	})
}

// ofSelection says whether an experiment timed two of the selected targets or, where
// one is selected, that one and another.
func ofSelection(e store.Experiment, ids []string) bool {
	selected := 0
	for _, t := range e.Targets {
		if slices.Contains(ids, t.ID) {
			selected++
		}
	}
	return selected >= min(len(ids), 2) && len(e.Targets) > 1
}

// showOpened compares what an experiment stored: all of it where the user asked for
// it, else the selected targets.
func (s *Session) showOpened(history *store.Store, e store.Experiment, baseline string, selected []string) error {
	if !slices.ContainsFunc(e.Targets, func(t store.Target) bool { return t.ID == baseline }) {
		baseline = ""
	}
	c, err := benchmarks.CompareExperiment(history, e, baseline, selected)
	if err != nil {
		return err
	}
	c = c.WithBands(s.options.Bands)
	opened := &Opened{
		ID: e.ID, Title: e.Title, At: e.Started, Rounds: e.Rounds, State: string(e.State), Asked: selected == nil, Comparison: c,
	}
	s.mu.Lock()
	app := s.app
	s.mu.Unlock()
	s.board.update(func(st *State) {
		if opened.Asked || st.Opened == nil && c.Targets[0].App == app {
			st.Opened = opened
		}
	})
	return nil
}
