package qemu

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"slipway/runner/boot"
)

// Errors of those who look inside a guest.
var (
	// ErrNoMachine says that a boot has no QEMU: a plain process is looked at with the
	// host's own tools.
	ErrNoMachine = errors.New("it runs without a virtual machine: nothing to look into")
	// ErrDebugger says that a debugger has the guest in its hands.
	ErrDebugger = errors.New("a debugger holds the guest: do it there, or close the debugger first")
)

// Limits of what is asked of QEMU. Dozens of boots at once on a small machine are slow.
const (
	handLimit    = 10 * time.Second
	monitorLimit = 10 * time.Second
	resetLimit   = 10 * time.Second
)

// Inside is the way into a guest that runs: it is paused, stepped, reset, looked at,
// kept and set back. A boot that was ever touched so is marked (boot.Result.Touched),
// and its clocks stand while the guest is held. Safe for concurrent use: what is asked
// waits for what was asked before it.
type Inside struct {
	m *machine
	b *boot.Boot
}

// Into returns the way into a boot's guest; ErrNoMachine where there is none.
func Into(b *boot.Boot) (*Inside, error) {
	m, ok := b.Controller().(*machine)
	if !ok {
		return nil, ErrNoMachine
	}
	return &Inside{m, b}, nil
}

// hands are what a machine keeps for Inside. What the client's reader touches is
// guarded by machine.mu, the rest belongs to whoever has the turn.
type hands struct {
	turn  chan struct{} // capacity 1: whoever fills it has the guest
	ready chan struct{} // closed when QEMU takes commands
	reset chan struct{} // capacity 1: a RESET has come

	touched  bool   // by machine.mu: whoever stops the guest is not QEMU by itself
	stopped  bool   // by machine.mu
	stepping bool   // by machine.mu: for a moment it goes on, which is nobody's business
	debugger string // by machine.mu: the debugger's chardev, "" for none
	resets   int    // by machine.mu: that have come

	work     sync.WaitGroup // goroutines that follow up on what was done
	unfollow func()         // ends them

	chardevs int       // made so far
	kept     *snapshot // nil before the first
}

func newHands() *hands {
	return &hands{turn: make(chan struct{}, 1), ready: make(chan struct{}), reset: make(chan struct{}, 1), unfollow: func() {}}
}

// enter takes the turn, and notes what is done to the guest. leave must be called
// after a nil error.
func (i *Inside) enter(ctx context.Context, what string) (leave func(), err error) {
	for _, open := range []<-chan struct{}{i.m.hands.ready, nil} {
		var mine chan<- struct{}
		if open == nil {
			mine = i.m.hands.turn
		}
		select {
		case <-open:
		case mine <- struct{}{}:
		case <-i.b.Done():
			return nil, boot.ErrEnded
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
	i.touch(what)
	return func() { <-i.m.hands.turn }, nil
}

func (i *Inside) touch(what string) {
	i.m.mu.Lock()
	i.m.hands.touched = true
	i.m.mu.Unlock()
	i.b.Touch(what)
}

// with runs work with the turn taken, within a time limit; what names it in an error.
func (i *Inside) with(ctx context.Context, limit time.Duration, what, done string, work func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	leave, err := i.enter(ctx, done)
	if err == nil {
		err = work(ctx)
		leave()
	}
	switch {
	case err == nil:
		return nil
	case errors.Is(err, errHungUp):
		return fmt.Errorf("%s: %w", what, boot.ErrEnded)
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("%s: QEMU has not answered within %s: %w", what, limit, err)
	}
	return fmt.Errorf("%s: %w", what, err)
}

// Pause stops the guest where it is.
func (i *Inside) Pause(ctx context.Context) error {
	return i.with(ctx, handLimit, "pause the guest", "it was paused", i.stop)
}

// Resume lets it go on.
func (i *Inside) Resume(ctx context.Context) error {
	return i.with(ctx, handLimit, "resume the guest", "it was resumed", i.cont)
}

// Stopped says whether the guest stands still.
func (i *Inside) Stopped() bool {
	i.m.mu.Lock()
	defer i.m.mu.Unlock()
	return i.m.hands.stopped
}

func (i *Inside) stop(ctx context.Context) error { return i.m.client.do(ctx, "stop", nil, nil) }
func (i *Inside) cont(ctx context.Context) error { return i.m.client.do(ctx, "cont", nil, nil) }

// Monitor runs a command of QEMU's monitor for people and returns what it prints.
func (i *Inside) Monitor(ctx context.Context, line string) (text string, err error) {
	err = i.with(ctx, monitorLimit, "QEMU's monitor", "QEMU's monitor was used", func(ctx context.Context) error {
		text, err = i.m.client.human(ctx, line)
		return err
	})
	return text, err
}

// noteHands keeps track of a guest that somebody has laid hands on. The caller holds
// the lock; moved says that the guest has stopped or goes on.
func (m *machine) noteHands(event string) (moved bool) {
	switch event {
	case "STOP", "RESUME":
		m.hands.stopped = event == "STOP"
		return m.hands.touched && !m.hands.stepping
	case "RESET":
		m.hands.resets++
		select {
		case m.hands.reset <- struct{}{}:
		default:
		}
	}
	return false
}

// tellHands holds the boot's clocks, or lets them go on.
func (m *machine) tellHands(b *boot.Boot) {
	m.mu.Lock()
	stopped, debugged := m.hands.stopped, m.hands.debugger != ""
	m.mu.Unlock()
	b.Hold(stopped || debugged)
	b.Paused(stopped)
}

// holdAtStart is Release for a boot that waits for a debugger at its first
// instruction.
func (m *machine) holdAtStart(ctx context.Context, b *boot.Boot) error {
	if err := m.client.do(ctx, "qmp_capabilities", nil, nil); err != nil {
		return err
	}
	b.Released(time.Now())
	m.mu.Lock()
	m.hands.touched, m.hands.stopped = true, true
	m.mu.Unlock()
	m.tellHands(b)
	return nil
}
