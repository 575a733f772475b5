package tui

import (
	tea "charm.land/bubbletea/v2"

	"slipway/session"
	"slipway/themes"
	"slipway/tui/cells"
	"slipway/tui/keys"
)

// rundiff is the dialog with what was changed between two runs, and what it cost. Its
// first screen has the answer in short: what differs, what does not, the figures; below
// are the parts in full, which can be folded.
type rundiff struct {
	desk  *desk
	title string
	diff  *session.RunDiff

	w      int
	made   *page // nil: to be made again
	heads  []int // row of each part's heading; the cost is the first part
	part   int   // the one that is folded by a key
	folded []bool
	all    bool // all metrics are shown, not the first ones alone
	top    int
	height int
}

// runDiffed is the answer to asking for a difference.
type runDiffed struct {
	diff *session.RunDiff
	err  error
}

func askDiff(d *desk, a, b string) tea.Cmd {
	wb := d.wb
	return func() tea.Msg {
		diff, err := wb.RunDiff(a, b)
		return runDiffed{diff, err}
	}
}

func newRunDiff(d *desk, diff *session.RunDiff) *rundiff {
	return &rundiff{desk: d, title: "What was changed, and what it cost", diff: diff, folded: make([]bool, len(diff.Sections)+1)}
}

func (v *rundiff) scope() string                { return "rundiff" }
func (v *rundiff) Type(tea.KeyPressMsg) tea.Cmd { return nil }
func (v *rundiff) Paste(string)                 {}

func (v *rundiff) HandleIntent(a keys.Action) tea.Cmd {
	page := max(v.height-1, 1)
	switch a {
	case "close":
		v.desk.close()
	case "up":
		v.scroll(v.top - 1)
	case "down":
		v.scroll(v.top + 1)
	case "page-up":
		v.scroll(v.top - page)
	case "page-down":
		v.scroll(v.top + page)
	case "first":
		v.part = 0
		v.scroll(0)
	case "last":
		v.part = len(v.folded) - 1
		v.scroll(v.rows())
	case "next-section":
		v.goTo(v.part + 1)
	case "previous-section":
		v.goTo(v.part - 1)
	case "fold":
		v.fold()
	case "fold-all":
		open := !v.folded[len(v.folded)-1]
		for i := range v.folded {
			v.folded[i] = open && i > 0 // the cost is what everybody asks for
		}
		v.make(v.w)
		v.goTo(v.part)
	case "swap":
		v.desk.close()
		return askDiff(v.desk, v.diff.B.ID, v.diff.A.ID)
	case "compare":
		if v.diff.Cost.Experiment == "" {
			v.desk.say("these are boots of no common experiment: " + v.diff.Cost.Basis)
			return nil
		}
		v.desk.close()
		v.desk.wb.OpenExperiment(v.diff.Cost.Experiment)
		return func() tea.Msg { return goTo(tabCompare) }
	case "copy":
		command := "slipway run diff " + v.diff.A.ID + " " + v.diff.B.ID
		v.desk.say("copied: " + command)
		return tea.SetClipboard(command)
	case "copy-text":
		v.desk.say("copied to the clipboard")
		return tea.SetClipboard(v.diff.Text())
	}
	return nil
}

// fold folds the part, or opens it; the cost shows its first rows or all.
func (v *rundiff) fold() {
	if v.part == 0 {
		v.all = !v.all
	} else {
		v.folded[v.part] = !v.folded[v.part]
	}
	v.make(v.w)
	v.goTo(v.part)
}

func (v *rundiff) rows() int {
	if v.made == nil {
		return 0
	}
	return len(v.made.rows)
}

func (v *rundiff) scroll(to int) { v.top = min(max(to, 0), max(v.rows()-v.height, 0)) }

// goTo makes a part the current one and scrolls so that as much of it is seen as fits.
func (v *rundiff) goTo(part int) {
	v.part = min(max(part, 0), len(v.folded)-1)
	if v.part >= len(v.heads) {
		return
	}
	head, end := v.heads[v.part], v.rows()
	if v.part+1 < len(v.heads) {
		end = v.heads[v.part+1]
	}
	if head < v.top || end > v.top+v.height {
		v.scroll(min(head, max(end-v.height, head)))
	}
}

func (v *rundiff) Draw(c *cells.Canvas, area cells.Rect) *tea.Cursor {
	inside := v.desk.frame(c, area, v.title)
	if v.made == nil || v.w != inside.W {
		v.make(inside.W)
	}
	v.height = inside.H
	v.scroll(v.top)
	v.made.draw(c, inside, v.desk.theme, v.top)
	edge := cells.Rect{X: area.X + area.W - 1, Y: area.Y + 1, W: 1, H: max(area.H-2, 0)}
	(&list{count: v.rows(), top: v.top}).scrollbar(c, edge, v.desk.theme)
	c.Restyle(area, themes.Style{BG: v.desk.style(themes.Panel).BG})
	if at := v.heads[v.part] - v.top; at >= 0 && at < inside.H {
		c.Restyle(cells.Rect{X: inside.X, Y: inside.Y + at, W: inside.W, H: 1}, v.desk.style(themes.Selection))
	}
	return nil
}
