package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"slipway/benchmarks"
	"slipway/benchmarks/report"
	"slipway/benchmarks/store"
	"slipway/runner"
	"slipway/runner/boot"
	"slipway/runner/catalog"
	"slipway/runner/process"
	"slipway/runner/qemu"
	"slipway/session"
)

func newBoot(g *globals) *cobra.Command {
	var flags targetFlags
	var instant, debugger bool
	cmd := &cobra.Command{
		Use:   "boot -k KERNEL -a APP",
		Short: "Boot one target on this terminal (ctrl+] leaves)",
		Long: "Boot builds a target's image, boots it and shows its console; keys go to the guest until ctrl+].\n" +
			"Without a terminal, or with --plain, the console is printed as plain lines.\n\n" +
			"The exit status is the guest's own up to 123; 124 time-out; 125 Slipway failed;\n" +
			"126 crash, panic, reset, hang or a guest status above 123; 130 interrupted.\n\n" + settingsHelp,
		Example: "  slipway boot -k keel -a hello\n  slipway boot -k linux-cloud -a hello --set disks=root.img:snapshot --set forward=8080:80\n  slipway boot -k linux-cloud -a nbody --set steps=1000 --json\n  echo hello | slipway boot -k keel -a mine --timeout 5s\n  slipway boot -k keel -a hello --gdb",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if instant && debugger {
				return misused(cmd, "--instant and --gdb: a kernel that has booted cannot be held at its first instruction")
			}
			status := statusBootFailed
			err := g.withSession(cmd.Context(), func(s *session.Session) error {
				targets, err := flags.targets(cmd, s.Runner(), []string{"keel"})
				if err != nil {
					return err
				}
				if len(targets) != 1 {
					return fmt.Errorf("boot takes one kernel and one app, not %d targets: use bench for several", len(targets))
				}
				status, err = g.boot(cmd, s, targets[0], instant, debugger)
				return err
			})
			return bootError(status, err)
		},
	}
	flags.add(cmd, g)
	cmd.Flags().BoolVar(&instant, "instant", false, "hand the app to a kernel that has booted already; its boot is not timed then")
	cmd.Flags().BoolVar(&debugger, "gdb", false, "hold the boot at its first instruction, and say how gdb takes it over")
	return cmd
}

// bootError ends boot and rerun: with the boot's status, or with the contract's
// for what went wrong before it.
func bootError(status int, err error) error {
	switch {
	case err == nil:
		return exit(status)
	case errors.Is(err, context.Canceled):
		return failed(statusInterrupted, errors.New("interrupted"))
	}
	var wrong *statusError
	if errors.As(err, &wrong) {
		err = wrong.err
	}
	return failed(statusBootFailed, err)
}

// boot builds and boots one target, records it and returns the exit status. With instant
// the app is handed to a kernel that has booted already; with debugger the boot is held
// until one lets it go.
func (g *globals) boot(cmd *cobra.Command, s *session.Session, t runner.Target, instant, debugger bool) (status int, err error) {
	ctx := cmd.Context()
	images, err := g.build(ctx, cmd.ErrOrStderr(), s, []runner.Target{t})
	if err != nil {
		return statusBootFailed, err
	}
	plan, err := s.Runner().Plan(ctx, images[0], runner.Watched)
	if err != nil {
		return statusBootFailed, err
	}
	tellFallback(cmd.ErrOrStderr(), plan.Accelerator)
	var debug *awaited
	if debugger {
		if debug, err = awaitDebugger(ctx, cmd.ErrOrStderr(), s, plan); err != nil {
			return statusBootFailed, err
		}
		defer func() { err = errors.Join(err, debug.end()) }()
	}
	interactive := !g.plain && !g.json && term.IsTerminal(os.Stdin.Fd()) && term.IsTerminal(os.Stdout.Fd()) && os.Getenv("TERM") != "dumb"
	if instant {
		if err := resume(cmd, s, plan, interactive); err != nil {
			return statusBootFailed, err
		}
	}
	history, err := s.Store()
	if err != nil {
		fmt.Fprintf(cmd.ErrOrStderr(), "slipway: this boot is not recorded: %v\n", err)
	}
	// Also without a terminal this boot is not alone on the host, so it is never
	// taken for a timed one.
	recording := benchmarks.Record(history, plan, benchmarks.RecordOptions{
		Interactive: true, Environment: benchmarks.ReadEnvironment(ctx, s.Spawner(), s.Project(), version()),
	})
	var result boot.Result
	if interactive {
		result, err = bootOnTerminal(ctx, s, plan, recording, debug)
	} else {
		result, err = g.bootPlain(cmd, s, plan, recording, debug)
	}
	if err != nil {
		return statusBootFailed, errors.Join(err, recording.Abandon())
	}
	if forgot, err := s.Runner().Doubt(plan, result); err != nil {
		fmt.Fprintln(cmd.ErrOrStderr(), "slipway:", err)
	} else if forgot {
		fmt.Fprintf(cmd.ErrOrStderr(), "slipway: %s is booted anew for the next instant boot, in case what was kept of it is damaged\n", plan.Image.Kernel.Name)
	}
	run, err := recording.Finish(result)
	if err != nil && history != nil { // without a history it has been said
		fmt.Fprintln(cmd.ErrOrStderr(), "slipway:", err)
	}
	if g.json {
		if err := printJSON(cmd.OutOrStdout(), bootJSON(run)); err != nil {
			return statusBootFailed, err
		}
	} else {
		fmt.Fprintln(cmd.ErrOrStderr(), epitaph(plan, result))
	}
	return bootStatus(ctx, result), nil
}

// tellFallback says that a guest is emulated that nobody wanted to be.
func tellFallback(words io.Writer, a qemu.Accelerator) {
	if a.FellBack() {
		fmt.Fprintln(words, fellBack(a.Reason))
	}
}

// fellBack is the sentence for it.
func fellBack(reason string) string {
	return "slipway: emulated by tcg, not run by kvm: " + reason + " ('slipway doctor' says what would mend it)"
}

// resume has the plan's app handed to a kernel that has booted already, and boots one
// for that where there is none.
func resume(cmd *cobra.Command, s *session.Session, plan *runner.Plan, interactive bool) error {
	if plan.CanResume() && !s.Runner().HasTemplate(plan) {
		fmt.Fprintf(cmd.ErrOrStderr(), "slipway: %s boots once, out of sight, to be resumed from then on\n", plan.Image.Kernel.Name)
	}
	o := boot.Options{Transport: process.Pipe}
	if interactive {
		o.Transport = process.PTY
	}
	spare, err := s.Runner().Clone(cmd.Context(), plan, o)
	if err != nil {
		return err
	}
	if !plan.Take(spare) {
		return errors.Join(fmt.Errorf("boot %s: its app is too large to be handed to a kernel that has booted: leave --instant away", plan.Image.Target), spare.Close())
	}
	return nil
}

// bootPlain prints the console as plain lines on standard output; with --json
// it prints none. Escape sequences of the guest's are left out: a guest is
// never let near the user's terminal.
func (g *globals) bootPlain(cmd *cobra.Command, s *session.Session, plan *runner.Plan, recording *benchmarks.Recording, debug *awaited) (boot.Result, error) {
	lines := newPlainLines(cmd.OutOrStdout())
	options := boot.Options{Transport: process.Pipe, Log: recording.Log()}
	if plan.Host == nil && plan.Image.Kernel.Mark.App != (catalog.MarkRule{}) {
		options.InputAfter = boot.MarkApp
	}
	if !g.json {
		options.Console = func(_ time.Duration, p []byte) { lines.write(p) }
	}
	b, err := s.Runner().Start(cmd.Context(), plan, options)
	if err != nil {
		return boot.Result{}, err
	}
	debug.started(cmd.Context(), b)
	if !g.json && !term.IsTerminal(os.Stdin.Fd()) {
		go b.Feed(os.Stdin) // it may outlive the boot in a read that nothing can interrupt
	}
	result := b.Wait()
	if !g.json {
		lines.end()
	}
	return result, lines.err
}

// epitaph says in one line how a boot ended.
func epitaph(plan *runner.Plan, r boot.Result) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s on %s: ", plan.Image.Target, plan.Accelerator.Name)
	if r.Outcome == boot.Exit {
		fmt.Fprintf(&b, "exit %d", r.Status)
		if r.Status != 0 && r.Reason != "" {
			fmt.Fprintf(&b, " (%s)", r.Reason)
		}
	} else {
		fmt.Fprintf(&b, "%s: %s", r.Outcome, r.Reason)
	}
	fmt.Fprintf(&b, ", %s %s", span(r.Total), session.Span(r.Origin))
	if r.ConsoleBytes >= 1<<20 {
		fmt.Fprintf(&b, ", %s printed", size(r.ConsoleBytes))
	}
	if r.Outcome == boot.Timeout {
		b.WriteString("; --timeout gives it longer")
	}
	if r.Registers != "" {
		b.WriteString("; 'slipway run show' has its registers")
	}
	return b.String()
}

// bootStatus maps an outcome to the exit status of the contract.
func bootStatus(ctx context.Context, r boot.Result) int {
	switch {
	case ctx.Err() != nil:
		return statusInterrupted
	case r.Outcome == boot.Exit && r.Status >= 0 && r.Status <= 123:
		return r.Status
	case r.Outcome == boot.Timeout:
		return statusTimeout
	case r.Outcome == boot.Stopped:
		return statusInterrupted
	case r.Outcome == boot.QEMURefused || r.Outcome == boot.Unbootable:
		return statusBootFailed
	default:
		return statusCrash
	}
}

// bootJSON is the run as bench --json has it, with the schema number.
func bootJSON(run store.Run) any {
	return struct {
		Schema int            `json:"schema"`
		Run    report.RunJSON `json:"run"`
	}{1, report.NewRunJSON(run)}
}
