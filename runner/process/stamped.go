package process

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// StampedReader reads a channel on which the kernel notes when each write was made. On
// a busy host a reader waits for a CPU for tens of milliseconds, so that when it reads
// says little of when something was written; the kernel's note is right whoever waits.
// One goroutine may read while another closes.
//
// It is a pair of sockets that keep writes apart. Of a Unix socket's kinds only those
// note the time, and they note it as the writer writes (unix_dgram_sendmsg).
type StampedReader struct {
	mu     sync.Mutex
	fd     int // -1 when released
	opened time.Time
	fresh  bool // something has been read since the reader last slept
	oob    []byte
}

// stampRest is how long a reader rests after it has read all that there was: QEMU
// writes one byte at a time, and to be woken for each costs the guest more than the
// whole marker. The times do not suffer from it.
const stampRest = shortRest

// stampRoom is what the sockets may hold, with the kernel's own part: some 500 writes
// where the host allows no more than Linux does by itself.
const stampRoom = 1 << 20

// NewStampedReader makes the sockets and returns the reader and the writing end.
func NewStampedReader() (*StampedReader, *os.File, error) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, nil, fmt.Errorf("make a pair of sockets whose writes the kernel stamps: %w", err)
	}
	// Where the host's kernel does not know how, every write has the time of its reading
	// and is said to be late by what the reader has waited for a CPU.
	_ = unix.SetsockoptInt(fds[0], unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1)
	// Each write costs the kernel hundreds of bytes: without room for more of them a guest
	// that says much stops until it is read. The kernel gives as much as it allows.
	_ = unix.SetsockoptInt(fds[1], unix.SOL_SOCKET, unix.SO_SNDBUF, stampRoom)
	r := &StampedReader{fd: fds[0], opened: time.Now(), oob: make([]byte, unix.CmsgSpace(stampSize))}
	return r, os.NewFile(uintptr(fds[1]), "stamped"), nil
}

// Read waits for one write. at is when it was made. Where the kernel did not say, stamped
// is false, and at is when it was read. It returns io.EOF when the writers are gone,
// or when all has been read after Close; its descriptor is released then.
func (r *StampedReader) Read(p []byte) (n int, at time.Time, stamped bool, err error) {
	for {
		var oobn int
		n, oobn, err = r.receive(p)
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case err != nil || n <= 0:
			r.release()
			if err != nil && !errors.Is(err, io.EOF) {
				return 0, time.Now(), false, fmt.Errorf("read stamped writes: %w", err)
			}
			return 0, time.Now(), false, io.EOF
		}
		at, stamped = r.stamp(oobn)
		return n, at, stamped, nil
	}
}

// receive takes one write. Only one that follows a pause wakes the reader.
func (r *StampedReader) receive(p []byte) (n, oobn int, err error) {
	if r.fd < 0 {
		return 0, 0, io.EOF
	}
	if r.fresh {
		n, oobn, _, _, err = unix.Recvmsg(r.fd, p, r.oob, unix.MSG_DONTWAIT)
		if !errors.Is(err, unix.EAGAIN) {
			return n, oobn, err
		}
		time.Sleep(stampRest)
		r.fresh = false
	}
	n, oobn, _, _, err = unix.Recvmsg(r.fd, p, r.oob, 0)
	r.fresh = true
	return n, oobn, err
}

// stamp is the kernel's note of the last write.
func (r *StampedReader) stamp(oobn int) (at time.Time, ok bool) {
	messages, err := unix.ParseSocketControlMessage(r.oob[:oobn])
	if err != nil {
		return time.Now(), false
	}
	for _, m := range messages {
		if written, known := stampOf(m); known {
			if at := OnOurClock(written); !at.Before(r.opened) && !at.After(time.Now()) {
				return at, true
			}
			break // the host's clock was set in between
		}
	}
	return time.Now(), false
}

// Close makes Read return what is there and then io.EOF, even while a writer still
// holds the other end.
func (r *StampedReader) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.fd < 0 {
		return nil
	}
	return unix.Shutdown(r.fd, unix.SHUT_RD)
}

func (r *StampedReader) release() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.fd >= 0 {
		_ = unix.Close(r.fd)
		r.fd = -1
	}
}
