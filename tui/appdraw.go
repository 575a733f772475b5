package tui

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"slipway/session"
	"slipway/themes"
	"slipway/tui/cells"
)

// box draws the border of a pane, bright where it has the keys.
func (d *desk) box(c *cells.Canvas, r cells.Rect, title string, focused bool) cells.Rect {
	border, heading := themes.Border, themes.Title
	if focused {
		border, heading = themes.Focus, themes.Accent
	}
	style := d.style(heading)
	if focused {
		style = style.With(themes.Bold)
	}
	return c.Box(r, title, d.style(border), style)
}

// hint is the muted text of an empty pane: what would fill it.
func (d *desk) hint(c *cells.Canvas, r cells.Rect, text string) {
	p := newPage(r.W - 2)
	p.text(themes.Muted, text)
	p.draw(c, r.Inset(1, 0), d.theme, 0)
}

func (a *app) Draw(c *cells.Canvas) *tea.Cursor {
	var cursor *tea.Cursor
	keep := func(new *tea.Cursor) {
		if new != nil {
			cursor = new
		}
	}
	keep(a.drawApps(c))
	keep(a.drawFiles(c))
	keep(a.drawOutput(c))
	keep(a.drawEditor(c))
	return cursor
}

// about is what there is to know of an app.
func (a *app) about(name string) dialog {
	return newViewer(a.desk, name, func(w int) *page {
		const label = 10
		p := newPage(w)
		for _, s := range a.state.Apps {
			if s.Name != name {
				continue
			}
			p.text(themes.Text, s.About)
			p.blank()
			switch {
			case s.Dir != "":
				p.field(label, "folder", s.Dir, themes.Text)
			default:
				p.field(label, "from", "the suite; saving a change copies it to ./apps/"+name, themes.Text)
			}
			for i, param := range s.Params {
				if i == 0 {
					p.heading("Parameters")
				}
				p.field(label+6, param.Name, param.Value, themes.Text)
			}
		}
		return p
	})
}

func (a *app) drawApps(c *cells.Canvas) *tea.Cursor {
	inside := a.box(c, a.layout.appList, "Apps", a.focus == paneApps)
	if len(a.state.Apps) == 0 {
		a.hint(c, inside, "No app yet: n makes one.")
	}
	return a.apps.draw(c, inside, a.theme, a.focus == paneApps, func(r cells.Rect, n int) {
		s := a.state.Apps[a.shownApps[n]]
		sign, token := " ", themes.Text
		if s.Name == a.state.App {
			sign, token = "●", themes.Accent
		}
		c.At(r, 1, 0, sign, a.style(token))
		x := c.At(r, 3, 0, cells.Clip(s.Name, r.W-4), a.style(themes.Text)) + 4
		if s.Origin != "builtin" && x+5 <= r.W {
			c.Right(r, 0, "yours ", a.style(themes.Muted))
		}
	})
}

func (a *app) drawFiles(c *cells.Canvas) *tea.Cursor {
	title := "Files"
	if a.state.App != "" {
		title = a.state.App
	}
	inside := a.box(c, a.layout.fileList, title, a.focus == paneFiles)
	if len(a.state.Files) == 0 {
		a.hint(c, inside, "Enter on an app shows its files here.")
	}
	return a.files.draw(c, inside, a.theme, a.focus == paneFiles, func(r cells.Rect, n int) {
		f := a.state.Files[a.shownFiles[n]]
		c.At(r, 1, 0, cells.ClipLeft(f.Path, r.W-3), a.style(themes.Text))
		if a.file != nil && a.file.app == a.state.App && a.file.path == f.Path && a.file.editor.Dirty() {
			c.Right(r, 0, "● ", a.style(themes.Warn))
		}
	})
}

func (a *app) drawEditor(c *cells.Canvas) *tea.Cursor {
	r := a.layout.editor
	focused := a.focus == paneEditor
	if a.file == nil {
		inside := a.box(c, r, "Editor", false)
		switch {
		case a.opening != "":
			a.hint(c, inside, "Reading "+a.opening+".")
		case a.state.App == "":
			a.hint(c, inside, "Select an app at the left with enter: its source opens here. Every save builds and boots it on the marked kernels.")
		default:
			a.hint(c, inside, "Select a file at the left with enter.")
		}
		return nil
	}
	title := a.inProject(a.file.path)
	inside := a.box(c, r, title, focused)
	line, column := a.file.editor.Cursor()
	foot, _ := r.Bottom(1)
	_, foot = foot.Left(2)
	foot.W -= 2
	place := fmt.Sprintf(" %d:%d ", line, column)
	c.Right(foot, 0, place, a.style(themes.Muted))
	head, _ := r.Top(1)
	head.W -= 2
	switch {
	case a.file.saving:
		c.Right(head, 0, " saving ", a.style(themes.Muted))
	case a.file.editor.Dirty():
		c.Right(head, 0, " ● not saved: ctrl+s ", a.style(themes.Warn))
	case a.file.readOnly:
		c.Right(head, 0, " of the suite: saving copies it to ./apps ", a.style(themes.Muted))
	}
	if m, ok := a.file.editor.MarkHere(); ok {
		c.At(foot, 0, 0, cells.Clip(" "+m.Message, foot.W-len(place)-1)+" ", a.style(themes.Bad))
	}
	var cursor *tea.Cursor
	if a.find.open && focused {
		var row cells.Rect
		row, inside = inside.Bottom(1)
		cursor = a.find.draw(c, row, a.theme)
	}
	x, y, ok := a.file.editor.Draw(c, inside, a.theme, focused)
	if ok && cursor == nil {
		cursor = tea.NewCursor(x, y)
		cursor.Shape = tea.CursorBar
	}
	return cursor
}

// buildMessages says how the builds of the marked kernels went, compiler
// messages first.
func (a *app) buildMessages() []message {
	var list, rest []message
	seen := map[string]bool{}
	for i := range a.state.Guests {
		g := &a.state.Guests[i]
		if g.Problem != nil {
			for n := range g.Problem.Jumps {
				j := &g.Problem.Jumps[n]
				text := fmt.Sprintf("%s:%d: %s", j.File, j.Line, j.Message)
				if seen[text] {
					continue // the same source, compiled for another kernel
				}
				seen[text] = true
				list = append(list, message{sign: "●", text: text, jump: j, bad: j.Severity == "error"})
			}
			if len(g.Problem.Jumps) == 0 {
				rest = append(rest, message{sign: "✘", kernel: g.Kernel, text: g.Problem.What, bad: true})
			}
			continue
		}
		switch {
		case g.Phase == session.GuestBuilding || g.Phase == session.GuestProvisioning:
			_, text, _ := a.phase(g)
			rest = append(rest, message{sign: "◌", kernel: g.Kernel, text: text})
		case g.Cached:
			rest = append(rest, message{sign: "✔", kernel: g.Kernel, text: "built before: nothing had to be compiled", good: true})
		case g.Built > 0:
			rest = append(rest, message{sign: "✔", kernel: g.Kernel, text: "built in " + duration(g.Built), good: true})
		}
	}
	return append(list, rest...)
}

func (a *app) drawOutput(c *cells.Canvas) *tea.Cursor {
	inside := a.box(c, a.layout.output, "Build", a.focus == paneOutput)
	if len(a.messages) == 0 {
		text := "Mark a kernel (1, then space): every save builds here."
		switch {
		case len(a.marked()) > 0 && a.state.App != "":
			text = "Nothing is built yet: r builds, and so does a save."
		case len(a.marked()) > 0:
			text = "Select an app: the marked kernels build and boot it."
		}
		a.hint(c, inside, text)
	}
	return a.out.draw(c, inside, a.theme, a.focus == paneOutput, func(r cells.Rect, n int) {
		m := a.messages[n]
		token := themes.Warn
		switch {
		case m.bad:
			token = themes.Bad
		case m.good:
			token = themes.Good
		case m.jump == nil:
			token = themes.Accent
		}
		c.At(r, 1, 0, m.sign, a.style(token))
		x := 3
		if m.kernel != "" {
			x += c.At(r, x, 0, cells.Pad(m.kernel, 14), a.style(themes.Text))
		}
		c.At(r, x, 0, cells.Clip(m.text, r.W-x-1), a.style(themes.Text))
	})
}
