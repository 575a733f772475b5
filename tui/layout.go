package tui

import "slipway/tui/cells"

// The smallest size at which everything works, and the width from which there is
// room for a column at the side.
const (
	minWidth, minHeight = 80, 24
	wideWidth           = 100
)

// toolWidth is the least that gdb and the inspector are of use in.
const toolWidth = 60

// wants is what the layout depends on beside the screen's size.
type wants struct {
	tool                      bool // something beside the console of the guest that has the focus
	guests                    int  // panes of the Console screen
	zoomed                    bool // only one of them is shown
	ledger                    bool // of the Console screen; where depends on the width
	ledgerBeside, ledgerBelow bool
	apps                      int // rows of the App screen's lists
	output                    int // lines of build output
	rows                      int // metrics of the Compare screen's table
	series                    int // rows of its plot
	phases                    int // different phases of the boots that it compares
	view                      compareView
}

// layout is every rectangle of every screen.
type layout struct {
	wide, small bool

	whole, top, body, status cells.Rect

	kernelList, kernelDetails cells.Rect

	appList, fileList, editor, output cells.Rect

	panes  []cells.Rect // with their borders
	ledger cells.Rect   // empty where it is not shown
	tool   cells.Rect   // the same

	compareHead, compareTable, compareTabs    cells.Rect
	compareView                               cells.Rect // of a single view; empty in the overview
	comparePlot, compareShares, comparePhases cells.Rect // of the overview
	compareWords                              cells.Rect // of all views, where there is room

	runs cells.Rect
}

// arrange computes every rectangle. It is the only place that knows where things
// are.
func arrange(w, h int, want wants) layout {
	l := layout{whole: cells.Rect{W: max(w, 0), H: max(h, 0)}, wide: w >= wideWidth, small: w < minWidth || h < minHeight}
	l.top, l.body = l.whole.Top(1)
	l.status, l.body = l.body.Bottom(1)

	l.kernelList, l.kernelDetails = l.body.Left(share(w, 42, 42, 64))
	l.runs = l.body
	l.arrangeApp(want)
	l.arrangeConsole(want)
	l.arrangeCompare(want)
	return l
}

// share is a percentage of a width, within bounds.
func share(of, percent, least, most int) int { return min(max(of*percent/100, least), most) }

func (l *layout) arrangeApp(want wants) {
	side, main := l.body.Left(share(l.body.W, 20, 22, 34))
	l.appList, l.fileList = side.Top(min(max(want.apps, 1)+2, side.H/2))
	l.output, l.editor = main.Bottom(min(max(want.output, 1)+2, max(main.H/3, 3)))
}

func (l *layout) arrangeConsole(want wants) {
	area := l.body
	switch {
	case want.tool && l.body.W >= 2*toolWidth:
		l.tool, area = area.Right(area.W / 2)
	case want.tool:
		l.tool, area = area.Bottom(area.H * 3 / 5)
	case want.ledger && l.wide && want.ledgerBeside:
		l.ledger, area = area.Right(38)
	case want.ledger && !l.wide && want.ledgerBelow:
		l.ledger, area = area.Bottom(min(11, area.H/2))
	}
	n := max(want.guests, 1)
	if want.zoomed {
		n = 1
	}
	columns := 1
	switch {
	case n > 4 && area.W >= 150:
		columns = 3
	case n > 2 || n == 2 && area.W >= 2*60:
		columns = 2
	}
	rows := (n + columns - 1) / columns
	for row := range rows {
		inRow := min(columns, n-row*columns)
		line := cells.Rect{X: area.X, Y: area.Y + row*area.H/rows, W: area.W}
		line.H = area.Y + (row+1)*area.H/rows - line.Y
		for column := range inRow {
			from, to := column*line.W/inRow, (column+1)*line.W/inRow
			l.panes = append(l.panes, cells.Rect{X: line.X + from, Y: line.Y, W: to - from, H: line.H})
		}
	}
}

func (l *layout) arrangeCompare(want wants) {
	area := l.body
	l.compareHead, area = area.Top(2)
	if want.view == viewOverview {
		l.arrangeOverview(area, want)
		return
	}
	least := max(area.H*55/100, 12)
	l.compareTable, area = area.Top(min(max(want.rows, 1)+2, max(area.H-least, 5)))
	l.compareTabs, area = area.Top(1)
	if want.view != viewWords && area.H >= 22 {
		l.compareWords, area = area.Bottom(share(area.H, 26, 6, 9))
	}
	l.compareView = area
}

// arrangeOverview shows as much at once as there is room for: all targets' boots, then
// the distributions, then the phases, and always some words.
func (l *layout) arrangeOverview(area cells.Rect, want wants) {
	plot := max(want.series, 1) + 1 // rows, axis
	if area.H >= 30 {
		plot++ // what the signs mean
	}
	words := share(area.H, 26, 4, 10)
	l.compareTable, area = area.Top(min(max(want.rows, 1)+2, max(area.H-plot-1-words, 5)))
	l.compareTabs, area = area.Top(1)
	l.comparePlot, l.compareWords = area.Top(min(plot, max(area.H-words, 0)))
	if spare := l.compareWords.H - words; spare >= 6 {
		l.compareShares, l.compareWords = l.compareWords.Top(min(spare, 12))
	}
	if spare, phases := l.compareWords.H-words, want.series+want.phases+3; want.phases > 0 && spare >= phases {
		l.comparePhases, l.compareWords = l.compareWords.Top(phases)
	}
}
