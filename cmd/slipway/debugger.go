package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"slipway/runner"
	"slipway/runner/boot"
	"slipway/runner/gdb"
	"slipway/runner/qemu"
	"slipway/session"
)

// awaited is a debugger that the user starts in another terminal. A nil one is awaited
// by nobody.
type awaited struct {
	meeting *gdb.Meeting
	cancel  context.CancelFunc
	work    sync.WaitGroup
	words   io.Writer
}

// awaitDebugger has a planned boot held at its first instruction, and says with what
// command line a debugger takes it over.
func awaitDebugger(ctx context.Context, words io.Writer, s *session.Session, plan *runner.Plan) (*awaited, error) {
	if plan.Host != nil {
		return nil, fmt.Errorf("boot %s with --gdb: %w: start gdb on %s itself", plan.Image.Target, qemu.ErrNoMachine, plan.Image.Image.App)
	}
	program, err := gdb.Program(plan.Image.Kernel.Arch)
	var missing *gdb.MissingError
	if errors.As(err, &missing) {
		program = missing.Program // another debugger may come, or one that is installed meanwhile
		fmt.Fprintln(words, "slipway:", err)
	}
	symbols := s.Runner().Symbols(ctx, plan.Image)
	meeting, err := gdb.Listen()
	if err != nil {
		return nil, err
	}
	plan.VM.Held = true
	fmt.Fprintf(words, "%s is held at its first instruction until a debugger lets it go; in another terminal:\n%s\n",
		plan.Image.Target, gdb.Shell(gdb.Command(program, meeting.Path, symbols, true)))
	return &awaited{meeting: meeting, words: words}, nil
}

// started brings the boot and its debugger together.
func (a *awaited) started(ctx context.Context, b *boot.Boot) {
	if a == nil {
		return
	}
	ctx, a.cancel = context.WithCancel(ctx)
	a.work.Go(func() {
		guest, err := qemu.Into(b)
		if err == nil {
			err = a.meeting.Accompany(ctx, guest)
		}
		if err != nil && ctx.Err() == nil && !errors.Is(err, boot.ErrEnded) {
			fmt.Fprintln(a.words, "slipway:", err)
			b.Stop("there is no debugger to let it go")
		}
	})
}

// end leaves no trace of the waiting.
func (a *awaited) end() error {
	if a == nil {
		return nil
	}
	if a.cancel != nil {
		a.cancel()
	}
	a.work.Wait()
	return a.meeting.Close()
}
