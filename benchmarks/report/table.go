package report

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"slipway/benchmarks"
)

// Options say how a table looks. The zero value is as wide as what is in it, in UTF-8, with
// all remarks.
type Options struct {
	Width int    // columns of the terminal, less than 80 is taken as 80; 0 is none: nothing is cut
	ASCII bool   // no character beyond ASCII
	Whole string // command that writes all of the report: where it is known, only the weightiest remarks are shown
}

// mostRemarks is how many remarks stand below a table where a report has the others.
const mostRemarks = 8

// Table writes a comparison as plain text: a block for each target, the
// comparison in words, what is to be known about single rows, and what speaks
// for and against all of it.
func Table(w io.Writer, c *benchmarks.Comparison, o Options) error {
	t := &table{c: c, width: max(o.Width, 80), whole: o.Whole}
	if o.Width > 0 {
		t.limit = t.width
	}
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
	width int // of the words
	limit int // of the tables, 0 for none
	whole string
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
	g := grid{heads: []string{"metric", "median", "95 % interval", "n"}, right: []bool{false, true, false, true}}
	for _, s := range t.c.Series {
		interval := "[" + benchmarks.FormatTabled(s.Low, s.Info.Unit) + ", " + benchmarks.FormatTabled(s.High, s.Info.Unit) + "]"
		if s.Confidence < 0.95 {
			interval = fmt.Sprintf("%s %.0f %%", interval, 100*s.Confidence)
		}
		g.rows = append(g.rows, []string{label(s.Info.Name, s.Info.Unit), benchmarks.FormatTabled(s.Median, s.Info.Unit), interval, strconv.Itoa(len(s.Values))})
	}
	t.add(g.lines(t.limit)...)
}

// block is the table of one target against the baseline.
func (t *table) block(target benchmarks.TargetSummary) {
	base := t.c.Targets[max(0, slices.IndexFunc(t.c.Targets, func(o benchmarks.TargetSummary) bool { return o.ID == target.Baseline }))]
	if !slices.ContainsFunc(t.c.Cells, func(c benchmarks.Cell) bool { return c.Target == target.ID }) {
		return // the words say so
	}
	t.blank()
	t.add(wrap(fmt.Sprintf("%s against %s (baseline): %s, %s", target.ID, base.ID, boots(target, base), t.c.Order), "", t.width)...)
	baseName, testName := columnNames(base, target)
	g := grid{heads: []string{"metric", baseName, testName, "change", t.c.IntervalTitle(), "verdict"}, right: []bool{false, true, true, true, false, false}}
	var counts []string
	few := false
	for i := range t.c.Cells {
		cell := &t.c.Cells[i]
		if cell.Target != target.ID {
			continue
		}
		g.rows = append(g.rows, []string{
			label(cell.Name, cell.Unit), value(cell, 0), value(cell, 1), cell.ChangeText(), cell.IntervalText(), verdict(cell),
		})
		n := ""
		if cell.N != [2]int{base.OK, target.OK} && min(cell.N[0], cell.N[1]) > 0 {
			n, few = sides(cell.N), true
		}
		counts = append(counts, n)
	}
	if !few {
		t.add(g.lines(t.limit)...)
		return
	}
	counted := g
	counted.heads, counted.right = append(slices.Clone(g.heads), "n"), append(slices.Clone(g.right), false)
	counted.rows = nil
	for i, row := range g.rows {
		counted.rows = append(counted.rows, append(slices.Clone(row), counts[i]))
	}
	if t.limit == 0 || counted.width(1) <= t.limit {
		t.add(counted.lines(t.limit)...)
		return
	}
	t.add(g.lines(t.limit)...)
	t.add(wrap(countWords(&counted), "n: ", t.width)...)
}

// sides are the boots that yielded a sample, of the baseline and of the target where they
// differ.
func sides(n [2]int) string {
	if n[0] == n[1] {
		return strconv.Itoa(n[0])
	}
	return fmt.Sprintf("%d, %d", n[0], n[1])
}

// countWords is the last column of a grid in words, for rows that have something there.
func countWords(g *grid) string {
	var order []string
	rows := map[string][]string{}
	for _, row := range g.rows {
		n := row[len(row)-1]
		if n == "" {
			continue
		}
		if rows[n] == nil {
			order = append(order, n)
		}
		rows[n] = append(rows[n], row[0])
	}
	for i, n := range order {
		order[i] = n + " of " + few(rows[n])
	}
	return strings.Join(order, "; ")
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

// footnotes gives every remark once, or the weightiest where a report has the others.
func (t *table) footnotes() {
	list := remarks(t.c)
	if len(list) == 0 {
		return
	}
	t.blank()
	more := 0
	if t.whole != "" && len(list) > mostRemarks+1 {
		list, more = list[:mostRemarks], len(list)-mostRemarks
	}
	for _, text := range list {
		t.add(wrap(text, "  ! ", t.width)...)
	}
	if more > 0 {
		t.add(wrap(fmt.Sprintf("and %d more: %s has all of them", more, t.whole), "    ", t.width)...)
	}
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
