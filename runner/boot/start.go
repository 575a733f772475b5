package boot

import (
	"context"
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
	p, err := Prepare(ctx, sp, spec, opt)
	if err != nil {
		return nil, err
	}
	return p.follow(ctx), nil
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

func (b *Boot) releaseMarkers() {
	if b.spec.Markers != nil {
		_ = b.spec.Markers.Close()
		_, _, _, _ = b.spec.Markers.Read(make([]byte, 1)) // releases its descriptor
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
