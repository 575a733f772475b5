package tui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"slipway/benchmarks"
	"slipway/session"
	"slipway/tui/keys"
)

// compare is the screen that tells targets apart: a table of metrics with
// intervals and verdicts, all samples of one metric, and what it means in words.
type compare struct {
	*desk
	saves   bool // each save against the one before, instead of kernels
	stored  bool // what was opened from the history, instead of either
	chosen  bool // the user has chosen among these; else it is what was chosen last time
	opened  *session.Opened
	rows    list   // of metrics
	target  int    // of others, or of the saves' comparisons, the one that is looked at
	looked  string // baseline of that comparison: others may come before it
	metrics []metricRow
	others  []string          // targets beside the baseline
	names   map[string]string // what tells targets apart
	name    string            // of the selected metric, to find it again
	view    compareView
	trend   trend
}

// metricRow is one metric with a cell for each target beside the baseline; a
// cell may be nil.
type metricRow struct {
	info  benchmarks.Info
	cells []*benchmarks.Cell
	alone *benchmarks.Series // the one target's, where there is nothing to compare it with
}

func newCompare(d *desk) *compare {
	c := &compare{desk: d}
	c.Refresh()
	return c
}

func (c *compare) scope() string { return "compare" }
func (c *compare) SetSize()      { c.rows.setHeight(c.layout.compareTable.H - 2) }

func (c *compare) wants(w *wants) {
	w.rows = len(c.metrics)
	w.series = len(c.others) + 1
	w.view = c.view
	if now := c.current(); now != nil {
		w.phases = len(now.PhaseInfos())
	}
}

// comparisons are those of the view that is shown, without the ones that do not
// exist yet.
func (c *compare) comparisons() []*benchmarks.Comparison {
	all := []*benchmarks.Comparison{c.state.Comparison}
	if c.saves {
		all = c.state.SaveComparisons
	}
	return slices.DeleteFunc(slices.Clone(all), func(x *benchmarks.Comparison) bool { return x == nil })
}

// current is the comparison that is shown: of saves, the one of the target that
// is looked at.
func (c *compare) current() *benchmarks.Comparison {
	if c.fromHistory() {
		return c.state.Opened.Comparison
	}
	all := c.comparisons()
	if len(all) == 0 {
		return nil
	}
	if c.saves {
		return all[min(c.target, len(all)-1)]
	}
	return all[0]
}

// fromHistory says whether a stored experiment is shown: one that was asked for, or
// the newest one as long as nothing newer was measured.
func (c *compare) fromHistory() bool {
	if c.state.Opened == nil {
		return false
	}
	return c.stored || len(c.comparisons()) == 0 && !(c.saves && c.chosen)
}

// bySaves says whether each save is compared with the one before.
func (c *compare) bySaves() bool { return c.saves && !c.fromHistory() }

// Refresh makes rows of the cells, and keeps the selected metric selected.
func (c *compare) Refresh() tea.Cmd {
	c.metrics, c.others, c.names = nil, nil, nil
	if o := c.state.Opened; o != c.opened {
		c.opened = o
		c.stored = o != nil && o.Asked
	}
	if at := slices.IndexFunc(c.comparisons(), func(x *benchmarks.Comparison) bool { return x.Baseline == c.looked }); at >= 0 && c.bySaves() {
		c.target = at
	}
	now := c.current()
	if now == nil {
		c.rows.count, c.looked = 0, ""
		return nil
	}
	c.looked = now.Baseline
	c.names = shortNames(now.Targets)
	for _, t := range now.Targets {
		if t.ID != now.Baseline {
			c.others = append(c.others, t.ID)
		}
	}
	for i := range now.Cells {
		cell := &now.Cells[i]
		at := slices.Index(c.others, cell.Target)
		if at < 0 {
			continue
		}
		n := len(c.metrics) - 1
		if n < 0 || c.metrics[n].info.Name != cell.Info.Name || c.metrics[n].info.Unit != cell.Info.Unit {
			if !c.rows.passes(cell.Name, cell.Info.Title) {
				continue
			}
			c.metrics = append(c.metrics, metricRow{info: cell.Info, cells: make([]*benchmarks.Cell, len(c.others))})
			n++
		}
		c.metrics[n].cells[at] = cell
	}
	if len(c.others) == 0 {
		for _, s := range now.Series {
			if c.rows.passes(s.Info.Name, s.Info.Title) {
				c.metrics = append(c.metrics, metricRow{info: s.Info, alone: s})
			}
		}
	}
	if !c.bySaves() {
		c.target = min(c.target, max(len(c.others)-1, 0))
	}
	c.rows.count = len(c.metrics)
	at := slices.IndexFunc(c.metrics, func(m metricRow) bool { return m.info.Name+m.info.Unit == c.name })
	if at < 0 {
		at = c.rows.selected
	}
	c.rows.move(at)
	c.remember()
	return c.readTrend()
}

func (c *compare) remember() {
	if m := c.metric(); m != nil {
		c.name = m.info.Name + m.info.Unit
	}
}

func (c *compare) metric() *metricRow {
	if c.rows.selected < len(c.metrics) {
		return &c.metrics[c.rows.selected]
	}
	return nil
}

// column is the place of the looked-at target among others.
func (c *compare) column() int {
	if c.bySaves() {
		return 0
	}
	return c.target
}

// cell is the selected one, nil where there is none.
func (c *compare) cell() *benchmarks.Cell {
	m := c.metric()
	if m == nil || c.column() >= len(m.cells) {
		return nil
	}
	return m.cells[c.column()]
}

func (c *compare) typing() bool { return c.rows.asking }

func (c *compare) Type(key tea.KeyPressMsg) tea.Cmd {
	c.rows.Type(key)
	return c.Refresh()
}

func (c *compare) Paste(text string) tea.Cmd {
	c.rows.filter.insert(text)
	return c.Refresh()
}

// moreRounds is how many rounds one press of the key adds where nobody knows how many
// would settle the selected cell.
const moreRounds = 10

// roundsToSettle is how many rounds one press of the key adds.
func (c *compare) roundsToSettle() int {
	if cell := c.cell(); cell != nil && cell.Verdict == benchmarks.Unclear && cell.RoundsNeeded != nil && !cell.TooNoisy() {
		return max(*cell.RoundsNeeded, 1)
	}
	return moreRounds
}

func (c *compare) HandleIntent(a keys.Action) (tea.Cmd, bool) {
	switch a {
	case "next-target":
		return c.moveTarget(1), true
	case "previous-target":
		return c.moveTarget(-1), true
	case "view":
		c.setView((c.view + 1) % compareViews)
		return c.Refresh(), true
	case "view-back":
		c.setView((c.view + compareViews - 1) % compareViews)
		return c.Refresh(), true
	case "sides":
		c.nextSides()
		return c.Refresh(), true
	case "older-save":
		c.moveSave(-1)
	case "newer-save":
		c.moveSave(1)
	case "changes":
		return c.changes(), true
	case "baseline":
		c.nextBaseline()
	case "rounds":
		c.wb.MoreRounds(c.roundsToSettle())
	case "stop":
		c.wb.StopExperiment()
	case "stop-after-round":
		c.wb.StopAfterRound()
	case "pause":
		if e := c.state.Experiment; e != nil && e.Running {
			c.wb.PauseExperiment(!e.Paused)
		}
	case "detail":
		if cell := c.cell(); cell != nil {
			c.open(c.detail(cell))
		}
	case "trust":
		c.open(c.trust())
	case "explain":
		c.open(c.explain())
	case "back":
		switch {
		case c.rows.back():
		case c.view != viewOverview:
			c.setView(viewOverview)
		case c.stored:
			c.stored = false
		default:
			return nil, false
		}
		return c.Refresh(), true
	default:
		if !c.rows.HandleIntent(a) {
			return nil, false
		}
		c.remember()
	}
	return nil, true
}

// setView shows another view.
func (c *compare) setView(v compareView) { c.view = v }

// nextSides goes from kernels to saves, to what was opened from the history, and back.
func (c *compare) nextSides() {
	byItself := c.fromHistory() && !c.stored
	c.target, c.looked, c.chosen = 0, "", true
	switch {
	case byItself:
		c.saves = true
	case c.stored:
		c.stored, c.saves = false, false
	case !c.saves:
		c.saves = true
	case c.state.Opened != nil && c.state.Opened.Asked:
		c.stored = true
	default:
		c.saves = false
	}
}

func (c *compare) moveTarget(step int) tea.Cmd {
	n := len(c.others)
	if c.bySaves() {
		n = len(c.comparisons())
	}
	if c.view == viewTrend && !c.bySaves() && (c.trend.ofBase || step < 0 && c.target == 0) {
		c.trend.ofBase = step < 0 // the baseline has a trend too
		return c.Refresh()
	}
	c.target, c.looked = min(max(c.target+step, 0), max(n-1, 0)), ""
	return c.Refresh()
}

// nextBaseline goes through the marked kernels in their order.
func (c *compare) nextBaseline() {
	marked := c.marked()
	if c.fromHistory() {
		c.say("the baseline of a stored experiment is the one it was made with: 'slipway compare' takes another")
		return
	}
	if len(marked) < 2 || c.saves {
		c.say("a baseline is chosen among two marked kernels or more")
		return
	}
	at := slices.Index(marked, c.state.Baseline)
	c.wb.SetBaseline(marked[(at+1)%len(marked)])
}

func (c *compare) Click(x, y int) tea.Cmd {
	if _, trust := c.layout.compareHead.Top(1); trust.Contains(x, y) && c.current() != nil {
		c.open(c.trust())
		return nil
	}
	for v, r := range c.viewRects() {
		if r.Contains(x, y) {
			c.setView(compareView(v))
			return c.Refresh()
		}
	}
	if c.clickTrend(x, y) {
		return nil
	}
	_, rows := c.layout.compareTable.Top(2)
	c.rows.click(rows, x, y)
	c.remember()
	return nil
}

func (c *compare) Wheel(_, _, lines int) tea.Cmd {
	c.rows.move(c.rows.selected + lines/3)
	c.remember()
	return nil
}

func (c *compare) command() string {
	if c.fromHistory() {
		return "slipway compare " + c.state.Opened.ID
	}
	if e := c.state.Experiment; e != nil && e.Command != "" {
		return e.Command
	}
	if names := c.marked(); len(names) > 0 && c.state.App != "" {
		return "slipway bench -k " + joined(names) + " -a " + c.state.App
	}
	return "slipway bench"
}
