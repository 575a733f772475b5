package main

import (
	"fmt"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"slipway/benchmarks"
	"slipway/benchmarks/report"
	"slipway/runner"
	"slipway/session"
)

func newCompare(g *globals) *cobra.Command {
	var baseline string
	var allowUnclear bool
	cmd := &cobra.Command{
		Use:   "compare A [B...]",
		Short: "Compare stored experiments, stored targets, or files in the Go benchmark format",
		Long: "Compare takes an experiment's ID (its targets are compared with each other), two or more targets of the history such as\n" +
			"keel/nbody (their newest experiment that came to its end), two or more experiments (target by target; ID:TARGET is one\n" +
			"of an experiment's), or files in the Go benchmark format, gzipped or not; of one file that names several targets, these.\n\n" +
			"The exit status is 0 when nothing is worse; 1 something is worse; 2 failure; 3 unclear or not comparable.",
		Example: "  slipway compare old.txt new.txt\n  slipway compare linux-cloud/nbody keel/nbody\n" +
			"  slipway bench -k keel,linux-cloud -a nbody --json | jq -r .experiment | xargs slipway compare",
		ValidArgsFunction: g.completeFiles(experimentsAndTargets),
		Args:              takesSome("an experiment, targets or files"),
		RunE: func(cmd *cobra.Command, args []string) error {
			bands, err := g.bands(cmd)
			if err != nil {
				return err
			}
			evidence, err := g.gather(cmd, args, baseline)
			if err != nil {
				return err
			}
			comparison := evidence.Comparison.WithBands(bands)
			if g.json {
				err = printJSON(cmd.OutOrStdout(), comparison)
			} else {
				err = report.Table(cmd.OutOrStdout(), comparison, tableOptions(cmd.OutOrStdout(), args...))
			}
			if err != nil {
				return err
			}
			return exit(comparisonStatus(comparison, allowUnclear))
		},
	}
	cmd.Flags().StringVar(&baseline, "baseline", "", "`TARGET` that the others are compared with (default: the first)")
	addBand(cmd)
	cmd.Flags().BoolVar(&allowUnclear, "allow-unclear", false, "exit 0 where a verdict is unclear or not comparable")
	return cmd
}

// gather compares files where all arguments are some, else what is stored.
func (g *globals) gather(cmd *cobra.Command, args []string, baseline string) (*benchmarks.Evidence, error) {
	if allFiles(args) {
		e, err := benchmarks.GatherFiles(cmd.Context(), args, benchmarks.Options{Baseline: baseline})
		if err == nil && len(args) == 1 && len(e.Comparison.Targets) < 2 && cmd.Name() == "compare" {
			return nil, fmt.Errorf("%s holds results of one target: name a second file to compare it with", args[0])
		}
		return e, err
	}
	var evidence *benchmarks.Evidence
	err := g.withSession(cmd.Context(), func(s *session.Session) error {
		history, err := s.Store()
		if err != nil {
			return err
		}
		evidence, err = benchmarks.GatherStored(history, args, baseline, s.Project())
		if at := slices.IndexFunc(args, isFile); err != nil && at >= 0 {
			other := slices.IndexFunc(args, func(a string) bool { return !isFile(a) })
			return fmt.Errorf("%s is a file and %s is none: files are compared with files, and what the history has with what it has; 'slipway import %s' makes the file an experiment",
				args[at], args[other], runner.ShellLine(args[at:at+1]))
		}
		return err
	})
	return evidence, err
}

func allFiles(args []string) bool {
	return !slices.ContainsFunc(args, func(a string) bool { return !isFile(a) })
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.IsDir()
}

// comparisonStatus maps the worst verdict to the exit status of the contract.
func comparisonStatus(c *benchmarks.Comparison, allowUnclear bool) int {
	status := statusDone
	for _, cell := range c.Cells {
		switch cell.Verdict {
		case benchmarks.IsWorse:
			return statusWorse
		case benchmarks.Unclear, benchmarks.NotComparable:
			if !allowUnclear {
				status = statusUnclear
			}
		}
	}
	return status
}
