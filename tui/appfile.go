package tui

import (
	"errors"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"slipway/session"
	"slipway/tui/editor"
	"slipway/tui/keys"
)

// Answers to the App screen's commands.
type (
	fileRead struct {
		app, path string
		content   session.FileContent
		err       error
		reload    bool
	}
	fileWritten struct {
		file    *file
		version int
		hash    string
		err     error
	}
	appMade struct {
		name, dir string
		err       error
	}
	editorReady struct {
		cmd *session.Command
		err error
	}
	editorLeft struct{ err error }
)

// mainSource is the file that a person wants to see first.
func mainSource(files []session.File) string {
	for _, f := range files {
		if strings.HasSuffix(f.Path, ".c") {
			return f.Path
		}
	}
	return files[0].Path
}

// openFile reads a file of the selected app into the editor and goes to a place
// in it.
func (a *app) openFile(path string, goal session.Jump) tea.Cmd {
	if a.file != nil && a.file.path == path && a.file.app == a.state.App {
		a.goTo(goal)
		return nil
	}
	a.opening, a.goal = path, goal
	return a.read(path, false)
}

func (a *app) read(path string, reload bool) tea.Cmd {
	wb, name := a.wb, a.state.App
	return func() tea.Msg {
		content, err := wb.ReadFile(path)
		return fileRead{app: name, path: path, content: content, err: err, reload: reload}
	}
}

// leaveFor opens another file, after what is to become of unsaved changes was asked.
func (a *app) leaveFor(path string, goal session.Jump) tea.Cmd {
	if a.file != nil && a.file.path == path && a.file.app == a.state.App {
		a.focus = paneEditor
		a.goTo(goal)
		return nil
	}
	goal.Line = max(goal.Line, 1) // whoever asks for a file wants to be in it
	return a.leaveFile(func() tea.Cmd { return a.openFile(path, goal) })
}

// leaveFile asks what is to become of unsaved changes before the file is left.
func (a *app) leaveFile(then func() tea.Cmd) tea.Cmd {
	if a.file == nil || !a.file.editor.Dirty() {
		return then()
	}
	a.ask("Save "+a.file.path+"?", "It has changes that are not saved.",
		answer{"s", "save and go on", func() tea.Cmd { a.after = then; return a.store() }},
		answer{"d", "drop the changes", func() tea.Cmd { a.file = nil; return then() }},
		answer{"k", "keep editing", nil})
	return nil
}

// Receive takes the answers to this screen's commands.
func (a *app) Receive(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case fileRead:
		a.received(msg)
	case fileWritten:
		return a.written(msg)
	case appMade:
		if msg.err != nil {
			a.toast(session.Bad, msg.err.Error())
			return nil
		}
		a.toast(session.Good, "made "+msg.dir)
		a.wb.SelectApp(msg.name)
		a.file, a.focus = nil, paneFiles
	case editorReady:
		if msg.err != nil {
			a.toast(session.Bad, msg.err.Error())
			return nil
		}
		return tea.ExecProcess(msg.cmd, func(err error) tea.Msg { return editorLeft{err} })
	case editorLeft:
		if msg.err != nil {
			a.toast(session.Warn, "the editor ended with "+msg.err.Error())
		}
		if a.file != nil {
			return a.read(a.file.path, true)
		}
	}
	return nil
}

func (a *app) received(msg fileRead) {
	if msg.reload {
		if msg.err != nil || a.file == nil || a.file.path != msg.path || a.file.app != msg.app || a.file.hash == msg.content.Hash || a.file.editor.Dirty() {
			return
		}
		a.file.hash, a.file.readOnly = msg.content.Hash, msg.content.ReadOnly
		a.file.editor.Replace(msg.content.Text)
		return
	}
	if a.opening != msg.path || msg.app != a.state.App {
		return // another file was asked for meanwhile
	}
	wanted := a.opening
	a.opening = ""
	if msg.err != nil {
		a.unreadable = msg.app
		a.toast(session.Bad, msg.err.Error())
		return
	}
	a.unreadable = ""
	a.file = &file{app: msg.app, path: wanted, hash: msg.content.Hash, readOnly: msg.content.ReadOnly, editor: editor.New(msg.content.Text)}
	a.SetSize()
	a.showMarks()
	a.goTo(a.goal)
	for i, n := range a.shownFiles {
		if a.state.Files[n].Path == wanted {
			a.files.move(i)
		}
	}
}

// goTo puts the cursor where a message points.
func (a *app) goTo(j session.Jump) {
	if j.Line > 0 && a.file != nil {
		a.focus = paneEditor
		a.file.editor.Goto(j.Line, max(j.Column, 1))
	}
}

// store writes the file. An app of the suite is copied into the project first,
// and the user is told.
func (a *app) store() tea.Cmd {
	if a.file == nil {
		return nil
	}
	return a.write(a.file.hash)
}

// write saves over the file whose content has that hash; "" is whatever is there.
func (a *app) write(hash string) tea.Cmd {
	f := a.file
	if f == nil || f.saving {
		return nil
	}
	if f.app != a.state.App {
		a.toast(session.Warn, f.path+" belongs to "+f.app+": select that app again, then save")
		return nil
	}
	f.saving = true
	wb, path, text, version := a.wb, f.path, f.editor.Text(), f.editor.Version()
	return func() tea.Msg {
		hash, err := wb.WriteFile(path, text, hash)
		return fileWritten{file: f, version: version, hash: hash, err: err}
	}
}

func (a *app) written(msg fileWritten) tea.Cmd {
	msg.file.saving = false
	after := a.after
	a.after = nil
	var conflict *session.ConflictError
	switch {
	case errors.As(msg.err, &conflict):
		a.askConflict(msg.file, conflict)
	case msg.err != nil:
		a.toast(session.Bad, msg.err.Error())
	default:
		msg.file.hash, msg.file.readOnly = msg.hash, false
		msg.file.editor.MarkSaved(msg.version)
		if after != nil {
			return after()
		}
	}
	return nil
}

func (a *app) askConflict(f *file, conflict *session.ConflictError) {
	keep := answer{"k", "keep editing", nil}
	overwrite := answer{"o", "overwrite what is on disk with yours", func() tea.Cmd {
		if a.file != f {
			return nil
		}
		return a.write(conflict.Now.Hash)
	}}
	if conflict.Now.Hash == "" {
		overwrite.label = "write it again"
		a.ask("Deleted on disk", conflict.Error()+".", keep, overwrite)
		return
	}
	a.ask("Changed on disk", conflict.Error()+".", keep,
		answer{"r", "reload: take what is on disk, ctrl+z brings yours back", func() tea.Cmd {
			f.hash = conflict.Now.Hash
			f.editor.Replace(conflict.Now.Text)
			return nil
		}}, overwrite)
}

// external opens the file in the user's own editor.
func (a *app) external() tea.Cmd {
	path, line := a.selectedFile(), 0
	if a.file != nil && (a.focus == paneEditor || path == "" || path == a.file.path) {
		path = a.file.path
		line, _ = a.file.editor.Cursor()
		if a.file.editor.Dirty() {
			a.toast(session.Warn, "save first: "+path+" has changes that your editor would not see")
			return nil
		}
	}
	if path == "" {
		a.say("select an app and a file first")
		return nil
	}
	wb := a.wb
	return func() tea.Msg {
		cmd, err := wb.EditorCommand(path, line)
		return editorReady{cmd, err}
	}
}

func (a *app) newApp(name string) tea.Cmd {
	name = strings.TrimSpace(name)
	if name == "" {
		return nil
	}
	wb := a.wb
	return func() tea.Msg {
		dir, err := wb.NewApp(name)
		return appMade{name, dir, err}
	}
}

// edit does an action of the editor's scope.
func (a *app) edit(action keys.Action) (tea.Cmd, bool) {
	if a.file == nil {
		a.focus = paneFiles
		return nil, true
	}
	e := a.file.editor
	switch action {
	case "save":
		return a.store(), true
	case "leave":
		a.focus = paneFiles
	case "find":
		a.openFind()
	case "find-next", "find-previous":
		if !e.Find("", action == "find-previous") {
			a.say(notFound(e.Query()))
		}
	case "goto":
		a.open(&prompt{desk: a.desk, title: "Go to line", about: "1 to " + strconv.Itoa(e.Lines()), done: func(text string) tea.Cmd {
			if n, err := strconv.Atoi(strings.TrimSpace(text)); err == nil {
				e.Goto(n, 1)
			}
			return nil
		}})
	case "problem":
		return a.nextProblem(), true
	case "external":
		return a.external(), true
	case "help":
		a.open(newHelp(a.desk, "editor"))
	default:
		return nil, e.Do(action)
	}
	return nil, true
}

// notFound says why a search led nowhere.
func notFound(query string) string {
	if query == "" {
		return "nothing to find: ctrl+f asks for a text"
	}
	return strconv.Quote(query) + " is not found here"
}

// nextProblem goes to the selected compiler message, or from there to the one after.
func (a *app) nextProblem() tea.Cmd {
	from := a.out.selected
	if a.isAt(from) {
		from++
	}
	for i := range a.messages {
		n := (from + i) % len(a.messages)
		if j := a.messages[n].jump; j != nil {
			a.out.move(n)
			return a.leaveFor(j.File, *j)
		}
	}
	a.say("the compiler has nothing to say")
	return nil
}

// isAt reports whether the editor is where the nth message points.
func (a *app) isAt(n int) bool {
	if a.focus != paneEditor || a.file == nil || n >= len(a.messages) || a.messages[n].jump == nil {
		return false
	}
	line, _ := a.file.editor.Cursor()
	j := a.messages[n].jump
	return j.File == a.file.path && j.Line == line
}

// showMarks puts the compiler's messages beside the lines of the open file.
func (a *app) showMarks() {
	if a.file == nil {
		return
	}
	marks := map[int]editor.Mark{}
	for _, m := range a.messages {
		if m.jump != nil && m.jump.File == a.file.path && a.file.app == a.state.App {
			if old, ok := marks[m.jump.Line]; !ok || old.Severity != "error" {
				marks[m.jump.Line] = editor.Mark{Severity: m.jump.Severity, Message: m.jump.Message}
			}
		}
	}
	a.file.editor.SetMarks(marks)
}

func joined(names []string) string { return strings.Join(names, ",") }

// inProject shortens the absolute path of a kernel's source.
func (a *app) inProject(path string) string { return strings.TrimPrefix(path, a.wb.Project()+"/") }
