package tui

import (
	"slices"

	"slipway/benchmarks"
	"slipway/themes"
	"slipway/tui/cells"
	"slipway/tui/chart"
)

// shareLabels is the width of the percentages beside the curves.
const shareLabels = 6

// drawShares shows in the overview which share of the boots was at or below each value,
// one curve a target on the axis of the strips above, and beside it the interval of each
// change. Steps, tails and second groups of boots show here that a median hides.
func (c *compare) drawShares(cv *cells.Canvas, now *benchmarks.Comparison, m *metricRow) {
	r := c.layout.compareShares
	if r.H < 5 {
		return
	}
	rule, rest := r.Top(1)
	cv.HLine(rule, 0, c.style(themes.Border))
	cv.At(rule, 2, 0, " share of boots done by then, on the same axis ", c.style(themes.Muted))
	targets := c.plotted(now, m)
	low, high, ok := chart.Range(values(targets)...)
	if !ok {
		return
	}
	_, plot := rest.Left(plotName)
	side := c.plotSide()
	plot.W -= side + 1
	_, percents := rest.Left(plotName - shareLabels - 1)
	c.drawPercents(cv, percents)
	c.drawCurves(cv, plot, targets, chart.NewScale(low, high, plot.W), false)
	if c.layout.wide {
		_, right := rest.Left(rest.W - side)
		c.drawIntervals(cv, right, targets)
	}
}

// drawSharesLarge is the same on its own, with letters beside the curves and their names.
func (c *compare) drawSharesLarge(cv *cells.Canvas, r cells.Rect, now *benchmarks.Comparison, m *metricRow) {
	targets := c.plotted(now, m)
	low, high, ok := chart.Range(values(targets)...)
	if !ok || r.H < 3 {
		c.nothing(cv, r, m)
		return
	}
	foot, body := r.Bottom(1)
	legend, plot := body.Right(share(r.W, 26, 30, 36))
	_, plot = plot.Left(shareLabels + 1)
	percents := cells.Rect{X: r.X, Y: r.Y, W: shareLabels, H: plot.H}
	c.drawPercents(cv, percents)
	for y := range plot.H {
		cv.At(r, shareLabels, y, "│", c.style(themes.Border))
	}
	plot.W--
	scale := chart.NewScale(low, high, plot.W)
	c.drawCurves(cv, plot, targets, scale, true)
	axis := cells.Rect{X: plot.X, Y: foot.Y, W: plot.W, H: 1}
	c.drawAxis(cv, axis, scale, m.info.Unit)
	_, legend = legend.Left(1)
	cv.At(legend, 0, 0, "share of boots done by then", c.style(themes.Muted))
	for i, n := range inSight(len(targets), (legend.H-1)/2, c.column()+1) {
		p, y := &targets[n], 1+2*i
		x := cv.At(legend, 1, y, chart.Letter(n)+" ", p.style.With(themes.Bold)) + 1
		if p.chosen && len(c.others) > 1 {
			cv.At(legend, 0, y, "›", c.style(themes.Accent))
		}
		cv.At(legend, x, y, cells.Clip(p.label, legend.W-x), p.style)
		text := "nothing measured"
		if p.series != nil {
			text = "median " + benchmarks.FormatTabled(p.series.Median, p.series.Info.Unit) + ", " + plural(len(p.series.Values), "boot")
		}
		cv.At(legend, x, y+1, cells.Clip(text, legend.W-x), c.style(themes.Muted))
	}
}

// drawPercents writes 100, 50 and 0 % beside curves.
func (c *compare) drawPercents(cv *cells.Canvas, r cells.Rect) {
	cv.At(r, 0, 0, cells.PadLeft("100 %", shareLabels), c.style(themes.Muted))
	if r.H >= 5 {
		cv.At(r, 0, r.H/2, cells.PadLeft("50 %", shareLabels), c.style(themes.Muted))
	}
	cv.At(r, 0, r.H-1, cells.PadLeft("0 %", shareLabels), c.style(themes.Muted))
}

// drawCurves draws the distributions in braille. Letters beside them name them where
// colours are not seen; each is at a height of its own, since curves may lie close.
func (c *compare) drawCurves(cv *cells.Canvas, r cells.Rect, targets []plotted, s chart.Scale, letters bool) {
	dots := chart.NewDots(r.W, r.H)
	for n, p := range targets {
		if p.series != nil {
			dots.Shares(slices.Sorted(slices.Values(p.series.Values)), s, n)
		}
	}
	for y := range r.H {
		for x := range r.W {
			if text, n, ok := dots.Cell(x, y); ok {
				cv.At(r, x, y, text, targets[n].style)
			}
		}
	}
	if !letters {
		return
	}
	for n, p := range targets {
		if p.series == nil {
			continue
		}
		share := 0.85 - 0.7*float64(n)/float64(max(len(targets)-1, 1))
		at := s.Column(chart.Quantile(slices.Sorted(slices.Values(p.series.Values)), share))
		x := at + 1
		if x >= r.W {
			x = at - 2
		}
		cv.At(r, x, min(int((1-share)*float64(r.H)), r.H-1), chart.Letter(n), p.style.With(themes.Bold))
	}
}

// drawIntervals lists change, interval and p of every target.
func (c *compare) drawIntervals(cv *cells.Canvas, r cells.Rect, targets []plotted) {
	cv.At(r, 0, 0, "change, "+c.intervalTitle()+", p (Holm)", c.style(themes.Muted))
	from := 1 + windowFrom(len(targets)-1, r.H-1, c.column())
	for i := from; i < len(targets); i++ {
		p := &targets[i]
		if p.cell == nil {
			continue
		}
		text := "not comparable"
		if !p.apart() {
			text = cells.PadLeft(changeText(p.cell), 8) + " " + cells.Pad(p.cell.IntervalText(), 15)
			if p.cell.PAdjusted != nil {
				text += " p " + benchmarks.FormatP(*p.cell.PAdjusted)
			}
		}
		cv.At(r, 0, 1+i-from, cells.Clip(p.label, 12), p.style)
		cv.At(r, 13, 1+i-from, cells.Clip(text, r.W-14), c.style(themes.Text))
	}
}
