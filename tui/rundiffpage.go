package tui

import (
	"fmt"
	"strings"

	"slipway/benchmarks"
	"slipway/session"
	"slipway/themes"
	"slipway/tui/cells"
)

// label is how wide the words at the left are.
const label = 9

// firstFigures is how many metrics are shown before the others are asked for: what was
// changed should begin on the first screen too.
const firstFigures = 5

// make writes the page to a width.
func (v *rundiff) make(w int) {
	v.w, v.made, v.heads = w, newPage(w), nil
	d, p := v.diff, v.made
	for i, h := range []session.RunHead{d.A, d.B} {
		v.run([]string{"A", "B"}[i], h)
	}
	v.summary()
	v.cost()
	for i := range d.Sections {
		s := &d.Sections[i]
		v.head(s.Title, s.Brief(), len(v.heads))
		if v.folded[len(v.heads)-1] {
			continue
		}
		v.values(s.Rows)
		for _, f := range s.Files {
			v.file(f)
		}
	}
	if len(d.Sections) == 0 {
		p.add(span{"Nothing was changed between the two that Slipway knows of.", themes.Muted})
	}
}

// run adds the line that says which run a side is.
func (v *rundiff) run(side string, h session.RunHead) {
	token := themes.Good
	if !strings.HasPrefix(h.Outcome, "exit 0") {
		token = themes.Bad
	}
	spans := []span{
		{side + "  ", themes.Title},
		{h.Target + "  ", themes.Text},
		{h.Outcome + "  ", token},
		{h.Kind + ", " + ago(h.Started, v.desk.now()) + "  ", themes.Muted},
		{h.ID + "  ", themes.Muted},
	}
	for _, t := range h.Tags {
		spans = append(spans, span{"#" + t + " ", themes.Accent})
	}
	v.made.add(clipSpans(append(spans, span{h.Note, themes.Text}), v.w)...)
}

// summary adds what was changed, a line a part, what was not, and what is not known.
func (v *rundiff) summary() {
	d, p := v.diff, v.made
	name := "changed"
	var also []string
	for i := range d.Sections {
		s := &d.Sections[i]
		if v.w < wideWidth && s.Follows && name == "" {
			also = append(also, s.Title)
			continue
		}
		p.add(
			span{cells.Pad(name, label), themes.Title}, span{cells.Pad(s.Title, 17), themes.Text},
			span{cells.Clip(s.Brief(), max(v.w-label-17, 0)), themes.Muted},
		)
		name = ""
	}
	p.field(label, "and so", strings.Join(also, ", "), themes.Text)
	if len(d.Sections) == 0 {
		p.add(span{cells.Pad(name, label), themes.Title}, span{d.Nothing(), themes.Text})
	}
	p.field(label, "same", strings.Join(d.Same, ", "), themes.Muted)
	for _, n := range d.Notes {
		p.field(label, "note", n, themes.Warn)
	}
}

// head adds the heading of a part.
func (v *rundiff) head(title, brief string, part int) {
	sign := "▾ "
	if v.folded[part] {
		sign = "▸ "
	}
	v.heads = append(v.heads, len(v.made.rows))
	spans := []span{{sign, themes.Key}, {title + " ", themes.Title}}
	rest := v.w - width(spans)
	if v.folded[part] || part == 0 {
		brief = cells.Clip(brief, max(rest-2, 0))
		spans = append(spans, span{brief + " ", themes.Muted})
		rest = v.w - width(spans)
	}
	v.made.add(append(spans, span{strings.Repeat("─", max(rest, 0)), themes.Border})...)
}

// cost adds the figures of both sides.
func (v *rundiff) cost() {
	c, p := &v.diff.Cost, v.made
	v.head("cost", "from A to B · "+c.Basis, 0)
	rows := c.Rows
	if !v.all {
		rows = rows[:min(len(rows), firstFigures)]
	}
	for i := range rows {
		v.figure(&rows[i])
	}
	if n := len(c.Rows) - len(rows); n > 0 {
		p.add(span{fmt.Sprintf("  … %d more: enter shows them", n), themes.Muted})
	}
	for _, l := range []struct {
		name string
		rows []session.CostRow
	}{{c.CloseWord(), c.Close}, {"equal", c.Equal}} {
		if len(l.rows) > 0 && (v.all || len(c.Rows) < firstFigures || v.w >= wideWidth) {
			p.field(13, "  "+l.name, strings.Join(session.Titles(l.rows), ", "), themes.Muted)
		}
	}
	for _, r := range c.Remarks {
		p.text(themes.Muted, "  "+r)
	}
	if len(c.Rows)+len(c.Close)+len(c.Equal) == 0 {
		p.add(span{"  neither has figures", themes.Muted})
	}
}

// figure adds one metric: both values, how they differ, and the verdict where there is
// one.
func (v *rundiff) figure(r *session.CostRow) {
	token := themes.Text
	switch benchmarks.Verdict(r.Verdict) {
	case benchmarks.IsBetter:
		token = themes.Good
	case benchmarks.IsWorse:
		token = themes.Bad
	case benchmarks.NotComparable:
		token = themes.Warn
	}
	name := max(min(v.w-50, 34), 12)
	spans := []span{
		{"  " + cells.Pad(r.Title, name-2), themes.Text},
		{cells.PadLeft(r.Value(r.A), 12), themes.Text},
		{cells.PadLeft(r.Value(r.B), 12), themes.Text},
		{cells.PadLeft(r.Change, 10) + "  ", themes.Text},
		{r.VerdictText(), token},
	}
	v.made.add(clipSpans(spans, v.w)...)
}

// values adds what two runs do not share, side by side where it fits.
func (v *rundiff) values(rows []session.Difference) {
	for _, r := range rows {
		a, b := r.Values()
		name := cells.Clip(r.Name, 20)
		if cells.Width(a)+cells.Width(b)+28 <= v.w {
			v.made.add(span{"  " + cells.Pad(name, 20) + "  ", themes.Text}, span{a, themes.Bad}, span{"  →  ", themes.Muted}, span{b, themes.Good})
			continue
		}
		v.made.add(span{"  " + name, themes.Text})
		for _, side := range []struct {
			sign, text string
			token      themes.Token
		}{{"-", a, themes.Bad}, {"+", b, themes.Good}} {
			for _, l := range cells.Wrap(side.text, max(v.w-4, 8)) {
				v.made.add(span{"  " + side.sign + " " + l, side.token})
			}
		}
	}
}

// file adds a file's diff.
func (v *rundiff) file(f session.FileDiff) {
	spans := []span{{"  " + f.Path, themes.Title}, {"  " + f.Status, themes.Muted}}
	if len(f.Lines) > 0 {
		spans = append(spans, span{fmt.Sprintf("  +%d", f.Added), themes.Good}, span{fmt.Sprintf(" -%d", f.Removed), themes.Bad})
	}
	v.made.add(clipSpans(spans, v.w)...)
	for _, line := range f.Lines {
		token := themes.Muted
		switch line[0] {
		case '+':
			token = themes.Good
		case '-':
			token = themes.Bad
		case '@':
			token = themes.Accent
		}
		v.made.add(span{"  " + cells.Clip(strings.ReplaceAll(line, "\t", "    "), max(v.w-2, 0)), token})
	}
	if f.Note != "" {
		v.made.text(themes.Warn, "  "+f.Note)
	}
}
