package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"slipway/session"
	"slipway/themes"
	"slipway/tui/cells"
	"slipway/tui/keys"
)

// tab is one of the screens.
type tab int

const (
	tabKernels tab = iota
	tabApp
	tabConsole
	tabCompare
	tabHistory
	tabs
)

var tabNames = [tabs]string{"Kernels", "App", "Console", "Compare", "History"}

// desk is what all screens share. Only the root model and Update write to it.
type desk struct {
	wb     Workbench
	state  *session.State
	theme  *themes.Theme
	keys   *keys.Table
	now    func() time.Time
	layout layout
	tab    tab

	dialogs []dialog // the last one has the keys
	toasts  toasts
}

// screen is one tab. Screens are plain structs: they get intents, not keys.
type screen interface {
	scope() string // of the key table
	HandleIntent(a keys.Action) (cmd tea.Cmd, handled bool)
	SetSize()                         // the desk's layout has changed
	Refresh() tea.Cmd                 // the desk's state has changed
	Receive(msg tea.Msg) tea.Cmd      // an answer to a command of this screen's
	Draw(c *cells.Canvas) *tea.Cursor // nil: no cursor
	wants(w *wants)                   // what the layout should make room for
	command() string                  // shell command that does the same
}

// typist is a screen that sometimes takes keys as they are.
type typist interface {
	typing() bool
	Type(key tea.KeyPressMsg) tea.Cmd
	Paste(text string) tea.Cmd
}

// pointed is a screen that knows the mouse.
type pointed interface {
	Click(x, y int) tea.Cmd
	Wheel(x, y, lines int) tea.Cmd
}

func (d *desk) style(t themes.Token) themes.Style { return d.theme.Style(t) }

// open puts a dialog on top.
func (d *desk) open(dialog dialog) { d.dialogs = append(d.dialogs, dialog) }

// close takes the topmost dialog away.
func (d *desk) close() {
	if n := len(d.dialogs); n > 0 {
		d.dialogs = d.dialogs[:n-1]
	}
}

// kernel returns a kernel of the catalogue, nil where there is none.
func (d *desk) kernel(name string) *session.Kernel {
	for i := range d.state.Kernels {
		if d.state.Kernels[i].Name == name {
			return &d.state.Kernels[i]
		}
	}
	return nil
}

// marked are the names of the marked kernels.
func (d *desk) marked() []string {
	var names []string
	for _, k := range d.state.Kernels {
		if k.Marked {
			names = append(names, k.Name)
		}
	}
	return names
}

// working reports whether something is under way whose times count up on screen.
func (d *desk) working() bool {
	if e := d.state.Experiment; e != nil && e.Running {
		return true
	}
	for _, g := range d.state.Guests {
		if g.Phase.UnderWay() {
			return true
		}
	}
	for _, k := range d.state.Kernels {
		if k.Provisioning != nil {
			return true
		}
	}
	return false
}
