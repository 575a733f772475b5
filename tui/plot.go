package tui

import (
	"math"
	"slices"
	"strings"

	"slipway/benchmarks"
	"slipway/themes"
	"slipway/tui/cells"
)

// plotName is the width of the targets' names beside their strips and curves.
const plotName = 16

// plotSide is the width to the right of strips and curves, which share one axis:
// the boots in the order in which they ran, and below them the intervals.
func (c *compare) plotSide() int {
	if c.layout.wide {
		return 46
	}
	return 17
}

// drawPlot shows all samples of the selected metric, one row a target on one
// axis, and how they ran in time.
func (c *compare) drawPlot(cv *cells.Canvas, now *benchmarks.Comparison) {
	r := c.layout.comparePlot
	m := c.metric()
	if m == nil || r.H < 3 {
		return
	}
	rule, rest := r.Top(1)
	cv.HLine(rule, 0, c.style(themes.Border))
	title := " " + m.info.Title + ": every boot "
	if c.layout.wide {
		title += "· ┃ median  █ middle half  ─ 5 to 95 %  ∘ outside "
	}
	cv.At(rule, 2, 0, cells.Clip(title, rule.W-4), c.style(themes.Muted))
	axis, rows := rest.Bottom(1)

	targets := append([]string{now.Baseline}, c.others...)
	var series []*benchmarks.Series
	low, high := math.Inf(1), math.Inf(-1)
	for _, t := range targets {
		s := now.Find(t, m.info.Name, m.info.Unit)
		series = append(series, s)
		if s != nil {
			low, high = min(low, slices.Min(s.Values)), max(high, slices.Max(s.Values))
		}
	}
	if low > high {
		cv.At(rows, 1, 0, "No boot reported it.", c.style(themes.Muted))
		return
	}
	side := c.plotSide()
	_, strip := rows.Left(plotName)
	strip.W -= side + 1
	scale := newScale(low, high, strip.W)
	from := 0
	if len(targets) > rows.H {
		from = min(c.column()+1, len(targets)-rows.H)
	}
	for y := range rows.H {
		n := from + y
		if n >= len(targets) {
			break
		}
		style := c.seriesStyle(m, n)
		label := c.short(targets[n])
		if c.bySaves() {
			label = []string{"last save", "this save"}[min(n, 1)]
		}
		if m.apart(n) {
			label = cells.Clip(label, plotName-6) + " n/c"
		}
		mark := " "
		if n == c.column()+1 {
			mark = "›"
		}
		cv.At(rows, 0, y, mark, c.style(themes.Accent))
		cv.At(rows, 1, y, cells.Clip(label, plotName-2), style)
		if series[n] == nil {
			cv.At(strip, 1, y, "nothing measured", c.style(themes.Muted))
			continue
		}
		cv.At(strip, 0, y, stripOf(series[n].Values, scale), style)
		_, right := rows.Left(rows.W - side)
		cv.At(right, 0, y, sparkline(series[n].Values, side-1), c.style(themes.Muted))
	}
	longest := 0
	for _, s := range series {
		if s != nil {
			longest = max(longest, min(len(s.Values), side-1))
		}
	}
	_, right := axis.Left(axis.W - side)
	if longest >= 14 {
		cv.Text(right, "└ early"+strings.Repeat(" ", longest-12)+"late┘", c.style(themes.Muted))
	} else {
		cv.Text(right, "run order", c.style(themes.Muted))
	}
	_, axis = axis.Left(plotName)
	axis.W -= side + 1
	c.drawAxis(cv, axis, scale, m.info.Unit)
}

// apart reports whether the nth target of a plot is not comparable with the
// baseline, which is the first: it is on the same axis only for the eye.
func (m *metricRow) apart(n int) bool {
	return n > 0 && n-1 < len(m.cells) && m.cells[n-1] != nil && m.cells[n-1].Verdict == benchmarks.NotComparable
}

// seriesStyle is the look of the nth target. What can't be compared must not look
// like a contender.
func (c *compare) seriesStyle(m *metricRow, n int) themes.Style {
	if m.apart(n) {
		return c.style(themes.Muted)
	}
	return c.theme.Series(n)
}

// scale maps values to columns.
type scale struct {
	low, high float64
	w         int
}

func newScale(low, high float64, w int) scale {
	if high <= low {
		pad := max(math.Abs(low)*0.05, 1e-12)
		low, high = low-pad, high+pad
	}
	pad := (high - low) * 0.03
	if low -= pad; low < 0 && low+pad >= 0 {
		low = 0 // no time and no size is negative
	}
	return scale{low, high + pad, max(w, 1)}
}

func (s scale) column(v float64) int {
	at := int((v - s.low) / (s.high - s.low) * float64(s.w-1))
	return min(max(at, 0), s.w-1)
}

func (s scale) value(column int) float64 {
	return s.low + (s.high-s.low)*float64(column)/float64(max(s.w-1, 1))
}

// drawAxis writes values under the strips, each centred on the column it belongs
// to as far as there is room.
func (c *compare) drawAxis(cv *cells.Canvas, r cells.Rect, s scale, unit string) {
	const every = 16
	last := -2
	for at := 0; at < r.W; at += every {
		text := benchmarks.FormatValue(s.value(at), unit)
		w := cells.Width(text)
		x := max(at-w/2, 0)
		if x <= last+1 || x+w > r.W {
			continue
		}
		cv.At(r, x, 0, text, c.style(themes.Muted))
		last = x + w
	}
}

// quantile of sorted values, between the two nearest.
func quantile(sorted []float64, q float64) float64 {
	at := q * float64(len(sorted)-1)
	n := int(at)
	if n+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[n] + (at-float64(n))*(sorted[n+1]-sorted[n])
}

// stripOf draws the spread of values in one row: every one that lies outside of
// the middle 90 % is a ring of its own.
func stripOf(values []float64, s scale) string {
	sorted := slices.Sorted(slices.Values(values))
	row := []rune(strings.Repeat(" ", s.w))
	p5, p95 := quantile(sorted, 0.05), quantile(sorted, 0.95)
	if len(sorted) < 6 {
		// Too few for quantiles to mean anything: the boots themselves.
		for _, v := range sorted {
			row[s.column(v)] = '∘'
		}
		row[s.column(quantile(sorted, 0.5))] = '┃'
		return string(row)
	}
	for x := s.column(p5); x <= s.column(p95); x++ {
		row[x] = '─'
	}
	for x := s.column(quantile(sorted, 0.25)); x <= s.column(quantile(sorted, 0.75)); x++ {
		row[x] = '█'
	}
	for _, v := range sorted {
		if x := s.column(v); (v < p5 || v > p95) && row[x] == ' ' {
			row[x] = '∘'
		}
	}
	row[s.column(quantile(sorted, 0.5))] = '┃'
	return string(row)
}

// sparkline shows the values in the order in which they were measured; where
// there are more than columns, each stands for the median of some.
func sparkline(values []float64, w int) string {
	if len(values) == 0 || w <= 0 {
		return ""
	}
	if len(values) > w {
		var folded []float64
		for i := range w {
			from, to := i*len(values)/w, (i+1)*len(values)/w
			folded = append(folded, quantile(slices.Sorted(slices.Values(values[from:to])), 0.5))
		}
		values = folded
	}
	low, high := slices.Min(values), slices.Max(values)
	steps := []rune("▁▂▃▄▅▆▇█")
	row := make([]rune, len(values))
	for i, v := range values {
		n := 0
		if high > low {
			n = int((v - low) / (high - low) * float64(len(steps)-1))
		}
		row[i] = steps[min(max(n, 0), len(steps)-1)]
	}
	return string(row)
}
