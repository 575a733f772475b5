package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"slipway/benchmarks"
	"slipway/runner"
	"slipway/runner/boot"
	"slipway/runner/console"
	"slipway/runner/process"
	"slipway/session"
	"slipway/tui"
)

// bootOnTerminal boots a target in a pty and shows its console on this terminal
// until it ends or the user leaves with ctrl+].
func bootOnTerminal(ctx context.Context, s *session.Session, plan *runner.Plan, recording *benchmarks.Recording, debug *awaited) (boot.Result, error) {
	fmt.Fprintf(os.Stderr, "%s on %s: keys go to the guest, ctrl+] leaves\n", plan.Image.Target, plan.Accelerator.Name)
	changed := make(chan struct{}, 1)
	keys := make(chan *boot.Boot, 1) // the boot, once there is one
	send := func(p []byte) {
		b := <-keys
		keys <- b
		_, _ = b.Write(p) // a guest that does not read loses keys, as a real terminal's would
	}
	screen := console.New(console.Options{Cols: 80, Rows: 24, Reply: send})
	b, err := s.Runner().Start(ctx, plan, boot.Options{
		Transport: process.PTY, Size: process.Size{Cols: 80, Rows: 24}, Log: recording.Log(),
		Console: func(_ time.Duration, p []byte) {
			_, _ = screen.Write(p)
			select {
			case changed <- struct{}{}:
			default:
			}
		},
	})
	if err != nil {
		return boot.Result{}, err
	}
	keys <- b
	done := process.GuardTerminal(os.Stdin)
	defer done()
	debug.started(ctx, b)
	left, err := tui.Attach(ctx, tui.Guest{
		Screen: screen, Send: send, Changed: changed, Ended: b.Done(),
		Resize: func(cols, rows int) {
			screen.Resize(cols, rows)
			_ = b.Resize(process.Size{Cols: cols, Rows: rows}) // it may have just ended
		},
	})
	if left || err != nil {
		b.Stop("the user left it with ctrl+]")
	}
	return b.Wait(), err
}
