package report

import (
	"fmt"
	"io"
	"strings"

	"slipway/benchmarks"
)

// Markdown writes a document for a paper's appendix, an issue or a notebook: a table
// with a row for each metric and target, words, remarks, trust, the environment, and how
// to repeat it.
func Markdown(w io.Writer, d *Document) error {
	var b strings.Builder
	c := d.Comparison
	fmt.Fprintf(&b, "## Comparison with %s\n\n", cellText(strings.Join(c.Baselines(), ", ")))
	if text := d.emulated(); text != "" {
		fmt.Fprintf(&b, "**Emulated.** %s\n\n", cellText(text))
	}
	markdownCells(&b, c)
	markdownSeries(&b, c)
	for _, words := range c.Words {
		fmt.Fprintf(&b, "%s\n\n", cellText(words))
	}
	for _, remark := range remarks(c) {
		fmt.Fprintf(&b, "- %s\n", cellText(remark))
	}
	b.WriteString("\n### How far to trust it\n\n")
	for _, fact := range c.Trust {
		fmt.Fprintf(&b, "- %s: %s. %s\n", fact.State, cellText(fact.Short), cellText(fact.Long))
	}
	markdownBoots(&b, d)
	markdownEnvironment(&b, d)
	markdownRepetition(&b, d)
	_, err := io.WriteString(w, b.String())
	return err
}

func markdownRow(b *strings.Builder, cells ...string) {
	for i := range cells {
		cells[i] = cellText(cells[i])
	}
	fmt.Fprintf(b, "| %s |\n", strings.Join(cells, " | "))
}

func markdownCells(b *strings.Builder, c *benchmarks.Comparison) {
	if len(c.Cells) == 0 {
		return
	}
	b.WriteString("| metric | target | n | baseline | target's | change | " + c.IntervalTitle() + " | p | p (Holm) | verdict |\n|---|---|--:|--:|--:|--:|---|--:|--:|---|\n")
	for i := range c.Cells {
		cell := &c.Cells[i]
		p, adjusted := "", ""
		if cell.P != nil {
			p = benchmarks.FormatP(*cell.P)
		}
		if cell.PAdjusted != nil {
			adjusted = benchmarks.FormatP(*cell.PAdjusted)
		}
		markdownRow(b, label(cell.Name, cell.Unit), cell.Target, fmt.Sprintf("%d, %d", cell.N[0], cell.N[1]), value(cell, 0), value(cell, 1),
			cell.ChangeText(), cell.IntervalText(), p, adjusted, verdict(cell))
	}
	b.WriteString("\n")
}

// markdownSeries lists medians where there is nothing to compare them with.
func markdownSeries(b *strings.Builder, c *benchmarks.Comparison) {
	if len(c.Targets) > 1 || len(c.Series) == 0 {
		return
	}
	b.WriteString("| metric | n | median | interval | covers |\n|---|--:|--:|---|--:|\n")
	for _, s := range c.Series {
		unit := s.Info.Unit
		markdownRow(b, label(s.Info.Name, unit), fmt.Sprint(len(s.Values)), benchmarks.FormatTabled(s.Median, unit),
			"["+benchmarks.FormatTabled(s.Low, unit)+", "+benchmarks.FormatTabled(s.High, unit)+"]", fmt.Sprintf("%.1f %%", 100*s.Confidence))
	}
	b.WriteString("\n")
}

func markdownBoots(b *strings.Builder, d *Document) {
	b.WriteString("\n### Boots\n\n")
	for _, t := range d.Comparison.Targets {
		fmt.Fprintf(b, "- %s: %s\n", cellText(t.ID), cellText(bootWords(t)))
	}
	for _, e := range d.Experiments {
		if e.Rounds > 0 {
			fmt.Fprintf(b, "- experiment %s: %d rounds after %d to warm up, seed %d, %s\n", cellText(e.ID), e.Rounds, e.Warmup, e.Seed, cellText(string(e.State)))
		}
	}
}

func markdownEnvironment(b *strings.Builder, d *Document) {
	list := d.environment()
	if len(list) == 0 {
		return
	}
	b.WriteString("\n### Environment\n\n")
	head := []string{""}
	for _, t := range d.Comparison.Targets {
		head = append(head, t.ID)
	}
	markdownRow(b, head...)
	fmt.Fprintf(b, "|%s\n", strings.Repeat("---|", len(head)))
	for _, p := range list {
		row := []string{p.Name}
		for i := range d.Comparison.Targets {
			row = append(row, p.Values[min(i, len(p.Values)-1)])
		}
		markdownRow(b, row...)
	}
}

func markdownRepetition(b *strings.Builder, d *Document) {
	r := d.repetition()
	if len(r.Plans)+len(r.Boots) == 0 {
		return
	}
	b.WriteString("\n### To repeat it\n")
	for _, p := range r.Plans {
		fmt.Fprintf(b, "\nThe plan of experiment %s, with its order, for `%s`:\n\n%s", cellText(p.Experiment), p.Command, code(p.Text))
	}
	for _, boot := range r.Boots {
		fmt.Fprintf(b, "\nOne boot of %s, and what it started:\n\n%s", cellText(boot.Target), code(boot.Command+"\n"+boot.Again+"\n"+boot.Line+"\n"))
	}
}

// code is a text indented as Markdown's code, which nothing in it can end.
func code(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString(strings.TrimRight("    "+safe(line), " ") + "\n")
	}
	return b.String()
}

// cellText keeps a text from being taken for Markdown or HTML.
func cellText(s string) string {
	return strings.NewReplacer("|", "\\|", "<", "&lt;", "&", "&amp;", "`", "\\`", "*", "\\*", "_", "\\_", "[", "\\[").Replace(safe(s))
}
