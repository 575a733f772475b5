package tui

import (
	"math"
	"slices"

	"slipway/benchmarks"
	"slipway/themes"
	"slipway/tui/cells"
)

// drawShares shows for the selected metric which share of the boots was at or
// below each value, one curve a target on the axis of the strips above, and
// beside it the interval of each change. Steps, tails and second groups of boots
// show here that a median hides.
func (c *compare) drawShares(cv *cells.Canvas, now *benchmarks.Comparison) {
	r, m := c.layout.compareShares, c.metric()
	if m == nil || r.H < 5 {
		return
	}
	rule, rest := r.Top(1)
	cv.HLine(rule, 0, c.style(themes.Border))
	cv.At(rule, 2, 0, " share of boots done by then, on the same axis ", c.style(themes.Muted))
	targets := append([]string{now.Baseline}, c.others...)
	low, high := math.Inf(1), math.Inf(-1)
	var series []*benchmarks.Series
	for _, t := range targets {
		s := now.Find(t, m.info.Name, m.info.Unit)
		series = append(series, s)
		if s != nil {
			low, high = min(low, slices.Min(s.Values)), max(high, slices.Max(s.Values))
		}
	}
	if low > high {
		return
	}
	_, chart := rest.Left(plotName)
	side := c.plotSide()
	chart.W -= side + 1
	cv.At(rest, 9, 0, " 100 %", c.style(themes.Muted))
	cv.At(rest, 9, rest.H-1, "   0 %", c.style(themes.Muted))
	scale := newScale(low, high, chart.W)
	for n, s := range series {
		if s != nil {
			drawCurve(cv, chart, s.Values, scale, c.seriesStyle(m, n))
		}
	}
	if c.layout.wide {
		_, right := rest.Left(rest.W - side)
		c.drawIntervals(cv, right, m)
	}
}

// drawIntervals lists change, interval and p of every target.
func (c *compare) drawIntervals(cv *cells.Canvas, r cells.Rect, m *metricRow) {
	cv.At(r, 0, 0, "change over baseline, 95 % interval", c.style(themes.Muted))
	for i, cell := range m.cells {
		if cell == nil || 1+i >= r.H {
			continue
		}
		name := c.short(c.others[i])
		if c.bySaves() {
			name = "this save"
		}
		text := "not comparable"
		if cell.Verdict != benchmarks.NotComparable {
			text = cells.PadLeft(changeText(cell), 8) + " " + cells.Pad(cell.IntervalText(), 15)
			if cell.PAdjusted != nil {
				text += " p " + benchmarks.FormatP(*cell.PAdjusted)
			}
		}
		cv.At(r, 0, 1+i, cells.Clip(name, 12), c.seriesStyle(m, i+1))
		cv.At(r, 13, 1+i, cells.Clip(text, r.W-14), c.style(themes.Text))
	}
}

// drawCurve draws an empirical distribution as steps, from where it leaves the
// floor to where it reaches the top: floor and top belong to all curves alike.
func drawCurve(cv *cells.Canvas, r cells.Rect, values []float64, s scale, style themes.Style) {
	sorted := slices.Sorted(slices.Values(values))
	row := r.H - 1
	begun := false
	for x := range r.W {
		// Up to the column's end, so that a step is where the strip has its values.
		n, _ := slices.BinarySearchFunc(sorted, s.value(x+1), func(a, b float64) int {
			if a < b {
				return -1
			}
			return 1
		})
		if n == 0 {
			continue
		}
		to := r.H - 1 - n*(r.H-1)/len(sorted)
		if to == row {
			cv.At(r, x, row, "─", style)
		} else {
			corner := "╯"
			if !begun {
				corner = "│"
			}
			cv.At(r, x, row, corner, style)
			for y := to + 1; y < row; y++ {
				cv.At(r, x, y, "│", style)
			}
			cv.At(r, x, to, "╭", style)
		}
		row, begun = to, true
		if n == len(sorted) {
			return
		}
	}
}
