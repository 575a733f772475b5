package main

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"slipway/benchmarks/store"
	"slipway/runner"
	"slipway/session"
)

func newRerun(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:   "rerun ID",
		Short: "Boot a stored run's target again, with the same settings",
		Long: "Rerun builds the run's target from today's sources and manifests and boots it with the run's settings. Where what was built\n" +
			"differs from what ran then, it says so. The exit status is as for boot.",
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
				status, err = g.boot(cmd, s, target, false, false)
				return err
			})
			return bootError(status, err)
		},
	}
}
