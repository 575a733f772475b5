package tui

import (
	tea "charm.land/bubbletea/v2"

	"slipway/session"
	"slipway/tui/cells"
	"slipway/tui/keys"
)

// tool is what lies beside the guest's console while somebody looks into it.
type tool int

const (
	noTool tool = iota
	toolInside
	toolMemory
	toolGDB
)

// tools are what the Console screen keeps of its tools.
type tools struct {
	shown  tool
	typing bool                    // keys go to gdb rather than to the guest
	awaits *awaited                // gdb was asked for; nil where it has come
	inside list                    // the inspector's rows; only its scrolling is used
	panes  map[string]*consolePane // of debuggers, by guest
	sized  map[string]*session.Debugger
}

// awaited is a debugger that was asked for.
type awaited struct {
	guest  string
	before *session.Debugger // the one that was there
	failed int               // how often none had come by then
}

// alone says whether the guest that has the focus is shown without the others.
func (c *consoles) alone() bool { return c.zoomed || c.tools.shown != noTool }

// handleTool does what is asked for of a guest from outside. handled is false for
// anything else.
func (c *consoles) handleTool(a keys.Action, g *session.Guest) (handled bool) {
	switch a {
	case "debug", "monitor", "pause", "step", "inspect", "reset", "snapshot", "restore", "close-debugger":
	default:
		return false
	}
	if g == nil {
		c.say("no guest yet: mark a kernel (1) and select an app (2)")
		return true
	}
	switch a {
	case "debug":
		c.debug(g)
	case "close-debugger":
		c.wb.CloseDebugger(g.ID)
	case "monitor":
		c.open(newMonitor(c.desk, g.ID))
	case "pause":
		c.wb.Pause(g.ID, !g.Paused)
	case "step":
		c.wb.Step(g.ID)
	case "inspect":
		c.inspect(g)
	case "reset":
		c.wb.Reset(g.ID)
	case "snapshot":
		c.wb.Snapshot(g.ID)
	case "restore":
		c.wb.Restore(g.ID)
	}
	return true
}

// inspect goes from registers and code to the memory map, and from there back to the
// consoles.
func (c *consoles) inspect(g *session.Guest) {
	c.tools.inside.top = 0
	switch c.tools.shown {
	case toolInside:
		c.tools.shown = toolMemory
	case toolMemory:
		c.closeTool()
	default:
		c.tools.shown, c.tools.typing = toolInside, false
		c.wb.Inspect(g.ID, true)
	}
}

// debug shows gdb and gives it the keys; once more gives them to the guest.
func (c *consoles) debug(g *session.Guest) {
	open := g.Debugger != nil && g.Debugger.Open && g.Phase.UnderWay() // one whose guest has ended is replaced
	if open && c.input && c.tools.typing {
		c.tools.typing = false
		return
	}
	if !open {
		c.tools.awaits = &awaited{g.ID, g.Debugger, g.NoDebugger}
		c.wb.Debug(g.ID)
	}
	c.tools.shown, c.tools.typing, c.input = toolGDB, true, true
}

// closeTool shows the consoles again. gdb goes on unseen.
func (c *consoles) closeTool() {
	if c.tools.shown == toolInside || c.tools.shown == toolMemory {
		c.wb.Inspect(c.guest, false)
	}
	c.tools.shown, c.tools.typing = noTool, false
}

// refreshTools follows a debugger that comes or goes.
func (c *consoles) refreshTools() {
	panes, sized := map[string]*consolePane{}, map[string]*session.Debugger{}
	for i := range c.state.Guests {
		g := &c.state.Guests[i]
		c.followAwaited(g)
		if g.Debugger == nil {
			continue
		}
		if panes[g.ID] = c.tools.panes[g.ID]; panes[g.ID] == nil {
			panes[g.ID] = &consolePane{}
		}
		before := c.tools.sized[g.ID]
		sized[g.ID] = g.Debugger
		if before == nil || before.Screen != g.Debugger.Screen { // another one: it has a size of its own
			*panes[g.ID] = consolePane{}
		}
		if g.ID == c.guest && c.tools.awaits == nil && before != nil && before.Open && !g.Debugger.Open {
			c.leaveDebugger()
		}
	}
	c.tools.panes, c.tools.sized = panes, sized
	c.sizeDebugger()
}

// followAwaited sees a debugger come that was asked for, or that it can't.
func (c *consoles) followAwaited(g *session.Guest) {
	a := c.tools.awaits
	if a == nil || a.guest != g.ID {
		return
	}
	switch {
	case g.NoDebugger > a.failed:
		c.tools.awaits = nil
		c.leaveDebugger()
	case g.Debugger != nil && g.Debugger.Open && (a.before == nil || a.before.Screen != g.Debugger.Screen):
		c.tools.awaits = nil
	}
}

// leaveDebugger gives the keys back when there is none.
func (c *consoles) leaveDebugger() {
	if c.tools.typing {
		c.tools.typing, c.input, c.prefixed = false, false, false
	}
	if c.tools.shown == toolGDB {
		c.tools.shown = noTool
	}
}

// sizeDebugger gives gdb's terminal the size of its pane.
func (c *consoles) sizeDebugger() {
	p := c.tools.panes[c.guest]
	inside := c.layout.tool.Inset(1, 1)
	if p == nil || c.tools.shown != toolGDB || c.layout.small || inside.Empty() || p.w == inside.W && p.h == inside.H {
		return
	}
	p.w, p.h = inside.W, inside.H
	c.wb.ResizeDebugger(c.guest, p.w, p.h)
}

// toDebugger says whether keys go to the debugger of a guest.
func (c *consoles) toDebugger() bool { return c.input && c.tools.typing }

// typeToDebugger sends a key to gdb.
func (c *consoles) typeToDebugger(g *session.Guest, key tea.KeyPressMsg) {
	if g.Debugger == nil || !g.Debugger.Open {
		c.say("gdb is not there yet: ctrl+] q leaves it alone")
		return
	}
	if p := guestKey(key).Encode(g.Debugger.Screen.Snapshot().Modes); len(p) > 0 {
		c.tools.panes[g.ID].follow()
		c.wb.SendDebugger(g.ID, p)
	}
}

// scrollTool scrolls what lies beside the console. false: nothing is there that
// scrolls.
func (c *consoles) scrollTool(a keys.Action, g *session.Guest) bool {
	switch {
	case c.tools.shown == toolGDB && g != nil && g.Debugger != nil && c.tools.panes[g.ID] != nil:
		c.tools.panes[g.ID].scroll(a, g.Debugger.Screen.Snapshot())
		return true
	case c.tools.shown == toolInside || c.tools.shown == toolMemory:
		v := viewer{list: c.tools.inside, made: &page{rows: make([][]span, c.tools.inside.count)}}
		v.HandleIntent(a)
		c.tools.inside.top = v.list.top
		return true
	}
	return false
}

// drawTool draws what lies beside the console, and gdb's cursor.
func (c *consoles) drawTool(cv *cells.Canvas) *tea.Cursor {
	g := c.focused()
	if g == nil || c.layout.tool.Empty() {
		return nil
	}
	if c.tools.shown == toolGDB {
		return c.drawDebugger(cv, g)
	}
	c.drawInside(cv, g)
	return nil
}
