package store

import (
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// A process that writes holds a locked file for as long as it lives, and the
// folders of its unfinished runs carry that file's name. A lock ends with its
// holder, however that dies, so nobody needs to guess by process numbers, which
// mean nothing across containers.
const (
	writerPrefix  = ".writer-"
	pendingPrefix = ".pending-"
)

type writer struct {
	name string
	path string
	file *os.File // locked; close-on-exec, so that no child inherits the lock
}

// ownWriter returns this process's writer, made at the first call. From then on new IDs
// sort behind all that are in the history, whatever the clock says: between two starts
// it may have been set back by years. Of processes that write at the same time each sees
// to its own order.
func (s *Store) ownWriter() (*writer, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.writer != nil {
		return s.writer, nil
	}
	runs := filepath.Join(s.dir, runsDir)
	w := &writer{name: strings.ToLower(rand.Text()[:10])}
	w.path = filepath.Join(runs, writerPrefix+w.name)
	var err error
	// On a file system without locks nobody will take our runs for left over, nor clean them up.
	w.file, err = createLocked(func() (*os.File, error) {
		return os.OpenFile(w.path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o644)
	})
	if err != nil {
		return nil, err
	}
	_, err = w.file.WriteString("a process that records runs holds this file's lock\n")
	if err == nil {
		err = s.survey(runs)
	}
	if err != nil {
		w.close()
		return nil, err
	}
	s.writer = w
	return w, nil
}

// survey looks at all folders of the history once, which may hold many thousands of runs:
// for the newest ID, and for what dead processes left.
func (s *Store) survey(runs string) error {
	for _, dir := range []string{s.dir, runs, filepath.Join(s.dir, experimentsDir)} {
		names, err := namesIn(dir)
		if err != nil {
			return err
		}
		if newest := newestID(names); newest != "" {
			s.ids.after(newest)
		}
		sweepFiles(dir, names, s.now())
		if dir == runs {
			sweep(runs, names)
		}
	}
	return nil
}

// namesIn are those of a folder's entries, in no order.
func namesIn(dir string) ([]string, error) {
	d, err := os.Open(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	names, err := d.Readdirnames(-1)
	return names, errors.Join(err, d.Close())
}

func (w *writer) pendingName(id string) string { return pendingPrefix + w.name + "-" + id }

// close ends the writer. Its file goes first: once the lock is free the name
// must lead nowhere.
func (w *writer) close() {
	os.Remove(w.path)
	w.file.Close()
}

func lock(f *os.File) error { return unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB) }

// createLocked makes a file that no sweep removes. One may have come before the lock, and
// no age keeps it away: a clock that is put forward makes everything old.
func createLocked(create func() (*os.File, error)) (*os.File, error) {
	for {
		f, err := create()
		if err != nil {
			return nil, err
		}
		err = unix.Flock(int(f.Fd()), unix.LOCK_EX) // a sweep holds it for a moment
		switch {
		case errors.Is(err, unix.EINTR), err == nil && isMissing(f.Name()):
			f.Close()
			os.Remove(f.Name()) // where it is still there; nobody else has its name
		case err == nil, noLocks(err):
			return f, nil
		default:
			return nil, errors.Join(err, f.Close(), os.Remove(f.Name()))
		}
	}
}

// sweep removes what dead processes left unfinished. It never fails: what can't
// be removed now is left for the next time.
func sweep(runs string, names []string) {
	for _, name := range names {
		if strings.HasPrefix(name, writerPrefix) {
			_ = removeDead(filepath.Join(runs, name))
		}
	}
	for _, name := range names {
		rest, ok := strings.CutPrefix(name, pendingPrefix)
		if !ok {
			continue
		}
		writer, _, _ := strings.Cut(rest, "-")
		if isMissing(filepath.Join(runs, writerPrefix+writer)) {
			os.RemoveAll(filepath.Join(runs, name))
		}
	}
}

// halfWritten is how long a file may be on its way to its name. Its maker holds a lock on
// it as well, but not on every file system.
const halfWritten = 10 * time.Minute

// sweepFiles removes files that a dead process did not come to give their names.
func sweepFiles(dir string, names []string, now time.Time) {
	for _, name := range names {
		if !strings.HasPrefix(name, newPrefix) {
			continue
		}
		path := filepath.Join(dir, name)
		if info, err := os.Lstat(path); err == nil && info.Mode().IsRegular() && now.Sub(info.ModTime()) > halfWritten {
			if noLocks(removeDead(path)) {
				os.Remove(path)
			}
		}
	}
}

// removeDead removes a file that nobody holds. The lock is ours until it is gone: its
// maker may be about to take it, and then sees that the file is no more.
func removeDead(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := lock(f); err != nil {
		return err
	}
	return os.Remove(path)
}

// noLocks says that a file system can't lock files.
func noLocks(err error) bool {
	return errors.Is(err, syscall.ENOTSUP) || errors.Is(err, syscall.ENOLCK) || errors.Is(err, syscall.ENOSYS)
}

func isMissing(path string) bool {
	_, err := os.Lstat(path)
	return errors.Is(err, os.ErrNotExist)
}
