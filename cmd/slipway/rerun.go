package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"slipway/benchmarks"
	"slipway/benchmarks/store"
	"slipway/runner"
	"slipway/session"
)

func newRerun(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:   "rerun ID",
		Short: "Boot a stored run's target again, as it was booted then",
		Long: "Rerun builds the run's target from today's sources and manifests and boots it with the run's settings: what was timed is timed\n" +
			"again, with the command line of timed boots, on pipes and alone on this machine, and its console is printed when it has ended;\n" +
			"what somebody watched is booted to be watched. A timed rerun is stored as a timed run of no experiment, which comparisons leave\n" +
			"out: it took turns with nothing. Where what was built differs from what ran then, it says so. The exit status is as for boot.",
		Example:           "  slipway rerun 6axc0wgt0bnz",
		ValidArgsFunction: g.complete(runIDs),
		Args:              takes("the ID of a run"),
		RunE: func(cmd *cobra.Command, args []string) error {
			status := statusBootFailed
			err := g.withSession(cmd.Context(), func(s *session.Session) error {
				history, err := s.Store()
				if err != nil {
					return err
				}
				run, err := history.Get(args[0])
				if err != nil {
					return err
				}
				if run.Kind == store.Imported {
					return fmt.Errorf("rerun %s: its results were read from a file, which does not say what was booted", run.ID)
				}
				settings, err := runner.ParseSettings(run.Target.Settings)
				if err != nil {
					return fmt.Errorf("rerun %s: %w", run.ID, err)
				}
				target := runner.Target{Kernel: run.Target.Kernel, App: run.Target.App, Settings: settings}
				image, err := s.Runner().Build(cmd.Context(), target, nil)
				if err != nil {
					return buildFailed(cmd.ErrOrStderr(), target, err)
				}
				if image.Hash != run.Image.Hash {
					fmt.Fprintf(cmd.ErrOrStderr(), "slipway: sources, compiler or kernel have changed since run %s: image %.12s now, %.12s then\n",
						run.ID, image.Hash, run.Image.Hash)
				}
				for _, a := range image.Attached {
					same := func(then store.Attached) bool { return a.Same(runner.Attached(then)) }
					if !slices.ContainsFunc(run.Attached, same) {
						fmt.Fprintf(cmd.ErrOrStderr(), "slipway: %s %s has changed since run %s\n", a.Kind, a.Path, run.ID)
					}
				}
				if run.Origin == store.Resumed {
					fmt.Fprintf(cmd.ErrOrStderr(), "slipway: run %s was instant; it is booted in full now\n", run.ID)
				}
				if run.Kind == store.Timed {
					status, err = g.bootAlone(cmd, s, run, image)
				} else {
					status, err = g.boot(cmd, s, target, false, false)
				}
				return err
			})
			return bootError(status, err)
		},
	}
}

// bootAlone boots an image as the timed run was booted, and says what it does not do again.
func (g *globals) bootAlone(cmd *cobra.Command, s *session.Session, then store.Run, image *runner.Image) (int, error) {
	history, err := s.Store()
	if err != nil {
		return statusBootFailed, err
	}
	ctx, words := cmd.Context(), cmd.ErrOrStderr()
	for _, differs := range notAgain(then) {
		fmt.Fprintf(words, "slipway: run %s %s\n", then.ID, differs)
	}
	name := then.Target.ID
	if strings.HasSuffix(name, session.LastSave) {
		name = "" // today's sources are those of this save
	}
	alone := benchmarks.Alone{
		Target: name,
		Runner: s.Runner(), Store: history, Lock: s.Folders().TimingLock(), Title: image.Target.App + ", 1 target",
		Environment: benchmarks.ReadEnvironment(ctx, s.Spawner(), s.Project(), version()),
		Waiting:     func(holder string) { fmt.Fprintln(words, "slipway: waiting:", holder) },
		Planned:     func(p *runner.Plan) { tellFallback(words, p.Accelerator) },
	}
	done, err := alone.Boot(ctx, image)
	if done.Result.Outcome == "" || ctx.Err() != nil {
		return statusBootFailed, err
	}
	if err != nil { // the boot is done, its record is not
		fmt.Fprintln(words, "slipway:", err)
	}
	if g.json {
		return bootStatus(ctx, done.Result), printJSON(cmd.OutOrStdout(), bootJSON(done.Run))
	}
	lines := newPlainLines(cmd.OutOrStdout())
	lines.write(done.Console)
	lines.end()
	fmt.Fprintln(words, epitaph(done.Plan, done.Result)+"; timed alone, as run "+done.Run.ID)
	return bootStatus(ctx, done.Result), lines.err
}

// notAgain says what of a timed run's circumstances a boot alone does not repeat.
func notAgain(then store.Run) []string {
	var list []string
	if n := then.Environment.Parallel; n > 1 {
		list = append(list, fmt.Sprintf("was one of %d at once; it is alone now", n))
	}
	if then.InCountPass() {
		list = append(list, "was one whose instructions were counted; they are not now")
	}
	return list
}
