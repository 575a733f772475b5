package tui

import (
	tea "charm.land/bubbletea/v2"

	"slipway/themes"
	"slipway/tui/cells"
	"slipway/tui/editor"
)

// findBar is the line under the text in which a search is typed. The text goes
// along with every letter, from where the cursor was.
type findBar struct {
	open   bool
	line   line
	from   editor.Pos // where the cursor was before
	missed bool       // the text has no such place
}

func (a *app) openFind() {
	a.find = findBar{open: true, from: a.file.editor.Place()}
}

// typeFind searches while the query is typed. Enter stays at the place found, an
// empty query is the last one again; escape goes back to where the search began.
func (a *app) typeFind(key tea.KeyPressMsg) tea.Cmd {
	e, f := a.file.editor, &a.find
	switch key.String() {
	case "enter":
		if f.line.text() == "" {
			f.missed = !e.Find("", false)
		}
		f.open = f.missed
	case "f3", "down":
		f.missed = !e.Find(f.line.text(), false)
	case "shift+f3", "up":
		f.missed = !e.Find(f.line.text(), true)
	case "esc", "ctrl+c":
		f.open = false
		e.Goto(f.from.Line+1, f.from.Byte+1)
	default:
		if f.line.Type(key) {
			a.seek()
		}
	}
	return nil
}

// seek goes to the first place of the query from where the search began.
func (a *app) seek() {
	f := &a.find
	f.missed = !a.file.editor.Seek(f.line.text(), f.from) && f.line.text() != ""
}

// draw draws the bar and returns the cursor.
func (f *findBar) draw(c *cells.Canvas, r cells.Rect, t *themes.Theme) *tea.Cursor {
	used := c.At(r, 1, 0, "find ", t.Style(themes.Key)) + 1
	_, field := r.Left(used)
	x := f.line.draw(c, field, t.Style(themes.Text))
	if f.missed {
		c.Right(r, 0, " not found ", t.Style(themes.Warn))
	}
	return tea.NewCursor(x, r.Y)
}
