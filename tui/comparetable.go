package tui

import (
	"cmp"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"slipway/benchmarks"
	"slipway/themes"
	"slipway/tui/cells"
)

// drawTable draws one row a metric: all targets side by side where they fit, else
// the one that is looked at with its interval.
func (c *compare) drawTable(cv *cells.Canvas, now *benchmarks.Comparison) *tea.Cursor {
	r := c.layout.compareTable
	head, rest := r.Top(1)
	rule, rows := rest.Top(1)
	cv.HLine(rule, 0, c.style(themes.Border))
	if len(c.others) > 0 {
		cv.Right(cells.Rect{X: rule.X, Y: rule.Y, W: rule.W - 2, H: 1}, 0, " change: the typical pair's; medians beside it ", c.style(themes.Muted))
	}
	t := c.columns(r.W)
	cv.At(head, 3, 0, "metric", c.style(themes.Muted))
	cv.At(head, 10, 0, cells.PadLeft(heading(c.baseName(now), t.base+t.baseValue-10), t.base+t.baseValue-10), c.style(themes.Text))
	if len(c.others) == 0 {
		cv.At(head, t.first+1, 0, "95 % interval of the median", c.style(themes.Muted))
	}
	for i, n := range t.targets {
		x := t.first + i*t.step
		style := c.style(themes.Text)
		if n == c.column() && len(c.others) > 1 {
			style = c.style(themes.Accent).With(themes.Bold)
		}
		cv.At(head, x, 0, cells.PadLeft(heading(c.targetName(n), t.value), t.value), style)
		cv.At(head, x+t.value+1, 0, cells.PadLeft("change", t.change), c.style(themes.Muted))
		if t.interval > 0 {
			title := now.IntervalTitle()
			if cells.Width(title) > t.interval {
				title = strings.TrimSuffix(title, " interval")
			}
			cv.At(head, x+t.value+t.change+2, 0, cells.Pad(title, t.interval), c.style(themes.Muted))
		}
		cv.At(head, x+t.verdict, 0, "verdict", c.style(themes.Muted))
	}
	return c.rows.draw(cv, rows, c.theme, true, func(at cells.Rect, n int) { c.drawMetric(cv, at, &c.metrics[n], t) })
}

// intervalTitle heads what is shown of intervals: "95 % interval", or that of the level
// at which rounds were looked at on their way.
func (c *compare) intervalTitle() string {
	if now := c.current(); now != nil {
		return now.IntervalTitle()
	}
	return "interval"
}

func (c *compare) baseName(now *benchmarks.Comparison) string {
	if c.bySaves() {
		return "last save"
	}
	if at := c.column(); at < len(c.others) && now.BaselineOf(c.others[at]) != "" {
		return c.short(now.BaselineOf(c.others[at]))
	}
	return c.short(now.Baseline)
}

func (c *compare) targetName(n int) string {
	if c.bySaves() {
		return "this save"
	}
	return c.short(c.others[n])
}

// columns are where the table's columns are.
type columns struct {
	name, base, value, change, interval int
	first, step, verdict, room          int
	baseValue                           int
	tight                               bool  // changes without blanks, so that all else fits in 80 columns
	terse                               bool  // verdicts without the rounds that they lack
	targets                             []int // of others, those that are shown
}

func (c *compare) columns(w int) columns {
	t := columns{name: 18, value: 11, baseValue: 10, change: 6, tight: true}
	t.room = 14 // "? unclear +126"
	switch {
	case w >= wideWidth && len(c.others) > 2 && w < 140:
		// Three side by side tell more than two with a wider name.
		t = columns{name: 18, value: 10, baseValue: 10, change: 7, terse: true, room: 10}
	case w >= wideWidth:
		t = columns{name: 22, value: 11, baseValue: 11, change: 7, room: 14}
	}
	t.base = t.name + 1
	t.first = t.base + t.baseValue + 1
	t.verdict = t.value + 1 + t.change + 1
	group := t.verdict + t.room
	fits := max((w-t.first+1)/(group+1), 1)
	t.step = group + 1
	if len(c.others) == 1 || fits == 1 {
		// Room for the interval: the whole width is one target's.
		t.interval = min(w-t.first-group-2, 22)
		t.verdict += t.interval + 1
		if len(c.others) > 0 {
			t.targets = []int{c.column()}
		}
		return t
	}
	from := max(c.column()-fits+1, 0)
	for n := from; n < min(from+fits, len(c.others)); n++ {
		t.targets = append(t.targets, n)
	}
	return t
}

func (c *compare) drawMetric(cv *cells.Canvas, r cells.Rect, m *metricRow, t columns) {
	cv.At(r, 1, 0, direction(m.info.Better, cv.ASCII), c.style(themes.Muted))
	cv.At(r, 3, 0, cells.Clip(m.info.Title, t.name-3), c.style(themes.Text))
	for n, cell := range m.cells {
		if cell != nil && (n == c.column() || m.cells[c.column()] == nil) { // others may have another baseline
			cv.At(r, t.base, 0, cells.PadLeft(value(cell.Medians[0], cell.Unit), t.baseValue), c.style(themes.Text))
			break
		}
	}
	if s := m.alone; s != nil {
		cv.At(r, t.base, 0, cells.PadLeft(value(&s.Median, s.Info.Unit), t.baseValue), c.style(themes.Text))
		text := fmt.Sprintf("[%s, %s]  %s", value(&s.Low, s.Info.Unit), value(&s.High, s.Info.Unit), plural(len(s.Values), "boot"))
		cv.At(r, t.first+1, 0, text, c.style(themes.Text))
	}
	for i, n := range t.targets {
		cell := m.cells[n]
		if cell == nil {
			continue
		}
		x := t.first + i*t.step
		cv.At(r, x, 0, cells.PadLeft(value(cell.Medians[1], cell.Unit), t.value), c.style(themes.Text))
		sign, token := verdictToken(cell.Verdict)
		if cell.Verdict != benchmarks.NotComparable || cell.Scaled() {
			change := changeText(cell)
			if t.tight {
				change = strings.Replace(change, " %", "%", 1)
			}
			cv.At(r, x+t.value+1, 0, cells.PadLeft(cells.Clip(change, t.change), t.change), c.style(themes.Text))
		}
		if t.interval > 0 {
			text := cell.IntervalText()
			if cell.Verdict == benchmarks.NotComparable && !cell.Scaled() && len(cell.Notes) > 0 {
				// The reason takes the place of the numbers that it forbids.
				text = cell.Notes[0]
				if behind := x + t.verdict + 7; r.W-behind > t.change+t.interval {
					cv.At(r, behind, 0, cells.Clip(text, r.W-behind-2), c.style(themes.Muted))
				} else {
					cv.At(r, x+t.value+2, 0, cells.Clip(text, t.change+t.interval), c.style(themes.Muted))
				}
			} else {
				cv.At(r, x+t.value+t.change+2, 0, cells.Clip(text, t.interval), c.style(themes.Muted))
			}
		}
		word := cell.VerdictText()
		if t.terse && cell.Verdict == benchmarks.Unclear {
			word = "unclear"
		}
		if warned(cell) {
			word += " ▲"
		}
		cv.At(r, x+t.verdict, 0, cells.Clip(sign+" "+word, t.room), c.style(token))
	}
}

// warned reports whether there is more to know of a cell than its numbers.
func warned(cell *benchmarks.Cell) bool {
	return cell.Verdict != benchmarks.NotComparable && cell.Verdict != benchmarks.Unclear && len(cell.Notes) > 0
}

// value is a median as a table has it.
func value(v *float64, unit string) string {
	if v == nil {
		return "–"
	}
	return benchmarks.FormatTabled(*v, unit)
}

// changeText is how the target differs from the baseline.
func changeText(cell *benchmarks.Cell) string { return cmp.Or(cell.ChangeText(), "–") }

func verdictToken(v benchmarks.Verdict) (string, themes.Token) {
	switch v {
	case benchmarks.IsBetter:
		return "✔", themes.Good
	case benchmarks.IsWorse:
		return "✘", themes.Bad
	case benchmarks.Same:
		return "=", themes.Text
	case benchmarks.Unclear:
		return "?", themes.Warn
	}
	return "–", themes.Muted
}

// direction says which way a metric improves. An arrow's likeness in ASCII would look like
// a letter beside words.
func direction(b benchmarks.Better, ascii bool) string {
	switch {
	case b == benchmarks.Higher && ascii:
		return "^"
	case ascii:
		return "_"
	case b == benchmarks.Higher:
		return "↑"
	}
	return "↓"
}
