package tui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"slipway/benchmarks"
	"slipway/session"
	"slipway/themes"
	"slipway/tui/cells"
	"slipway/tui/chart"
)

// trend is what the Compare screen knows of the saves of one target.
type trend struct {
	read    *session.Trend
	err     error
	asked   string // target and moment that were asked for last
	loading bool
	image   string // of the chosen save, "" for the newest
	ofBase  bool   // the baseline is looked at, to the left of the first of the others
}

// Messages of the trend's commands.
type (
	trendRead struct {
		target string
		trend  *session.Trend
		err    error
	}
	saveChanges struct {
		title string
		diff  *session.RunDiff
		err   error
	}
)

// trendTarget is the one whose saves are shown: the one that is looked at.
func (c *compare) trendTarget() string {
	now := c.current()
	if now == nil {
		return ""
	}
	target := now.Baseline
	if at := c.column(); at < len(c.others) && (!c.trend.ofBase || c.bySaves()) {
		target = c.others[at]
	}
	return strings.TrimSuffix(target, session.LastSave)
}

// readTrend reads the saves anew where the view is shown and what it shows is another
// target's, or older than the last timed rounds. While boots are timed nothing is read:
// it would disturb them.
func (c *compare) readTrend() tea.Cmd {
	target := c.trendTarget()
	if c.view != viewTrend || target == "" || c.trend.loading {
		return nil
	}
	moment := target
	if e := c.state.Experiment; e != nil && !e.Running {
		moment += fmt.Sprintf(" %s %d", e.ID, e.Round) // rounds may have been added to it
	} else if e != nil && c.trend.read != nil && c.trend.read.Target == target {
		return nil
	}
	if moment == c.trend.asked {
		return nil
	}
	c.trend.asked, c.trend.loading = moment, true
	wb := c.wb
	return func() tea.Msg {
		read, err := wb.Trend(target)
		return trendRead{target, read, err}
	}
}

// Receive takes what was read.
func (c *compare) Receive(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case trendRead:
		c.trend.loading, c.trend.err = false, msg.err
		if msg.err == nil {
			if c.trend.read == nil || c.trend.read.Target != msg.target {
				c.trend.image = ""
			}
			c.trend.read = msg.trend
		}
		return c.readTrend() // another target may be looked at by now
	case saveChanges:
		if msg.err != nil {
			c.open(newText(c.desk, msg.title, msg.err.Error()))
			return nil
		}
		changes := newRunDiff(c.desk, msg.diff)
		changes.title = msg.title
		c.open(changes)
	}
	return nil
}

// trendColumn is the place of the target among all, the baseline first, for its colour.
func (c *compare) trendColumn() int {
	if c.trend.ofBase && !c.bySaves() || len(c.others) == 0 {
		return 0
	}
	return c.column() + 1
}

// trendSaves are those that are shown, nil while they are not known.
func (c *compare) trendSaves() []session.TrendSave {
	if c.trend.read == nil || c.trend.read.Target != c.trendTarget() {
		return nil
	}
	return c.trend.read.Saves
}

// chosenSave is the place of the chosen save among those that are shown.
func (c *compare) chosenSave() int {
	saves := c.trendSaves()
	for i := range saves {
		if saves[i].Image == c.trend.image {
			return i
		}
	}
	return len(saves) - 1
}

// moveSave chooses a save before or after the chosen one.
func (c *compare) moveSave(step int) {
	if c.view != viewTrend {
		c.say("saves are chosen in the trend: v goes there")
		return
	}
	saves := c.trendSaves()
	at := c.chosenSave() + step
	if at < 0 || at >= len(saves) {
		return
	}
	c.trend.image = saves[at].Image
	if at == len(saves)-1 {
		c.trend.image = "" // the newest, also when a newer one comes
	}
}

// changes shows what the chosen save changed.
func (c *compare) changes() tea.Cmd {
	if c.view != viewTrend {
		c.setView(viewTrend)
		c.say("[ and ] choose a save; c shows what it changed")
		return c.Refresh()
	}
	saves, at := c.trendSaves(), c.chosenSave()
	if at < 1 {
		c.say("there is no save before this one to compare it with")
		return nil
	}
	wb, before, this := c.wb, saves[at-1], saves[at]
	title := fmt.Sprintf("What save %d of %d changed, %s", at+1, len(saves), ago(this.At, c.now()))
	return func() tea.Msg {
		diff, err := wb.RunDiff(before.Run, this.Run)
		return saveChanges{title, diff, err}
	}
}

// trendLeft is the width of the values beside a trend.
const trendLeft = 11

// trendStep is how many columns one of n saves gets.
func trendStep(n, w int) int { return min(max(w/max(n, 1), 2), 8) }

// trendPlot is where the saves' columns are, in the layout that there is.
func (c *compare) trendPlot() (r cells.Rect, from, step int) {
	_, r = c.layout.compareView.Left(trendLeft)
	r.W = max(r.W-2, 0)
	n := len(c.trendSaves())
	step = trendStep(n, r.W)
	fit := max(r.W/step, 1)
	from = max(n-fit, 0)
	if at := c.chosenSave(); at >= 0 {
		from = min(from, at)
	}
	return r, from, step
}

// drawTrend draws the median of each save with its interval, the newest at the right.
func (c *compare) drawTrend(cv *cells.Canvas, r cells.Rect, m *metricRow) {
	saves := c.trendSaves()
	switch {
	case c.trend.err != nil:
		cv.At(r, 1, 0, cells.Clip("✘ "+c.trend.err.Error(), r.W-2), c.style(themes.Bad))
		return
	case saves == nil && c.trend.loading:
		cv.At(r, 1, 0, "Reading the history ...", c.style(themes.Muted))
		return
	case len(saves) == 0 || m == nil:
		cv.At(r, 1, 0, cells.Clip("No timed boot of "+c.trendTarget()+" is in the history yet.", r.W-2), c.style(themes.Muted))
		return
	}
	plot, from, step := c.trendPlot()
	plot.H = max(r.H-3, 1)
	to := min(from+max(plot.W/step, 1), len(saves))
	series := make([]*benchmarks.Series, 0, to-from)
	var ends [][]float64
	for i := from; i < to; i++ {
		s := saves[i].Find(m.info.Name, m.info.Unit)
		series = append(series, s)
		if s != nil {
			ends = append(ends, []float64{min(s.Low, s.Median), max(s.High, s.Median)})
		}
	}
	low, high, ok := chart.Range(ends...)
	if !ok {
		c.nothing(cv, r, m)
		return
	}
	scale := chart.NewScale(low, high, plot.H)
	c.drawTrendAxis(cv, plot, scale, m.info.Unit)
	chosen := c.chosenSave()
	shift := plot.W - step*(to-from) // the newest is at the right, however few there are
	for i, s := range series {
		x := shift + i*step + step/2
		if s == nil {
			continue
		}
		style, mark := c.theme.Series(c.trendColumn()), "●"
		if from+i == chosen {
			style, mark = c.style(themes.Accent).With(themes.Bold), "◆"
		}
		top, bottom := plot.H-1-scale.Column(s.High), plot.H-1-scale.Column(s.Low)
		for y := top; y <= bottom; y++ {
			cv.At(plot, x, y, "│", style)
		}
		cv.At(plot, x, plot.H-1-scale.Column(s.Median), mark, style)
	}
	c.drawTrendFoot(cv, cells.Rect{X: r.X, Y: plot.Y + plot.H, W: r.W, H: r.H - plot.H}, m, shift, from, to, step)
}

// drawTrendAxis writes round values at the left.
func (c *compare) drawTrendAxis(cv *cells.Canvas, plot cells.Rect, s chart.Scale, unit string) {
	left := cells.Rect{X: plot.X - trendLeft, Y: plot.Y, W: trendLeft, H: plot.H}
	for y := range plot.H {
		cv.At(left, trendLeft-1, y, "│", c.style(themes.Border))
	}
	for _, v := range s.Ticks(max(plot.H/2, 2), tickBase(unit, s)) {
		y := plot.H - 1 - s.Column(v)
		cv.At(left, trendLeft-1, y, "┤", c.style(themes.Border))
		cv.At(left, 0, y, cells.PadLeft(tickText(v, unit), trendLeft-2), c.style(themes.Muted))
	}
}

// drawTrendFoot says when the saves were, and what is known of the chosen one.
func (c *compare) drawTrendFoot(cv *cells.Canvas, r cells.Rect, m *metricRow, shift, from, to, step int) {
	saves, chosen := c.trendSaves(), c.chosenSave()
	first, last := ago(saves[from].At, c.now()), ago(saves[to-1].At, c.now())
	left := trendLeft + shift
	under := left + (chosen-from)*step + step/2
	if room := step * (to - from); room > len(first)+len(last)+1 && under > left+len(first) {
		cv.At(r, left, 0, first, c.style(themes.Muted))
	}
	end := r.W - 2
	if under >= end-len(last)-1 {
		end = under - 1
	}
	cv.At(r, end-len(last), 0, last, c.style(themes.Muted))
	cv.At(r, under, 0, "↑", c.style(themes.Accent))
	save := &saves[chosen]
	x := 1 + cv.At(r, 1, 1, c.short(c.trendTarget())+" ", c.theme.Series(c.trendColumn()))
	x += cv.At(r, x, 1, fmt.Sprintf("save %d of %d", chosen+1, len(saves)), c.style(themes.Title))
	text := " · " + ago(save.At, c.now())
	if s := save.Find(m.info.Name, m.info.Unit); s != nil {
		unit := s.Info.Unit
		text += fmt.Sprintf(" · median %s [%s, %s]", benchmarks.FormatTabled(s.Median, unit), benchmarks.FormatTabled(s.Low, unit), benchmarks.FormatTabled(s.High, unit))
	}
	text += " · " + plural(save.Boots, "boot")
	if c.layout.wide {
		text += " · image " + save.Image[:min(8, len(save.Image))]
	}
	cv.At(r, x, 1, cells.Clip(text, r.W-x-1), c.style(themes.Text))
	notes := []string{"not interleaved: s judges"}
	if left := c.trend.read.LeftOut(); left != "" {
		notes = append(strings.Split(left, "; "), notes...)
	}
	notes = append(notes, "[ ] another save, c what it changed")
	for len(notes) > 1 && cells.Width(strings.Join(notes, " · ")) > r.W-2 {
		notes = notes[:len(notes)-1] // what is left out of the figures comes first
	}
	cv.At(r, 1, 2, cells.Clip(strings.Join(notes, " · "), r.W-2), c.style(themes.Muted))
}

// clickTrend chooses the save under the mouse.
func (c *compare) clickTrend(x, y int) bool {
	plot, from, step := c.trendPlot()
	saves := c.trendSaves()
	if c.view != viewTrend || len(saves) == 0 || !plot.Contains(x, y) {
		return false
	}
	to := min(from+max(plot.W/step, 1), len(saves))
	at := x - plot.X - (plot.W - step*(to-from))
	if at < 0 {
		return false
	}
	c.moveSave(from + at/step - c.chosenSave())
	return true
}
