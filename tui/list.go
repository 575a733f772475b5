package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"slipway/themes"
	"slipway/tui/cells"
	"slipway/tui/keys"
)

// list is a selection among rows, with scrolling and a filter. What the rows
// are, and how they look, is its owner's business.
type list struct {
	count    int // rows that pass the filter
	selected int
	top      int
	height   int
	filter   line
	asking   bool // the filter is being typed
}

// setCount says how many rows there are now.
func (l *list) setCount(n int) {
	l.count = n
	l.move(l.selected)
}

func (l *list) setHeight(h int) {
	l.height = h
	l.move(l.selected)
}

// move selects a row, or the nearest there is, and scrolls it into sight.
func (l *list) move(to int) {
	l.selected = min(max(to, 0), max(l.count-1, 0))
	h := max(l.height, 1)
	l.top = min(l.top, l.selected, max(l.count-h, 0))
	l.top = max(l.top, l.selected-h+1, 0)
}

// HandleIntent does what all lists do alike.
func (l *list) HandleIntent(a keys.Action) bool {
	page := max(l.height-1, 1)
	switch a {
	case "up":
		l.move(l.selected - 1)
	case "down":
		l.move(l.selected + 1)
	case "page-up":
		l.move(l.selected - page)
	case "page-down":
		l.move(l.selected + page)
	case "first":
		l.move(0)
	case "last":
		l.move(l.count - 1)
	case "filter":
		l.asking = true
	default:
		return false
	}
	return true
}

// back ends the filter, and reports whether there was one.
func (l *list) back() bool {
	if !l.asking && l.filter.text() == "" {
		return false
	}
	l.asking, l.filter = false, line{}
	return true
}

// Type edits the filter. Enter keeps it, escape drops it, arrows still move.
func (l *list) Type(key tea.KeyPressMsg) {
	switch key.String() {
	case "enter":
		l.asking = false
	case "esc", "ctrl+c":
		l.back()
	case "up":
		l.move(l.selected - 1)
	case "down":
		l.move(l.selected + 1)
	default:
		l.filter.Type(key)
	}
}

// passes reports whether a row holds all words of the filter.
func (l *list) passes(texts ...string) bool {
	if l.filter.text() == "" {
		return true
	}
	row := strings.ToLower(strings.Join(texts, " "))
	for word := range strings.FieldsSeq(strings.ToLower(l.filter.text())) {
		if !strings.Contains(row, word) {
			return false
		}
	}
	return true
}

// draw draws the rows that are seen through row, marks the selected one, and the
// filter below them. It returns where the cursor is while the filter is typed.
func (l *list) draw(c *cells.Canvas, r cells.Rect, t *themes.Theme, focused bool, row func(r cells.Rect, n int)) *tea.Cursor {
	var cursor *tea.Cursor
	if l.asking || l.filter.text() != "" {
		var foot cells.Rect
		foot, r = r.Bottom(1)
		used := c.At(foot, 1, 0, "/", t.Style(themes.Key)) + 1
		_, field := foot.Left(used)
		x := l.filter.draw(c, field, t.Style(themes.Text))
		if l.asking {
			cursor = tea.NewCursor(x, foot.Y)
		} else {
			c.Right(foot, 0, "esc shows all ", t.Style(themes.Muted))
		}
	}
	if r.H != l.height {
		l.setHeight(r.H)
	}
	for i := range r.H {
		n := l.top + i
		if n >= l.count {
			break
		}
		at := cells.Rect{X: r.X, Y: r.Y + i, W: r.W, H: 1}
		row(at, n)
		if n == l.selected {
			under := themes.Selection
			if !focused {
				under = themes.Dimmed
			}
			c.Restyle(at, t.Style(under))
			if focused {
				c.At(at, 0, 0, "▎", t.Style(themes.Accent).On(t.Style(under)))
			}
		}
	}
	l.scrollbar(c, r, t)
	return cursor
}

// scrollbar shows at the right edge how much is above and below.
func (l *list) scrollbar(c *cells.Canvas, r cells.Rect, t *themes.Theme) {
	if l.count <= r.H || r.H < 3 {
		return
	}
	size := max(r.H*r.H/l.count, 1)
	at := (r.H - size) * l.top / max(l.count-r.H, 1)
	for y := range size {
		c.At(r, r.W-1, at+y, "▐", t.Style(themes.Border))
	}
}

// click selects the row under the mouse and reports whether there is one.
func (l *list) click(r cells.Rect, x, y int) bool {
	n := l.top + y - r.Y
	if !r.Contains(x, y) || n >= l.count {
		return false
	}
	l.move(n)
	return true
}
