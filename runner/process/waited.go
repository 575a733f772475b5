package process

import (
	"bytes"
	"errors"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// Waited tells how long the calling thread has been ready to run without a CPU, which is
// how late it sees what it waits for. Its goroutine must be locked to its thread from
// NewWaited to Close.
type Waited struct {
	fd       int
	last     time.Duration
	switches unix.Rusage
	buf      [64]byte
}

// NewWaited begins to count. It always returns a usable one: where the host keeps no
// count, everything is in time.
func NewWaited() *Waited {
	// The file belongs to the thread that opens it; to read it anew costs a microsecond.
	fd, err := unix.Open("/proc/thread-self/schedstat", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return &Waited{fd: -1}
	}
	w := &Waited{fd: fd}
	_, _ = w.Since()
	return w
}

// Since is how much it was since it was last asked. Where woken is true, the thread has
// slept once in that time and never lost a CPU: all of it passed between the moment at
// which it was woken and now.
func (w *Waited) Since() (waited time.Duration, woken bool) {
	total, err := w.total()
	if err != nil {
		return 0, false
	}
	before, then := w.last, w.switches
	w.last = total
	_ = unix.Getrusage(unix.RUSAGE_THREAD, &w.switches) // it cannot fail
	return w.last - before, w.switches.Nvcsw-then.Nvcsw == 1 && w.switches.Nivcsw == then.Nivcsw
}

// errNoCount is returned where the host's kernel keeps no count.
var errNoCount = errors.New("this kernel does not count how long a thread waits for a CPU")

func (w *Waited) total() (time.Duration, error) {
	if w.fd < 0 {
		return 0, errNoCount
	}
	n, err := unix.Pread(w.fd, w.buf[:], 0)
	if err != nil {
		return 0, err
	}
	fields := bytes.Fields(w.buf[:n])
	if len(fields) < 2 {
		return 0, errNoCount
	}
	ns, err := strconv.ParseInt(string(fields[1]), 10, 64)
	return time.Duration(ns), err
}

// Close releases its descriptor.
func (w *Waited) Close() {
	if w.fd >= 0 {
		_ = unix.Close(w.fd)
	}
}
