package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"
)

// errGone is what reading a deleted run gives.
var errGone = fs.ErrNotExist

// annotation is what a person adds to a run later, note.json in its folder. It
// is apart from the record so that the record is never written twice.
type annotation struct {
	Note   string   `json:"note"`
	Pinned bool     `json:"pinned"`
	Tags   []string `json:"tags,omitempty"` // sorted
}

func (a annotation) empty() bool { return a.Note == "" && !a.Pinned && len(a.Tags) == 0 }

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
	// Whoever wrote the file by hand may have written anything.
	a.Tags = slices.DeleteFunc(a.Tags, func(t string) bool { return CheckTag(t) != nil })
	slices.Sort(a.Tags)
	if a.Tags = slices.Compact(a.Tags); len(a.Tags) == 0 {
		a.Tags = nil
	}
	return a, nil
}

// Note replaces the note of a run; "" takes it away. It is one line.
func (s *Store) Note(id, note string) error {
	note = strings.TrimSpace(strings.Join(strings.FieldsFunc(strings.ToValidUTF8(note, "?"), func(r rune) bool { return r == '\n' || r == '\r' }), " "))
	if n := utf8.RuneCountInString(note); n > maxNote {
		return fmt.Errorf("note on run %s: it has %d characters, and %d are the most", id, n, maxNote)
	}
	return s.annotate(id, func(_ string, a *annotation) error { a.Note = note; return nil })
}

// Pin marks a run to be kept, see PinnedError, or takes the mark away.
func (s *Store) Pin(id string, on bool) error {
	return s.annotate(id, func(_ string, a *annotation) error { a.Pinned = on; return nil })
}

// annotate changes what a person has added to a run, with nobody else at it.
func (s *Store) annotate(id string, change func(full string, a *annotation) error) error {
	if err := s.writable(); err != nil {
		return err
	}
	full, err := s.resolve(id)
	if err != nil {
		return err
	}
	return s.changing([]string{full}, func() error {
		if err := s.exists(full); err != nil {
			return err // deleted while the lock was waited for
		}
		a, err := readAnnotation(s.runPath(full))
		if err != nil {
			return fmt.Errorf("read the note of run %s: %w", full, err)
		}
		if err := change(full, &a); err != nil {
			return err
		}
		if err := a.write(s.runPath(full)); err != nil {
			return s.explain("write the note of run "+full, err)
		}
		return s.indexAgain([]string{full})
	})
}

// exists is nil for a stored run.
func (s *Store) exists(id string) error {
	if _, err := os.Stat(filepath.Join(s.runPath(id), recordName)); err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("look for run %s: %w", id, err)
		}
		if _, err := os.Stat(s.trashPath(id)); err == nil {
			return fmt.Errorf("run %s: %w: it was deleted; 'slipway run restore %s' brings it back", id, ErrNotFound, id)
		}
		return fmt.Errorf("run %q: %w; 'slipway runs' lists them", id, ErrNotFound)
	}
	return nil
}

// resolveAll finds the whole IDs of runs, each once.
func (s *Store) resolveAll(ids []string) ([]string, error) {
	var full []string
	for _, id := range ids {
		one, err := s.resolve(id)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(full, one) {
			full = append(full, one)
		}
	}
	return full, nil
}
