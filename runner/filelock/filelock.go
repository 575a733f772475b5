// Package filelock serialises what several processes do in one folder of the
// cache, so that two who ask for the same thing make it once, and so that nothing
// is deleted that somebody uses.
//
// What must not live here: who waits for whom to time boots (package benchmarks).
package filelock

import (
	"context"
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// Lock takes the lock file at path, which it makes where there is none, and waits
// as long as ctx allows while another process, or another caller in this one, holds
// it. The kernel frees the lock of a process that dies; Go opens files
// close-on-exec, so no child inherits it.
func Lock(ctx context.Context, path string) (unlock func(), err error) {
	return take(ctx, path, unix.LOCK_EX)
}

// Share is Lock for those who may hold it together with others who Share it, while
// nobody holds it alone.
func Share(ctx context.Context, path string) (unlock func(), err error) {
	return take(ctx, path, unix.LOCK_SH)
}

// Try is Lock without waiting: ok is false where somebody else has the lock.
func Try(path string) (unlock func(), ok bool, err error) {
	f, err := open(path)
	if err != nil {
		return nil, false, err
	}
	switch err := flock(f, unix.LOCK_EX|unix.LOCK_NB); {
	case errors.Is(err, unix.EWOULDBLOCK):
		return nil, false, f.Close()
	case err != nil:
		return nil, false, errors.Join(fmt.Errorf("lock %s: %w", path, err), f.Close())
	}
	return release(f), true, nil
}

// Use marks a file that exists as in use, until what is returned is closed or
// forgotten: Go closes a file that nobody can reach any more. InUse tells it, also
// in other processes.
func Use(path string) (*os.File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	if err := flock(f, unix.LOCK_SH); err != nil { // it waits for an InUse at most
		return nil, errors.Join(fmt.Errorf("mark %s as in use: %w", path, err), f.Close())
	}
	return f, nil
}

// InUse says whether somebody has marked a file as in use. Where that can't be
// found out it is taken for used.
func InUse(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return !errors.Is(err, os.ErrNotExist)
	}
	free := flock(f, unix.LOCK_EX|unix.LOCK_NB) == nil
	release(f)()
	return !free
}

func open(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
}

// release gives a lock back. Closing its file is not enough: a child that is being
// started has the file too, until it runs its own program.
func release(f *os.File) func() {
	return func() { _ = errors.Join(flock(f, unix.LOCK_UN), f.Close()) } // there is no lock that could stay
}

func take(ctx context.Context, path string, how int) (unlock func(), err error) {
	f, err := open(path)
	if err != nil {
		return nil, err
	}
	if flock(f, how|unix.LOCK_NB) == nil {
		return release(f), nil
	}
	taken := make(chan error, 1)
	go func() { taken <- flock(f, how) }()
	select {
	case err := <-taken:
		if err != nil {
			return nil, errors.Join(fmt.Errorf("lock %s: %w", path, err), f.Close())
		}
		return release(f), nil
	case <-ctx.Done():
		// flock has no wait that a context can end: whoever gets the lock now gives
		// it back at once.
		go func() {
			if <-taken == nil {
				release(f)()
			} else {
				_ = f.Close() // there is nobody left to tell
			}
		}()
		return nil, context.Cause(ctx)
	}
}

func flock(f *os.File, how int) error {
	for {
		err := unix.Flock(int(f.Fd()), how)
		if !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}
