package console

import (
	"strings"
	"time"
)

// Snapshot is the screen at one moment. It never changes, and may be read from
// any goroutine.
type Snapshot struct {
	Cols, Rows int
	Lines      []Line // the screen from top to bottom, Rows of them
	Cursor     Cursor
	Title      string // as the guest set it, without control characters
	AltScreen  bool
	Scrollback int    // lines above the screen, for Terminal.History
	Dropped    uint64 // lines ever dropped from the scrollback: line i there is number Dropped+i for good
	Generation uint64
	Modes      Modes
}

// Line is one row of cells.
type Line struct {
	// ID names the content of a screen row: two lines of one terminal with the
	// same ID are the same, and what was drawn for the one holds for the
	// other. It is 0 for lines of the scrollback.
	ID      uint64
	Wrapped bool // the text goes on in the next line

	cols  int
	cells []cell // up to the last that is not blank
	tb    tables
}

// Cell is one column of a line.
type Cell struct {
	Text  string // one character with what combines with it; "" for a blank and for the second half of a wide one
	Width uint8  // columns: 1, or 2, or 0 for the second half of a wide one
	Style Style
}

// Cursor is where the guest's cursor stands, from 0.
type Cursor struct {
	X, Y    int
	Visible bool
	Shape   CursorShape
	Blink   bool
}

// CursorShape is the form of the cursor (DECSCUSR).
type CursorShape uint8

// The shapes of a cursor.
const (
	CursorBlock CursorShape = iota
	CursorUnderline
	CursorBar
)

// Len is the number of columns of the line. A line of the scrollback may be
// longer than the screen is wide, when that was wider once.
func (l Line) Len() int { return l.cols }

// Used is the number of columns up to the last one that is not blank.
func (l Line) Used() int { return len(l.cells) }

// Cell is column x, a blank where x is outside of the line.
func (l Line) Cell(x int) Cell {
	if x < 0 || x >= len(l.cells) {
		return Cell{Width: 1}
	}
	c := l.cells[x]
	out := Cell{Width: 1, Style: l.tb.styles[c.style()]}
	switch c.kind() {
	case kindTail:
		out.Width = 0
		return out
	case kindWide:
		out.Width = 2
	}
	out.Text = glyphText(c.glyph(), l.tb.clusters)
	return out
}

// Run is a stretch of columns of one style.
type Run struct {
	X     int    // first column
	Cols  int    // columns it takes
	Text  string // blanks are spaces
	Style Style
}

// Runs cuts the used part of the line into runs, for drawing it with few style
// changes. Their columns add up to Used.
func (l Line) Runs() []Run {
	var runs []Run
	var text []byte
	for x := 0; x < len(l.cells); {
		style, end := l.cells[x].style(), x
		text = text[:0]
		for end < len(l.cells) && l.cells[end].style() == style {
			if l.cells[end].kind() != kindTail {
				text = appendGlyph(text, l.cells[end].glyph(), l.tb.clusters)
			}
			end++
		}
		runs = append(runs, Run{X: x, Cols: end - x, Text: string(text), Style: l.tb.styles[style]})
		x = end
	}
	return runs
}

// Text is the line as plain text, without blanks at the end.
func (l Line) Text() string {
	text := make([]byte, 0, len(l.cells))
	for _, c := range l.cells {
		if c.kind() != kindTail {
			text = appendGlyph(text, c.glyph(), l.tb.clusters)
		}
	}
	return strings.TrimRight(string(text), " ")
}

// Text is the screen as plain text, one string a row, without blanks at the
// ends of rows.
func (s *Snapshot) Text() []string {
	text := make([]string, len(s.Lines))
	for i, l := range s.Lines {
		text[i] = l.Text()
	}
	return text
}

// maxHeld bounds how long synchronized output may hold a frame back.
const maxHeld = 150 * time.Millisecond

// Snapshot is the screen now. While nothing changes it returns the same pointer,
// and rows that did not change share their cells with the snapshot before.
//
// While the guest draws in synchronized output (mode 2026) the snapshot before is
// returned, for 150 ms at most: a snapshot whose Generation is behind the
// terminal's is worth asking for again later.
func (t *Terminal) Snapshot() *Snapshot {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.last != nil && (t.last.Generation == t.generation || t.held()) {
		return t.last
	}
	t.seen = true
	t.last = t.capture()
	return t.last
}

// held says whether the guest is in the middle of drawing a frame. The time
// counts from the first frame nobody has seen the end of, so that a guest
// cannot freeze the screen by beginning one frame after the other.
func (t *Terminal) held() bool {
	return t.modes.sync && t.now().Sub(t.syncSince) < maxHeld
}

func (t *Terminal) capture() *Snapshot {
	s := &Snapshot{
		Cols: t.cols, Rows: t.rows, Lines: make([]Line, t.rows),
		Cursor:    Cursor{X: t.x, Y: t.y, Visible: t.modes.cursorVisible, Shape: t.cursorShape, Blink: t.modes.cursorBlink},
		Title:     t.title,
		AltScreen: t.screen == t.alt, Scrollback: t.history.lines, Dropped: t.history.dropped,
		Generation: t.generation, Modes: t.modes.public(),
	}
	tb := t.tables()
	for y := range s.Lines {
		r := t.screen.row(y)
		if r.dirty {
			t.lineID++
			r.line = Line{
				ID: t.lineID, Wrapped: r.wrapped, cols: t.cols,
				cells: append([]cell(nil), r.trimmed()...), tb: tb,
			}
			r.dirty = false
		}
		s.Lines[y] = r.line
	}
	return s
}

// History is n lines of the scrollback from line from on, 0 being the oldest
// kept. It returns fewer where there are no more.
func (t *Terminal) History(from, n int) []Line {
	t.mu.Lock()
	defer t.mu.Unlock()
	from = max(0, from)
	n = min(n, t.history.lines-from)
	if n <= 0 {
		return nil
	}
	st, ct := newStyleTable(), newClusterTable()
	d := &decoder{
		widths:  &t.widths,
		style:   func(s Style) uint16 { id, _ := st.intern(s); return id },
		cluster: ct.joined,
	}
	lines := make([]Line, n)
	for i := range lines {
		cells, wrapped := d.decode(nil, t.history.record(from+i))
		lines[i] = Line{Wrapped: wrapped, cols: max(t.cols, len(cells)), cells: cells}
	}
	for i := range lines {
		lines[i].tb = tables{styles: st.list, clusters: ct.list}
	}
	return lines
}
