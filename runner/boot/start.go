package boot

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"time"

	"slipway/runner/process"
)

// Start spawns the process of spec and follows it until Wait returns. When it
// fails, everything in spec is released.
func Start(ctx context.Context, sp *process.Spawner, spec Spec, opt Options) (*Boot, error) {
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
		if spec.Markers != nil {
			_ = spec.Markers.Close()
			_, _ = spec.Markers.Read(make([]byte, 1)) // releases its descriptors
		}
		return nil, errors.Join(err, spec.Controller.Close())
	}
	if opt.InputAfter == "" {
		b.opening.Do(func() { close(b.open) })
	}
	r := &readers{last: &lastLines{}, log: newLog(opt), stderr: stderr}
	r.start(b)
	go b.input.run(b.console, b.open)
	go b.supervise(ctx, r)
	return b, nil
}

func (b *Boot) spawn(ctx context.Context, sp *process.Spawner) (*process.PipeReader, error) {
	if ctx.Err() != nil {
		return nil, fmt.Errorf("boot: %w", context.Cause(ctx))
	}
	// No CommandContext: the ladder ends the process, politely first.
	b.cmd = exec.Command(b.spec.Args[0], b.spec.Args[1:]...) //nolint:noctx // running commands is what this is for
	if b.cmd.Err != nil {
		return nil, fmt.Errorf("boot %s: %w", b.spec.Args[0], b.cmd.Err)
	}
	b.cmd.ExtraFiles = b.spec.Files
	if b.opt.Env != nil {
		b.cmd.Env = append(os.Environ(), b.opt.Env...)
	}
	stderr, errEnd, err := process.NewPipeReader()
	if err != nil {
		return nil, fmt.Errorf("boot %s: %w", b.spec.Args[0], err)
	}
	b.cmd.Stderr = errEnd
	giveUp := func(err error) (*process.PipeReader, error) {
		_ = errEnd.Close()
		_ = stderr.Close()
		_, _ = stderr.Read(make([]byte, 1)) // releases its descriptors
		return nil, fmt.Errorf("boot %s: %w", b.spec.Args[0], err)
	}
	b.console, err = process.Connect(b.cmd, b.opt.Transport, b.opt.Size)
	if err != nil {
		return giveUp(err)
	}
	if b.opt.Together {
		b.cmd.Stderr = b.cmd.Stdout
	}
	b.start = time.Now()
	if err := sp.StartPinned(b.cmd, b.opt.CPUs); err != nil {
		b.console.Abandon()
		return giveUp(err)
	}
	if b.spec.Held {
		b.hands = hands{touched: "it was held at its start", since: b.start}
	}
	b.console.ReleaseChild()
	b.releaseFiles()
	_ = errEnd.Close()
	return stderr, nil
}

func (b *Boot) releaseFiles() {
	for _, f := range b.spec.Files {
		_ = f.Close()
	}
}

// readers are the goroutines that read what the process writes.
type readers struct {
	last   *lastLines
	log    *boundedLog
	stderr *process.PipeReader
	tail   string
	done   chan struct{}
}

func (r *readers) start(b *Boot) {
	var reading sync.WaitGroup
	reading.Go(func() { b.readConsole(r.log, r.last) })
	reading.Go(func() { r.tail = readTail(r.stderr) })
	if b.spec.Markers != nil {
		reading.Go(func() { b.readMarkers(b.spec.Markers) })
	}
	r.done = make(chan struct{})
	go func() {
		reading.Wait()
		close(r.done)
	}()
}

// orphanGrace is how long the streams may stay open after the process and its
// group are gone.
const orphanGrace = 2 * time.Second

// finish waits until everything has been read; what somebody else holds open is
// cut off.
func (r *readers) finish(b *Boot) {
	timer := time.NewTimer(orphanGrace)
	defer timer.Stop()
	select {
	case <-r.done:
	case <-timer.C:
	}
	closers := []io.Closer{b.console, r.stderr}
	if b.spec.Markers != nil {
		closers = append(closers, b.spec.Markers)
	}
	for _, c := range closers {
		_ = c.Close() // only read from, or its reader is gone
	}
	<-r.done
}
