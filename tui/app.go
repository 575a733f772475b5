package tui

import (
	tea "charm.land/bubbletea/v2"

	"slipway/session"
	"slipway/tui/cells"
	"slipway/tui/editor"
	"slipway/tui/keys"
)

// pane is one part of the App screen.
type pane int

const (
	paneApps pane = iota
	paneFiles
	paneEditor
	paneOutput
	panes
)

// app is the screen where an app is chosen and edited, and compiler messages are
// gone through.
type app struct {
	*desk
	focus pane
	apps  list
	files list
	out   list

	shownApps  []int
	shownFiles []int
	messages   []message

	file    *file // nil until one is open
	opening string
	goal    session.Jump   // where to go in the file that is being opened
	after   func() tea.Cmd // what waits for the save under way
	find    findBar

	unreadable string        // app whose source could not be opened: it is not tried again and again
	listed     string        // the selected app, as the list shows it
	listing    *session.File // first of the list after which the open file was read; each save makes a new list
}

// file is what the editor holds.
type file struct {
	app      string
	path     string
	hash     string // of what is on disk as far as we know
	readOnly bool   // of the suite: the first save copies it
	editor   *editor.Editor
	saving   bool
}

// message is one line of build output.
type message struct {
	sign   string
	kernel string
	text   string
	jump   *session.Jump
	bad    bool
	good   bool
}

func newApp(d *desk) *app {
	a := &app{desk: d}
	a.follow()
	return a
}

func (a *app) scope() string {
	if a.focus == paneEditor && a.file != nil {
		return "editor"
	}
	return "app"
}

func (a *app) wants(w *wants) {
	w.apps = len(a.state.Apps) // not those that the filter shows: its line needs room too, and panes that move confuse
	w.output = len(a.messages)
}

func (a *app) SetSize() {
	a.apps.setHeight(a.layout.appList.H - 2)
	a.files.setHeight(a.layout.fileList.H - 2)
	a.out.setHeight(a.layout.output.H - 2)
	if a.file != nil {
		inside := a.layout.editor.Inset(1, 1)
		a.file.editor.SetSize(inside.W, inside.H)
	}
}

// Refresh follows the state, and opens the first source of a newly selected app.
func (a *app) Refresh() tea.Cmd {
	a.follow()
	if a.state.App == "" || len(a.state.Files) == 0 || a.opening != "" {
		return nil
	}
	if (a.file == nil || a.file.app != a.state.App && !a.file.editor.Dirty()) && a.unreadable != a.state.App {
		return a.openFile(mainSource(a.state.Files), session.Jump{})
	}
	if first := &a.state.Files[0]; a.file != nil && first != a.listing {
		// What another editor saved is shown here too, unless it would cost something typed.
		a.listing = first
		if !a.file.editor.Dirty() && !a.file.saving && a.file.app == a.state.App {
			return a.read(a.file.path, true)
		}
	}
	return nil
}

// follow makes rows of the state: lists keep their selection, messages their marks.
func (a *app) follow() {
	a.shownApps = a.shownApps[:0]
	for i, s := range a.state.Apps {
		if a.apps.passes(s.Name, s.About) {
			a.shownApps = append(a.shownApps, i)
		}
	}
	a.apps.setCount(len(a.shownApps))
	if a.state.App != a.listed {
		a.listed = a.state.App
		for i, n := range a.shownApps {
			if a.state.Apps[n].Name == a.listed {
				a.apps.move(i)
			}
		}
	}
	a.shownFiles = a.shownFiles[:0]
	for i, f := range a.state.Files {
		if a.files.passes(f.Path) {
			a.shownFiles = append(a.shownFiles, i)
		}
	}
	a.files.setCount(len(a.shownFiles))
	a.messages = a.buildMessages()
	a.out.setCount(len(a.messages))
	a.showMarks()
}

func (a *app) selectedApp() *session.App {
	if a.apps.selected < len(a.shownApps) {
		return &a.state.Apps[a.shownApps[a.apps.selected]]
	}
	return nil
}

func (a *app) selectedFile() string {
	if a.files.selected < len(a.shownFiles) {
		return a.state.Files[a.shownFiles[a.files.selected]].Path
	}
	return ""
}

// HandleIntent does what keys ask for outside of the editor, and in it.
func (a *app) HandleIntent(action keys.Action) (tea.Cmd, bool) {
	if a.focus == paneEditor && a.file != nil {
		return a.edit(action)
	}
	switch action {
	case "open":
		return a.enter(), true
	case "next-pane":
		a.setFocus(a.focus + 1)
	case "previous-pane":
		a.setFocus(a.focus - 1)
	case "external":
		return a.external(), true
	case "new":
		a.open(&prompt{
			desk: a.desk, title: "New app",
			about: "A folder with this name is made in ./apps, with an app.toml and a C source that prints one benchmark line.",
			done:  a.newApp,
		})
	case "rebuild":
		a.wb.Rebuild()
	case "problem":
		return a.nextProblem(), true
	case "details":
		if s := a.selectedApp(); s != nil {
			a.open(a.about(s.Name))
		}
	case "back":
		return a.back()
	default:
		return nil, a.list().HandleIntent(action)
	}
	return nil, true
}

func (a *app) back() (tea.Cmd, bool) {
	switch {
	case a.list().back():
		return a.Refresh(), true
	case a.focus != paneApps:
		a.focus = paneApps
		return nil, true
	}
	return nil, false
}

// setFocus moves among panes; there is no editor to go to before a file is open.
func (a *app) setFocus(p pane) {
	p = min(max(p, paneApps), paneOutput)
	if p == paneEditor && a.file == nil {
		p += p - a.focus
	}
	a.focus = p
}

// list is the list that has the keys.
func (a *app) list() *list {
	switch a.focus {
	case paneFiles:
		return &a.files
	case paneOutput:
		return &a.out
	}
	return &a.apps
}

// enter opens what is selected.
func (a *app) enter() tea.Cmd {
	switch a.focus {
	case paneApps:
		s := a.selectedApp()
		if s == nil {
			return nil
		}
		name := s.Name
		return a.leaveFile(func() tea.Cmd {
			a.wb.SelectApp(name)
			a.file, a.opening, a.focus = nil, "", paneFiles
			a.files.move(0)
			return nil
		})
	case paneFiles:
		if path := a.selectedFile(); path != "" {
			return a.leaveFor(path, session.Jump{})
		}
	case paneOutput:
		if a.out.selected < len(a.messages) {
			if j := a.messages[a.out.selected].jump; j != nil {
				return a.leaveFor(j.File, *j)
			}
			a.open(newProblems(a.desk))
		}
	}
	return nil
}

func (a *app) typing() bool {
	return a.focus == paneEditor && a.file != nil || a.list().asking
}

// Type takes keys while the editor or a filter has them.
func (a *app) Type(key tea.KeyPressMsg) tea.Cmd {
	if a.focus != paneEditor || a.file == nil {
		a.list().Type(key)
		return a.Refresh()
	}
	if a.find.open {
		return a.typeFind(key)
	}
	if action, ok := a.keys.Find("editor", key.String()); ok {
		cmd, _ := a.edit(action)
		return cmd
	}
	if key.Text != "" {
		a.file.editor.Insert(key.Text)
	}
	return nil
}

// Paste inserts what the terminal pastes.
func (a *app) Paste(text string) tea.Cmd {
	switch {
	case a.focus != paneEditor || a.file == nil:
		a.list().filter.insert(text)
		return a.Refresh()
	case a.find.open:
		a.find.line.insert(text)
		a.seek()
	default:
		a.file.editor.Insert(text)
	}
	return nil
}

// Click goes to the pane and the row under the mouse.
func (a *app) Click(x, y int) tea.Cmd {
	l := a.layout
	for p, r := range map[pane]cells.Rect{paneApps: l.appList, paneFiles: l.fileList, paneEditor: l.editor, paneOutput: l.output} {
		if !r.Contains(x, y) {
			continue
		}
		a.setFocus(p)
		inside := r.Inset(1, 1)
		if p == paneEditor {
			if a.file != nil && inside.Contains(x, y) {
				a.file.editor.Click(inside, x, y)
			}
			return nil
		}
		already := a.list().selected
		if a.list().click(inside, x, y) && a.list().selected == already {
			return a.enter()
		}
	}
	return nil
}

// Wheel scrolls the pane under the mouse.
func (a *app) Wheel(x, y, lines int) tea.Cmd {
	switch {
	case a.layout.editor.Contains(x, y) && a.file != nil:
		a.file.editor.Wheel(lines)
	case a.layout.appList.Contains(x, y):
		a.apps.move(a.apps.selected + lines)
	case a.layout.fileList.Contains(x, y):
		a.files.move(a.files.selected + lines)
	case a.layout.output.Contains(x, y):
		a.out.move(a.out.selected + lines)
	}
	return nil
}

func (a *app) command() string {
	if a.state.App == "" {
		return "slipway apps"
	}
	names := a.marked()
	if len(names) == 0 {
		return "slipway app show " + a.state.App
	}
	return "slipway watch -k " + joined(names) + " -a " + a.state.App
}
