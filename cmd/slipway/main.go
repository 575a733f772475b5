// Command slipway is a terminal workbench for specialised operating-system
// kernels: it builds an app for several kernels, boots them under QEMU and
// compares what they measure.
//
// This package holds the verbs of the command line and wires the rooms below
// together; it has no logic of its own.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"charm.land/fang/v2"
)

// Exit statuses of the contract, beside those of a guest.
const (
	statusDone        = 0
	statusWorse       = 1   // a build failed or a verdict is worse
	statusFailed      = 2   // usage, or Slipway's own failure
	statusUnclear     = 3   // unclear or not comparable
	statusTimeout     = 124 // boot: time-out
	statusBootFailed  = 125 // boot: Slipway failed
	statusCrash       = 126 // boot: crash, panic, reset, hang or a guest status above 123
	statusInterrupted = 130
)

// statusError carries an exit status up to main. A nil err says nothing: what
// there is to say has been said.
type statusError struct {
	status int
	err    error
}

func (e *statusError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit status %d", e.status)
	}
	return e.err.Error()
}

func (e *statusError) Unwrap() error { return e.err }

// exit ends a verb with a status and nothing more to say; nil for 0.
func exit(status int) error {
	if status == statusDone {
		return nil
	}
	return &statusError{status: status}
}

// failed ends a verb with a status and the reason.
func failed(status int, err error) error {
	return &statusError{status: status, err: err}
}

func main() { os.Exit(run(os.Args[1:])) }

// run carries the command line out and returns the exit status.
func run(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	root := newRoot()
	root.SetArgs(args)
	err := fang.Execute(ctx, root,
		fang.WithVersion(version()),
		fang.WithErrorHandler(printError))
	return exitStatus(ctx, err)
}

// printError writes the one sentence that an error is, without decoration: it
// is read by scripts as well.
func printError(w io.Writer, _ fang.Styles, err error) {
	var status *statusError
	if errors.As(err, &status) && status.err == nil {
		return
	}
	if errors.Is(err, context.Canceled) {
		fmt.Fprintln(w, "slipway: interrupted")
		return
	}
	fmt.Fprintln(w, "slipway:", err)
}

func exitStatus(ctx context.Context, err error) int {
	var status *statusError
	switch {
	case err == nil:
		return statusDone
	case errors.As(err, &status):
		return status.status
	case ctx.Err() != nil && errors.Is(err, context.Canceled):
		return statusInterrupted
	default:
		return statusFailed
	}
}
