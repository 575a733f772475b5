package tui

import (
	"fmt"

	"slipway/benchmarks"
	"slipway/themes"
	"slipway/tui/cells"
	"slipway/tui/chart"
)

// drawOrder shows the samples of each target in the order of the boots, each on its own
// scale: a host that warmed up, filled or was busy for a while shows as a slope or a hill.
func (c *compare) drawOrder(cv *cells.Canvas, r cells.Rect, now *benchmarks.Comparison, m *metricRow) {
	targets := c.plotted(now, m)
	if _, _, ok := chart.Range(values(targets)...); !ok || r.H < 2 {
		c.nothing(cv, r, m)
		return
	}
	foot, rows := r.Bottom(1)
	side := share(r.W, 30, 26, 36)
	high := max(min(rows.H/len(targets), 7), 1)
	bars := high
	if high >= 3 {
		bars-- // a blank between them
	}
	for i, n := range inSight(len(targets), rows.H/high, c.column()+1) {
		p := &targets[n]
		_, row := rows.Top(i * high)
		row, _ = row.Top(bars)
		if row.H < 1 {
			break
		}
		c.drawLabel(cv, row, 0, p)
		right, _ := row.Right(side)
		_, middle := row.Left(plotName)
		middle.W -= side
		if p.series == nil {
			cv.At(middle, 0, 0, "nothing measured", c.style(themes.Muted))
			continue
		}
		for y, line := range chart.Order(p.series.Values, middle.W-2, row.H) {
			cv.At(middle, 0, y, line, p.style)
		}
		low, most, _ := chart.Range(p.series.Values)
		unit := p.series.Info.Unit
		text, token := driftText(p.series)
		if row.H == 1 {
			cv.At(right, 0, 0, cells.Clip(text, side-1), c.style(token))
			continue
		}
		if row.H == 2 {
			cv.At(right, 0, 0, cells.Clip(benchmarks.FormatTabled(low, unit)+" to "+benchmarks.FormatTabled(most, unit), side-1), c.style(themes.Muted))
			cv.At(right, 0, 1, cells.Clip(text, side-1), c.style(token))
			continue
		}
		cv.At(right, 0, 0, cells.Clip(benchmarks.FormatTabled(most, unit)+" highest", side-1), c.style(themes.Muted))
		cv.At(right, 0, row.H-1, cells.Clip(benchmarks.FormatTabled(low, unit)+" lowest", side-1), c.style(themes.Muted))
		cv.At(right, 0, row.H/2, cells.Clip(text, side-1), c.style(token))
	}
	cv.At(foot, plotName, 0, "first boot to last; each on its own scale, lowest to highest", c.style(themes.Muted))
}

// driftText says whether samples drifted while they were taken.
func driftText(s *benchmarks.Series) (string, themes.Token) {
	_, p, ok := s.Drift()
	if !ok {
		return fmt.Sprintf("%s: too few to see a drift", plural(len(s.Values), "boot")), themes.Muted
	}
	p2 := "p " + benchmarks.FormatP(p)
	switch falling, drifts := s.Falling(); {
	case !drifts:
		return "no drift (" + p2 + ")", themes.Muted
	case falling:
		return "▲ falling (" + p2 + ")", themes.Warn
	}
	return "▲ rising (" + p2 + ")", themes.Warn
}
