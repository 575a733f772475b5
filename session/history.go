package session

import (
	"context"
	"fmt"
	"slices"
	"time"

	"slipway/benchmarks/store"
)

// maxRuns is how many runs the History tab lists.
const maxRuns = 10_000

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
		runs, err = history.List(store.Filter{}, maxRuns)
	}
	if err != nil {
		s.board.problem(Problem{What: fmt.Sprintf("history: %v", err)})
	}
	list := make([]Run, len(runs))
	for i, r := range runs {
		list[i] = publicRun(r)
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

func publicRun(r store.Summary) Run {
	status := -1
	if r.Exit != nil {
		status = *r.Exit
	}
	return Run{
		ID: r.ID, Experiment: r.Experiment, Kernel: r.Kernel, App: r.App, Started: r.Started,
		Outcome: r.Outcome, Status: status, Total: time.Duration(r.Total * float64(time.Second)),
		Interactive: r.Kind == store.Interactive, Warmup: r.Warmup, Pinned: r.Pinned, Note: r.Note,
		Kind:  SummaryKind(r),
		Accel: r.Accel, Image: r.Image[:min(12, len(r.Image))],
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
		st.Runs = append([]Run{publicRun(store.Summarise(r))}, rest...)
	})
}

// changeRun carries out one change of the history in the background and shows it.
func (s *Session) changeRun(what string, change func(*store.Store) error) {
	s.run(func(context.Context) {
		history, err := s.Store()
		if err == nil {
			err = change(history)
		}
		if err != nil {
			s.board.problem(Problem{What: fmt.Sprintf("%s: %v", what, err)})
			return
		}
		s.loadRuns()
	})
}

// NoteRun writes a note on a run; "" removes it.
func (s *Session) NoteRun(id, note string) {
	s.changeRun("note run "+id, func(h *store.Store) error { return h.Note(id, note) })
}

// PinRun keeps a run from being cleaned up, or no longer.
func (s *Session) PinRun(id string, on bool) {
	s.changeRun("pin run "+id, func(h *store.Store) error { return h.Pin(id, on) })
}

// DeleteRun moves a run to the trash; UndoDelete brings the last one back.
func (s *Session) DeleteRun(id string) {
	s.changeRun("delete run "+id, func(h *store.Store) error {
		id, err := h.Delete(id)
		if err != nil {
			return err
		}
		s.mu.Lock()
		s.deleted = append(s.deleted, id)
		s.mu.Unlock()
		s.board.update(func(st *State) {
			st.Runs = slices.DeleteFunc(slices.Clone(st.Runs), func(r Run) bool { return r.ID == id })
		})
		s.board.notice(Info, "run "+id+" is deleted; u brings it back")
		return nil
	})
}

// UndoDelete brings the run back that was deleted last.
func (s *Session) UndoDelete() {
	s.mu.Lock()
	if len(s.deleted) == 0 {
		s.mu.Unlock()
		s.board.notice(Info, "no run was deleted: there is nothing to undo")
		return
	}
	id := s.deleted[len(s.deleted)-1]
	s.deleted = s.deleted[:len(s.deleted)-1]
	s.mu.Unlock()
	s.changeRun("bring run "+id+" back", func(h *store.Store) error { return h.Restore(id) })
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

// RunDiff describes what two stored runs do not share, in lines. It blocks.
func (s *Session) RunDiff(a, b string) (string, error) {
	history, err := s.Store()
	if err != nil {
		return "", err
	}
	x, err := history.Get(a)
	if err != nil {
		return "", err
	}
	y, err := history.Get(b)
	if err != nil {
		return "", err
	}
	if text := DiffText(x, y); text != "" {
		return text, nil
	}
	return "The two runs do not differ.", nil
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
