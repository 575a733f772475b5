package tui

import (
	"cmp"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/sahilm/fuzzy"

	"slipway/themes"
	"slipway/tui/cells"
	"slipway/tui/keys"
)

// command is one thing that the palette can do.
type command struct {
	name  string // what is searched
	where string // the scope's title
	key   string
	do    func() tea.Cmd
}

// palette finds commands by name.
type palette struct {
	desk  *desk
	all   []command
	found []command
	line  line
	list  list
}

func newPalette(d *desk, all []command) *palette {
	p := &palette{desk: d, all: all}
	p.search()
	return p
}

// search keeps the order of the table until something is typed.
func (p *palette) search() {
	p.found = p.all
	if query := strings.TrimSpace(p.line.text()); query != "" {
		names := make([]string, len(p.all))
		for i, c := range p.all {
			names[i] = c.name + " " + c.where
		}
		matches := fuzzy.Find(query, names)
		slices.SortStableFunc(matches, func(a, b fuzzy.Match) int { return cmp.Compare(b.Score, a.Score) })
		p.found = nil
		for _, m := range matches {
			p.found = append(p.found, p.all[m.Index])
		}
	}
	p.list.selected, p.list.top = 0, 0
	p.list.setCount(len(p.found))
}

func (p *palette) scope() string { return "prompt" }

func (p *palette) HandleIntent(a keys.Action) tea.Cmd {
	switch a {
	case "accept":
		p.desk.close()
		if p.list.selected < len(p.found) {
			return p.found[p.list.selected].do()
		}
	case "cancel":
		p.desk.close()
	default:
		p.list.HandleIntent(a)
	}
	return nil
}

func (p *palette) Type(key tea.KeyPressMsg) tea.Cmd {
	if p.line.Type(key) {
		p.search()
	}
	return nil
}

func (p *palette) Paste(text string) { p.line.insert(text); p.search() }

func (p *palette) Draw(c *cells.Canvas, area cells.Rect) *tea.Cursor {
	w := min(area.W-4, 84)
	r, _ := area.Center(w, area.H).Top(min(area.H-1, 18))
	r.Y++
	inside := p.desk.frame(c, r, "Commands")
	under := p.desk.style(themes.Panel)
	ask, rows := inside.Top(1)
	_, rows = rows.Top(1)
	c.At(ask, 0, 0, "› ", p.desk.style(themes.Key).On(under))
	_, field := ask.Left(2)
	x := p.line.draw(c, field, under)
	if len(p.found) == 0 {
		c.Text(rows, "No command has such a name. Backspace, or esc to close.", p.desk.style(themes.Muted).On(under))
	}
	p.list.draw(c, rows, p.desk.theme, true, func(r cells.Rect, n int) {
		at := p.found[n]
		c.Fill(r, under)
		side := 22
		left, right := r.Right(side)
		left, right = right, left
		c.At(left, 2, 0, cells.Clip(at.name, left.W-3), under)
		c.Text(right, cells.Clip(at.where, side-8), p.desk.style(themes.Muted).On(under))
		c.Right(right, 0, at.key+" ", p.desk.style(themes.Key).On(under))
	})
	return tea.NewCursor(x, ask.Y)
}

// commands lists everything that can be asked for: what serves here first.
func (m *model) commands() []command {
	var list []command
	seen := map[string]bool{}
	here := m.screen().scope()
	add := func(s keys.Scope, scope string, to tab) {
		for _, b := range s.Bindings {
			id := s.Name + "." + string(b.Action)
			if seen[id] || b.Action == "palette" {
				continue
			}
			seen[id] = true
			list = append(list, command{name: b.Does, where: s.Title, key: keys.Show(b.Keys[0]), do: func() tea.Cmd {
				cmd := m.show(to)
				return tea.Batch(cmd, m.act(scope, b.Action))
			}})
		}
	}
	for t := range tabs {
		at := (m.tab + t) % tabs
		name := m.screens[at].scope()
		if s, ok := m.keys.Scope(name); ok && (name == tabScopes[at] || name == here) {
			add(s, name, at)
		} else if s, ok := m.keys.Scope(tabScopes[at]); ok {
			add(s, tabScopes[at], at)
		}
	}
	if s, ok := m.keys.Scope("global"); ok {
		add(s, here, m.tab)
	}
	for _, k := range m.state.Kernels {
		list = append(list, command{name: "Kernel " + k.Name, where: "mark and boot", do: func() tea.Cmd {
			m.wb.Mark(k.Name, true)
			return m.show(tabConsole)
		}})
	}
	for _, a := range m.state.Apps {
		list = append(list, command{name: "App " + a.Name, where: "select", do: func() tea.Cmd {
			m.wb.SelectApp(a.Name)
			return m.show(tabApp)
		}})
	}
	return list
}

// tabScopes are the scopes of the screens when nothing is being typed.
var tabScopes = [tabs]string{"kernels", "app", "console", "compare", "history"}
