package tui

import (
	"cmp"

	tea "charm.land/bubbletea/v2"

	"slipway/themes"
	"slipway/tui/cells"
	"slipway/tui/keys"
)

// dialog is something that lies over the screens and has the keys.
type dialog interface {
	scope() string
	HandleIntent(a keys.Action) tea.Cmd
	Type(key tea.KeyPressMsg) tea.Cmd // keys that are no intent
	Paste(text string)
	Draw(c *cells.Canvas, area cells.Rect) *tea.Cursor
}

// frame draws the panel of a dialog and returns what is inside.
func (d *desk) frame(c *cells.Canvas, r cells.Rect, title string) cells.Rect {
	c.Fill(r, d.style(themes.Panel))
	inside := c.Box(r, title, d.style(themes.Focus).On(d.style(themes.Panel)), d.style(themes.Title).On(d.style(themes.Panel)))
	return inside.Inset(1, 0)
}

// viewer shows a long text.
type viewer struct {
	desk  *desk
	title string
	make  func(w int) *page
	made  *page
	whole string // what is copied; "" is the page's text
	list  list   // of rows; only its scrolling is used
}

func newViewer(d *desk, title string, make func(w int) *page) *viewer {
	return &viewer{desk: d, title: title, make: make}
}

// newText is a viewer of plain text.
func newText(d *desk, title, text string) *viewer {
	return newViewer(d, title, func(w int) *page {
		p := newPage(w)
		p.text(themes.Text, text)
		return p
	})
}

func (v *viewer) scope() string { return "viewer" }

func (v *viewer) HandleIntent(a keys.Action) tea.Cmd {
	end := max(len(v.rows())-v.list.height, 0)
	top, page := v.list.top, max(v.list.height-1, 1)
	switch a {
	case "close":
		v.desk.close()
	case "copy":
		if v.made != nil {
			v.desk.say("copied to the clipboard")
			return tea.SetClipboard(cmp.Or(v.whole, v.made.plain()))
		}
	case "up":
		top--
	case "down":
		top++
	case "page-up":
		top -= page
	case "page-down":
		top += page
	case "first":
		top = 0
	case "last":
		top = end
	}
	v.list.top = min(max(top, 0), end)
	return nil
}

func (v *viewer) rows() [][]span {
	if v.made == nil {
		return nil
	}
	return v.made.rows
}

func (v *viewer) Type(tea.KeyPressMsg) tea.Cmd { return nil }
func (v *viewer) Paste(string)                 {}

func (v *viewer) Draw(c *cells.Canvas, area cells.Rect) *tea.Cursor {
	w := min(area.W-4, 96)
	if v.made == nil || v.made.w != w-4 {
		v.made = v.make(w - 4)
	}
	r := area.Center(w, min(len(v.made.rows)+2, area.H-2))
	inside := v.desk.frame(c, r, v.title)
	v.list.height, v.list.count = inside.H, len(v.made.rows)
	v.list.top = min(v.list.top, max(len(v.made.rows)-inside.H, 0))
	v.made.draw(c, inside, v.desk.theme, v.list.top)
	_, edge := r.Left(r.W - 1)
	_, edge = edge.Top(1)
	_, edge = edge.Bottom(1)
	v.list.scrollbar(c, edge, v.desk.theme)
	c.Restyle(r, themes.Style{BG: v.desk.style(themes.Panel).BG})
	return nil
}

// answer is one way out of a question.
type answer struct {
	key   string // a letter that chooses it at once
	label string
	do    func() tea.Cmd
}

// question asks, and does nothing until it is answered.
type question struct {
	desk     *desk
	title    string
	text     string
	answers  []answer
	selected int
}

// ask opens a question whose last answer changes nothing.
func (d *desk) ask(title, text string, answers ...answer) {
	d.open(&question{desk: d, title: title, text: text, answers: answers})
}

func (q *question) scope() string { return "choice" }

func (q *question) HandleIntent(a keys.Action) tea.Cmd {
	n := len(q.answers)
	switch a {
	case "next":
		q.selected = (q.selected + 1) % n
	case "previous":
		q.selected = (q.selected + n - 1) % n
	case "accept":
		return q.choose(q.selected)
	case "cancel":
		q.desk.close()
	}
	return nil
}

func (q *question) choose(n int) tea.Cmd {
	q.desk.close()
	if do := q.answers[n].do; do != nil {
		return do()
	}
	return nil
}

func (q *question) Type(key tea.KeyPressMsg) tea.Cmd {
	for i, a := range q.answers {
		if key.String() == a.key {
			return q.choose(i)
		}
	}
	return nil
}

func (q *question) Paste(string) {}

func (q *question) Draw(c *cells.Canvas, area cells.Rect) *tea.Cursor {
	w := min(area.W-4, 64)
	lines := cells.Wrap(q.text, w-4)
	r := area.Center(w, min(len(lines)+len(q.answers)+3, area.H))
	inside := q.desk.frame(c, r, q.title)
	under := q.desk.style(themes.Panel)
	for i, l := range lines {
		c.At(inside, 0, i, l, under)
	}
	for i, a := range q.answers {
		y := len(lines) + 1 + i
		at := c.At(inside, 1, y, a.key, q.desk.style(themes.Key).On(under))
		c.At(inside, max(at, 3)+2, y, a.label, under)
		if i == q.selected {
			c.Restyle(cells.Rect{X: inside.X, Y: inside.Y + y, W: inside.W, H: min(1, max(inside.H-y, 0))}, q.desk.style(themes.Selection))
		}
	}
	return nil
}

// prompt asks for one line.
type prompt struct {
	desk  *desk
	title string
	about string
	line  line
	done  func(text string) tea.Cmd
}

func (p *prompt) scope() string { return "prompt" }

func (p *prompt) HandleIntent(a keys.Action) tea.Cmd {
	switch a {
	case "accept":
		p.desk.close()
		return p.done(p.line.text())
	case "cancel":
		p.desk.close()
	}
	return nil
}

func (p *prompt) Type(key tea.KeyPressMsg) tea.Cmd { p.line.Type(key); return nil }
func (p *prompt) Paste(text string)                { p.line.insert(text) }

func (p *prompt) Draw(c *cells.Canvas, area cells.Rect) *tea.Cursor {
	w := min(area.W-4, 64)
	lines := cells.Wrap(p.about, w-4)
	r := area.Center(w, min(len(lines)+4, area.H))
	inside := p.desk.frame(c, r, p.title)
	under := p.desk.style(themes.Panel)
	for i, l := range lines {
		c.At(inside, 0, i, l, p.desk.style(themes.Muted).On(under))
	}
	row := cells.Rect{X: inside.X, Y: inside.Y + len(lines) + 1, W: inside.W, H: 1}
	c.At(row, 0, 0, "› ", p.desk.style(themes.Key).On(under))
	_, field := row.Left(2)
	return tea.NewCursor(p.line.draw(c, field, under), row.Y)
}
