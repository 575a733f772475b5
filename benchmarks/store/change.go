package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// errGone is what reading a deleted run gives.
var errGone = fs.ErrNotExist

// annotation is what a person adds to a run later, note.json in its folder. It
// is apart from the record so that the record is never written twice.
type annotation struct {
	Note   string `json:"note"`
	Pinned bool   `json:"pinned"`
}

func (a annotation) write(dir string) error {
	data, err := json.Marshal(a)
	if err != nil {
		return err
	}
	return replaceFile(filepath.Join(dir, noteName), append(data, '\n'))
}

func readAnnotation(dir string) (annotation, error) {
	var a annotation
	data, err := readRegular(filepath.Join(dir, noteName))
	if errors.Is(err, fs.ErrNotExist) {
		return a, nil
	}
	if err != nil {
		return a, err
	}
	if err := json.Unmarshal(data, &a); err != nil {
		return annotation{}, err
	}
	return a, nil
}

// Note replaces the note of a run; "" takes it away.
func (s *Store) Note(id, note string) error {
	return s.annotate(id, func(a *annotation) { a.Note = note })
}

// Pin marks a run to be kept in sight, or takes the mark away.
func (s *Store) Pin(id string, on bool) error {
	return s.annotate(id, func(a *annotation) { a.Pinned = on })
}

func (s *Store) annotate(id string, change func(*annotation)) error {
	if err := s.writable(); err != nil {
		return err
	}
	full, err := s.resolve(id)
	if err != nil {
		return err
	}
	a, err := readAnnotation(s.runPath(full))
	if err != nil {
		return fmt.Errorf("read the note of run %s: %w", full, err)
	}
	change(&a)
	if err := a.write(s.runPath(full)); err != nil {
		return s.explain("write the note of run "+full, err)
	}
	run, err := s.read(full)
	if err != nil {
		return err
	}
	s.indexRun(run)
	return nil
}

// Delete moves a run to the trash, from which Restore brings it back. It returns
// the run's whole ID.
func (s *Store) Delete(id string) (string, error) {
	if err := s.writable(); err != nil {
		return "", err
	}
	full, err := s.resolve(id)
	if err != nil {
		return "", err
	}
	if err := s.move(s.runPath(full), s.trashPath(full)); err != nil {
		return "", s.explain("delete run "+full, err)
	}
	err = s.withIndex(func(x *index) error { return x.remove(full) })
	if err != nil {
		return "", s.explain("delete run "+full, err)
	}
	return full, nil
}

// Restore brings a deleted run back; id is the whole ID.
func (s *Store) Restore(id string) error {
	if err := s.writable(); err != nil {
		return err
	}
	if !validID(id) {
		return fmt.Errorf("run %q in the trash: %w", id, ErrNotFound)
	}
	if err := s.move(s.trashPath(id), s.runPath(id)); err != nil {
		return s.explain("restore run "+id, err)
	}
	run, err := s.read(id)
	if err != nil {
		return err
	}
	s.indexRun(run)
	return nil
}

// EmptyTrash removes deleted runs for good.
func (s *Store) EmptyTrash() error {
	if err := s.writable(); err != nil {
		return err
	}
	if err := os.RemoveAll(filepath.Join(s.dir, trashDir)); err != nil {
		return s.explain("empty the trash", err)
	}
	return nil
}

func (s *Store) trashPath(id string) string { return filepath.Join(s.dir, trashDir, id) }

// exists is nil for a stored run.
func (s *Store) exists(id string) error {
	if _, err := os.Stat(filepath.Join(s.runPath(id), recordName)); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("run %q: %w; 'slipway runs' lists them", id, ErrNotFound)
		}
		return fmt.Errorf("look for run %s: %w", id, err)
	}
	return nil
}

func (s *Store) move(from, to string) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	if err := os.Rename(from, to); err != nil {
		return err
	}
	return errors.Join(syncDir(filepath.Dir(from)), syncDir(filepath.Dir(to)))
}
