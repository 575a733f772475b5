package session

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// remembered is what a project's workbench finds again at its next start.
type remembered struct {
	Schema   int               `json:"schema"`
	App      string            `json:"app"`
	Marked   []string          `json:"marked"`
	Baseline string            `json:"baseline"`
	Instant  bool              `json:"instant"`
	View     map[string]string `json:"view"` // the screen's own
}

// viewFile is named by the project's path, so that each project has its own.
func (s *Session) viewFile() string {
	sum := sha256.Sum256([]byte(s.folders.Project))
	return filepath.Join(s.folders.State, "workbench-"+hex.EncodeToString(sum[:6])+".json")
}

// remember reads the file; a missing or broken one is an empty memory, since
// nothing in it is worth stopping for.
func (s *Session) remember() remembered {
	var r remembered
	data, err := os.ReadFile(s.viewFile())
	if err == nil && json.Unmarshal(data, &r) != nil {
		r = remembered{}
	}
	return r
}

func (s *Session) memorise(change func(*remembered)) error {
	s.viewLock.Lock()
	defer s.viewLock.Unlock()
	r := s.remember()
	change(&r)
	r.Schema = 1
	data, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return fmt.Errorf("remember the workbench: %w", err)
	}
	if err := os.MkdirAll(s.folders.State, 0o700); err != nil {
		return fmt.Errorf("remember the workbench: %w", err)
	}
	root, err := os.OpenRoot(s.folders.State)
	if err != nil {
		return fmt.Errorf("remember the workbench: %w", err)
	}
	err = errors.Join(replaceFile(root, filepath.Base(s.viewFile()), append(data, '\n')), root.Close())
	if err != nil {
		return fmt.Errorf("remember the workbench in %s: %w", s.viewFile(), err)
	}
	return nil
}

// LoadView returns what SaveView kept for this project; empty at first. It blocks.
func (s *Session) LoadView() map[string]string {
	s.viewLock.Lock()
	defer s.viewLock.Unlock()
	return s.remember().View
}

// SaveView keeps a few small values of the screen's for the next start. It blocks.
func (s *Session) SaveView(view map[string]string) {
	if err := s.memorise(func(r *remembered) { r.View = view }); err != nil {
		s.board.notice(Warn, err.Error())
	}
}

// saveSelection keeps the selection for the next start, once the workbench runs.
func (s *Session) saveSelection() {
	s.mu.Lock()
	started := s.restored
	app, marked, baseline := s.app, slices.Clone(s.marked), s.baseline
	s.mu.Unlock()
	if !started {
		return
	}
	err := s.memorise(func(r *remembered) { r.App, r.Marked, r.Baseline, r.Instant = app, marked, baseline, s.instant.Load() })
	if err != nil && !errors.Is(err, fs.ErrPermission) {
		s.board.notice(Warn, err.Error())
	}
}

// restoreSelection selects what was selected last, as far as it is still there,
// without booting anything.
func (s *Session) restoreSelection() {
	var r remembered
	if !s.options.Fresh {
		s.viewLock.Lock()
		r = s.remember()
		s.viewLock.Unlock()
	}
	loaded := s.runner.Catalog()
	s.mu.Lock()
	if s.app == "" {
		if _, err := loaded.App(r.App); err == nil {
			s.app = r.App
		}
	}
	if len(s.marked) == 0 {
		for _, kernel := range r.Marked {
			if _, err := loaded.Kernel(kernel); err == nil && len(s.marked) < MaxGuests {
				s.marked = append(s.marked, kernel)
			}
		}
		if slices.Contains(s.marked, r.Baseline) {
			s.baseline = r.Baseline
		} else if len(s.marked) > 0 {
			s.baseline = s.marked[0]
		}
	}
	s.restored = !s.options.Fresh
	s.mu.Unlock()
	instant := r.Instant && !s.options.NoSpare
	s.instant.Store(instant)
	s.board.update(func(st *State) { st.Instant = instant })
	s.arrange()
}
