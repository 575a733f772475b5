package session

import (
	"fmt"
	"time"

	"slipway/benchmarks/store"
)

// DeletedRun is a run in the trash.
type DeletedRun struct {
	Run
	At      time.Time // when it was deleted
	Problem string    // why its record can't be read: of the Run only the ID is known then; "" else
}

// Trash lists the deleted runs, the last one first. It blocks.
func (s *Session) Trash() ([]DeletedRun, error) {
	history, err := s.Store()
	if err != nil {
		return nil, err
	}
	trash, err := history.Trash()
	if err != nil {
		return nil, err
	}
	list := make([]DeletedRun, len(trash))
	for i, d := range trash {
		list[i] = DeletedRun{Run: ListedRun(d.Summary), At: d.At}
		if d.Err != nil {
			list[i].Problem = d.Err.Error()
		}
	}
	return list, nil
}

// RestoreRuns brings deleted runs back.
func (s *Session) RestoreRuns(ids []string) {
	s.changeRuns("bring "+runsNamed(ids)+" back", func(h *store.Store) error { return s.restore(h, ids) })
}

func (s *Session) restore(history *store.Store, ids []string) error {
	done, err := history.RestoreAll(ids)
	if len(done) > 0 {
		s.board.notice(Info, runsNamed(done)+" brought back")
	}
	return err
}

// EmptyTrash removes the deleted runs for good.
func (s *Session) EmptyTrash() {
	s.changeRuns("empty the trash", func(h *store.Store) error {
		n, err := h.EmptyTrash()
		if err != nil {
			return err
		}
		s.mu.Lock()
		s.deleted = nil // nothing of it can be undone
		s.mu.Unlock()
		s.board.notice(Info, fmt.Sprintf("the trash is empty: of %d runs nothing is left", n))
		return nil
	})
}
