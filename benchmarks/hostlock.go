package benchmarks

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// lockHost takes the lock that serialises timed boots on this host, whoever
// makes them: two experiments at once would time each other. waiting is called
// once with what it waits for. Go opens files close-on-exec, so that no guest
// inherits the lock and holds it after us.
func lockHost(ctx context.Context, path string, waiting func(string)) (release func(), err error) {
	f, err := openLock(path)
	if err != nil {
		return nil, fmt.Errorf("lock timed boots with %s: %w", path, err)
	}
	told := false
	for {
		err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		switch {
		case err == nil:
			holder := strconv.Itoa(os.Getpid()) + "\n"
			if f.Truncate(0) == nil { // only words for others: not worth failing for
				_, _ = f.WriteAt([]byte(holder), 0)
			}
			return func() { _ = f.Close() }, nil // closing is what releases it
		case errors.Is(err, unix.EINTR):
			continue
		case !errors.Is(err, unix.EWOULDBLOCK):
			_ = f.Close()
			return nil, fmt.Errorf("lock timed boots with %s: %w", path, err)
		}
		if !told {
			told = true
			waiting("another Slipway" + holder(f) + " is timing boots on this host")
		}
		select {
		case <-ctx.Done():
			_ = f.Close()
			return nil, ctx.Err()
		case <-time.After(50 * time.Millisecond): // flock has no wait that a context can end
		}
	}
}

// openLock opens the file for any user of this host, without following a link
// that somebody else may have put in its place.
func openLock(path string) (*os.File, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, err
	}
	flags := os.O_RDWR | os.O_CREATE | unix.O_NOFOLLOW
	f, err := os.OpenFile(path, flags, 0o666)
	if errors.Is(err, os.ErrPermission) {
		// In a sticky folder the kernel may refuse O_CREATE on another user's file.
		f, err = os.OpenFile(path, os.O_RDONLY|unix.O_NOFOLLOW, 0)
	}
	if err != nil {
		return nil, err
	}
	_ = f.Chmod(0o666) // the umask took bits away; only the owner can give them back
	return f, nil
}

// holder names the process that holds the lock, as far as it wrote itself down.
func holder(f *os.File) string {
	var b [16]byte
	n, _ := f.ReadAt(b[:], 0)
	if pid := strings.TrimSpace(string(b[:n])); pid != "" {
		return " (process " + pid + ")"
	}
	return ""
}
