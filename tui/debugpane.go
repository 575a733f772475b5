package tui

import (
	tea "charm.land/bubbletea/v2"

	"slipway/session"
	"slipway/themes"
	"slipway/tui/cells"
)

// drawDebugger draws gdb's terminal and returns its cursor where it has the keys.
func (c *consoles) drawDebugger(cv *cells.Canvas, g *session.Guest) *tea.Cursor {
	r := c.layout.tool
	inside := c.box(cv, r, "gdb · "+g.Kernel, c.toDebugger())
	if c.toDebugger() {
		c.drawFoot(cv, r, "gdb")
	}
	if g.Debugger == nil {
		c.hint(cv, inside, "gdb reads the symbols and comes to the guest, which stands meanwhile. One that does not run is booted, and held at its first instruction.")
		return nil
	}
	p := c.tools.panes[g.ID]
	if p == nil {
		return nil
	}
	s := g.Debugger.Screen.Snapshot()
	c.drawBack(cv, r, p, s)
	at := c.drawScreen(cv, inside, p, g.Debugger.Screen, s)
	if !c.toDebugger() || !g.Debugger.Open || len(c.dialogs) > 0 {
		return nil
	}
	return at
}

// drawFoot says in the border who has the keys.
func (c *consoles) drawFoot(cv *cells.Canvas, r cells.Rect, who string) {
	foot, _ := r.Bottom(1)
	_, foot = foot.Left(2)
	text := " keys go to " + who + " · ctrl+] q leaves "
	if c.prefixed {
		text = " ctrl+] … "
	}
	foot.W -= 2
	cv.At(foot, 0, 0, cells.Clip(text, foot.W), c.style(themes.Accent))
}
