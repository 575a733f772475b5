package tui

import (
	"slices"
	"strings"

	"slipway/benchmarks"
	"slipway/themes"
	"slipway/tui/cells"
	"slipway/tui/chart"
)

// phased is one target's boot as a stacked bar.
type phased struct {
	plotted
	phases []*benchmarks.Series
	total  string // the median of the whole, which is not the sum of the phases' medians
	sum    float64
}

// phased are the boots of all targets, the baseline's first.
func (c *compare) phased(now *benchmarks.Comparison) []phased {
	var all []phased
	for n, p := range c.plotted(now, nil) {
		target := now.Baseline
		if n > 0 {
			target = c.others[n-1]
		}
		p.cell = now.Cell(target, "boot/total", "")
		if p.apart() {
			p.style = c.style(themes.Muted)
		}
		b := phased{plotted: p, phases: now.Phases(target)}
		for _, s := range b.phases {
			b.sum += s.Median
		}
		if s := now.Find(target, "boot/total", ""); s != nil {
			b.total = benchmarks.FormatTabled(s.Median, s.Info.Unit)
		}
		all = append(all, b)
	}
	return all
}

// drawPhasesBelow is the overview's part of it.
func (c *compare) drawPhasesBelow(cv *cells.Canvas, now *benchmarks.Comparison) {
	r := c.layout.comparePhases
	if r.H < 3 {
		return
	}
	rule, rest := r.Top(1)
	cv.HLine(rule, 0, c.style(themes.Border))
	cv.At(rule, 2, 0, " where the time goes: medians of the phases ", c.style(themes.Muted))
	c.drawPhases(cv, rest, now)
}

// drawPhases draws where the time of a boot goes: one bar a target, all on one axis, and
// the times in a table below. Letters and textures tell phases apart without colours.
func (c *compare) drawPhases(cv *cells.Canvas, r cells.Rect, now *benchmarks.Comparison) {
	boots := c.phased(now)
	infos := now.PhaseInfos()
	longest := 0.0
	for _, b := range boots {
		longest = max(longest, b.sum)
	}
	if longest <= 0 {
		cv.At(r, 1, 0, "No boot was parted into phases.", c.style(themes.Muted))
		return
	}
	// The table says what the letters mean: three bars at least, and then the table.
	table := min(len(infos)+1, max(r.H-min(len(boots), 3)-1, 0))
	bars, _ := r.Top(max(r.H-table-1, 1))
	gap := 1
	if bars.H >= 2*len(boots) {
		gap = 2
	}
	bars, _ = bars.Top(min(bars.H, gap*len(boots)))
	const totals = 11
	_, plot := bars.Left(plotName)
	plot.W -= totals
	scale := chart.FromZero(longest, plot.W)
	for i, n := range inSight(len(boots), bars.H/gap, c.column()+1) {
		b, y := &boots[n], i*gap
		c.drawLabel(cv, bars, y, &b.plotted)
		end := c.drawBar(cv, plot, y, b, infos, scale)
		cv.At(bars, plotName+end+1, y, b.total, c.style(themes.Title))
	}
	axis := cells.Rect{X: plot.X, Y: bars.Y + bars.H, W: plot.W, H: 1}
	c.drawAxis(cv, axis, scale, "sec")
	under := cells.Rect{X: r.X, Y: axis.Y + 1, W: r.W, H: r.Y + r.H - axis.Y - 1}
	if under.H > len(infos)+1 {
		_, under = under.Top(1)
	}
	c.drawPhaseTable(cv, under, boots, infos)
}

// drawBar draws one stacked bar and returns the column behind it.
func (c *compare) drawBar(cv *cells.Canvas, r cells.Rect, y int, b *phased, infos []benchmarks.Info, scale chart.Scale) int {
	medians := make([]float64, len(b.phases))
	for i, s := range b.phases {
		medians[i] = s.Median
	}
	end := 0
	for i, part := range chart.Stack(medians, scale) {
		n := slices.IndexFunc(infos, func(info benchmarks.Info) bool { return info.Name == b.phases[i].Info.Name })
		style := c.theme.Series(n)
		cv.At(r, part.From, y, strings.Repeat(chart.Texture(n), part.To-part.From), style)
		if part.To-part.From >= 3 {
			cv.At(r, (part.From+part.To)/2, y, chart.Letter(n), style.With(themes.Reverse|themes.Bold))
		}
		end = part.To
	}
	return end
}

// drawPhaseTable lists the phases with their times on each target, as many as fit.
func (c *compare) drawPhaseTable(cv *cells.Canvas, r cells.Rect, boots []phased, infos []benchmarks.Info) {
	if r.H < 2 {
		return
	}
	const name, column = 22, 12
	shown := max(min((r.W-name)/column, len(boots)), 1)
	columns := inSight(len(boots), shown, c.column()+1)
	head, rows := r.Top(1)
	cv.At(head, 1, 0, "medians", c.style(themes.Muted))
	for i, n := range columns {
		b := &boots[n]
		cv.At(head, name+i*column, 0, cells.PadLeft(heading(b.label, column-1), column-1), b.style)
	}
	note := name + shown*column + 1
	for y, info := range infos {
		if y >= rows.H {
			break
		}
		x := 1 + cv.At(rows, 1, y, chart.Texture(y)+chart.Texture(y)+" ", c.theme.Series(y))
		x += cv.At(rows, x, y, chart.Letter(y)+" ", c.theme.Series(y).With(themes.Bold))
		cv.At(rows, x, y, cells.Clip(info.Title, name-x), c.style(themes.Text))
		for i, n := range columns {
			text := "–"
			for _, s := range boots[n].phases {
				if s.Info.Name == info.Name {
					text = benchmarks.FormatTabled(s.Median, s.Info.Unit)
				}
			}
			cv.At(rows, name+i*column, y, cells.PadLeft(text, column-1), c.style(themes.Text))
		}
		if strings.Contains(info.Name, "+") {
			text := "one phase: no marker parts it"
			if note+cells.Width(text) > rows.W {
				text = "merged"
			}
			cv.At(rows, note, y, text, c.style(themes.Muted))
		}
	}
}
