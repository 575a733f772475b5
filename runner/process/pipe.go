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

// QEMU writes a guest's serial port one byte at a time. A reader that waits for
// each byte has to be woken by the guest's thread, which costs a boot of 70 ms more
// than one of them. So after a few small reads in quick succession it rests before
// the next, longer when there are many. The first byte after a pause is always read
// at once.
const (
	smallRead = 256
	closeBy   = time.Millisecond // two reads in quick succession

	fewReads  = 4
	shortRest = 300 * time.Microsecond
	manyReads = 64
	longRest  = time.Millisecond
)

// pipeCapacity is what a Linux pipe holds.
const pipeCapacity = 64 << 10

// PipeReader reads a pipe with blocking poll(2) instead of Go's network poller,
// which costs a third of the throughput where the writer sends single bytes.
// One goroutine may read while another closes.
type PipeReader struct {
	pipe   int
	cancel int
	wake   int
	once   sync.Once
	ended  bool
	crowd  int
	last   time.Time
	spare  int // bytes that may still be read after Close
}

// NewPipeReader makes a pipe and returns its reader and the writing end.
func NewPipeReader() (*PipeReader, *os.File, error) {
	var data, cancel [2]int
	if err := unix.Pipe2(data[:], unix.O_CLOEXEC); err != nil {
		return nil, nil, fmt.Errorf("make a pipe: %w", err)
	}
	if err := unix.Pipe2(cancel[:], unix.O_CLOEXEC); err != nil {
		_ = unix.Close(data[0])
		_ = unix.Close(data[1])
		return nil, nil, fmt.Errorf("make a pipe: %w", err)
	}
	r := &PipeReader{pipe: data[0], cancel: cancel[0], wake: cancel[1], spare: pipeCapacity}
	return r, os.NewFile(uintptr(data[1]), "pipe"), nil
}

// Read waits for bytes. It returns io.EOF when the writers are gone or after
// Close. The descriptors are released when Read has returned io.EOF and Close
// has been called, in either order.
func (r *PipeReader) Read(p []byte) (int, error) {
	if r.ended {
		return 0, io.EOF
	}
	switch {
	case r.crowd > manyReads:
		time.Sleep(longRest)
		r.last = time.Now()
	case r.crowd > fewReads:
		time.Sleep(shortRest)
		r.last = time.Now()
	}
	for {
		n, err := r.readOnce(p)
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case err != nil || n <= 0:
			r.ended = true
			_ = unix.Close(r.pipe)
			_ = unix.Close(r.cancel)
			if err != nil && !errors.Is(err, io.EOF) {
				return 0, fmt.Errorf("read a pipe: %w", err)
			}
			return 0, io.EOF
		}
		r.note(n)
		return n, nil
	}
}

func (r *PipeReader) readOnce(p []byte) (int, error) {
	fds := []unix.PollFd{{Fd: int32(r.pipe), Events: unix.POLLIN}, {Fd: int32(r.cancel), Events: unix.POLLIN}}
	if _, err := unix.Poll(fds, -1); err != nil {
		return 0, err
	}
	if fds[0].Revents&unix.POLLIN == 0 { // hung up and empty, or closed by us
		return 0, io.EOF
	}
	if fds[1].Revents == 0 {
		return unix.Read(r.pipe, p)
	}
	if r.spare <= 0 { // what was in the pipe at Close has been read: do not follow a flood
		return 0, io.EOF
	}
	n, err := unix.Read(r.pipe, p[:min(len(p), r.spare)])
	r.spare -= n
	return n, err
}

// note keeps count of small reads in quick succession.
func (r *PipeReader) note(n int) {
	now := time.Now()
	switch {
	case n < smallRead && now.Sub(r.last) < closeBy:
		r.crowd++
	case n < smallRead/16:
		r.crowd = 0
	}
	r.last = now
}

// Close makes Read return what is in the pipe and then io.EOF, even while a
// writer still holds the other end.
func (r *PipeReader) Close() error {
	var err error
	r.once.Do(func() { err = unix.Close(r.wake) })
	return err
}
