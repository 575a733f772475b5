package tui

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"slipway/runner/console"
	"slipway/session"
	"slipway/themes"
	"slipway/tui/cells"
	"slipway/tui/keys"
)

// consolePane is how one guest's console is looked at.
type consolePane struct {
	w, h     int    // of the terminal, as we asked for it
	scrolled bool   // looking back rather than following
	top      uint64 // number of the first line seen, counted from the guest's first; only while scrolled
}

func (p *consolePane) follow() { p.scrolled = false }

// scroll moves the view by an action of the table.
func (p *consolePane) scroll(a keys.Action, s *console.Snapshot) {
	page := max(p.h-1, 1)
	switch a {
	case "page-up":
		p.by(-page, s)
	case "page-down":
		p.by(page, s)
	case "up":
		p.by(-1, s)
	case "down":
		p.by(1, s)
	case "first":
		p.by(-s.Scrollback-1, s)
	case "last":
		p.follow()
	}
}

// by scrolls by lines. At the end the pane follows the guest again.
func (p *consolePane) by(lines int, s *console.Snapshot) {
	at := p.line(s) + lines
	p.scrolled = at < s.Scrollback && s.Scrollback > 0
	p.top = s.Dropped + uint64(max(at, 0))
}

// line is the first line seen, counted from the oldest that is kept.
func (p *consolePane) line(s *console.Snapshot) int {
	if !p.scrolled {
		return s.Scrollback
	}
	if p.top < s.Dropped {
		return 0
	}
	return min(int(p.top-s.Dropped), s.Scrollback)
}

// Draw draws the consoles, and the ledger of the one that has the focus.
func (c *consoles) Draw(cv *cells.Canvas) *tea.Cursor {
	if len(c.state.Guests) == 0 {
		inside := c.box(cv, c.layout.panes[0], "Console", false)
		text := "No guest yet. Mark a kernel on the Kernels tab (1, then space)"
		if c.state.App == "" {
			text += " and select an app on the App tab (2, then enter)"
		}
		c.hint(cv, inside, text+": it is built, booted, and its console shows here.")
		return nil
	}
	var cursor *tea.Cursor
	for i, g := range c.shown() {
		focused := g.ID == c.guest
		at := c.drawPane(cv, c.layout.panes[i], g, focused)
		if focused && c.input && !c.tools.typing && len(c.dialogs) == 0 {
			cursor = at
		}
	}
	if at := c.drawTool(cv); at != nil {
		cursor = at
	}
	if !c.layout.ledger.Empty() {
		c.drawLedger(cv)
	}
	return cursor
}

func (c *consoles) drawPane(cv *cells.Canvas, r cells.Rect, g *session.Guest, focused bool) *tea.Cursor {
	p := c.panes[g.ID]
	s := g.Screen.Snapshot()
	inside := c.box(cv, r, "", focused)
	c.drawTitle(cv, r, g, focused)
	c.drawBack(cv, r, p, s)
	view := inside
	if lines := reason(g, inside); len(lines) > 0 {
		var foot cells.Rect
		foot, view = inside.Bottom(len(lines))
		c.drawReason(cv, foot, lines)
	}
	if g.Phase == session.GuestIdle && s.Scrollback == 0 && lastRow(s) == 0 && (len(s.Lines) == 0 || s.Lines[0].Used() == 0) {
		c.hint(cv, view, "Not booted yet: "+c.keys.Key("console", "boot")+" boots it, and so does every save.")
	}
	return c.drawScreen(cv, view, p, g.Screen, s)
}

// drawBack says in the border that older lines are seen.
func (c *consoles) drawBack(cv *cells.Canvas, r cells.Rect, p *consolePane, s *console.Snapshot) {
	if !p.scrolled {
		return
	}
	foot, _ := r.Bottom(1)
	foot.W -= 2
	back := s.Scrollback - p.line(s)
	cv.Right(foot, 0, fmt.Sprintf(" %s back · %s follows ", plural(back, "line"), c.keys.Key("console", "last")), c.style(themes.Warn))
}

// drawScreen draws a terminal and returns its cursor.
func (c *consoles) drawScreen(cv *cells.Canvas, view cells.Rect, p *consolePane, screen *console.Terminal, s *console.Snapshot) *tea.Cursor {
	first := p.line(s)
	if !p.scrolled {
		// What the guest said last stays in sight above the reason.
		first += max(lastRow(s)+1-view.H, 0)
	}
	above := min(max(s.Scrollback-first, 0), view.H)
	var history []console.Line
	if above > 0 {
		history = screen.History(first, above)
	}
	for y := range view.H {
		n := first + y - s.Scrollback
		switch {
		case y < len(history):
			c.drawLine(cv, view, y, history[y])
		case y >= above && n >= 0 && n < len(s.Lines):
			c.drawLine(cv, view, y, s.Lines[n])
		}
	}
	row := s.Scrollback + s.Cursor.Y - first
	if !s.Cursor.Visible || p.scrolled || s.Cursor.X >= view.W || row < 0 || row >= view.H {
		return nil
	}
	cursor := tea.NewCursor(view.X+s.Cursor.X, view.Y+row)
	cursor.Blink = s.Cursor.Blink
	switch s.Cursor.Shape {
	case console.CursorUnderline:
		cursor.Shape = tea.CursorUnderline
	case console.CursorBar:
		cursor.Shape = tea.CursorBar
	}
	return cursor
}

// lastRow is the last row of the screen that anything is in.
func lastRow(s *console.Snapshot) int {
	for y := len(s.Lines) - 1; y > s.Cursor.Y; y-- {
		if s.Lines[y].Used() > 0 {
			return y
		}
	}
	return s.Cursor.Y
}

// drawTitle says in the border who it is and how it is doing.
func (c *consoles) drawTitle(cv *cells.Canvas, r cells.Rect, g *session.Guest, focused bool) {
	head, _ := r.Top(1)
	if r.W < 12 {
		return
	}
	name := themes.Title
	if focused {
		name = themes.Accent
	}
	sign, text, token := c.phase(g)
	if mark := g.Mark(); mark != "" {
		text += " · " + mark
	}
	state := cells.Clip(" "+sign+" "+text+" ", r.W/2)
	w := cells.Width(state)
	_, head = head.Left(2)
	head.W -= 2
	cv.At(head, 0, 0, " "+cells.Clip(g.Kernel, head.W-w-4)+" ", c.style(name).With(themes.Bold))
	cv.Right(head, 0, state, c.style(token))
	if focused && c.input && !c.tools.typing {
		c.drawFoot(cv, r, "the guest")
	}
}

// reason is why a guest ended other than well, in lines for its pane.
func reason(g *session.Guest, r cells.Rect) []string {
	text := ""
	switch {
	case g.Phase == session.GuestFailed && g.Problem != nil:
		text = g.Problem.What
	case g.Phase == session.GuestEnded && (g.Outcome != "exit" || g.Status != 0):
		text = g.Reason
	}
	if text == "" {
		return nil
	}
	lines := cells.Wrap(text, r.W-4)
	return lines[:min(len(lines), 3, max(r.H/2, 1))]
}

func (c *consoles) drawReason(cv *cells.Canvas, r cells.Rect, lines []string) {
	under := c.style(themes.Panel)
	cv.Fill(r, under)
	cv.At(r, 1, 0, "✘", c.style(themes.Bad).On(under))
	for y, l := range lines {
		cv.At(r, 3, y, l, under)
	}
}

// drawLine draws the cells of one row, and nothing else of what the guest sent.
func (c *consoles) drawLine(cv *cells.Canvas, r cells.Rect, y int, l console.Line) {
	for x := range min(l.Used(), r.W) {
		cell := l.Cell(x)
		if cell.Width == 0 {
			continue
		}
		style := c.guestStyle(cell.Style)
		text := cell.Text
		if cell.Style.Attrs&console.Hidden != 0 {
			text = ""
		}
		cv.Put(r, r.X+x, r.Y+y, text, max(int(cell.Width), 1), style)
		if text == "" && cell.Width == 2 {
			cv.Put(r, r.X+x+1, r.Y+y, "", 1, style)
		}
	}
}

// guestStyle puts a guest's colours on the theme: what the guest leaves to the
// terminal is the theme's.
func (c *consoles) guestStyle(s console.Style) themes.Style {
	out := c.style(themes.Text)
	color := func(from console.Color, to *themes.Color) {
		if n, ok := from.Index(); ok {
			*to = c.theme.Guest(n)
		} else if r, g, b, ok := from.RGB(); ok {
			*to = themes.RGB(r, g, b)
		}
	}
	color(s.FG, &out.FG)
	color(s.BG, &out.BG)
	for _, a := range []struct {
		from console.Attr
		to   themes.Attr
	}{
		{console.Bold, themes.Bold},
		{console.Faint, themes.Faint},
		{console.Italic, themes.Italic},
		{console.Underline, themes.Underline},
		{console.Reverse, themes.Reverse},
		{console.Strike, themes.Strike},
		{console.Blink, themes.Blink},
	} {
		if s.Attrs&a.from != 0 {
			out.Attr |= a.to
		}
	}
	return out
}
