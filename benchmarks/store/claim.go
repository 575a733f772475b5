package store

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// ErrClaimed is returned for an experiment that a process is carrying out.
var ErrClaimed = errors.New("another Slipway is carrying it out")

// Claim is the right to carry an experiment out. It ends with the process that
// holds it, however that dies, so that an experiment which says Running and is
// claimed by nobody was killed. Process numbers would say less: they are given
// anew, and mean nothing across containers.
type Claim struct {
	ID   string // of the experiment
	file *os.File
	path string
}

// claimSuffix ends the name of the file that is locked; it lies beside the record.
const claimSuffix = ".claim"

// NewClaim claims an experiment that is yet to be stored, under a new ID.
func (s *Store) NewClaim() (*Claim, error) {
	if err := s.writable(); err != nil {
		return nil, err
	}
	if _, err := s.ownWriter(); err != nil { // it knows which IDs there are
		return nil, s.explain("claim a new experiment", err)
	}
	return s.Claim(s.ids.take(s.now()))
}

// Claim claims an experiment. The error wraps ErrClaimed where somebody has it. Where the file
// system has no locks everybody gets it: nobody could tell then.
func (s *Store) Claim(id string) (*Claim, error) {
	if err := s.writable(); err != nil {
		return nil, err
	}
	if !validID(id) {
		return nil, fmt.Errorf("%q is not the ID of an experiment", id)
	}
	c := &Claim{ID: id, path: s.claimPath(id)}
	for {
		f, err := os.OpenFile(c.path, os.O_RDWR|os.O_CREATE, 0o644)
		if err != nil {
			return nil, s.explain("claim experiment "+id, err)
		}
		c.file = f
		err = insist(func() error { return unix.FcntlFlock(f.Fd(), unix.F_OFD_SETLK, wholeFile()) })
		switch {
		case errors.Is(err, syscall.EAGAIN), errors.Is(err, syscall.EACCES):
			return nil, errors.Join(fmt.Errorf("experiment %s: %w", id, ErrClaimed), f.Close())
		case err != nil && !noLocks(err):
			return nil, errors.Join(s.explain("claim experiment "+id, err), f.Close())
		}
		if c.inPlace() {
			return c, nil
		}
		// Whoever had it removed the file between our opening and our locking it.
		if err := f.Close(); err != nil {
			return nil, s.explain("claim experiment "+id, err)
		}
	}
}

// inPlace reports whether the file that is locked is still the one of the name.
func (c *Claim) inPlace() bool {
	ours, err := c.file.Stat()
	if err != nil {
		return false
	}
	named, err := os.Stat(c.path)
	return err == nil && os.SameFile(ours, named)
}

// Release gives the claim back. Its file goes first: once the lock is free the
// name must lead nowhere.
func (c *Claim) Release() error {
	return errors.Join(os.Remove(c.path), c.file.Close())
}

// Alive reports whether a process is carrying an experiment out. It asks without
// taking the lock, so that nobody who claims is turned away by a question.
func (s *Store) Alive(id string) bool {
	f, err := os.Open(s.claimPath(id))
	if err != nil {
		return false
	}
	defer func() { _ = f.Close() }() // it was only asked about
	return insist(func() error {
		lock := wholeFile()
		if err := unix.FcntlFlock(f.Fd(), unix.F_OFD_GETLK, lock); err == nil && lock.Type != unix.F_UNLCK {
			return syscall.EAGAIN
		}
		return nil
	}) != nil
}

// lingering is how long a claim may outlive its process: a child that was being started
// has the lock, too, until it has become its own program.
const lingering = 200 * time.Millisecond

// insist asks for a lock until it is had, or lingers no longer.
func insist(ask func() error) error {
	for began := time.Now(); ; time.Sleep(5 * time.Millisecond) {
		err := ask()
		if !errors.Is(err, syscall.EAGAIN) && !errors.Is(err, syscall.EACCES) || time.Since(began) > lingering {
			return err
		}
	}
}

// wholeFile is a lock that belongs to an open file, not to a process: two claims
// of one process are two as well.
func wholeFile() *unix.Flock_t { return &unix.Flock_t{Type: unix.F_WRLCK, Whence: io.SeekStart} }

func (s *Store) claimPath(id string) string {
	return filepath.Join(s.dir, experimentsDir, id+claimSuffix)
}
