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

// An unlocked writer's file this young may be about to be locked.
const settling = time.Minute

type writer struct {
	name string
	path string
	file *os.File // locked; close-on-exec, so that no child inherits the lock
}

// ownWriter returns this process's writer, made at the first call.
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
	w.file, err = os.OpenFile(w.path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return nil, err
	}
	err = lock(w.file)
	if errors.Is(err, syscall.ENOTSUP) || errors.Is(err, syscall.ENOLCK) || errors.Is(err, syscall.ENOSYS) {
		err = nil // a file system without locks: nobody will take our runs for left over, nor clean them up
	}
	if err == nil {
		_, err = w.file.WriteString("a process that records runs holds this file's lock\n")
	}
	if err != nil {
		w.close()
		return nil, err
	}
	s.writer = w
	sweep(runs, s.now())
	for _, dir := range []string{s.dir, runs, filepath.Join(s.dir, experimentsDir)} {
		sweepFiles(dir, s.now())
	}
	return w, nil
}

func (w *writer) pendingName(id string) string { return pendingPrefix + w.name + "-" + id }

// close ends the writer. Its file goes first: once the lock is free the name
// must lead nowhere.
func (w *writer) close() {
	os.Remove(w.path)
	w.file.Close()
}

func lock(f *os.File) error { return unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB) }

// sweep removes what dead processes left unfinished. It never fails: what can't
// be removed now is left for the next time.
func sweep(runs string, now time.Time) {
	entries, err := os.ReadDir(runs)
	if err != nil {
		return
	}
	dead := map[string]bool{}
	for _, e := range entries { // sorted: pending folders come before writers' files
		name, ok := strings.CutPrefix(e.Name(), writerPrefix)
		if ok {
			dead[name] = isDead(filepath.Join(runs, e.Name()), now)
		}
	}
	for _, e := range entries {
		rest, ok := strings.CutPrefix(e.Name(), pendingPrefix)
		if !ok {
			continue
		}
		name, _, _ := strings.Cut(rest, "-")
		if gone, known := dead[name]; gone || !known && isMissing(filepath.Join(runs, writerPrefix+name)) {
			os.RemoveAll(filepath.Join(runs, e.Name()))
		}
	}
	// The writers' files go last: a sweep that is cut short finds them again.
	for name, gone := range dead {
		if gone {
			os.Remove(filepath.Join(runs, writerPrefix+name))
		}
	}
}

// halfWritten is how long a file may be on its way to its name. Nobody holds a lock on
// it, but it takes milliseconds.
const halfWritten = 10 * time.Minute

// sweepFiles removes files that a dead process did not come to give their names.
func sweepFiles(dir string, now time.Time) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), newPrefix) {
			continue
		}
		if info, err := e.Info(); err == nil && info.Mode().IsRegular() && now.Sub(info.ModTime()) > halfWritten {
			os.Remove(filepath.Join(dir, e.Name()))
		}
	}
}

// isDead reports whether nobody holds a writer's file.
func isDead(path string, now time.Time) bool {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return false
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || now.Sub(info.ModTime()) < settling && !lockedOnce(info) {
		return false
	}
	return lock(f) == nil
}

// lockedOnce reports whether the file's maker came as far as to lock it: then it
// wrote into it.
func lockedOnce(info os.FileInfo) bool { return info.Size() > 0 }

func isMissing(path string) bool {
	_, err := os.Lstat(path)
	return errors.Is(err, os.ErrNotExist)
}
