package session

import (
	"cmp"
	"fmt"
	"strings"
	"unicode/utf8"

	"slipway/benchmarks"
)

// Text is the difference in lines for people: which runs, what was changed and what is
// the same, what it cost, and then each change in full.
func (d *RunDiff) Text() string {
	var b strings.Builder
	for i, h := range []RunHead{d.A, d.B} {
		fmt.Fprintf(&b, "%s  %s  %s\n", []string{"A", "B"}[i], h.ID, h.Line())
	}
	b.WriteByte('\n')
	label := "changed"
	for i := range d.Sections {
		s := &d.Sections[i]
		fmt.Fprintf(&b, "%-8s  %s: %s\n", label, s.Title, clipRunes(s.Brief(), maxDiffWidth))
		label = ""
	}
	if len(d.Sections) == 0 {
		fmt.Fprintf(&b, "%-8s  %s\n", label, d.Nothing())
	}
	if len(d.Same) > 0 {
		fmt.Fprintf(&b, "%-8s  %s\n", "same", strings.Join(d.Same, ", "))
	}
	for _, n := range d.Notes {
		fmt.Fprintf(&b, "%-8s  %s\n", "note", n)
	}
	d.Cost.text(&b)
	for i := range d.Sections {
		d.Sections[i].text(&b)
	}
	return b.String()
}

// Line is what a run is, in one line without its ID.
func (h RunHead) Line() string {
	line := fmt.Sprintf("%s  %s  %s  %s", h.Target, h.Outcome, h.Kind, h.Started.Local().Format("2006-01-02 15:04:05"))
	for _, t := range h.Tags {
		line += " #" + t
	}
	if h.Note != "" {
		line += "  " + h.Note
	}
	return line
}

func (c *RunCost) text(b *strings.Builder) {
	fmt.Fprintf(b, "\nwhat it cost, from A to B (%s)\n", c.Basis)
	rows := make([][]string, 0, len(c.Rows))
	for i := range c.Rows {
		r := &c.Rows[i]
		rows = append(rows, []string{r.Title, r.Value(r.A), r.Value(r.B), r.Change, r.VerdictText()})
	}
	columns(b, rows)
	if len(c.Close) > 0 {
		fmt.Fprintf(b, "  %s: %s\n", c.CloseWord(), strings.Join(Titles(c.Close), ", "))
	}
	if len(c.Equal) > 0 {
		fmt.Fprintf(b, "  equal: %s\n", strings.Join(Titles(c.Equal), ", "))
	}
	for _, r := range c.Remarks {
		fmt.Fprintf(b, "  %s\n", r)
	}
	if len(c.Rows)+len(c.Close)+len(c.Equal) == 0 {
		b.WriteString("  neither has figures\n")
	}
}

// CloseWord says what the metrics of Close have in common.
func (c *RunCost) CloseWord() string {
	if c.Experiment != "" {
		return "no change"
	}
	return "within 1 %"
}

// Value is a figure of the metric for people.
func (r *CostRow) Value(v *float64) string {
	if v == nil {
		return "–"
	}
	return plain(benchmarks.FormatValue(*v, r.Unit))
}

// VerdictText is the verdict as tables have it.
func (r *CostRow) VerdictText() string {
	if r.Verdict == string(benchmarks.NotComparable) {
		return "n/c"
	}
	return r.Verdict
}

// why is the first reason that a row is not comparable, "" for the others.
func (r *CostRow) why() string {
	if r.Verdict == string(benchmarks.NotComparable) && len(r.Notes) > 0 {
		return "n/c: " + r.Notes[0]
	}
	return ""
}

func (s *DiffSection) text(b *strings.Builder) {
	fmt.Fprintf(b, "\n%s\n", s.Title)
	rows := make([][]string, 0, len(s.Rows))
	for _, r := range s.Rows {
		x, y := r.Values()
		if utf8.RuneCountInString(x)+utf8.RuneCountInString(y) > 2*longValue {
			columns(b, rows)
			rows = nil
			fmt.Fprintf(b, "  %s\n  - %s\n  + %s\n", r.Name, x, y)
			continue
		}
		rows = append(rows, []string{r.Name, x, "-> " + y})
	}
	columns(b, rows)
	for _, f := range s.Files {
		from, to := "a/"+f.Path, "b/"+f.Path
		if f.Status == "added" {
			from = "/dev/null"
		}
		if f.Status == "removed" {
			to = "/dev/null"
		}
		fmt.Fprintf(b, "--- %s\n+++ %s\n", from, to)
		for _, line := range f.Lines {
			b.WriteString(line + "\n")
		}
		if f.Note != "" {
			fmt.Fprintf(b, "(%s)\n", f.Note)
		}
	}
}

// longValue is the length from which of two texts only the words that differ are
// shown: nobody finds them in two command lines of a kernel.
const longValue = 60

// Values are both sides for people; of two long ones only what they do not share.
func (r Difference) Values() (a, b string) {
	a, b = orNone(r.A), orNone(r.B)
	if r.A == nil || r.B == nil || len(a) < longValue || len(b) < longValue {
		return a, b
	}
	onlyA, onlyB := apart(strings.Fields(a), strings.Fields(b))
	return cmp.Or(onlyA, "…"), cmp.Or(onlyB, "…")
}

// apart returns the words of two texts that the other does not have in their place,
// with an ellipsis for those that both have.
func apart(a, b []string) (onlyA, onlyB string) {
	var x, y []string
	for _, e := range diffLines(a, b) {
		switch e.sign {
		case '-':
			x = append(x, e.text)
		case '+':
			y = append(y, e.text)
		default:
			x, y = skipped(x), skipped(y)
		}
	}
	return strings.Join(x, " "), strings.Join(y, " ")
}

func skipped(words []string) []string {
	if len(words) > 0 && words[len(words)-1] == "…" {
		return words
	}
	return append(words, "…")
}

// columns writes rows with their cells below each other, indented.
func columns(b *strings.Builder, rows [][]string) {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], min(utf8.RuneCountInString(cell), longValue))
		}
	}
	for _, row := range rows {
		line := " "
		for i, cell := range row {
			line += " " + cell + strings.Repeat(" ", max(widths[i]-utf8.RuneCountInString(cell), 0)+1)
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
}
