package tui

import (
	"strings"

	"slipway/themes"
	"slipway/tui/cells"
)

// span is a piece of text of one token.
type span struct {
	text  string
	token themes.Token
}

// page is lines of text made to a width, for details and long texts.
type page struct {
	w    int
	rows [][]span
}

func newPage(w int) *page { return &page{w: max(w, 1)} }

func (p *page) add(spans ...span) { p.rows = append(p.rows, spans) }

func (p *page) blank() {
	if len(p.rows) > 0 && len(p.rows[len(p.rows)-1]) > 0 {
		p.add()
	}
}

func (p *page) heading(text string) {
	p.blank()
	p.add(span{text, themes.Title})
}

// text adds a paragraph, wrapped.
func (p *page) text(token themes.Token, text string) {
	for _, l := range cells.Wrap(text, p.w) {
		p.add(span{l, token})
	}
}

// verbatim adds lines as they are, broken only where they are too long: blanks mean
// something in them.
func (p *page) verbatim(token themes.Token, text string) {
	for line := range strings.SplitSeq(strings.ReplaceAll(text, "\t", "    "), "\n") {
		for cells.Width(line) > p.w {
			var head string
			head, line = cells.Cut(line, p.w)
			p.add(span{head, token})
		}
		p.add(span{line, token})
	}
}

// field adds a label and a value beside it, wrapped below itself.
func (p *page) field(labelWidth int, label, value string, token themes.Token) {
	if value == "" {
		return
	}
	for i, l := range cells.Wrap(value, max(p.w-labelWidth, 8)) {
		if i > 0 {
			label = ""
		}
		p.add(span{cells.Pad(label, labelWidth), themes.Muted}, span{l, token})
	}
}

// item adds a paragraph behind a sign.
func (p *page) item(sign string, signToken themes.Token, text string, token themes.Token) {
	indent := cells.Width(sign) + 1
	for i, l := range cells.Wrap(text, max(p.w-indent, 8)) {
		if i > 0 {
			sign = ""
		}
		p.add(span{cells.Pad(sign, indent), signToken}, span{l, token})
	}
}

// plain is the page's text, for the clipboard.
func (p *page) plain() string {
	text := ""
	for _, row := range p.rows {
		for _, s := range row {
			text += s.text
		}
		text += "\n"
	}
	return text
}

// draw draws the page from one of its rows on.
func (p *page) draw(c *cells.Canvas, r cells.Rect, t *themes.Theme, from int) {
	for y := range r.H {
		if n := from + y; n >= 0 && n < len(p.rows) {
			drawSpans(c, r, 0, y, t, p.rows[n])
		}
	}
}

// drawSpans draws pieces of text one after another and returns the column behind
// the last.
func drawSpans(c *cells.Canvas, r cells.Rect, x, y int, t *themes.Theme, spans []span) int {
	for _, s := range spans {
		x += c.At(r, x, y, s.text, t.Style(s.token))
	}
	return x
}
