// Package filelock serialises what several processes do in one folder of the
// cache, so that two who ask for the same thing make it once.
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
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	taken := make(chan error, 1)
	go func() { taken <- flock(f) }()
	select {
	case err := <-taken:
		if err != nil {
			return nil, errors.Join(fmt.Errorf("lock %s: %w", path, err), f.Close())
		}
		return func() { _ = f.Close() }, nil // closing releases it
	case <-ctx.Done():
		// flock has no wait that a context can end: whoever gets the lock now gives
		// it back at once.
		go func() {
			_ = errors.Join(<-taken, f.Close()) // there is nobody left to tell
		}()
		return nil, context.Cause(ctx)
	}
}

func flock(f *os.File) error {
	for {
		err := unix.Flock(int(f.Fd()), unix.LOCK_EX)
		if !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}
