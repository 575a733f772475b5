package store

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// How long and how many deleted runs are kept at most, so that what nobody will bring
// back does not fill the disk.
const (
	TrashAge  = 30 * 24 * time.Hour
	TrashSize = 10_000
)

// Deleted is a run in the trash.
type Deleted struct {
	Summary
	At time.Time // when it was deleted
	// Err says why its record can't be read; of the Summary only the ID is known then.
	Err error
}

// PinnedError refuses to delete a run that is to be kept.
type PinnedError struct{ ID string }

func (e *PinnedError) Error() string {
	return fmt.Sprintf("run %s is pinned, which keeps it: 'slipway run pin %s --off' lets it go", e.ID, e.ID)
}

// Delete moves a run to the trash, from which Restore brings it back. It returns
// the run's whole ID.
func (s *Store) Delete(id string) (string, error) {
	done, err := s.DeleteAll([]string{id})
	if err != nil {
		return "", err
	}
	return done[0], nil
}

// DeleteAll moves runs to the trash, all of them or, where one has no such name or is
// pinned (a *PinnedError), none. Where a disk fails in the midst of it the IDs of those
// that are in the trash are returned with the error. What lies in the trash for too
// long goes for good.
func (s *Store) DeleteAll(ids []string) ([]string, error) {
	if err := s.writable(); err != nil {
		return nil, err
	}
	full, err := s.resolveAll(ids)
	if err != nil {
		return nil, err
	}
	var done []string
	err = s.changing(nil, func() error {
		for _, id := range full {
			// An annotation that can't be read pins nothing that anybody could unpin.
			if a, err := readAnnotation(s.runPath(id)); err == nil && a.Pinned {
				return &PinnedError{id}
			}
		}
		var err error
		done, err = s.moveAll(full, s.runPath, s.trashPath)
		return errors.Join(err, s.indexAgain(done))
	})
	if pinned := (*PinnedError)(nil); errors.As(err, &pinned) {
		return nil, err
	}
	if err != nil {
		return done, s.explain("delete runs", err)
	}
	now := s.now()
	for _, id := range done {
		_ = os.Chtimes(s.trashPath(id), now, now) // by its folder's time a run grows old; without it it does so sooner
	}
	return done, s.TidyTrash()
}

// Restore brings a deleted run back; id is the whole ID.
func (s *Store) Restore(id string) error {
	_, err := s.RestoreAll([]string{id})
	return err
}

// RestoreAll brings deleted runs back, whole IDs or their first or last characters. It
// returns the whole ones.
func (s *Store) RestoreAll(ids []string) ([]string, error) {
	if err := s.writable(); err != nil {
		return nil, err
	}
	trash, err := s.trashed()
	if err != nil {
		return nil, err
	}
	var full []string
	for _, id := range ids {
		one, err := pick("run", id, trash)
		if errors.Is(err, ErrNotFound) {
			err = fmt.Errorf("run %q in the trash: %w; 'slipway runs --deleted' lists what there is", id, ErrNotFound)
		}
		if err != nil {
			return nil, err
		}
		if !slices.Contains(full, one) {
			full = append(full, one)
		}
	}
	var done []string
	err = s.changing(nil, func() error {
		var err error
		done, err = s.moveAll(full, s.trashPath, s.runPath)
		return errors.Join(err, s.indexAgain(done))
	})
	if err != nil {
		return done, s.explain("restore runs", err)
	}
	return done, nil
}

// Trash lists the deleted runs, the last one first.
func (s *Store) Trash() ([]Deleted, error) {
	ids, err := s.trashed()
	if err != nil {
		return nil, err
	}
	list := make([]Deleted, 0, len(ids))
	for _, id := range ids {
		info, err := os.Stat(s.trashPath(id))
		if err != nil {
			continue // restored or removed since
		}
		d := Deleted{Summary: Summary{ID: id}, At: info.ModTime()}
		run, err := s.readIn(s.trashPath(id), id)
		if d.Err = err; err == nil {
			d.Summary = Summarise(run)
		}
		list = append(list, d)
	}
	slices.SortStableFunc(list, func(a, b Deleted) int { return cmp.Or(b.At.Compare(a.At), cmp.Compare(b.ID, a.ID)) })
	return list, nil
}

// trashed are the IDs of the deleted runs, ascending.
func (s *Store) trashed() ([]string, error) {
	ids, err := runFolders(filepath.Join(s.dir, trashDir))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, s.explain("look into the trash", err)
	}
	return ids, nil
}

// TidyTrash removes what has been in the trash for longer than TrashAge, and the
// oldest of more than TrashSize.
func (s *Store) TidyTrash() error {
	ids, err := s.trashed()
	if err != nil || len(ids) == 0 || s.readOnly != nil {
		return err
	}
	type old struct {
		id string
		at time.Time
	}
	var all []old
	for _, id := range ids {
		if info, err := os.Stat(s.trashPath(id)); err == nil {
			all = append(all, old{id, info.ModTime()})
		}
	}
	slices.SortFunc(all, func(a, b old) int { return cmp.Or(b.at.Compare(a.at), cmp.Compare(b.id, a.id)) })
	for i, o := range all {
		if i >= TrashSize || s.now().Sub(o.at) > TrashAge {
			if err := os.RemoveAll(s.trashPath(o.id)); err != nil {
				return s.explain("tidy the trash", err)
			}
		}
	}
	return nil
}

// EmptyTrash removes deleted runs for good, and says how many.
func (s *Store) EmptyTrash() (int, error) {
	if err := s.writable(); err != nil {
		return 0, err
	}
	ids, err := s.trashed()
	if err != nil {
		return 0, err
	}
	if err := os.RemoveAll(filepath.Join(s.dir, trashDir)); err != nil {
		return 0, s.explain("empty the trash", err)
	}
	return len(ids), nil
}

func (s *Store) trashPath(id string) string { return filepath.Join(s.dir, trashDir, id) }

// moveAll moves the folders of runs and forces the moves to the disk. It returns the
// IDs of those that were moved.
func (s *Store) moveAll(ids []string, from, to func(string) string) (moved []string, err error) {
	if len(ids) == 0 {
		return nil, nil
	}
	source, target := filepath.Dir(from(ids[0])), filepath.Dir(to(ids[0]))
	if err := os.MkdirAll(target, 0o755); err != nil {
		return nil, err
	}
	for _, id := range ids {
		if err = os.Rename(from(id), to(id)); err != nil {
			break
		}
		moved = append(moved, id)
	}
	return moved, errors.Join(err, syncDir(target), syncDir(source))
}
