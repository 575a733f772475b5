package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"slipway/benchmarks"
)

// Options say how a table looks. The zero value is 80 columns of UTF-8.
type Options struct {
	Width int  // columns; 0 is 80, less than 80 is taken as 80
	ASCII bool // no character beyond ASCII
}

// Widths of the table's columns but the first, which takes what is left.
const (
	valueWidth    = 11
	changeWidth   = 8
	intervalWidth = 16
	verdictWidth  = 14
)

// Table writes a comparison as plain text: a block for each target, the
// comparison in words, what is to be known about single rows, and what speaks
// for and against all of it.
func Table(w io.Writer, c *benchmarks.Comparison, o Options) error {
	t := &table{c: c, width: max(o.Width, 80)}
	if len(c.Targets) < 2 {
		t.single()
	}
	for _, target := range c.Targets[min(1, len(c.Targets)):] {
		t.block(target)
	}
	for _, words := range c.Words {
		t.blank()
		t.add(wrap(words, "", t.width)...)
	}
	t.legend()
	t.footnotes()
	t.trust()
	text := strings.Join(t.lines, "\n") + "\n"
	if o.ASCII {
		text = ascii(text)
	}
	_, err := io.WriteString(w, text)
	return err
}

type table struct {
	c     *benchmarks.Comparison
	width int
	lines []string
}

func (t *table) add(lines ...string) {
	for _, line := range lines {
		t.lines = append(t.lines, strings.TrimRight(line, " "))
	}
}

func (t *table) blank() {
	if len(t.lines) > 0 {
		t.add("")
	}
}

// single lists medians where there is nothing to compare them with.
func (t *table) single() {
	if len(t.c.Series) == 0 {
		return
	}
	t.add(left("metric", 28)+right("median", 14)+"  "+left("95 % interval", 26)+right("n", 4), strings.Repeat("-", t.width))
	for _, s := range t.c.Series {
		interval := "[" + benchmarks.FormatTabled(s.Low, s.Info.Unit) + ", " + benchmarks.FormatTabled(s.High, s.Info.Unit) + "]"
		if s.Confidence < 0.95 {
			interval = fmt.Sprintf("%s %.0f %%", interval, 100*s.Confidence)
		}
		t.add(left(label(s.Info.Name, s.Info.Unit), 28) + right(benchmarks.FormatTabled(s.Median, s.Info.Unit), 14) + "  " + left(interval, 26) + right(fmt.Sprint(len(s.Values)), 4))
	}
}

// block is the table of one target against the baseline.
func (t *table) block(target benchmarks.TargetSummary) {
	base := t.c.Targets[max(0, slices.IndexFunc(t.c.Targets, func(o benchmarks.TargetSummary) bool { return o.ID == target.Baseline }))]
	if !slices.ContainsFunc(t.c.Cells, func(c benchmarks.Cell) bool { return c.Target == target.ID }) {
		return // the words say so
	}
	t.blank()
	t.add(wrap(fmt.Sprintf("%s against %s (baseline): %s, %s", target.ID, base.ID, boots(target, base), t.c.Order), "", t.width)...)
	first := t.width - 2*(valueWidth+1) - (changeWidth + 1) - (intervalWidth + 2) - (verdictWidth + 1)
	baseName, testName := columnNames(base, target)
	t.add(left("metric", first)+" "+right(baseName, valueWidth)+" "+right(testName, valueWidth)+" "+right("change", changeWidth)+"  "+left(t.c.IntervalTitle(), intervalWidth)+" verdict",
		strings.Repeat("-", t.width))
	for i := range t.c.Cells {
		cell := &t.c.Cells[i]
		if cell.Target == target.ID {
			t.row(cell, first)
		}
	}
}

// columnNames are the shortest names that tell two targets apart.
func columnNames(base, test benchmarks.TargetSummary) (string, string) {
	if base.Kernel != "" && test.Kernel != "" && base.Kernel != test.Kernel {
		return base.Kernel, test.Kernel
	}
	return "baseline", "target"
}

func boots(target, base benchmarks.TargetSummary) string {
	if target.OK == 1 && base.OK == 1 {
		return "1 boot each"
	}
	if target.OK == base.OK {
		return fmt.Sprintf("%d boots each", target.OK)
	}
	return fmt.Sprintf("%d and %d boots", target.OK, base.OK)
}

func (t *table) row(cell *benchmarks.Cell, first int) {
	t.add(left(label(cell.Name, cell.Unit), first) + " " + right(value(cell, 0), valueWidth) + " " + right(value(cell, 1), valueWidth) + " " +
		right(cell.ChangeText(), changeWidth) + "  " + left(cell.IntervalText(), intervalWidth) + " " + verdict(cell))
}

// label names a metric for people, as every screen does; scripts get its name.
func label(name, unit string) string { return benchmarks.Describe(name, unit, "").Title }

func value(cell *benchmarks.Cell, side int) string {
	if cell.Medians[side] == nil {
		return "-"
	}
	return benchmarks.FormatTabled(*cell.Medians[side], cell.Unit)
}

func verdict(cell *benchmarks.Cell) string {
	switch {
	case cell.Verdict == benchmarks.NotComparable && !cell.Scaled():
		return "not comparable"
	case cell.Method == benchmarks.MethodExact && !cell.Scaled():
		return cell.VerdictText() + " ="
	}
	return cell.VerdictText()
}

// legend explains the signs that the tables have.
func (t *table) legend() {
	var signs []string
	for i := range t.c.Cells {
		cell := &t.c.Cells[i]
		for sign, on := range map[string]bool{
			"= after a verdict: the same in every boot":                             cell.Method == benchmarks.MethodExact && cell.Verdict != benchmarks.NotComparable,
			"! after an interval: it covers less than that, as the few boots allow": strings.HasSuffix(cell.IntervalText(), "!"),
		} {
			if on && !slices.Contains(signs, sign) {
				signs = append(signs, sign)
			}
		}
	}
	if len(signs) > 0 {
		slices.Sort(signs)
		t.blank()
		t.add(wrap(strings.Join(signs, "; "), "", t.width)...)
	}
}

// footnotes gives every remark once, with the metrics it holds for.
func (t *table) footnotes() {
	list := remarks(t.c)
	if len(list) == 0 {
		return
	}
	t.blank()
	for _, text := range list {
		t.add(wrap(text, "  ! ", t.width)...)
	}
}

// remarks are the notes on a comparison and on its cells, each once, with the metrics
// it holds for.
func remarks(c *benchmarks.Comparison) []string {
	var order []string
	all, metrics := map[string]bool{}, map[string][]string{}
	for i := range c.Cells {
		cell := &c.Cells[i]
		all[label(cell.Name, cell.Unit)] = true
		for _, note := range cell.Notes {
			if metrics[note] == nil {
				order = append(order, note)
			}
			if name := label(cell.Name, cell.Unit); !slices.Contains(metrics[note], name) { // of another target
				metrics[note] = append(metrics[note], name)
			}
		}
	}
	var list []string
	for _, note := range order {
		list = append(list, named(metrics[note], len(all))+": "+note)
	}
	return append(list, c.Notes...)
}

// named lists the metrics that a remark holds for, briefly.
func named(names []string, all int) string {
	switch {
	case all > 1 && len(names) == all:
		return "all metrics"
	case len(names) > 3:
		return fmt.Sprintf("%s and %d more", strings.Join(names[:2], ", "), len(names)-2)
	}
	return strings.Join(names, ", ")
}

// trust is the line that says how far to believe the rest, and the reasons for
// what is not as it should be.
func (t *table) trust() {
	if len(t.c.Trust) == 0 {
		return
	}
	var facts []string
	var reasons []string
	for _, fact := range t.c.Trust {
		switch fact.State {
		case benchmarks.Good:
			facts = append(facts, fact.Short)
		case benchmarks.Warning:
			facts = append(facts, "! "+fact.Short)
			reasons = append(reasons, fact.Long)
		default:
			facts = append(facts, "? "+fact.Short)
		}
	}
	t.blank()
	t.add(wrap(strings.Join(facts, " · "), "trust: ", t.width)...)
	for _, reason := range reasons {
		t.add(wrap(reason, "  ! ", t.width)...)
	}
}
