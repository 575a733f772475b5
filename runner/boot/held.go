package boot

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"time"

	"slipway/runner/process"
)

// Held is a process that has been started and that nobody follows yet: it waits
// for a word of its controller before it does what it is for. Whatever it writes
// until then waits in its pipes. Either Begin or Close must be called, once.
type Held struct {
	boot   *Boot
	stderr *process.PipeReader
	gone   chan struct{}  // closed when it has been reaped
	exited chan time.Time // when that was, once
}

// Hold spawns the process of spec. Of the options it takes those that a process
// is born with: Transport, Size and CPUs. When it fails, everything in spec is
// released.
func Hold(ctx context.Context, sp *process.Spawner, spec Spec, opt Options) (*Held, error) {
	b := &Boot{
		spec: spec, opt: opt, began: time.Now(), input: newInput(), open: make(chan struct{}),
		stop: make(chan string, 1), fail: make(chan Verdict, 1), poke: make(chan struct{}, 1), ended: make(chan struct{}),
	}
	_, isPlain := spec.Controller.(plain)
	b.seen.line = timeline{marks: map[string]mark{}, vm: !isPlain}
	stderr, err := b.spawn(ctx, sp)
	if err != nil {
		b.releaseFiles()
		b.releaseMarkers()
		return nil, errors.Join(err, spec.Controller.Close())
	}
	h := &Held{boot: b, stderr: stderr, gone: make(chan struct{}), exited: make(chan time.Time, 1)}
	go func() {
		h.exited <- b.reap()
		close(h.gone)
	}()
	return h, nil
}

// PID of the process.
func (h *Held) PID() int { return h.boot.PID() }

// Gone is closed when the process has ended, however it did.
func (h *Held) Gone() <-chan struct{} { return h.gone }

// Begin follows the process until Wait returns; its time counts from now on.
// origin says what it has done so far, shown is the command line that the result tells.
// It fails with ErrEnded where the
// process has gone, and everything is released then.
func (h *Held) Begin(ctx context.Context, origin Origin, shown []string, opt Options) (*Boot, error) {
	b := h.boot
	began := time.Now()
	select {
	case <-h.gone:
		return nil, errors.Join(fmt.Errorf("boot %s: it was started beforehand: %w", b.spec.Args[0], ErrEnded), h.Close())
	default:
	}
	if err := b.console.Resize(opt.Size); err != nil {
		return nil, errors.Join(err, h.Close())
	}
	b.opt, b.spec.Shown, b.began, b.start = opt, shown, began, time.Now()
	b.seen.line.origin = origin
	return h.follow(ctx), nil
}

func (h *Held) follow(ctx context.Context) *Boot {
	b := h.boot
	if b.opt.InputAfter == "" {
		close(b.open)
	}
	r := &readers{last: &lastLines{}, log: newLog(b.opt), stderr: h.stderr}
	r.start(b)
	go b.input.run(b.console, b.open)
	go b.supervise(ctx, r, h.exited)
	return b
}

// Close ends a process that was never followed, and waits for that.
func (h *Held) Close() error {
	b := h.boot
	b.signal(syscall.SIGKILL) // it has done nothing yet that could be lost
	<-h.gone
	b.console.Abandon()
	_ = h.stderr.Close()
	_, _ = h.stderr.Read(make([]byte, 1)) // releases its descriptors
	b.releaseMarkers()
	return b.spec.Controller.Close()
}
