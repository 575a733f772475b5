package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"slipway/benchmarks"
	"slipway/benchmarks/report"
	"slipway/benchmarks/store"
	"slipway/session"
)

func newCompare(g *globals) *cobra.Command {
	var baseline string
	var allowUnclear bool
	cmd := &cobra.Command{
		Use:   "compare A [B...]",
		Short: "Compare stored experiments, stored targets, or files in the Go benchmark format",
		Long: "Compare takes an experiment's ID (its targets are compared with each other), two or more targets of the history such as\n" +
			"keel/nbody (their newest timed runs), or two files in the Go benchmark format.\n\n" +
			"The exit status is 0 when nothing is worse; 1 something is worse; 2 failure; 3 unclear or not comparable.",
		Example: "  slipway compare old.txt new.txt\n  slipway compare linux-cloud/nbody keel/nbody\n" +
			"  slipway bench -k keel,linux-cloud -a nbody --json | jq -r .experiment | xargs slipway compare",
		ValidArgsFunction: g.completeFiles(experimentsAndTargets),
		Args:              takesSome("an experiment, targets or files"),
		RunE: func(cmd *cobra.Command, args []string) error {
			comparison, err := g.compare(cmd, args, baseline)
			if err != nil {
				return err
			}
			if g.json {
				err = printJSON(cmd.OutOrStdout(), comparison)
			} else {
				err = report.Table(cmd.OutOrStdout(), comparison, report.Options{Width: terminalWidth(cmd.OutOrStdout())})
			}
			if err != nil {
				return err
			}
			return exit(comparisonStatus(comparison, allowUnclear))
		},
	}
	cmd.Flags().StringVar(&baseline, "baseline", "", "`TARGET` that the others are compared with (default: the first)")
	cmd.Flags().BoolVar(&allowUnclear, "allow-unclear", false, "exit 0 where a verdict is unclear or not comparable")
	return cmd
}

// compare compares files where all arguments are some, else what is stored.
func (g *globals) compare(cmd *cobra.Command, args []string, baseline string) (*benchmarks.Comparison, error) {
	if files := allFiles(args); files {
		if len(args) < 2 {
			return nil, errors.New("compare takes at least two files")
		}
		return benchmarks.CompareFiles(args, benchmarks.Options{Baseline: baseline})
	}
	var comparison *benchmarks.Comparison
	err := g.withSession(cmd.Context(), func(s *session.Session) error {
		history, err := s.Store()
		if err != nil {
			return err
		}
		comparison, err = compareStored(history, args, baseline)
		return err
	})
	return comparison, err
}

func allFiles(args []string) bool {
	for _, a := range args {
		if info, err := os.Stat(a); err != nil || info.IsDir() {
			return false
		}
	}
	return true
}

// compareStored compares an experiment's targets, or the newest timed runs of
// each of several experiments and targets.
func compareStored(history *store.Store, args []string, baseline string) (*benchmarks.Comparison, error) {
	if len(args) == 1 {
		experiment, err := history.Experiment(args[0])
		if err != nil {
			return nil, err
		}
		runs, err := history.Load(store.Filter{Experiment: experiment.ID})
		if err != nil {
			return nil, err
		}
		if baseline == "" {
			baseline = experiment.Baseline
		}
		return benchmarks.Compare(runs, benchmarks.Options{Baseline: baseline})
	}
	var all []store.Run
	labels := map[string]string{} // run ID -> argument
	for _, arg := range args {
		runs, err := storedRuns(history, arg)
		if err != nil {
			return nil, err
		}
		for _, r := range runs {
			labels[r.ID] = arg
		}
		all = append(all, runs...)
	}
	if baseline == "" {
		baseline = args[0]
	}
	return benchmarks.Compare(all, benchmarks.Options{
		Baseline: baseline, AnyOrder: !sameExperiment(all),
		Label: func(r *store.Run) string { return labels[r.ID] },
	})
}

// storedRuns are the timed runs that an argument names: an experiment's, or the
// newest experiment's of a target.
func storedRuns(history *store.Store, name string) ([]store.Run, error) {
	newest, err := history.List(store.Filter{Target: name, Kind: store.Timed, NoWarmup: true}, 1)
	if err != nil {
		return nil, err
	}
	if len(newest) == 1 {
		return history.Load(store.Filter{Target: name, Kind: store.Timed, Experiment: newest[0].Experiment})
	}
	experiment, err := history.Experiment(name)
	if errors.Is(err, store.ErrNotFound) {
		return nil, fmt.Errorf("%q is no file, no experiment and no target with timed runs: 'slipway runs' lists what there is", name)
	}
	if err != nil {
		return nil, err
	}
	return history.Load(store.Filter{Experiment: experiment.ID})
}

func sameExperiment(runs []store.Run) bool {
	for _, r := range runs {
		if r.Experiment != runs[0].Experiment {
			return false
		}
	}
	return true
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
