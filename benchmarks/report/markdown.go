package report

import (
	"fmt"
	"io"
	"strings"

	"slipway/benchmarks"
)

// Markdown writes a comparison for an issue or a notebook: one table with a row
// for each metric and target, then words and trust.
func Markdown(w io.Writer, c *benchmarks.Comparison) error {
	var b strings.Builder
	fmt.Fprintf(&b, "## Comparison with %s\n\n", cellText(c.Baseline))
	if len(c.Cells) > 0 {
		b.WriteString("| metric | target | baseline | target's | change | " + c.IntervalTitle() + " | p (Holm) | verdict |\n|---|---|--:|--:|--:|---|--:|---|\n")
	}
	for i := range c.Cells {
		cell := &c.Cells[i]
		p := ""
		if cell.PAdjusted != nil {
			p = benchmarks.FormatP(*cell.PAdjusted)
		}
		row := []string{label(cell.Name, cell.Unit), cell.Target, value(cell, 0), value(cell, 1), cell.ChangeText(), cell.IntervalText(), p, string(cell.Verdict)}
		for k := range row {
			row[k] = cellText(row[k])
		}
		fmt.Fprintf(&b, "| %s |\n", strings.Join(row, " | "))
	}
	b.WriteString("\n")
	for _, words := range c.Words {
		fmt.Fprintf(&b, "%s\n\n", cellText(words))
	}
	for i := range c.Cells {
		for _, note := range c.Cells[i].Notes {
			fmt.Fprintf(&b, "- %s, %s: %s\n", cellText(label(c.Cells[i].Name, c.Cells[i].Unit)), cellText(c.Cells[i].Target), cellText(note))
		}
	}
	for _, note := range c.Notes {
		fmt.Fprintf(&b, "- %s\n", cellText(note))
	}
	b.WriteString("\nTrust:\n\n")
	for _, fact := range c.Trust {
		fmt.Fprintf(&b, "- %s: %s %s\n", fact.State, cellText(fact.Short), cellText(fact.Long))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// cellText keeps a text from being taken for Markdown or HTML.
func cellText(s string) string {
	return strings.NewReplacer("|", "\\|", "<", "&lt;", "&", "&amp;", "`", "\\`", "*", "\\*", "_", "\\_", "[", "\\[").Replace(safe(s))
}
