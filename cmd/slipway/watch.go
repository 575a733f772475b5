package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"slipway/session"
)

func newWatch(g *globals) *cobra.Command {
	var flags targetFlags
	cmd := &cobra.Command{
		Use:   "watch -k KERNEL,... -a APP",
		Short: "On every save: rebuild, boot, time against the last save, print the verdicts",
		Long: "Watch does what the workbench does, without a screen, until ctrl+c: it sees a save by any editor in the app's folder, builds and\n" +
			"boots the app on every kernel that is named, then times the new images against the last save's. An app of the suite is copied\n" +
			"to apps/NAME first, where it is yours to edit.",
		Example: "  slipway watch -k keel,linux-cloud -a nbody",
		Args:    g.wordsOnly(noArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return g.withSaves(cmd, true, func(s *session.Session, _ session.Settings) error { return watchSaves(cmd, s, &flags) })
		},
	}
	flags.add(cmd, g)
	cmd.Flags().IntP("rounds", "n", 0, "`NUMBER` of timed rounds after a save (default: until the verdict is sure)")
	cmd.Flags().Int("warmup", session.DefaultWarmup, "`NUMBER` of rounds before them that do not count")
	return cmd
}

// watchSaves prints what changes in the session's state until it is interrupted.
func watchSaves(cmd *cobra.Command, s *session.Session, flags *targetFlags) error {
	targets, err := flags.targets(cmd, s.Runner(), []string{"keel"})
	if err != nil {
		return err
	}
	for _, t := range targets {
		if t.App != targets[0].App {
			return fmt.Errorf("watch takes one app, not %s and %s", targets[0].App, t.App)
		}
	}
	if _, err := s.CopyApp(targets[0].App); err != nil {
		return err
	}
	for _, t := range targets {
		s.Mark(t.Kernel, true)
	}
	s.SelectApp(targets[0].App)
	s.Configure(targets[0].Settings)
	s.Start()
	seen := &seenState{w: cmd.OutOrStdout(), words: cmd.ErrOrStderr()}
	for {
		select {
		case <-cmd.Context().Done():
			return context.Cause(cmd.Context())
		case <-s.Changes():
			seen.print(s.State())
		}
	}
}

// words joins a list for a sentence.
func words(list []string) string { return strings.Join(list, ", ") }
