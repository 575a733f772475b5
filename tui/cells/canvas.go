// Package cells is the sheet that screens draw on: a grid of styled cells that
// clips whatever does not fit, so that no text can break a layout and no
// escape sequence in it can reach the terminal. It knows nothing about what is
// drawn, and asks no terminal anything.
package cells

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
	"github.com/clipperhouse/uax29/v2/graphemes"

	"slipway/runner/console"
	"slipway/themes"
)

// Canvas is a grid of cells. The zero value has none; use New. It is for one
// goroutine.
type Canvas struct {
	// ASCII renders likenesses of one byte a cell: for terminals, fonts and locales
	// that show nothing else. What is drawn is the same.
	ASCII bool

	w, h  int
	cells []cell
}

type cell struct {
	text  string // one grapheme; "" is a blank, or covered by the wide one to its left
	style themes.Style
	cover bool // the right half of a wide grapheme
}

// New returns a canvas filled with blanks of a style.
func New(w, h int, style themes.Style) *Canvas {
	c := &Canvas{w: max(w, 0), h: max(h, 0)}
	c.cells = make([]cell, c.w*c.h)
	for i := range c.cells {
		c.cells[i].style = style
	}
	return c
}

// Bounds is the whole canvas.
func (c *Canvas) Bounds() Rect { return Rect{0, 0, c.w, c.h} }

// Fill blanks a piece.
func (c *Canvas) Fill(r Rect, style themes.Style) {
	for y := max(r.Y, 0); y < min(r.Y+r.H, c.h); y++ {
		for x := max(r.X, 0); x < min(r.X+r.W, c.w); x++ {
			c.set(x, y, cell{style: style})
		}
	}
}

// Restyle changes the background of a piece and keeps its text and colours, as
// for a selected line.
func (c *Canvas) Restyle(r Rect, under themes.Style) {
	for y := max(r.Y, 0); y < min(r.Y+r.H, c.h); y++ {
		for x := max(r.X, 0); x < min(r.X+r.W, c.w); x++ {
			at := &c.cells[y*c.w+x]
			at.style = at.style.On(under)
			at.style.Attr |= under.Attr
		}
	}
}

// set writes one cell and mends wide graphemes that it cuts in two.
func (c *Canvas) set(x, y int, to cell) {
	i := y*c.w + x
	if c.cells[i].cover && !to.cover && x > 0 {
		c.cells[i-1].text = ""
	}
	if x+1 < c.w && c.cells[i+1].cover && !to.cover {
		c.cells[i+1].cover, c.cells[i+1].text = false, ""
	}
	c.cells[i] = to
}

// Put draws one grapheme that is width cells wide, clipped to r. Text that could
// be anything but a printable grapheme of that width is drawn as a question
// mark: terminals would disagree about where the next cell begins.
func (c *Canvas) Put(r Rect, x, y int, text string, width int, style themes.Style) {
	if !r.Contains(x, y) || x < 0 || y < 0 || x >= c.w || y >= c.h {
		return
	}
	if text == " " {
		text = ""
	}
	if text != "" && !agreed(text, width) {
		text, width = "?", max(min(width, 2), 1)
		if width == 2 {
			c.Put(r, x+1, y, "?", 1, style)
			width = 1
		}
	}
	if width >= 2 && (!r.Contains(x+1, y) || x+1 >= c.w) {
		text, width = "", 1 // half of it would lie outside
	}
	c.set(x, y, cell{text: text, style: style})
	if width >= 2 {
		c.set(x+1, y, cell{style: style, cover: true})
		c.cells[y*c.w+x] = cell{text: text, style: style}
	}
}

// agreed reports whether every way of measuring gives the grapheme this width.
func agreed(text string, width int) bool {
	if len(text) == 1 {
		return text[0] >= ' ' && text[0] < 0x7f && width == 1
	}
	for _, r := range text {
		if r < ' ' || r >= 0x7f && r < 0xa0 || r == utf8.RuneError {
			return false
		}
	}
	return (width == 1 || width == 2) && ansi.StringWidth(text) == width && ansi.StringWidthWc(text) == width
}

// Text draws s from the left edge of the first row of r, clipped, and returns
// how many cells it took. Control characters are drawn as blanks.
func (c *Canvas) Text(r Rect, s string, style themes.Style) int {
	return c.At(r, 0, 0, s, style)
}

// At draws s at a column and row of r, and returns how many cells it took, had
// there been room.
func (c *Canvas) At(r Rect, dx, dy int, s string, style themes.Style) int {
	x := r.X + dx
	g := graphemes.FromString(s)
	for g.Next() {
		text := g.Value()
		width := Width(text)
		if width == 0 {
			if text[0] >= ' ' {
				continue // a lone combining character has no cell of its own
			}
			text, width = " ", 1
		}
		if dy >= 0 && dy < r.H {
			c.Put(r, x, r.Y+dy, text, width, style)
		}
		x += width
	}
	return x - r.X - dx
}

// Right draws s so that it ends at the right edge of r's row dy. Where it does
// not fit, its beginning is kept.
func (c *Canvas) Right(r Rect, dy int, s string, style themes.Style) int {
	w := Width(s)
	if w > r.W {
		s = Clip(s, r.W)
		w = Width(s)
	}
	c.At(r, r.W-w, dy, s, style)
	return w
}

// HLine draws a rule through row dy of r.
func (c *Canvas) HLine(r Rect, dy int, style themes.Style) {
	for x := range max(r.W, 0) {
		c.At(r, x, dy, "─", style)
	}
}

// Box draws a border around r with a title in its top line, and returns what is
// inside.
func (c *Canvas) Box(r Rect, title string, border, heading themes.Style) Rect {
	if r.W < 2 || r.H < 2 {
		return Rect{r.X, r.Y, 0, 0}
	}
	for x := 1; x < r.W-1; x++ {
		c.At(r, x, 0, "─", border)
		c.At(r, x, r.H-1, "─", border)
	}
	for y := 1; y < r.H-1; y++ {
		c.At(r, 0, y, "│", border)
		c.At(r, r.W-1, y, "│", border)
	}
	c.At(r, 0, 0, "╭", border)
	c.At(r, r.W-1, 0, "╮", border)
	c.At(r, 0, r.H-1, "╰", border)
	c.At(r, r.W-1, r.H-1, "╯", border)
	if title != "" && r.W > 6 {
		c.At(r, 2, 0, " "+Clip(title, r.W-6)+" ", heading)
	}
	return r.Inset(1, 1)
}

// noBreakSpace ends painted rows. Ending in blanks they would be sent as "erase
// to the end", which some terminals and multiplexers do in their own background.
const noBreakSpace = "\u00a0"

// String renders the canvas: rows parted by newlines, with colours.
func (c *Canvas) String() string {
	var b strings.Builder
	b.Grow(len(c.cells) * 2)
	codes := map[themes.Style]string{}
	for y := range c.h {
		if y > 0 {
			b.WriteByte('\n')
		}
		var now themes.Style
		for x := range c.w {
			at := &c.cells[y*c.w+x]
			if at.cover {
				continue
			}
			if at.style != now {
				code, ok := codes[at.style]
				if !ok {
					code = at.style.SGR()
					codes[at.style] = code
				}
				b.WriteString(code)
				now = at.style
			}
			switch {
			case at.text != "":
				b.WriteString(c.shown(at.text))
			case x == c.w-1 && !at.style.BG.IsDefault() && !c.ASCII:
				b.WriteString(noBreakSpace)
			default:
				b.WriteByte(' ')
			}
		}
		if now != (themes.Style{}) {
			b.WriteString("\x1b[0m")
		}
	}
	return b.String()
}

// shown is what the terminal is given for a grapheme.
func (c *Canvas) shown(text string) string {
	if c.ASCII {
		return console.ASCII(text)
	}
	return text
}

// Plain renders the canvas without styles, and without blanks at line ends.
func (c *Canvas) Plain() string {
	var b strings.Builder
	for y := range c.h {
		var line strings.Builder
		for x := range c.w {
			switch at := &c.cells[y*c.w+x]; {
			case at.cover:
			case at.text == "":
				line.WriteByte(' ')
			default:
				line.WriteString(c.shown(at.text))
			}
		}
		b.WriteString(strings.TrimRight(line.String(), " "))
		b.WriteByte('\n')
	}
	return b.String()
}
