package tui

import (
	"fmt"
	"slices"
	"strings"

	"slipway/benchmarks"
	"slipway/session"
	"slipway/themes"
	"slipway/tui/cells"
)

// compareView is one way of looking at the metric that is selected. A key goes through
// them.
type compareView int

const (
	viewOverview  compareView = iota // a little of each
	viewShares                       // empirical distributions
	viewOrder                        // the samples as they came
	viewIntervals                    // estimates with their intervals and the band
	viewPhases                       // of the boots, whatever the metric
	viewTrend                        // from save to save
	viewWords                        // in plain English
	compareViews
)

// viewNames are what the views are called on the screen, and in what is remembered.
var viewNames = [compareViews]string{"overview", "shares", "order", "intervals", "phases", "trend", "words"}

func viewNamed(name string) compareView {
	return compareView(max(slices.Index(viewNames[:], name), 0))
}

// viewRects are where the views' names are: at the right of the rule below the table.
func (c *compare) viewRects() [compareViews]cells.Rect {
	r := c.layout.compareTabs
	var rects [compareViews]cells.Rect
	x := r.X + r.W - 2
	for v := compareViews - 1; v >= 0; v-- {
		w := len(viewNames[v])
		if v == c.view {
			w += 2
		}
		x -= w + 1
		rects[v] = cells.Rect{X: x, Y: r.Y, W: w, H: 1}
	}
	return rects
}

// drawViews draws the rule below the table: what is looked at, and the ways of looking.
func (c *compare) drawViews(cv *cells.Canvas) {
	r := c.layout.compareTabs
	cv.HLine(r, 0, c.style(themes.Border))
	rects := c.viewRects()
	room := rects[0].X - r.X - 4
	if m := c.metric(); m != nil && c.view != viewPhases {
		cv.At(r, 2, 0, " "+cells.Clip(m.info.Title, room-2)+" ", c.style(themes.Title))
	} else if c.view == viewPhases {
		cv.At(r, 2, 0, cells.Clip(" where the time goes ", room), c.style(themes.Title))
	}
	for v, at := range rects {
		text, token := viewNames[v], themes.Muted
		if compareView(v) == c.view {
			text, token = "["+text+"]", themes.Accent
		}
		cv.At(cells.Rect{X: at.X - 1, Y: at.Y, W: at.W + 2, H: 1}, 0, 0, " "+text+" ", c.style(token))
	}
}

// drawView draws what is below the rule.
func (c *compare) drawView(cv *cells.Canvas, now *benchmarks.Comparison) {
	m := c.metric()
	r := c.layout.compareView
	switch c.view {
	case viewOverview:
		if m != nil {
			c.drawStrips(cv, now, m)
			c.drawShares(cv, now, m)
		}
		c.drawPhasesBelow(cv, now)
	case viewShares:
		c.drawSharesLarge(cv, r, now, m)
	case viewOrder:
		c.drawOrder(cv, r, now, m)
	case viewIntervals:
		c.drawForest(cv, r, now, m)
	case viewPhases:
		c.drawPhases(cv, r, now)
	case viewTrend:
		c.drawTrend(cv, r, m)
	case viewWords:
		p := c.words(now, r.W-2)
		p.draw(cv, r.Inset(1, 0), c.theme, 0)
		if len(p.rows) > r.H {
			cv.Right(r, r.H-1, " … enter shows all ", c.style(themes.Muted))
		}
		return
	}
	c.drawWords(cv, now)
}

// plotted is one target of a plot.
type plotted struct {
	label  string
	series *benchmarks.Series // nil where it has no samples of the metric
	cell   *benchmarks.Cell   // nil for the baseline
	style  themes.Style
	chosen bool
}

// plotted are the targets of a plot with their samples of a metric, the baseline first.
func (c *compare) plotted(now *benchmarks.Comparison, m *metricRow) []plotted {
	targets := append([]string{now.Baseline}, c.others...)
	list := make([]plotted, len(targets))
	for n, t := range targets {
		p := plotted{label: c.label(t, n), style: c.theme.Series(n), chosen: n == c.column()+1}
		if m != nil {
			p.series = now.Find(t, m.info.Name, m.info.Unit)
			if n > 0 && n-1 < len(m.cells) {
				p.cell = m.cells[n-1]
			}
			if p.apart() {
				// What can't be compared must not look like a contender.
				p.style = c.style(themes.Muted)
			}
		}
		list[n] = p
	}
	return list
}

// apart reports whether a target is not comparable with the baseline: it is on the same
// axis only for the eye.
func (p *plotted) apart() bool { return p.cell != nil && p.cell.Verdict == benchmarks.NotComparable }

// label is what a target is called in plots.
func (c *compare) label(target string, n int) string {
	if c.bySaves() {
		return []string{"last save", "this save"}[min(n, 1)]
	}
	return c.short(target)
}

// drawLabel names a target at the left of its row.
func (c *compare) drawLabel(cv *cells.Canvas, r cells.Rect, y int, p *plotted) {
	const w = plotName
	label := p.label
	if p.apart() {
		label = cells.Clip(label, w-6) + " n/c"
	} else if kernel, last := strings.CutSuffix(label, session.LastSave); last {
		label = cells.Clip(kernel, w-7) + " last"
	}
	if p.chosen && len(c.others) > 1 {
		cv.At(r, 0, y, "›", c.style(themes.Accent))
	}
	cv.At(r, 1, y, cells.Clip(label, w-2), p.style)
}

// values are the samples of all targets of a plot.
func values(list []plotted) [][]float64 {
	var all [][]float64
	for _, p := range list {
		if p.series != nil {
			all = append(all, p.series.Values)
		}
	}
	return all
}

// windowFrom is the first of n rows that is shown where only h fit, so that the chosen
// one is in sight.
func windowFrom(n, h, chosen int) int {
	if n <= h {
		return 0
	}
	return min(max(chosen-h+1, 0), n-h)
}

// inSight are the rows of n targets that are shown where only h fit: the baseline, which is
// the first, and others around the chosen one.
func inSight(n, h, chosen int) []int {
	from := windowFrom(n-1, h-1, chosen-1) + 1
	rows := []int{0}
	for i := from; i < n && len(rows) < h; i++ {
		rows = append(rows, i)
	}
	return rows
}

// nothing says that a metric has no samples.
func (c *compare) nothing(cv *cells.Canvas, r cells.Rect, m *metricRow) {
	text := "There is no metric."
	if m != nil {
		text = fmt.Sprintf("No boot reported %s.", m.info.Title)
	}
	cv.At(r, 1, 0, text, c.style(themes.Muted))
}
