package tui

import (
	tea "charm.land/bubbletea/v2"

	"slipway/runner/console"
	"slipway/session"
	"slipway/tui/keys"
)

// consoles is the screen with the guests' consoles.
type consoles struct {
	*desk
	guest    string // ID of the one that has the focus
	input    bool   // keys go to the guest
	prefixed bool   // ctrl+] was pressed
	zoomed   bool
	toggled  bool                    // the ledger is shown where it would not be by itself, or hidden
	panes    map[string]*consolePane // by guest
	tools    tools
}

func newConsole(d *desk) *consoles {
	c := &consoles{desk: d, panes: map[string]*consolePane{}}
	c.Refresh()
	return c
}

func (c *consoles) scope() string {
	switch {
	case c.prefixed:
		return "prefixed"
	case c.input:
		return "guest"
	}
	return "console"
}

func (c *consoles) wants(w *wants) {
	w.zoomed = c.alone()
	w.tool = c.tools.shown != noTool && len(c.state.Guests) > 0
	shown := c.zoomed || len(c.state.Guests) == 1
	w.ledger = len(c.state.Guests) > 0 && !w.tool
	w.ledgerBelow = shown != c.toggled
	w.ledgerBeside = !c.toggled
}

// Refresh keeps panes for the guests there are.
func (c *consoles) Refresh() tea.Cmd {
	panes := map[string]*consolePane{}
	found := false
	for i := range c.state.Guests {
		id := c.state.Guests[i].ID
		if panes[id] = c.panes[id]; panes[id] == nil {
			panes[id] = &consolePane{}
		}
		found = found || id == c.guest
	}
	c.panes = panes
	if !found {
		c.guest, c.input, c.prefixed = "", false, false
		c.tools.shown, c.tools.typing = noTool, false
		if len(c.state.Guests) > 0 {
			c.guest = c.state.Guests[0].ID
		}
	}
	c.refreshTools()
	return nil
}

func (c *consoles) Receive(msg tea.Msg) tea.Cmd {
	if m, ok := msg.(monitored); ok {
		m.to.answered(m)
	}
	return nil
}

// shown are the guests that have a pane, in the order of the layout's panes.
func (c *consoles) shown() []*session.Guest {
	var guests []*session.Guest
	for i := range c.state.Guests {
		if !c.alone() || c.state.Guests[i].ID == c.guest {
			guests = append(guests, &c.state.Guests[i])
		}
	}
	return guests[:min(len(guests), len(c.layout.panes))]
}

func (c *consoles) focused() *session.Guest {
	for i := range c.state.Guests {
		if c.state.Guests[i].ID == c.guest {
			return &c.state.Guests[i]
		}
	}
	return nil
}

// SetSize gives each guest's terminal the size of its pane.
func (c *consoles) SetSize() {
	if c.layout.small {
		return // a passing size is no reason to squeeze what the guest has printed
	}
	for i, g := range c.shown() {
		inside := c.layout.panes[i].Inset(1, 1)
		p := c.panes[g.ID]
		if inside.Empty() || p == nil || p.w == inside.W && p.h == inside.H {
			continue
		}
		p.w, p.h = inside.W, inside.H
		c.wb.Resize(g.ID, p.w, p.h)
	}
	c.sizeDebugger()
}

func (c *consoles) HandleIntent(a keys.Action) (tea.Cmd, bool) {
	g := c.focused()
	if g == nil {
		switch a {
		case "input", "boot", "stop", "zoom", "evidence", "process":
			c.say("no guest yet: mark a kernel (1) and select an app (2)")
			return nil, true
		}
	}
	if c.handleTool(a, g) {
		return nil, true
	}
	switch a {
	case "input":
		c.input, c.tools.typing = true, false
		c.panes[g.ID].follow()
	case "boot":
		c.wb.Boot(g.ID)
	case "boot-all":
		c.wb.BootAll()
	case "stop":
		c.wb.Stop(g.ID)
	case "rebuild":
		c.wb.Rebuild()
	case "next-pane":
		c.next(1)
	case "previous-pane":
		c.next(-1)
	case "zoom":
		c.zoomed = !c.zoomed
	case "ledger":
		c.toggled = !c.toggled
	case "evidence":
		c.open(c.evidence(g.ID))
	case "process":
		return c.showProcess(g), true
	case "instant":
		c.wb.SetInstant(!c.state.Instant)
	case "settings":
		c.open(&prompt{
			desk: c.desk, title: "Settings of all guests", about: settingsAbout, line: newLine(c.state.Settings), done: c.configure,
		})
	case "page-up", "page-down", "up", "down", "first", "last":
		if g != nil && !c.scrollTool(a, g) {
			c.panes[g.ID].scroll(a, g.Screen.Snapshot())
		}
	case "back":
		if c.tools.shown != noTool {
			c.closeTool()
			return nil, true
		}
		if c.zoomed {
			c.zoomed = false
			return nil, true
		}
		return nil, false
	default:
		return nil, false
	}
	return nil, true
}

const settingsAbout = "KEY=VALUE, more than one with blanks between: memory=64M cpus=2 numa=2 disks=a.img,b.img:snapshot net=user forward=8080:80 " +
	"share=FOLDER serial2=true qemu='-device ...', or a parameter of the app. An empty line takes all away."

// configure boots the guests with other settings. A mistake leaves what was typed to be mended.
func (c *consoles) configure(line string) tea.Cmd {
	if err := c.wb.ConfigureText(line); err != nil {
		c.open(&prompt{desk: c.desk, title: "Settings of all guests", about: err.Error(), line: newLine(line), done: c.configure})
	}
	return nil
}

// next gives another guest the focus.
func (c *consoles) next(step int) {
	n := len(c.state.Guests)
	for i := range c.state.Guests {
		if c.state.Guests[i].ID == c.guest {
			c.focusOn(c.state.Guests[(i+step+n)%n].ID)
			return
		}
	}
}

// focusOn gives a guest the focus, and what lies beside it.
func (c *consoles) focusOn(id string) {
	if id == c.guest {
		return
	}
	if c.tools.shown == toolInside || c.tools.shown == toolMemory {
		c.wb.Inspect(c.guest, false)
		c.wb.Inspect(id, true)
	}
	c.guest, c.tools.typing = id, false
}

func (c *consoles) typing() bool { return c.input }

// Type sends a key to the guest, unless it is the prefix or follows it.
func (c *consoles) Type(key tea.KeyPressMsg) tea.Cmd {
	g := c.focused()
	if g == nil {
		c.input, c.prefixed = false, false
		return nil
	}
	if c.prefixed {
		c.prefixed = false
		a, ok := c.keys.Find("prefixed", key.String())
		switch {
		case !ok:
			c.say(key.String() + " means nothing after ctrl+]: ? lists what does")
		case a == "leave":
			c.input, c.tools.typing = false, false
		case a == "send-prefix" && c.toDebugger():
			c.wb.SendDebugger(g.ID, []byte{0x1d})
		case a == "send-prefix":
			c.wb.Send(g.ID, []byte{0x1d})
		case a == "help":
			c.open(newHelp(c.desk, "prefixed"))
		default:
			cmd, _ := c.HandleIntent(a)
			return cmd
		}
		return nil
	}
	if a, ok := c.keys.Find("guest", key.String()); ok && a == "prefix" {
		c.prefixed = true
		return nil
	}
	if c.toDebugger() {
		c.typeToDebugger(g, key)
		return nil
	}
	c.send(g, guestKey(key).Encode(g.Screen.Snapshot().Modes))
	return nil
}

func (c *consoles) send(g *session.Guest, p []byte) {
	if len(p) == 0 {
		return
	}
	c.panes[g.ID].follow()
	if !g.Input {
		c.say(g.Kernel + " is not running: ctrl+] b boots it")
		return
	}
	c.wb.Send(g.ID, p)
}

// Paste sends a text, bracketed where the guest wants it so.
func (c *consoles) Paste(text string) tea.Cmd {
	g := c.focused()
	switch {
	case g == nil:
	case c.toDebugger():
		if d := g.Debugger; d != nil && d.Open {
			c.wb.SendDebugger(g.ID, console.EncodePaste(text, d.Screen.Snapshot().Modes))
		}
	default:
		c.send(g, console.EncodePaste(text, g.Screen.Snapshot().Modes))
	}
	return nil
}

// Click gives the pane under the mouse the focus.
func (c *consoles) Click(x, y int) tea.Cmd {
	for i, g := range c.shown() {
		if c.layout.panes[i].Contains(x, y) {
			c.focusOn(g.ID)
		}
	}
	return nil
}

// Wheel scrolls the pane under the mouse.
func (c *consoles) Wheel(x, y, lines int) tea.Cmd {
	for i, g := range c.shown() {
		if c.layout.panes[i].Contains(x, y) {
			c.panes[g.ID].by(lines, g.Screen.Snapshot())
		}
	}
	return nil
}

func (c *consoles) command() string {
	if g := c.focused(); g != nil && g.Command != "" {
		return g.Command
	}
	return "slipway boot"
}

// guestKey turns a key of Bubble Tea's into one of the emulator's.
func guestKey(key tea.KeyPressMsg) console.Key {
	k := console.Key{Code: key.Code, Text: key.Text}
	for _, m := range []struct {
		from tea.KeyMod
		to   console.Mod
	}{{tea.ModShift, console.Shift}, {tea.ModAlt, console.Alt}, {tea.ModCtrl, console.Ctrl}, {tea.ModMeta, console.Meta}} {
		if key.Mod&m.from != 0 {
			k.Mod |= m.to
		}
	}
	if to, ok := guestKeys[key.Code]; ok {
		k.Code, k.Text = to, ""
	} else if key.Code >= tea.KeyF1 && key.Code <= tea.KeyF20 {
		k.Code, k.Text = console.KeyF1+(key.Code-tea.KeyF1), ""
	} else if key.Code > 0x10ffff {
		k.Code = 0
	}
	return k
}

var guestKeys = map[rune]rune{
	tea.KeyUp: console.KeyUp, tea.KeyDown: console.KeyDown, tea.KeyRight: console.KeyRight, tea.KeyLeft: console.KeyLeft,
	tea.KeyHome: console.KeyHome, tea.KeyEnd: console.KeyEnd, tea.KeyInsert: console.KeyInsert, tea.KeyDelete: console.KeyDelete,
	tea.KeyPgUp: console.KeyPageUp, tea.KeyPgDown: console.KeyPageDown, tea.KeyBegin: console.KeyBegin,
	tea.KeyEnter: console.KeyEnter, tea.KeyTab: console.KeyTab, tea.KeyBackspace: console.KeyBackspace, tea.KeyEscape: console.KeyEscape,
	tea.KeyKpEnter: console.KeyKPEnter,
}
