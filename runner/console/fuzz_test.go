package console

import (
	"bytes"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

// fuzzSeeds are sequences that broke other emulators, and one of everything.
func fuzzSeeds() [][]byte {
	seeds := [][]byte{
		[]byte("\x1b[1;29r\x1b[H\x1bM"),
		[]byte("\x1b[6n\x1b[c\x1b[5n\x1b[?2026$p"),
		[]byte("\x1b]0;unfinished"),
		[]byte("\x1bP\x1b\x1b\x1b[m"),
		[]byte("\x1b[38;2;1;2;3m\x1b[48:2::1:2:3m\x1b[4:3mx\x1b[999999999999999999999b"),
		[]byte("\xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa9e\xcc\x81\xcc\x81\xcc\x81"),
		bytes.Repeat([]byte{0x80, 0x9b, 0x9d, 0xff, 0}, 10),
	}
	for _, cases := range conformanceSuite {
		for _, c := range cases {
			seeds = append(seeds, []byte(c.in))
		}
	}
	return seeds
}

// checkSnapshot is what a user interface relies on.
func checkSnapshot(t *testing.T, s *Snapshot) {
	t.Helper()
	if len(s.Lines) != s.Rows {
		t.Fatalf("%d lines on a screen of %d rows", len(s.Lines), s.Rows)
	}
	for y, l := range s.Lines {
		checkLine(t, l)
		if l.Len() != s.Cols {
			t.Fatalf("line %d has %d columns, the screen %d", y, l.Len(), s.Cols)
		}
	}
	if s.Cursor.X < 0 || s.Cursor.X >= s.Cols || s.Cursor.Y < 0 || s.Cursor.Y >= s.Rows {
		t.Fatalf("cursor at %d,%d on %dx%d", s.Cursor.X, s.Cursor.Y, s.Cols, s.Rows)
	}
	if strings.ContainsFunc(s.Title, func(r rune) bool { return r < 0x20 || r >= 0x7f && r < 0xa0 }) || len(s.Title) > maxTitle {
		t.Fatalf("title %q", s.Title)
	}
}

func checkLine(t *testing.T, l Line) {
	t.Helper()
	var text strings.Builder
	width := 0
	for x := range l.Len() {
		c := l.Cell(x)
		width += int(c.Width)
		text.WriteString(c.Text)
		if c.Text == "" && c.Width == 1 {
			text.WriteByte(' ')
		}
		for _, r := range c.Text {
			if r < 0x20 || r >= 0x7f && r < 0xa0 {
				t.Fatalf("a control character in a cell: %q", c.Text)
			}
		}
	}
	if width != l.Len() {
		t.Fatalf("cells of %d columns in a line of %d", width, l.Len())
	}
	if w := ansi.StringWidthWc(text.String()); w != l.Len() {
		t.Fatalf("line %q is drawn %d columns wide, not %d", text.String(), w, l.Len())
	}
	if w := ansi.StringWidth(text.String()); w > l.Len() {
		t.Fatalf("line %q is drawn %d columns wide by clusters, not %d", text.String(), w, l.Len())
	}
	cols := 0
	for _, r := range l.Runs() {
		if r.X != cols || ansi.StringWidthWc(r.Text) != r.Cols {
			t.Fatalf("run %q at %d of %d columns", r.Text, r.X, r.Cols)
		}
		cols += r.Cols
	}
	if cols != l.Used() {
		t.Fatalf("runs of %d columns, %d used", cols, l.Used())
	}
}

func FuzzWrite(f *testing.F) {
	for _, s := range fuzzSeeds() {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, p []byte) {
		replied := 0
		term := New(Options{Cols: 20, Rows: 6, ScrollbackLines: 50, Reply: func(p []byte) { replied += len(p) }})
		_, _ = term.Write(p)
		checkInvariants(t, term)
		whole := term.Snapshot()
		checkSnapshot(t, whole)
		if replied > maxReplies {
			t.Fatalf("%d bytes of replies to one write", replied)
		}
		for _, l := range term.History(0, 1000) {
			checkLine(t, l)
		}

		// However the bytes are cut, they mean the same.
		bytewise := New(Options{Cols: 20, Rows: 6, ScrollbackLines: 50})
		for i := range p {
			_, _ = bytewise.Write(p[i : i+1])
		}
		if a, b := screenText(whole), screenText(bytewise.Snapshot()); a != b && !whole.Modes.Synchronized {
			t.Fatalf("in one write:\n%q\nbyte by byte:\n%q", a, b)
		}
		if clean := Clean(p); strings.ContainsFunc(clean, func(r rune) bool { return r != '\n' && r < 0x20 || r >= 0x7f && r < 0xa0 }) {
			t.Fatalf("Clean left a control character in %q", clean)
		}
	})
}

func FuzzResize(f *testing.F) {
	for _, s := range fuzzSeeds() {
		f.Add(s, uint8(7), uint8(3), uint8(90), uint8(40))
	}
	f.Add([]byte("世界世界世界世界世界世界\x1b[?1049h世"), uint8(1), uint8(1), uint8(3), uint8(2))
	f.Fuzz(func(t *testing.T, p []byte, c1, r1, c2, r2 uint8) {
		term := New(Options{Cols: 20, Rows: 6, ScrollbackLines: 50})
		_, _ = term.Write(p)
		for _, size := range [][2]int{{int(c1), int(r1)}, {int(c2), int(r2)}, {20, 6}} {
			term.Resize(size[0], size[1])
			checkInvariants(t, term)
			checkSnapshot(t, term.Snapshot())
			_, _ = term.Write(p)
			checkInvariants(t, term)
		}
		checkSnapshot(t, term.Snapshot())
	})
}

// FuzzInterleaved carries out a program: each byte of ops says what to do next,
// from a writer and a reader at once.
func FuzzInterleaved(f *testing.F) {
	for _, s := range fuzzSeeds() {
		f.Add(s, []byte{1, 7, 200, 13, 66, 250, 3})
	}
	f.Fuzz(func(t *testing.T, p, ops []byte) {
		if len(ops) > 200 {
			ops = ops[:200]
		}
		term := New(Options{Cols: 20, Rows: 6, ScrollbackLines: 50, ScrollbackBytes: 4 << 10})
		done := make(chan struct{})
		go func() {
			defer close(done)
			for range ops {
				s := term.Snapshot()
				_ = s.Text()
				_ = term.History(s.Scrollback-3, 10)
			}
		}()
		for _, op := range ops {
			switch {
			case op < 64:
				term.Resize(1+int(op), 1+int(op)%30)
			case op < 96:
				term.Snapshot()
			default:
				n := min(len(p), 1+int(op)-96)
				_, _ = term.Write(p[:n])
				p = append(append([]byte(nil), p[n:]...), p[:n]...)
			}
			checkInvariants(t, term)
		}
		<-done
		checkSnapshot(t, term.Snapshot())
	})
}
