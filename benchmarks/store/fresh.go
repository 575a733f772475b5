package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// freshKey is the state that holds the modification time of the runs' folder
// when the index last agreed with it.
const freshKey = "runs-folder-modified"

// A folder changed this recently may change again within the same tick of the
// file system's clock, and the time would not show it.
const racy = 2 * time.Second

// withIndex runs do with an index that agrees with the folders, made first where
// it is missing. A broken index is made again, once.
func (s *Store) withIndex(do func(*index) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.ready()
	if err == nil {
		err = do(s.index)
	}
	if err == nil || !broken(err) && !errors.Is(err, errPacked) {
		return err
	}
	if err := s.dropIndex(); err != nil {
		return err
	}
	if err := s.ready(); err != nil {
		return err
	}
	return do(s.index)
}

// ready opens the index and brings it up to date. The caller holds the lock.
func (s *Store) ready() error {
	if s.index != nil {
		return nil
	}
	if s.readOnly == nil {
		err := s.openAt(filepath.Join(s.dir, indexName))
		if err == nil || broken(err) {
			return err
		}
	}
	// Where the database can't be locked or has no space to work in, the folders
	// can still be read: into a private one in memory.
	if err := s.openAt(""); err != nil {
		return s.explain("open the history's index", err)
	}
	return nil
}

func (s *Store) openAt(path string) error {
	x, err := openIndex(path)
	if err != nil {
		return err
	}
	err = s.reconcile(x)
	if err == nil {
		err = s.finishChanges(x)
	}
	if err != nil {
		_ = x.close()
		return err
	}
	s.index = x
	return nil
}

func (s *Store) dropIndex() error {
	if s.index != nil {
		_ = s.index.close()
		s.index = nil
	}
	if s.readOnly != nil {
		return nil //nolint:nilerr // a history that can't be written has its index in memory: nothing is left of it
	}
	return discard(filepath.Join(s.dir, indexName))
}

// Rebuild throws the index away and makes it again from the folders.
func (s *Store) Rebuild() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.dropIndex(); err != nil {
		return err
	}
	return s.ready()
}

// reconcile makes the index agree with the folders where they changed behind its
// back: a process that was killed between the two, or a person with cp and rm.
func (s *Store) reconcile(x *index) error {
	runs := filepath.Join(s.dir, runsDir)
	info, err := os.Stat(runs)
	if err != nil {
		return s.explain("look at the runs", err)
	}
	modified := info.ModTime() // taken before the folder is read: what comes later shows
	known, err := x.get(freshKey)
	if err != nil {
		return err
	}
	if known == modified.UnixNano() {
		return nil
	}
	have, err := runFolders(runs)
	if err != nil {
		return s.explain("list the runs", err)
	}
	indexed, err := x.ids("", "")
	if err != nil {
		return err
	}
	missing, gone := difference(have, indexed)
	if len(gone) > 0 {
		if err := x.remove(gone...); err != nil {
			return err
		}
	}
	// A run at a time is read and a few hundred are put in at once: memory stays
	// bounded, however long the history.
	for batch := range slices.Chunk(missing, 500) {
		var found []Summary
		for _, id := range batch {
			if run, err := s.read(id); err == nil {
				found = append(found, Summarise(run))
			}
		}
		if err := x.put(found...); err != nil {
			return err
		}
	}
	if s.now().Sub(modified) < racy {
		return nil
	}
	return x.set(freshKey, modified.UnixNano())
}

// runFolders lists the IDs of the stored runs, ascending.
func runFolders(runs string) ([]string, error) {
	names, err := namesIn(runs)
	if err != nil {
		return nil, err
	}
	ids := slices.DeleteFunc(names, func(name string) bool { return !validID(name) })
	slices.Sort(ids)
	return ids, nil
}

// difference returns what only a has and what only b has; both ascending.
func difference(a, b []string) (onlyA, onlyB []string) {
	for len(a) > 0 || len(b) > 0 {
		switch {
		case len(b) == 0 || len(a) > 0 && a[0] < b[0]:
			onlyA, a = append(onlyA, a[0]), a[1:]
		case len(a) == 0 || b[0] < a[0]:
			onlyB, b = append(onlyB, b[0]), b[1:]
		default:
			a, b = a[1:], b[1:]
		}
	}
	return onlyA, onlyB
}

// indexRun adds a run that is stored already. If that fails the index is closed,
// and brought up to date from the folders when it is opened next.
func (s *Store) indexRun(run Run) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.index == nil {
		return // opening it finds the run
	}
	if err := s.index.put(Summarise(run)); err != nil {
		_ = s.index.close()
		s.index = nil
	}
}

// read reads a run from its folder, the truth.
func (s *Store) read(id string) (Run, error) { return s.readIn(s.runPath(id), id) }

// readIn reads a run from a folder, the history's or the trash's.
func (s *Store) readIn(dir, id string) (Run, error) {
	data, err := readRegular(filepath.Join(dir, recordName))
	if err != nil {
		return Run{}, fmt.Errorf("read run %s: %w", id, err)
	}
	run, err := decodeRun(data)
	if err != nil {
		return Run{}, fmt.Errorf("read run %s in %s: %w", id, filepath.Join(dir, recordName), err)
	}
	run.ID = strings.Clone(id) // the folder's name is what it can be found by
	note, err := readAnnotation(dir)
	if err != nil { // a remark that is lost takes no figures with it
		run.Notes = append(run.Notes, fmt.Sprintf("what was noted of it can't be read: %v", err))
	}
	run.Note, run.Tags, run.Pinned = note.Note, note.Tags, note.Pinned
	return run, nil
}

// readRegular reads a file of the history. A pipe in its place would be waited for
// without end.
func readRegular(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &os.PathError{Op: "read", Path: path, Err: errors.New("it is no file: put the file back or remove the folder")}
	}
	return os.ReadFile(path)
}
