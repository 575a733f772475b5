package boot

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"time"

	"slipway/runner/process"
)

// Prepared is a process that has been started and that nobody follows yet: it waits
// for a word of its controller before it does what it is for. Whatever it writes
// until then waits in its pipes. Either Begin or Close must be called, once.
type Prepared struct {
	boot   *Boot
	stderr *process.PipeReader
	gone   chan struct{} // closed when it has been reaped
	exited chan ending   // when that was, once
}

// Prepare spawns the process of spec. Of the options it takes those that a process
// is born with: Transport, Size and CPUs. When it fails, everything in spec is
// released.
func Prepare(ctx context.Context, sp *process.Spawner, spec Spec, opt Options) (*Prepared, error) {
	b := &Boot{
		spec: spec, opt: opt, began: time.Now(), input: newInput(), open: make(chan struct{}),
		stop: make(chan string, 1), fail: make(chan Verdict, 1), poke: make(chan struct{}, 1), handsMoved: make(chan struct{}, 1),
		ended: make(chan struct{}),
	}
	_, isPlain := spec.Controller.(plain)
	b.seen.line = timeline{marks: map[string]mark{}, vm: !isPlain}
	stderr, err := b.spawn(ctx, sp)
	if err != nil {
		b.releaseFiles()
		b.releaseMarkers()
		return nil, errors.Join(err, spec.Controller.Close())
	}
	p := &Prepared{boot: b, stderr: stderr, gone: make(chan struct{}), exited: make(chan ending, 1)}
	go func() {
		p.exited <- b.reap()
		close(p.gone)
	}()
	return p, nil
}

// PID of the process.
func (p *Prepared) PID() int { return p.boot.PID() }

// Gone is closed when the process has ended, however it did.
func (p *Prepared) Gone() <-chan struct{} { return p.gone }

// Begin follows the process until Wait returns; its time counts from now on. origin
// says what it has done so far, shown is the command line that the result tells. It
// fails with ErrEnded where the process has gone, and everything is released then.
func (p *Prepared) Begin(ctx context.Context, origin Origin, shown []string, opt Options) (*Boot, error) {
	b := p.boot
	began := time.Now()
	select {
	case <-p.gone:
		return nil, errors.Join(fmt.Errorf("boot %s: it was started beforehand: %w", b.spec.Args[0], ErrEnded), p.Close())
	default:
	}
	if err := b.console.Resize(opt.Size); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	b.opt, b.spec.Shown, b.began, b.start = opt, shown, began, time.Now()
	b.seen.line.origin = origin
	return p.follow(ctx), nil
}

func (p *Prepared) follow(ctx context.Context) *Boot {
	b := p.boot
	if b.opt.InputAfter == "" {
		b.opening.Do(func() { close(b.open) })
	}
	r := &readers{last: &lastLines{}, log: newLog(b.opt), stderr: p.stderr}
	r.start(b)
	go b.input.run(b.console, b.open)
	go b.supervise(ctx, r, p.exited)
	return b
}

// Close ends a process that was never followed, and waits for that.
func (p *Prepared) Close() error {
	b := p.boot
	b.signal(syscall.SIGKILL) // it has done nothing yet that could be lost
	<-p.gone
	b.console.Abandon()
	_ = p.stderr.Close()
	_, _ = p.stderr.Read(make([]byte, 1)) // releases its descriptors
	b.releaseMarkers()
	return b.spec.Controller.Close()
}
