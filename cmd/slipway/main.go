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
	"strings"
	"syscall"

	"charm.land/fang/v2"
	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
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
	// The first signal ends what is under way in order; a second one ends it now.
	once := context.AfterFunc(ctx, stop)
	defer once()
	root := newRoot()
	root.SetOut(cleaned(os.Stdout, root.PersistentFlags()))
	root.SetErr(cleaned(os.Stderr, root.PersistentFlags()))
	root.SetArgs(args)
	root.SilenceErrors, root.SilenceUsage = true, true
	root.Version = version()
	failure := keepErrors(root)
	execute := root.ExecuteContext
	if prettyHelp() {
		plainUsages(root)
		execute = func(ctx context.Context) error { return fang.Execute(ctx, root, fang.WithVersion(root.Version)) }
	}
	err := execute(ctx)
	if *failure != nil {
		err = *failure
	}
	printError(root.ErrOrStderr(), err)
	return exitStatus(ctx, err)
}

// prettyHelp says whether help goes to a terminal that can show colours.
func prettyHelp() bool {
	return term.IsTerminal(os.Stdout.Fd()) && term.IsTerminal(os.Stdin.Fd()) && os.Getenv("TERM") != "dumb"
}

// plainUsages takes away what cobra's own help understands and fang prints as it is:
// the marks around names of values, and times that are 0 where none was given.
func plainUsages(cmd *cobra.Command) {
	plain := func(f *pflag.Flag) {
		f.Usage = strings.ReplaceAll(f.Usage, "`", "")
		f.DefValue = strings.TrimPrefix(f.DefValue, "0s")
	}
	cmd.Flags().VisitAll(plain)
	cmd.PersistentFlags().VisitAll(plain)
	for _, sub := range cmd.Commands() {
		plainUsages(sub)
	}
}

// keepErrors lets every verb leave its error in failure rather than hand it to
// fang, which would ask the terminal for its background colour before anything
// could be printed: that writes to the screen, eats keys that were typed ahead, and
// takes seconds where no answer comes.
func keepErrors(root *cobra.Command) (failure *error) {
	failure = new(error)
	var wrap func(*cobra.Command)
	wrap = func(cmd *cobra.Command) {
		args, verb := cmd.Args, cmd.RunE
		cmd.Args = cobra.ArbitraryArgs
		cmd.RunE = func(cmd *cobra.Command, words []string) error {
			if *failure = args(cmd, words); *failure == nil {
				*failure = verb(cmd, words)
			}
			return nil
		}
		for _, sub := range cmd.Commands() {
			wrap(sub)
		}
	}
	wrap(root)
	explain := root.FlagErrorFunc()
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		*failure = explain(cmd, err)
		return nil
	})
	return failure
}

// printError writes the one sentence that an error is, without decoration: it
// is read by scripts as well.
func printError(w io.Writer, err error) {
	var status *statusError
	switch {
	case err == nil, errors.As(err, &status) && status.err == nil:
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(w, "slipway: interrupted")
	case errors.Is(err, syscall.EMFILE):
		fmt.Fprintf(w, "slipway: %v: let this shell open more: ulimit -n 1024\n", err)
	default:
		fmt.Fprintln(w, "slipway:", err)
	}
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
