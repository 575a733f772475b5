package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/charmbracelet/x/term"

	"slipway/benchmarks/report"
	"slipway/runner"
	"slipway/runner/console"
)

// terminalOf is the descriptor of the terminal that w is; ok is false where it is none.
func terminalOf(w io.Writer) (fd uintptr, ok bool) {
	f, ok := w.(interface{ Fd() uintptr })
	if !ok {
		return 0, false
	}
	return f.Fd(), term.IsTerminal(f.Fd())
}

// terminalWidth is the columns of the terminal that w is, or 0 where it is none.
func terminalWidth(w io.Writer) int {
	fd, ok := terminalOf(w)
	if !ok {
		return 0
	}
	columns, _, err := term.GetSize(fd)
	if err != nil {
		return 0
	}
	return columns
}

// tableOptions say how a comparison of some names looks on w.
func tableOptions(w io.Writer, of ...string) report.Options {
	o := report.Options{Width: terminalWidth(w)}
	if len(of) > 0 && of[0] != "" {
		o.Whole = "'" + runner.ShellLine(append([]string{"slipway", "report"}, of...)) + " --format markdown'"
	}
	return o
}

// printJSON writes one object in the form of the contract.
func printJSON(w io.Writer, value any) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value)
}

// printTable writes rows in aligned columns; the first row is the heading. A cell is
// one line, whatever is in it.
func printTable(w io.Writer, rows [][]string) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = strings.Join(strings.FieldsFunc(console.Clean([]byte(cell)), func(r rune) bool { return r == '\n' }), " ")
		}
		if _, err := fmt.Fprintln(table, strings.TrimRight(strings.Join(cells, "\t"), "\t")); err != nil {
			return err
		}
	}
	return table.Flush()
}

// size writes bytes for a person.
func size(n int64) string {
	switch {
	case n >= 1<<30:
		return fmt.Sprintf("%.1f GiB", float64(n)/(1<<30))
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20))
	case n >= 1<<10:
		return fmt.Sprintf("%.1f KiB", float64(n)/(1<<10))
	default:
		return fmt.Sprintf("%d B", n)
	}
}

// span writes a duration for a person, with three digits.
func span(d time.Duration) string {
	switch {
	case d >= time.Minute:
		return d.Round(time.Second).String()
	case d >= time.Second:
		return fmt.Sprintf("%.2f s", d.Seconds())
	case d >= time.Millisecond:
		return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
	default:
		return fmt.Sprintf("%.1f µs", float64(d)/float64(time.Microsecond))
	}
}
