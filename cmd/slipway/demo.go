package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"slipway/runner"
	"slipway/session"
)

// demoRounds is the fewest rounds from which a verdict may be given, so that
// the demo ends within a minute where there is no KVM.
const demoRounds = 6

func newDemo(g *globals) *cobra.Command {
	var rounds int
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "The main job without a screen: nbody on keel and linux-cloud, compared",
		Long: "Demo builds the app nbody once, boots the very same program on keel, our unikernel, and on Debian's kernel for cloud guests,\n" +
			"several times each in random order, and prints the comparison. Debian's kernel is fetched into the cache the first time,\n" +
			"without being installed.",
		Example: "  slipway demo\n  slipway demo -n 20 --json",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return g.withSession(cmd.Context(), func(s *session.Session) error {
				words := cmd.ErrOrStderr()
				fmt.Fprintln(words, "Building the app nbody once, and booting the very same program on keel, our unikernel, and on Debian's cloud kernel.")
				targets := []runner.Target{{Kernel: "linux-cloud", App: "nbody"}, {Kernel: "keel", App: "nbody"}}
				plan, err := newPlan(s.Runner(), targets, rounds, 1)
				if err != nil {
					return err
				}
				if err := g.bench(cmd, s, plan); err != nil {
					return err
				}
				if !g.json {
					fmt.Fprintf(words, "\nThe same again: slipway bench -k linux-cloud,keel -a nbody -n %d --warmup 1. The workbench: slipway, in a terminal.\n", rounds)
				}
				return nil
			})
		},
	}
	cmd.Flags().IntVarP(&rounds, "rounds", "n", demoRounds, "`NUMBER` of boots of each kernel that count")
	return cmd
}
