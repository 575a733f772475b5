package session

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"slipway/benchmarks/store"
)

// Settings are what a run's target was given beside kernel and app; "" for nothing.
func (r *Run) Settings() string {
	rest, ok := strings.CutPrefix(r.Target, r.Kernel+"/"+r.App)
	if !ok {
		return r.Target // a name within an experiment
	}
	return strings.TrimSpace(rest)
}

// changeRuns carries out one change of the history in the background and shows it.
// Changes are made in the order in which they were asked for: a note is on a run before
// it is deleted.
func (s *Session) changeRuns(what string, change func(*store.Store) error) {
	done := make(chan struct{})
	s.mu.Lock()
	before := s.changes
	s.changes = done
	s.mu.Unlock()
	s.run(func(context.Context) {
		defer close(done)
		if before != nil {
			<-before // its goroutine was started, and closes it whatever happens
		}
		history, err := s.Store()
		if err == nil {
			err = change(history)
		}
		var pinned *store.PinnedError
		switch {
		case errors.As(err, &pinned):
			s.board.notice(Warn, "run "+pinned.ID+" is pinned, which keeps it: p lets it go; nothing was deleted")
			return
		case err != nil:
			s.board.problem(Problem{What: fmt.Sprintf("%s: %v", what, err)})
		}
		s.loadRuns()
	})
}

// eachRun does something to one run after another, and goes on after one that is gone.
func eachRun(ids []string, do func(id string) error) error {
	var errs []error
	for _, id := range ids {
		if err := do(id); err != nil {
			errs = append(errs, err)
		}
	}
	if len(errs) > 1 {
		return fmt.Errorf("%w; and %d more", errs[0], len(errs)-1)
	}
	return errors.Join(errs...)
}

// runsNamed is "run 6b1w" or "12 runs".
func runsNamed(ids []string) string {
	if len(ids) == 1 {
		return "run " + ids[0]
	}
	return fmt.Sprintf("%d runs", len(ids))
}

// NoteRuns writes a note on runs; "" removes it.
func (s *Session) NoteRuns(ids []string, note string) {
	s.changeRuns("note", func(h *store.Store) error {
		return eachRun(ids, func(id string) error { return h.Note(id, note) })
	})
}

// TagRuns adds tags to runs and takes others away.
func (s *Session) TagRuns(ids, add, remove []string) {
	s.changeRuns("tag", func(h *store.Store) error {
		return eachRun(ids, func(id string) error { _, err := h.Tag(id, add, remove); return err })
	})
}

// PinRuns keeps runs from being deleted, or no longer.
func (s *Session) PinRuns(ids []string, on bool) {
	s.changeRuns("pin", func(h *store.Store) error {
		return eachRun(ids, func(id string) error { return h.Pin(id, on) })
	})
}

// DeleteRuns moves runs to the trash; UndoDelete brings those back that went last.
func (s *Session) DeleteRuns(ids []string) {
	s.changeRuns("delete "+runsNamed(ids), func(h *store.Store) error {
		done, err := h.DeleteAll(ids)
		if len(done) == 0 {
			return err
		}
		s.mu.Lock()
		s.deleted = append(s.deleted, done)
		s.mu.Unlock()
		gone := make(map[string]bool, len(done))
		for _, id := range done {
			gone[id] = true
		}
		s.board.update(func(st *State) {
			st.Runs = slices.DeleteFunc(slices.Clone(st.Runs), func(r Run) bool { return gone[r.ID] })
		})
		verb := map[bool]string{true: "is", false: "are"}[len(done) == 1]
		s.board.notice(Info, fmt.Sprintf("%s %s deleted; u undoes it", runsNamed(done), verb))
		return err
	})
}

// UndoDelete brings the runs back that were deleted last.
func (s *Session) UndoDelete() {
	s.changeRuns("bring back what was deleted", func(h *store.Store) error {
		s.mu.Lock()
		last := len(s.deleted) - 1
		if last < 0 {
			s.mu.Unlock()
			s.board.notice(Info, "nothing was deleted since the workbench was opened: D lists the trash")
			return nil
		}
		ids := s.deleted[last]
		s.deleted = s.deleted[:last]
		s.mu.Unlock()
		err := s.restore(h, ids)
		if !errors.Is(err, store.ErrNotFound) {
			return err
		}
		trash, err := h.Trash() // some were brought back one by one, or are gone for good
		if err != nil {
			return err
		}
		left := slices.DeleteFunc(slices.Clone(ids), func(id string) bool {
			return !slices.ContainsFunc(trash, func(d store.Deleted) bool { return d.ID == id })
		})
		if len(left) == 0 {
			s.board.notice(Info, "what was deleted last is no longer in the trash")
			return nil
		}
		return s.restore(h, left)
	})
}

// tidyTrash removes what was deleted long ago.
func (s *Session) tidyTrash(context.Context) {
	history, err := s.Store()
	if err == nil {
		err = history.TidyTrash()
	}
	if err != nil {
		s.board.problem(Problem{What: fmt.Sprintf("the history's trash: %v", err)})
	}
}

// ParseTags reads tags as a person types them: words with blanks or commas between,
// a - before those to take away.
func ParseTags(text string) (add, remove []string, err error) {
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == ',' || r == '\t' }) {
		tag, away := strings.CutPrefix(word, "-")
		tag = strings.TrimPrefix(strings.TrimPrefix(tag, "+"), "#")
		if err := store.CheckTag(tag); err != nil {
			return nil, nil, err
		}
		if away {
			remove = append(remove, tag)
		} else {
			add = append(add, tag)
		}
	}
	return add, remove, nil
}
