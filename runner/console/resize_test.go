package console

import (
	"fmt"
	"strings"
	"testing"
)

func TestResize(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, in       string
		cols, rows     int
		want, history  string
		cursorX, cursY int
	}{
		{"narrower", "0123456789ab\r\nxy", 6, 5, "012345|6789ab|xy", "", 2, 2},
		{"wider joins", "0123456789ab\r\nxy", 20, 5, "0123456789ab|xy", "", 2, 1},
		{"a row of its own is not joined", "0123456789\r\nab", 20, 5, "0123456789|ab", "", 2, 1},
		{"lower keeps the newest", "1\r\n2\r\n3\r\n4\r\n5", 10, 2, "4|5", "1|2|3", 1, 1},
		{"lower drops blank rows first", "1\r\n2", 10, 2, "1|2", "", 1, 1},
		{"higher takes lines back", "1\r\n2\r\n3\r\n4\r\n5\r\n6\r\n7", 10, 7, "1|2|3|4|5|6|7", "", 1, 6},
		{"higher than there is", "1\r\n2", 10, 9, "1|2", "", 1, 1},
		{"a cleared screen stays clear", "1\r\n2\x1b[2J\x1b[Hx", 10, 9, "x", "1|2", 1, 0},
		{"narrower pushes out", "0123456789\r\n0123456789\r\nab\r\nc\r\nd", 5, 5, "01234|56789|ab|c|d", "01234|56789", 1, 4},
		{"the cursor stays with its text", "0123456789ab\x1b[1;8H", 5, 5, "01234|56789|ab", "", 2, 1},
		{"wide is not cut", "世界世界世", 5, 5, "世界|世界|世", "", 2, 2},
		{"wide joins again", "01234567世界x", 5, 5, "01234|567世|界x", "", 3, 2},
		{"wide was wrapped early", "012345678世", 20, 5, "012345678世", "", 11, 0},
		{"one column", "世a", 1, 5, "\ufffd||a", "", 0, 2},
		{"pending wrap", "0123456789", 5, 5, "01234|56789", "", 4, 1},
		{"a wrapped line from the scrollback", "0123456789abcdefghij\r\n2\r\n3\r\n4\r\n5", 20, 5, "0123456789abcdefghij|2|3|4|5", "", 1, 4},
		{"blank rows in between", "1\r\n\n\nx", 20, 6, "1|||x", "", 1, 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			term := New(Options{Cols: 10, Rows: 5})
			_, _ = term.Write([]byte(c.in))
			term.Resize(c.cols, c.rows)
			checkInvariants(t, term)
			s := term.Snapshot()
			if s.Cols != c.cols || s.Rows != c.rows {
				t.Errorf("the size is %dx%d", s.Cols, s.Rows)
			}
			if got := screenText(s); got != c.want {
				t.Errorf("shows %q, want %q", got, c.want)
			}
			if got := strings.Join(historyText(term), "|"); got != c.history {
				t.Errorf("scrollback %q, want %q", got, c.history)
			}
			if s.Cursor.X != c.cursorX || s.Cursor.Y != c.cursY {
				t.Errorf("cursor at %d,%d, want %d,%d", s.Cursor.X, s.Cursor.Y, c.cursorX, c.cursY)
			}
		})
	}
}

// Going narrower and back shows the same again.
func TestResizeThereAndBack(t *testing.T) {
	t.Parallel()
	term := New(Options{Cols: 40, Rows: 10})
	for i := range 30 {
		_, _ = fmt.Fprintf(term, "\r\n%d: %s世界 \x1b[3%dmcolour\x1b[m", i, strings.Repeat("word ", i%12), i%8)
	}
	before := term.Snapshot()
	for _, size := range [][2]int{{7, 10}, {40, 10}, {3, 4}, {40, 10}, {100, 30}, {40, 10}} {
		term.Resize(size[0], size[1])
		checkInvariants(t, term)
	}
	after := term.Snapshot()
	for y := range before.Lines {
		a, b := before.Lines[y], after.Lines[y]
		for x := range a.Len() {
			if c, d := a.Cell(x), b.Cell(x); c != d && (c.Text != "" || d.Text != " ") {
				t.Fatalf("row %d column %d was %+v, is %+v\n%s\n%s", y, x, c, d, a.Text(), b.Text())
			}
		}
	}
	if before.Cursor != after.Cursor {
		t.Errorf("the cursor was at %+v, is at %+v", before.Cursor, after.Cursor)
	}
}

func TestResizeOfTheAlternateScreen(t *testing.T) {
	t.Parallel()
	term := New(Options{Cols: 10, Rows: 5})
	_, _ = term.Write([]byte("0123456789ab\x1b[?1049h\x1b[H1\r\n2\r\n3\r\n4\r\n5世"))
	term.Resize(6, 3)
	checkInvariants(t, term)
	if got := screenText(term.Snapshot()); got != "3|4|5世" {
		t.Errorf("the alternate screen shows %q", got)
	}
	_, _ = term.Write([]byte("\x1b[?1049lcd"))
	if got := screenText(term.Snapshot()); got != "012345|6789ab|cd" {
		t.Errorf("the main screen shows %q", got)
	}
}

func TestSizesAreBounded(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]int{{0, 0}, {-1, -5}, {1, 1}, {1 << 40, 1 << 40}} {
		term := New(Options{Cols: 20, Rows: 5})
		_, _ = term.Write([]byte("text"))
		term.Resize(size[0], size[1])
		checkInvariants(t, term)
		if cols, rows := term.Size(); cols < 1 || rows < 1 || cols > MaxCols || rows > MaxRows {
			t.Errorf("%v became %dx%d", size, cols, rows)
		}
	}
	if cols, rows := New(Options{Cols: -4, Rows: 7}).Size(); cols != 1 || rows != 7 {
		t.Errorf("%dx%d", cols, rows)
	}
}

func TestResizeWithAnEndlessLine(t *testing.T) {
	t.Parallel()
	term := New(Options{Cols: 80, Rows: 24})
	_, _ = term.Write([]byte(strings.Repeat("0123456789", 1<<20)))
	for i := range 20 {
		term.Resize(40+i, 24)
	}
	checkInvariants(t, term)
	if got := term.Snapshot().Lines[3].Text(); len(got) != 59 {
		t.Errorf("a row of %q", got)
	}
}
