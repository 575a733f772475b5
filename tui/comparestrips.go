package tui

import (
	"math"
	"strings"

	"slipway/benchmarks"
	"slipway/themes"
	"slipway/tui/cells"
	"slipway/tui/chart"
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

// stripLegend explains the signs of a strip.
const stripLegend = "┃ median  █ middle half  ─ 5 to 95 %  ∘ every boot beyond"

// drawStrips shows all samples of a metric, one row a target on one axis, and beside
// it how they came.
func (c *compare) drawStrips(cv *cells.Canvas, now *benchmarks.Comparison, m *metricRow) {
	r := c.layout.comparePlot
	if r.H < 2 {
		return
	}
	targets := c.plotted(now, m)
	low, high, ok := chart.Range(values(targets)...)
	if !ok {
		c.nothing(cv, r, m)
		return
	}
	rows, legend := r, cells.Rect{}
	if r.H > len(targets)+1 {
		legend, rows = rows.Bottom(1)
	}
	foot, rows := rows.Bottom(1)
	side := c.plotSide()
	_, strip := rows.Left(plotName)
	strip.W -= side + 1
	scale := chart.NewScale(low, high, strip.W)
	_, right := rows.Left(rows.W - side)
	longest := 0
	for y, n := range inSight(len(targets), rows.H, c.column()+1) {
		p := &targets[n]
		c.drawLabel(cv, rows, y, p)
		if p.series == nil {
			cv.At(strip, 1, y, "nothing measured", c.style(themes.Muted))
			continue
		}
		cv.At(strip, 0, y, chart.Strip(p.series.Values, scale), p.style)
		bars := chart.Order(p.series.Values, side-1, 1)[0]
		longest = max(longest, cells.Width(bars))
		cv.At(right, 0, y, bars, c.style(themes.Muted))
	}
	_, under := foot.Left(foot.W - side)
	order := "run order"
	if longest >= 14 {
		order = "└ early" + strings.Repeat(" ", longest-12) + "late┘"
	}
	cv.Text(under, order, c.style(themes.Muted))
	_, axis := foot.Left(plotName)
	axis.W -= side + 1
	c.drawAxis(cv, axis, scale, m.info.Unit)
	cv.At(legend, plotName, 0, stripLegend, c.style(themes.Muted))
}

// drawAxis writes round values under a plot, each centred below the column that it
// belongs to.
func (c *compare) drawAxis(cv *cells.Canvas, r cells.Rect, s chart.Scale, unit string) {
	c.drawTicks(cv, r, s, s.Ticks(max(r.W/10, 2), tickBase(unit, s)), func(v float64) string { return tickText(v, unit) })
}

// drawTicks writes texts under the columns of some values, those that fit.
func (c *compare) drawTicks(cv *cells.Canvas, r cells.Rect, s chart.Scale, ticks []float64, text func(float64) string) {
	last := -2
	for _, v := range ticks {
		label := text(v)
		w := cells.Width(label)
		x := min(max(s.Column(v)-w/2, 0), r.W-w)
		if x <= last+1 || x < 0 {
			continue
		}
		cv.At(r, x, 0, label, c.style(themes.Muted))
		last = x + w
	}
}

// tickBase is what ticks are round multiples of: sizes are counted in powers of 1024.
func tickBase(unit string, s chart.Scale) float64 {
	if unit != "B" && !strings.HasPrefix(unit, "B/") {
		return 1
	}
	base := 1.0
	for limit := max(math.Abs(s.High), math.Abs(s.Low)); base*1024 <= limit; {
		base *= 1024
	}
	return base
}

// tickText is a value of an axis, without the noughts that a round one ends with.
func tickText(v float64, unit string) string {
	if v == 0 {
		return "0"
	}
	return withoutNoughts(benchmarks.FormatTabled(v, unit))
}

// withoutNoughts takes the noughts off the end of a text's fraction: 1.50 s is 1.5 s.
func withoutNoughts(text string) string {
	point := strings.IndexByte(text, '.')
	if point < 0 {
		return text
	}
	end := point + 1
	for end < len(text) && text[end] >= '0' && text[end] <= '9' {
		end++
	}
	return strings.TrimSuffix(strings.TrimRight(text[:end], "0"), ".") + text[end:]
}
