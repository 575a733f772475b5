package tui

import (
	"fmt"
	"math"
	"slices"

	"slipway/benchmarks"
	"slipway/themes"
	"slipway/tui/cells"
	"slipway/tui/chart"
)

// effects are the changes of one metric on one axis: logarithms of ratios, so that half
// and twice are equally far from no change, or differences where there are no ratios.
type effects struct {
	ratios  bool
	unit    string
	percent float64 // the band around no change
	band    float64 // half of it, on the axis
	scale   chart.Scale
}

// effectOf is where a cell lies on the axis; ok is false where it does not.
func (e *effects) effectOf(cell *benchmarks.Cell) (at, low, high float64, ok bool) {
	if cell == nil {
		return 0, 0, 0, false
	}
	if e.ratios {
		if cell.Estimate == nil || *cell.Estimate <= 0 {
			return 0, 0, 0, false
		}
		at = math.Log(*cell.Estimate)
		low, high = at, at
		if cell.Low != nil && cell.High != nil && *cell.Low > 0 {
			low, high = math.Log(*cell.Low), math.Log(*cell.High)
		}
		return at, low, high, true
	}
	d := cell.Difference
	if d == nil {
		return 0, 0, 0, false
	}
	low, high = d.Estimate, d.Estimate
	if d.Low != nil && d.High != nil {
		low, high = *d.Low, *d.High
	}
	return d.Estimate, low, high, true
}

// effectsOf fits an axis to the changes of a metric. The band is always on it.
func effectsOf(m *metricRow, w int) effects {
	e := effects{unit: m.info.Unit, ratios: true}
	for _, cell := range m.cells {
		if cell != nil && cell.Difference != nil && cell.Estimate == nil {
			e.ratios = false
		}
		if cell != nil {
			e.band, e.percent = cell.Band, cell.Band*100
		}
	}
	for _, cell := range m.cells {
		if !e.ratios && cell != nil && cell.Medians[0] != nil {
			e.band = cell.Band * math.Abs(*cell.Medians[0])
			break
		}
	}
	if e.ratios {
		e.band = math.Log1p(e.band)
	}
	low, high := -1.6*e.band, 1.6*e.band
	for _, cell := range m.cells {
		if _, from, to, ok := e.effectOf(cell); ok {
			low, high = min(low, from), max(high, to)
		}
	}
	pad := (high - low) * 0.04
	e.scale = chart.Scale{Low: low - pad, High: high + pad, W: max(w, 1)}
	return e
}

// tick is a place on the axis in words.
func (e *effects) tick(v float64) string {
	switch {
	case math.Abs(v) < 1e-9:
		return "no change"
	case e.ratios && max(-e.scale.Low, e.scale.High) < math.Ln2:
		return withoutNoughts(benchmarks.FormatChange(math.Exp(v)))
	case e.ratios && v < 0:
		return fmt.Sprintf("÷%.3g", math.Exp(-v))
	case e.ratios:
		return fmt.Sprintf("x%.3g", math.Exp(v))
	case v > 0:
		return "+" + tickText(v, e.unit)
	}
	return tickText(v, e.unit)
}

// ticks are round changes, none so near to no change that its words would be covered.
func (e *effects) ticks(n int) []float64 {
	ticks := e.scale.Ticks(n, tickBase(e.unit, e.scale))
	if e.ratios {
		ticks = e.scale.RatioTicks(n)
	}
	none := e.scale.Column(0)
	return slices.DeleteFunc(ticks, func(v float64) bool {
		away := e.scale.Column(v) - none
		return math.Abs(v) > 1e-9 && max(away, -away) < 9
	})
}

// drawForest draws estimate and interval of every target on one axis, over the band in
// which a change is called none.
func (c *compare) drawForest(cv *cells.Canvas, r cells.Rect, now *benchmarks.Comparison, m *metricRow) {
	if m == nil || len(m.cells) == 0 || r.H < 3 {
		cv.At(r, 1, 0, "There is nothing to compare it with yet.", c.style(themes.Muted))
		return
	}
	targets := c.plotted(now, m)[1:]
	legend, body := r.Bottom(1)
	foot, rows := body.Bottom(1)
	side := share(r.W, 45, 33, 58)
	_, plot := rows.Left(plotName)
	plot.W -= side + 1
	e := effectsOf(m, plot.W)
	high := max(min(rows.H/len(targets), 3), 1)
	used := min(high*len(targets), rows.H)
	c.drawBand(cv, plot, &e, used)
	right, _ := rows.Right(side)
	from := windowFrom(len(targets), rows.H/high, c.column())
	for i := from; i < len(targets) && (i-from)*high < rows.H; i++ {
		p, y := &targets[i], (i-from)*high
		c.drawLabel(cv, rows, y, p)
		c.drawEffect(cv, plot, y, &e, p)
		c.drawEffectText(cv, right, y, high, p)
	}
	_, axis := foot.Left(plotName)
	axis.W = plot.W
	axis.Y = rows.Y + used
	c.drawTicks(cv, axis, e.scale, e.ticks(max(plot.W/7, 3)), e.tick)
	better := "better ←"
	if m.info.Better == benchmarks.Higher {
		better = "→ better"
	}
	text := fmt.Sprintf("░ %s%.3g %%: the same  ├─●─┤ typical pair's change, %s  %s", plusMinus(cv), e.percent, c.intervalTitle(), better)
	cv.At(legend, 1, 0, cells.Clip(text, legend.W-2), c.style(themes.Muted))
}

// drawBand shades the changes that are too small to matter, and draws no change through
// all rows.
func (c *compare) drawBand(cv *cells.Canvas, r cells.Rect, e *effects, rows int) {
	none := e.scale.Column(0)
	half := max(e.scale.Column(e.band)-none, none-e.scale.Column(-e.band), 1)
	for y := range rows {
		for x := none - half; x <= none+half; x++ {
			cv.At(r, x, y, "░", c.style(themes.Border))
		}
		cv.At(r, none, y, "│", c.style(themes.Muted))
	}
}

// drawEffect draws one interval with its estimate.
func (c *compare) drawEffect(cv *cells.Canvas, r cells.Rect, y int, e *effects, p *plotted) {
	at, low, high, ok := e.effectOf(p.cell)
	if !ok {
		text := "nothing measured"
		if p.cell != nil && len(p.cell.Notes) > 0 {
			text = p.cell.Notes[0]
		}
		cv.At(r, 0, y, cells.Clip(text, r.W), c.style(themes.Muted))
		return
	}
	from, to := e.scale.Column(low), e.scale.Column(high)
	for x := from; x <= to; x++ {
		cv.At(r, x, y, "─", p.style)
	}
	if from < to {
		cv.At(r, from, y, "├", p.style)
		cv.At(r, to, y, "┤", p.style)
	}
	cv.At(r, e.scale.Column(at), y, "●", p.style)
}

// drawEffectText writes change, interval and verdict, below them the medians, which
// the change is not the ratio of.
func (c *compare) drawEffectText(cv *cells.Canvas, r cells.Rect, y, rows int, p *plotted) {
	cell := p.cell
	if cell == nil {
		return
	}
	sign, token := verdictToken(cell.Verdict)
	x := 0
	if cell.Estimate != nil || cell.Difference != nil {
		x += cv.At(r, x, y, cells.PadLeft(changeText(cell), 7)+" ", c.style(themes.Text))
		x += cv.At(r, x, y, cells.Pad(cell.IntervalText(), 15)+" ", c.style(themes.Muted))
	}
	cv.At(r, x, y, cells.Clip(sign+" "+cell.VerdictText(), r.W-x), c.style(token))
	if rows < 2 || cell.Medians[0] == nil || cell.Medians[1] == nil {
		return
	}
	text := "medians " + value(cell.Medians[0], cell.Unit) + " and " + value(cell.Medians[1], cell.Unit)
	if cell.PAdjusted != nil && r.W >= 44 {
		text += ", p (Holm) " + benchmarks.FormatP(*cell.PAdjusted)
	}
	cv.At(r, 1, y+1, cells.Clip(text, r.W-1), c.style(themes.Muted))
}
