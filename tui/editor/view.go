package editor

import (
	"strconv"

	"github.com/clipperhouse/uax29/v2/graphemes"

	"slipway/themes"
	"slipway/tui/cells"
)

// tabWidth is how many columns a tab reaches to at most: at 80 columns there is
// no room for eight.
const tabWidth = 4

// Wheel scrolls by lines and takes the cursor along.
func (e *Editor) Wheel(lines int) {
	e.top = min(max(e.top+lines, 0), max(len(e.buf.lines)-1, 0))
	line := min(max(e.cursor.Line, e.top), e.top+e.h-1)
	if line != e.cursor.Line {
		e.vertical(line - e.cursor.Line)
	}
}

// Click moves the cursor to a cell of the rect that the editor was drawn in.
func (e *Editor) Click(r cells.Rect, x, y int) {
	line := min(max(e.top+y-r.Y, 0), len(e.buf.lines)-1)
	e.move(Pos{line, e.byteAt(line, max(x-r.X-e.gutter()+e.left, 0))})
}

// SetSize says how large the editor is drawn, in cells.
func (e *Editor) SetSize(w, h int) {
	if w != e.w || h != e.h {
		e.w, e.h = max(w, 1), max(h, 1)
		e.follow()
	}
}

// gutter is the columns of line numbers, with a mark and a space.
func (e *Editor) gutter() int { return max(len(strconv.Itoa(len(e.buf.lines))), 3) + 2 }

// follow scrolls so that the cursor is seen.
func (e *Editor) follow() {
	e.top = min(e.top, e.cursor.Line)
	e.top = max(e.top, e.cursor.Line-e.h+1)
	room := max(e.w-e.gutter(), 1)
	column := e.column(e.cursor)
	if column < e.left {
		e.left = max(column-room/4, 0)
	}
	if column >= e.left+room {
		e.left = column - room + 1 + room/4
	}
	if e.left > 0 && column < room-1 {
		e.left = 0
	}
}

// advance is the column behind a grapheme that stands at one.
func advance(column int, grapheme string) int {
	if grapheme == "\t" {
		return column + tabWidth - column%tabWidth
	}
	if first(grapheme) < ' ' {
		return column + 1
	}
	return column + max(cells.Width(grapheme), 1)
}

// column is where a place is drawn in its line, from 0.
func (e *Editor) column(p Pos) int {
	column := 0
	for g := graphemes.FromString(e.buf.lines[p.Line][:p.Byte]); g.Next(); {
		column = advance(column, g.Value())
	}
	return column
}

// byteAt is the byte of the grapheme at a column of a line, or the line's end.
func (e *Editor) byteAt(line, column int) int {
	at, now := 0, 0
	for g := graphemes.FromString(e.buf.lines[line]); g.Next(); {
		next := advance(now, g.Value())
		if next > column {
			return at
		}
		now, at = next, at+len(g.Value())
	}
	return at
}

// Draw draws the text and returns where the cursor is on the canvas; ok is false
// where it can't be seen.
func (e *Editor) Draw(c *cells.Canvas, r cells.Rect, t *themes.Theme, focused bool) (x, y int, ok bool) {
	e.SetSize(r.W, r.H)
	gutter := e.gutter()
	for row := range r.H {
		n := e.top + row
		if n >= len(e.buf.lines) {
			c.At(r, gutter-2, row, "~", t.Style(themes.Border))
			continue
		}
		style := t.Style(themes.Gutter)
		sign := " "
		if m, marked := e.marks[n+1]; marked {
			sign, style = "●", t.Style(themes.Bad)
			if m.Severity != "error" {
				sign, style = "▲", t.Style(themes.Warn)
			}
		}
		if n == e.cursor.Line && focused && sign == " " {
			style = t.Style(themes.Accent)
		}
		c.At(r, 0, row, cells.PadLeft(strconv.Itoa(n+1), gutter-2)+sign, style)
		_, text := r.Left(gutter)
		e.drawLine(c, cells.Rect{X: text.X, Y: r.Y + row, W: text.W, H: 1}, e.buf.lines[n], t)
		if n == e.cursor.Line && focused {
			c.Restyle(cells.Rect{X: r.X, Y: r.Y + row, W: r.W, H: 1}, lineStyle(t))
		}
	}
	x, y = r.X+gutter+e.column(e.cursor)-e.left, r.Y+e.cursor.Line-e.top
	return x, y, focused && r.Contains(x, y) && x >= r.X+gutter
}

// lineStyle is what the cursor's line lies on; only painted themes have it, since
// an underlined or reversed line of source can't be read.
func lineStyle(t *themes.Theme) themes.Style {
	return themes.Style{BG: t.Style(themes.Dimmed).BG}
}

func (e *Editor) drawLine(c *cells.Canvas, r cells.Rect, line string, t *themes.Theme) {
	plain, match := t.Style(themes.Text), t.Style(themes.Match)
	var found [][2]int
	if e.query != "" {
		for from := 0; ; {
			at := indexFold(line[from:], e.query)
			if at < 0 {
				break
			}
			found = append(found, [2]int{from + at, from + at + len(e.query)})
			from += at + len(e.query)
		}
	}
	column, at := 0, 0
	for g := graphemes.FromString(line); g.Next(); {
		text := g.Value()
		next := advance(column, text)
		style := plain
		for _, m := range found {
			if at >= m[0] && at < m[1] {
				style = match
			}
		}
		if text == "\t" || first(text) < ' ' {
			for x := column; x < next; x++ {
				c.Put(r, r.X+x-e.left, r.Y, "", 1, style)
			}
		} else {
			c.Put(r, r.X+column-e.left, r.Y, text, next-column, style)
		}
		column, at = next, at+len(text)
		if column-e.left > r.W {
			return
		}
	}
}

// indexFold finds a query as find does.
func indexFold(line, query string) int {
	b := buffer{lines: []string{line}}
	if at, ok := b.find(query, Pos{0, -1}, false); ok {
		return at.Byte
	}
	return -1
}
