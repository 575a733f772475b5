package store

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// changing runs do while no other process changes the runs named: a note is read and
// written again, and of two Slipways that do so at once the later one would undo what
// the first has done. The file of the lock names the runs meanwhile. Whoever finds
// names in it without a holder knows that one was killed between a run's folder and
// the index, and reads these runs again: see finishChanges.
func (s *Store) changing(ids []string, do func() error) error {
	held, err := s.lockChanges(lockPatience)
	if err != nil {
		return s.explain("change runs", err)
	}
	defer held.Close() // and with it the lock: it is close-on-exec
	left := unfinished(held)
	if err := name(held, append(left, ids...)); err != nil {
		return s.explain("change runs", err)
	}
	if err := do(); err != nil {
		return err
	}
	if len(left) > 0 {
		if err := s.indexAgain(left); err != nil {
			return err
		}
	}
	return name(held, nil)
}

// Stamp is when runs came, went or were changed last, by whichever process.
func (s *Store) Stamp() time.Time {
	var last time.Time
	for _, name := range []string{runsDir, changesName} {
		if info, err := os.Stat(filepath.Join(s.dir, name)); err == nil && info.ModTime().After(last) {
			last = info.ModTime()
		}
	}
	return last
}

// lockPatience is how long another process may take over a change; it needs
// milliseconds, unless it was stopped.
const lockPatience = 10 * time.Second

// lockChanges takes the lock, or gives up when its holder does not let it go for so long.
func (s *Store) lockChanges(patience time.Duration) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(s.dir, changesName), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	for began := time.Now(); ; time.Sleep(2 * time.Millisecond) {
		err = lock(f)
		busy := errors.Is(err, unix.EWOULDBLOCK)
		if busy && time.Since(began) < patience || errors.Is(err, syscall.EINTR) {
			continue
		}
		if busy {
			err = errors.New("another Slipway has been changing runs for too long: is it stopped?")
		}
		break
	}
	// A file system without locks: two at once may lose a note there, as without this.
	if err == nil || errors.Is(err, syscall.ENOTSUP) || errors.Is(err, syscall.ENOLCK) || errors.Is(err, syscall.ENOSYS) {
		return f, nil
	}
	return nil, errors.Join(err, f.Close())
}

// unfinished are the runs that are named in the lock's file.
func unfinished(held *os.File) []string {
	data := make([]byte, 64<<10)
	n, _ := held.ReadAt(data, 0) // its end is an error too, and what can't be read is no name
	return slices.DeleteFunc(strings.Fields(string(data[:n])), func(id string) bool { return !validID(id) })
}

// name writes the names of runs into the lock's file, and nothing else.
func name(held *os.File, ids []string) error {
	if err := held.Truncate(0); err != nil || len(ids) == 0 {
		return err
	}
	_, err := held.WriteAt([]byte(strings.Join(ids, "\n")+"\n"), 0)
	return err
}

// finishChanges reads the runs again whose change was cut short, into an index that is
// being opened. The caller holds the store's own lock.
func (s *Store) finishChanges(x *index) error {
	path := filepath.Join(s.dir, changesName)
	if info, err := os.Stat(path); err != nil || info.Size() == 0 || s.readOnly != nil {
		return nil // without the file there was never a change
	}
	held, err := s.lockChanges(0)
	if err != nil {
		return nil // its holder lives and will tell the index itself
	}
	defer held.Close()
	ids := unfinished(held)
	if err := s.putAgain(x, ids); err != nil {
		return err
	}
	return name(held, nil)
}

// indexAgain makes the index say of runs what their folders say. An index that can't
// is thrown away, since nothing else would tell it.
func (s *Store) indexAgain(ids []string) error {
	err := s.withIndex(func(x *index) error { return s.putAgain(x, ids) })
	if err == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if dropped := s.dropIndex(); dropped != nil {
		return errors.Join(err, dropped)
	}
	return nil
}

func (s *Store) putAgain(x *index, ids []string) error {
	var found []Summary
	var gone []string
	for _, id := range ids {
		if run, err := s.read(id); err == nil {
			found = append(found, Summarise(run))
		} else {
			gone = append(gone, id)
		}
	}
	if err := x.remove(gone...); err != nil {
		return err
	}
	return x.put(found...)
}
