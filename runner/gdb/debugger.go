package gdb

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"slipway/runner/boot"
	"slipway/runner/process"
	"slipway/runner/qemu"
)

// Options are what a debugger is started with.
type Options struct {
	Arch    string // instruction set of the guest
	Guest   *qemu.Inside
	Symbols Symbols
	AtStart bool                            // the guest has not run yet
	Size    process.Size                    // of its terminal
	Console func(_ time.Duration, _ []byte) // what it prints, as in boot.Options
}

// Debugger is one that runs in a terminal of its own. Its methods are safe for
// concurrent use.
type Debugger struct {
	process *boot.Boot
	done    chan struct{}
	err     error // once done is closed
}

// term is what our emulator is.
const term = "TERM=xterm-256color"

// joinLimit is how long a debugger may take to read its symbols and to come.
const joinLimit = 30 * time.Second

// leaveLimit is how long QEMU may take to let the guest go on behind it.
const leaveLimit = 5 * time.Second

// Start stops the guest and starts a debugger on it. The guest goes on when the
// debugger has ended. After a nil error, Wait must be called.
func Start(ctx context.Context, sp *process.Spawner, o Options) (*Debugger, error) {
	program, err := Program(o.Arch)
	if err != nil {
		return nil, err
	}
	stood := o.Guest.Stopped()
	if err := o.Guest.Pause(ctx); err != nil {
		return nil, err
	}
	d, err := start(ctx, sp, program, o, stood)
	if err != nil && !stood {
		err = errors.Join(err, o.Guest.Resume(ctx))
	}
	return d, err
}

func start(ctx context.Context, sp *process.Spawner, program string, o Options, stood bool) (*Debugger, error) {
	meeting, err := Listen()
	if err != nil {
		return nil, err
	}
	p, err := boot.StartProcess(ctx, sp, Command(program, meeting.Path, o.Symbols, o.AtStart), boot.Options{
		Transport: process.PTY, Size: o.Size, Console: o.Console, Together: true, Env: []string{term},
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("start the debugger: %w", err), meeting.Close())
	}
	d := &Debugger{process: p, done: make(chan struct{})}
	go d.follow(ctx, meeting, o.Guest, stood)
	return d, nil
}

// follow brings the debugger and the guest together, and takes the guest back.
func (d *Debugger) follow(ctx context.Context, meeting *Meeting, guest *qemu.Inside, stood bool) {
	defer close(d.done)
	joining, cancel := context.WithTimeout(ctx, joinLimit)
	defer cancel()
	var join sync.WaitGroup
	var joined error
	join.Go(func() {
		if joined = meeting.Join(joining, guest); joined != nil {
			d.process.Stop("there is no guest to debug")
		}
	})
	result := d.process.Wait()
	cancel() // it ended before it came
	join.Wait()
	leaving, leave := context.WithTimeout(context.WithoutCancel(ctx), leaveLimit)
	defer leave()
	err := guest.Undebug(leaving)
	if joined != nil && !stood { // it was paused for nothing
		err = guest.Resume(leaving)
	}
	switch {
	case errors.Is(err, boot.ErrEnded) || errors.Is(joined, boot.ErrEnded) || ctx.Err() != nil:
	case joined != nil:
		d.err = fmt.Errorf("debug the guest: %w (the debugger: %s %s)", joined, result.Outcome, result.Reason)
	case err != nil:
		d.err = err
	}
}

// Write types into the debugger.
func (d *Debugger) Write(p []byte) (int, error) { return d.process.Write(p) }

// Resize tells its terminal a size.
func (d *Debugger) Resize(size process.Size) error { return d.process.Resize(size) }

// Stop ends it; the guest goes on. It returns at once.
func (d *Debugger) Stop(reason string) { d.process.Stop(reason) }

// PID is its process's.
func (d *Debugger) PID() int { return d.process.PID() }

// Done is closed when it has ended and the guest goes on.
func (d *Debugger) Done() <-chan struct{} { return d.done }

// Wait waits for that. The error says why the debugger did not come to the guest.
func (d *Debugger) Wait() error {
	<-d.done
	return d.err
}
