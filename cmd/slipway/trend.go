package main

import (
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"slipway/benchmarks"
	"slipway/session"
)

func newTrend(g *globals) *cobra.Command {
	var metric string
	cmd := &cobra.Command{
		Use:   "trend TARGET",
		Short: "Print how a target's figures went from save to save",
		Long: "Trend lists the last 50 images of a target that this project timed, oldest first, with the median of a metric and its\n" +
			"95 % interval. They were measured at different times, so this is no comparison: 'slipway compare' judges, and\n" +
			"'slipway run diff A B' shows what changed between the runs of two saves.",
		Example:           "  slipway trend keel/nbody\n  slipway trend keel/nbody --metric size/image --json",
		ValidArgsFunction: g.complete(targets),
		Args:              takes("a target, such as keel/nbody"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return g.withSession(cmd.Context(), func(s *session.Session) error {
				trend, err := s.Trend(args[0])
				if err != nil {
					return err
				}
				if g.json {
					return printJSON(cmd.OutOrStdout(), trendJSON(trend))
				}
				if len(trend.Saves) == 0 {
					fmt.Fprintf(cmd.ErrOrStderr(), "No timed boot of %s in this project ended well; 'slipway bench' makes some, 'slipway runs' lists what there is.\n", trend.Target)
					return nil
				}
				return printTrend(cmd, trend, metric)
			})
		},
	}
	cmd.Flags().StringVar(&metric, "metric", "boot/total", "the metric's `NAME`")
	return cmd
}

func printTrend(cmd *cobra.Command, trend *session.Trend, metric string) error {
	rows := [][]string{{"WHEN", "IMAGE", "BOOTS", "MEDIAN", "95 % INTERVAL", "RUN"}}
	found := false
	for _, save := range trend.Saves {
		row := []string{save.At.Local().Format("2006-01-02 15:04:05"), save.Image[:min(12, len(save.Image))], "0", "-", "", save.Run}
		if s := save.Find(metric, ""); s != nil {
			found = true
			row[2], row[3] = strconv.Itoa(len(s.Values)), benchmarks.FormatValue(s.Median, s.Info.Unit)
			row[4] = benchmarks.FormatValue(s.Low, s.Info.Unit) + " to " + benchmarks.FormatValue(s.High, s.Info.Unit)
		}
		rows = append(rows, row)
	}
	if !found {
		return fmt.Errorf("no boot of %s reported %q: 'slipway run show %s' lists what they report", trend.Target, metric, trend.Saves[len(trend.Saves)-1].Run)
	}
	if text := trend.LeftOut(); text != "" {
		fmt.Fprintln(cmd.ErrOrStderr(), "slipway:", text)
	}
	return printTable(cmd.OutOrStdout(), rows)
}

type trendOutput struct {
	Schema  int               `json:"schema"`
	Target  string            `json:"target"`
	Earlier int               `json:"earlier"`  // images before these
	LeftOut map[string]int    `json:"left_out"` // boots that can't stand beside the newest, by what differs
	Saves   []trendSaveOutput `json:"saves"`    // oldest first
}

type trendSaveOutput struct {
	Image   string        `json:"image"`
	Run     string        `json:"run"`
	At      time.Time     `json:"at"`
	Boots   int           `json:"boots"`
	Metrics []trendMetric `json:"metrics"`
}

type trendMetric struct {
	Name       string            `json:"name"`
	Unit       string            `json:"unit"`
	Better     benchmarks.Better `json:"better"`
	N          int               `json:"n"`
	Median     float64           `json:"median"`
	Low        float64           `json:"low"`
	High       float64           `json:"high"`
	Confidence float64           `json:"confidence"`
}

func trendJSON(t *session.Trend) trendOutput {
	out := trendOutput{Schema: 1, Target: t.Target, Earlier: t.Earlier, LeftOut: t.Unlike, Saves: []trendSaveOutput{}}
	for _, save := range t.Saves {
		row := trendSaveOutput{Image: save.Image, Run: save.Run, At: save.At, Boots: save.Boots, Metrics: []trendMetric{}}
		for _, s := range save.Series {
			row.Metrics = append(row.Metrics, trendMetric{s.Info.Name, s.Info.Unit, s.Info.Better, len(s.Values), s.Median, s.Low, s.High, s.Confidence})
		}
		out.Saves = append(out.Saves, row)
	}
	return out
}
