package main

import (
	"io"
	"strings"

	"github.com/spf13/cobra"

	"slipway/session"
)

func newRunDiff(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:   "diff A B",
		Short: "Print what was changed between two runs, and what it cost",
		Long: "Diff compares sources, manifests, image, settings, command line, git commit and environment of two runs, and the metrics.\n" +
			"Boots of two targets of one experiment are judged by all of its rounds; any others are one boot each, without a verdict.\n\n" +
			"--json prints {schema, a, b, same, notes, differences:[{section, name, a, b}], files:[{section, path, status, added, removed,\n" +
			"diff, note}], cost:{basis, experiment, metrics:[{name, change, unit, better, a, b, ratio, low, high, verdict, notes}]}}. diff is a\n" +
			"unified diff, bounded, with control characters written as ^[; change is changed, close or equal; ratio is b over a.",
		Example:           "  slipway run diff 6axc0wgt0bnz 6axc0tc9ejc9",
		ValidArgsFunction: g.complete(runIDs),
		Args:              takes("the ID of a run", "that of another"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return g.withSession(cmd.Context(), func(s *session.Session) error {
				diff, err := s.RunDiff(args[0], args[1])
				if err != nil {
					return err
				}
				if g.json {
					return printJSON(cmd.OutOrStdout(), diffJSON(diff))
				}
				_, err = io.WriteString(cmd.OutOrStdout(), diff.Text())
				return err
			})
		},
	}
}

// runDiff is what run diff prints as JSON.
type runDiff struct {
	Schema      int              `json:"schema"`
	A           string           `json:"a"`
	B           string           `json:"b"`
	Same        []string         `json:"same"`
	Unknown     []string         `json:"unknown"`
	Notes       []string         `json:"notes"`
	Differences []differenceJSON `json:"differences"`
	Files       []fileDiffJSON   `json:"files"`
	Cost        costJSON         `json:"cost"`
}

type differenceJSON struct {
	Section string  `json:"section"`
	Name    string  `json:"name"`
	A       *string `json:"a"`
	B       *string `json:"b"`
}

type fileDiffJSON struct {
	Section string  `json:"section"`
	Path    string  `json:"path"`
	Status  string  `json:"status"` // changed, added or removed
	Added   int     `json:"added"`
	Removed int     `json:"removed"`
	Diff    string  `json:"diff"`
	Note    *string `json:"note"`
}

type costJSON struct {
	Basis      string           `json:"basis"`
	Experiment *string          `json:"experiment"`
	Metrics    []costMetricJSON `json:"metrics"`
}

type costMetricJSON struct {
	Name    string   `json:"name"`
	Change  string   `json:"change"` // changed, close or equal
	Unit    string   `json:"unit"`
	Better  string   `json:"better"`
	A       *float64 `json:"a"`
	B       *float64 `json:"b"`
	Ratio   *float64 `json:"ratio"`
	Low     *float64 `json:"low"`
	High    *float64 `json:"high"`
	Verdict *string  `json:"verdict"` // null: one boot each makes none
	Notes   []string `json:"notes"`
}

func diffJSON(d *session.RunDiff) runDiff {
	list := func(words []string) []string { return append([]string{}, words...) }
	out := runDiff{
		Schema: 1, A: d.A.ID, B: d.B.ID, Same: list(d.Same), Unknown: list(d.Unknown), Notes: list(d.Notes), Differences: []differenceJSON{}, Files: []fileDiffJSON{},
		Cost: costJSON{Basis: d.Cost.Basis, Experiment: orNull(d.Cost.Experiment), Metrics: []costMetricJSON{}},
	}
	for _, s := range d.Sections {
		for _, r := range s.Rows {
			out.Differences = append(out.Differences, differenceJSON{s.Name, r.Name, r.A, r.B})
		}
		for _, f := range s.Files {
			text := ""
			if len(f.Lines) > 0 {
				text = strings.Join(f.Lines, "\n") + "\n"
			}
			out.Files = append(out.Files, fileDiffJSON{s.Name, f.Path, f.Status, f.Added, f.Removed, text, orNull(f.Note)})
		}
	}
	add := func(change string, rows []session.CostRow) {
		for _, r := range rows {
			out.Cost.Metrics = append(out.Cost.Metrics, costMetricJSON{
				r.Name, change, r.Unit, string(r.Better), r.A, r.B, r.Ratio, r.Low, r.High, orNull(r.Verdict), list(r.Notes),
			})
		}
	}
	add("changed", d.Cost.Rows)
	add("close", d.Cost.Close)
	add("equal", d.Cost.Equal)
	return out
}

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
