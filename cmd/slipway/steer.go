package main

import (
	"context"
	"os"
	"syscall"

	"golang.org/x/sys/unix"

	"slipway/benchmarks"
	"slipway/runner/process"
)

// steer lets keys steer an experiment: p pauses and goes on, s stops after the round,
// q does as ctrl+c. It needs a terminal that is ours alone; where there is none it does
// nothing. end gives the terminal back as it was.
func (v *benchView) steer(ctx context.Context, control *benchmarks.Control) (end func()) {
	nothing := func() {}
	if v.file == nil {
		return nothing
	}
	terminal := int(os.Stdin.Fd())
	before, err := unix.IoctlGetTermios(terminal, unix.TCGETS)
	if err != nil || !inForeground(terminal) {
		return nothing
	}
	wake := make([]int, 2)
	if unix.Pipe2(wake, unix.O_CLOEXEC) != nil {
		return nothing
	}
	guarded := process.GuardTerminal(os.Stdin)
	keys := *before
	keys.Lflag &^= unix.ICANON | unix.ECHO // ctrl+c and ctrl+z stay what they are
	keys.Cc[unix.VMIN], keys.Cc[unix.VTIME] = 1, 0
	restore := func() { _ = unix.IoctlSetTermios(terminal, unix.TCSETS, before) } // a terminal that has gone needs none
	if unix.IoctlSetTermios(terminal, unix.TCSETS, &keys) != nil {
		guarded()
		return nothing
	}
	v.hint = "  p pause, go on · s stop after this round · q stop now"
	// The second ctrl+c ends the program on the spot: by then the terminal must be in order.
	interrupted := context.AfterFunc(ctx, restore)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for key := range keysOf(terminal, wake[0]) {
			v.press(key, control)
		}
	}()
	return func() {
		_, _ = unix.Write(wake[1], []byte{0}) // its buffer is empty
		<-done
		interrupted()
		restore()
		guarded()
		_, _ = unix.Close(wake[0]), unix.Close(wake[1])
	}
}

// press does what a key says, and shows that it was heard.
func (v *benchView) press(key byte, control *benchmarks.Control) {
	paused, _ := control.State()
	switch key {
	case 'p':
		if paused {
			control.Resume()
		} else {
			control.Pause()
		}
	case 's':
		control.StopAfterRound()
	case 'q':
		_ = unix.Kill(os.Getpid(), syscall.SIGINT) // as ctrl+c, in all that follows from it
	default:
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.last.Paused, v.last.Stopping = control.State()
	v.draw()
}

// keysOf reads keys until something is written to the pipe.
func keysOf(terminal, wake int) func(yield func(byte) bool) {
	return func(yield func(byte) bool) {
		buffer := make([]byte, 64)
		for {
			ready := []unix.PollFd{{Fd: int32(terminal), Events: unix.POLLIN}, {Fd: int32(wake), Events: unix.POLLIN}}
			if _, err := unix.Poll(ready, -1); err == unix.EINTR {
				continue
			}
			if ready[1].Revents != 0 || ready[0].Revents&unix.POLLIN == 0 {
				return
			}
			n, err := unix.Read(terminal, buffer)
			if n <= 0 || err != nil {
				return
			}
			for _, key := range buffer[:n] {
				if !yield(key) {
					return
				}
			}
		}
	}
}

// inForeground reports whether keys are ours: who reads them in the background is
// stopped.
func inForeground(terminal int) bool {
	group, err := unix.IoctlGetInt(terminal, unix.TIOCGPGRP)
	return err == nil && group == unix.Getpgrp()
}
