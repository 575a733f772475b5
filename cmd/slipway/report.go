package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"slipway/benchmarks"
	"slipway/benchmarks/report"
	"slipway/benchmarks/store"
	"slipway/session"
)

func newReport(g *globals) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:               "report EXPERIMENT",
		Short:             "Print a stored experiment as a report",
		Example:           "  slipway report 6axc0b59n3kz --format markdown > nbody.md\n  slipway report 6axc0b59n3kz --format benchfmt | benchstat /dev/stdin",
		ValidArgsFunction: g.complete(experimentIDs),
		Args:              takes("the ID of an experiment ('slipway runs' lists them)"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return g.withSession(cmd.Context(), func(s *session.Session) error {
				history, err := s.Store()
				if err != nil {
					return err
				}
				experiment, err := history.Experiment(args[0])
				if err != nil {
					return err
				}
				runs, err := history.Load(store.Filter{Experiment: experiment.ID})
				if err != nil {
					return err
				}
				comparison, err := benchmarks.CompareRuns(experiment, runs, "", nil)
				if err != nil {
					return err
				}
				bands, err := g.bands(cmd)
				if err != nil {
					return err
				}
				comparison = comparison.WithBands(bands)
				w := cmd.OutOrStdout()
				switch {
				case g.json || format == "json":
					return printJSON(w, report.NewBenchJSON(experiment, runs, comparison))
				case format == "markdown":
					return report.Markdown(w, comparison)
				case format == "benchfmt":
					return report.Benchfmt(w, runs)
				case format == "text":
					return report.Table(w, comparison, report.Options{Width: terminalWidth(w)})
				default:
					return fmt.Errorf("--format %q: it is one of text, markdown, benchfmt, json", format)
				}
			})
		},
	}
	addBand(cmd)
	cmd.Flags().StringVar(&format, "format", "text", "form of the report, `text|markdown|benchfmt|json`")
	completeFlag(cmd, "format", cobra.FixedCompletions([]string{"text", "markdown", "benchfmt", "json"}, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}
