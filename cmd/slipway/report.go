package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"slipway/benchmarks"
	"slipway/benchmarks/report"
	"slipway/benchmarks/store"
)

// reportFormats are the forms of a report, and the ending of a file's name that asks for one.
var reportFormats = []struct {
	name, ending, about string
	write               func(io.Writer, *report.Document) error
}{
	{"text", "", "the table of 'slipway compare'", func(w io.Writer, d *report.Document) error {
		return report.Table(w, d.Comparison, tableOptions(w, d.Of...))
	}},
	{"markdown", ".md", "table, notes, trust, environment, how to repeat it", report.Markdown},
	{"html", ".html", "one page with plots, that needs nothing else", report.HTML},
	{"csv", ".csv", "a row for each value of each run", func(w io.Writer, d *report.Document) error { return report.CSV(w, d.Evidence) }},
	{"json", ".json", "as bench --json", func(w io.Writer, d *report.Document) error {
		return printJSON(w, report.NewBenchJSON(experimentOf(d.Evidence), d.Runs, d.Comparison))
	}},
	{"benchfmt", ".txt", "the Go benchmark format, for benchstat", func(w io.Writer, d *report.Document) error {
		return report.Benchfmt(w, d.Evidence)
	}},
	{"hyperfine", "", "the JSON of hyperfine, of spawn to exit", func(w io.Writer, d *report.Document) error {
		return report.Hyperfine(w, d.Evidence)
	}},
}

func newReport(g *globals) *cobra.Command {
	var format, output, baseline string
	cmd := &cobra.Command{
		Use:   "report A [B...]",
		Short: "Write a stored experiment, or what is compared, as a report",
		Long: "Report takes what compare takes: an experiment's ID, two or more targets or experiments of the history, or files in the Go\n" +
			"benchmark format. Its forms are:\n\n" + formatList() + "\n" +
			"With -o the report is written to a file, whole or not at all; one of that name is replaced. The file's ending chooses the form\n" +
			"where --format does not: .md .html .csv .json, or .txt, which is benchfmt.",
		Example: "  slipway report 6axc0b59n3kz -o nbody.html\n  slipway report linux-cloud/nbody keel/nbody --format markdown > nbody.md\n" +
			"  slipway report 6axc0b59n3kz --format benchfmt | benchstat -col target -ignore kernel,machine /dev/stdin",
		ValidArgsFunction: g.completeFiles(experimentsAndTargets),
		Args:              takesSome("an experiment, targets or files"),
		RunE: func(cmd *cobra.Command, args []string) error {
			write, err := g.reportForm(format, output)
			if err != nil {
				return err
			}
			bands, err := g.bands(cmd)
			if err != nil {
				return err
			}
			evidence, err := g.gather(cmd, args, baseline)
			if err != nil {
				return err
			}
			evidence.Comparison = evidence.Comparison.WithBands(bands)
			document := &report.Document{Evidence: evidence, Of: args, Made: time.Now(), By: "Slipway " + version()}
			if output == "" || output == "-" {
				return write(cmd.OutOrStdout(), document)
			}
			replaced, err := writeWhole(output, func(w io.Writer) error { return write(w, document) })
			if err != nil {
				return fmt.Errorf("write the report: %w", err)
			}
			verb := "wrote"
			if replaced {
				verb = "replaced"
			}
			fmt.Fprintf(cmd.ErrOrStderr(), "slipway: %s %s\n", verb, output)
			return nil
		},
	}
	addBand(cmd)
	cmd.Flags().StringVar(&format, "format", "", "form of the report, a `WORD` of those above (default: by the ending of -o, else text)")
	cmd.Flags().StringVarP(&output, "output", "o", "", "`FILE` to write to")
	cmd.Flags().StringVar(&baseline, "baseline", "", "`TARGET` that the others are compared with (default: the experiment's own, else the first)")
	completeFlag(cmd, "format", cobra.FixedCompletions(formatNames(), cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

// experimentOf is the one experiment that a report is of, or one without a record that
// has the targets which are compared.
func experimentOf(e *benchmarks.Evidence) store.Experiment {
	if len(e.Experiments) == 1 {
		return e.Experiments[0]
	}
	var made store.Experiment
	for _, t := range e.Comparison.Targets {
		at := slices.IndexFunc(e.Runs, func(r store.Run) bool { return e.Labelled(&r) == t.ID })
		target := e.Runs[at].Target
		target.ID = t.ID
		made.Targets = append(made.Targets, target)
	}
	return made
}

func formatNames() []string {
	var names []string
	for _, f := range reportFormats {
		names = append(names, f.name)
	}
	return names
}

// mayBeFile reports whether a path is a regular file or may become one: devices and folders
// need no ending.
func mayBeFile(path string) bool {
	info, err := os.Stat(path)
	return err != nil || info.Mode().IsRegular()
}

func formatEndings() []string {
	var endings []string
	for _, f := range reportFormats {
		if f.ending != "" {
			endings = append(endings, f.ending)
		}
	}
	return endings
}

func formatList() string {
	var b strings.Builder
	for _, f := range reportFormats {
		fmt.Fprintf(&b, "  %-10s %s\n", f.name, f.about)
	}
	return b.String()
}

// reportForm is how a report is written: as --format says, --json, or the ending of the
// file's name.
func (g *globals) reportForm(format, output string) (func(io.Writer, *report.Document) error, error) {
	if format == "" && g.json {
		format = "json"
	}
	for _, f := range reportFormats {
		if f.name == format || format == "" && f.ending != "" && strings.HasSuffix(strings.ToLower(output), f.ending) {
			return f.write, nil
		}
	}
	switch {
	case format != "":
	case output == "" || output == "-" || !mayBeFile(output):
		return reportFormats[0].write, nil
	default:
		return nil, fmt.Errorf("-o %s: its ending names no form of report: end it in %s, or choose with --format %s",
			output, strings.Join(formatEndings(), ", "), strings.Join(formatNames(), ", "))
	}
	return nil, fmt.Errorf("--format %q: it is one of %s", format, strings.Join(formatNames(), ", "))
}
