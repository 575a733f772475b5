package benchmarks

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"slipway/runner/console"
)

// lockHost takes the lock that serialises timed boots on this host, whoever
// makes them: two experiments at once would time each other. title says to others
// what it is held for; waiting is called once with what is waited for. Go opens files close-on-exec, so that no guest
// inherits the lock and holds it after us.
func lockHost(ctx context.Context, path, title string, waiting func(string)) (release func(), err error) {
	f, err := openLock(path)
	if err != nil {
		return nil, fmt.Errorf("lock timed boots with %s: %w", path, err)
	}
	told := false
	for {
		err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		switch {
		case err == nil:
			holder := fmt.Sprintf("%d\n%s\n%.*s\n", os.Getpid(), time.Now().Format(time.TimeOnly), holderText, title)
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

// holderText bounds what a holder says that it does.
const holderText = 200

// holder names the process that holds the lock, as far as it wrote itself down: its
// number, since when, and what for. Any user of this host may have written it.
func holder(f *os.File) string {
	b := make([]byte, 64+4*holderText)
	n, _ := f.ReadAt(b, 0)
	var said []string
	for i, line := range strings.Split(string(b[:n]), "\n") {
		line = strings.TrimSpace(console.Clean([]byte(line)))
		if line == "" || i > 2 {
			continue
		}
		said = append(said, []string{"process ", "since ", ""}[i]+line)
	}
	if len(said) == 0 {
		return ""
	}
	return " (" + strings.Join(said, ", ") + ")"
}

// TakeHost is for what measures this host outside an experiment: nobody times boots until
// release. Where somebody does, busy says who, and nothing is held.
func TakeHost(ctx context.Context, lock, title string) (release func(), busy string, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	release, err = lockHost(ctx, lock, title, func(holder string) {
		busy = holder
		cancel()
	})
	if busy != "" && release == nil {
		err = nil
	}
	return release, busy, err
}
