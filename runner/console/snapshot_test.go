package console

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestSnapshotNeverChanges(t *testing.T) {
	t.Parallel()
	term := New(Options{Cols: 20, Rows: 5})
	_, _ = term.Write([]byte("\x1b[31mold\x1b[m e\u0301\r\nother"))
	s := term.Snapshot()
	text, style := s.Text(), s.Lines[0].Cell(0).Style
	_, _ = term.Write([]byte("\x1b[2J\x1b[H\x1b[32mnew" + strings.Repeat("\r\nscroll", 20) + "\x1b#8"))
	term.Resize(7, 9)
	if got := s.Text(); !slices.Equal(got, text) || s.Lines[0].Cell(0).Style != style {
		t.Errorf("the snapshot changed from %q to %q", text, got)
	}
}

func TestSnapshotIsSharedWhileNothingChanges(t *testing.T) {
	t.Parallel()
	term := New(Options{Cols: 20, Rows: 5})
	_, _ = term.Write([]byte("one\r\ntwo\r\nthree"))
	a := term.Snapshot()
	if b := term.Snapshot(); a != b {
		t.Error("a second snapshot of the same screen")
	}
	_, _ = term.Write([]byte("!"))
	b := term.Snapshot()
	if a == b || b.Generation <= a.Generation {
		t.Error("the snapshot did not change")
	}
	for y, same := range []bool{true, true, false, true, true} {
		if (a.Lines[y].ID == b.Lines[y].ID) != same {
			t.Errorf("row %d: ID %d, then %d", y, a.Lines[y].ID, b.Lines[y].ID)
		}
	}
	_, _ = term.Write([]byte("\x1b[5;1H\n")) // scrolls: the rows are the same, elsewhere
	c := term.Snapshot()
	for y := range 4 {
		if b.Lines[y+1].ID != c.Lines[y].ID {
			t.Errorf("row %d was drawn already as row %d", y, y+1)
		}
	}
	if g := term.Generation(); g != c.Generation {
		t.Errorf("generation %d, of the snapshot %d", g, c.Generation)
	}
	term.Resize(20, 5)
	if term.Snapshot() != c {
		t.Error("a resize to the same size changed something")
	}
}

func TestRuns(t *testing.T) {
	t.Parallel()
	term := New(Options{Cols: 30, Rows: 2})
	_, _ = term.Write([]byte("ab\x1b[31m世c\x1b[m \x1b[44m \x1b[m\x1b[2Ce\u0301"))
	want := []Run{
		{0, 2, "ab", Style{}},
		{2, 3, "世c", Style{FG: Indexed(1)}},
		{5, 1, " ", Style{}},
		{6, 1, " ", Style{BG: Indexed(4)}},
		{7, 3, "  e\u0301", Style{}},
	}
	if got := term.Snapshot().Lines[0].Runs(); !slices.Equal(got, want) {
		t.Errorf("runs %+v, want %+v", got, want)
	}
	l := term.Snapshot().Lines[0]
	for x, want := range map[int]Cell{
		-1: {Width: 1}, 0: {Text: "a", Width: 1}, 2: {Text: "世", Width: 2, Style: Style{FG: Indexed(1)}},
		3: {Width: 0, Style: Style{FG: Indexed(1)}}, 7: {Width: 1}, 9: {Text: "e\u0301", Width: 1}, 29: {Width: 1}, 99: {Width: 1},
	} {
		if got := l.Cell(x); got != want {
			t.Errorf("cell %d is %+v, want %+v", x, got, want)
		}
	}
}

// What a guest left behind when it was killed must not reach the next one.
func TestReset(t *testing.T) {
	t.Parallel()
	for _, left := range []string{"", "\x1b[3", "\x1b]0;ti", "\x1bP", "\xe4\xb8", "\x1b[?1049h\x1b[?25l\x1b[31m\x1b[2;3r\x1b(0", "\x1b[?2026h"} {
		term := New(Options{Cols: 20, Rows: 3})
		_, _ = term.Write([]byte("before"))
		if left == "\x1b[?2026h" {
			term.Snapshot()
		}
		_, _ = term.Write([]byte(left))
		term.Reset()
		_, _ = term.Write([]byte("qfter"))
		s := term.Snapshot()
		if got := screenText(s); got != "qfter" || s.Lines[0].Cell(0).Style != (Style{}) || !s.Cursor.Visible || s.Title != "" {
			t.Errorf("after %q and a reset it shows %q, %+v, title %q", left, got, s.Cursor, s.Title)
		}
		if got := historyText(term); !slices.Equal(got, []string{"before"}) {
			t.Errorf("after %q and a reset the scrollback is %q", left, got)
		}
	}
}

func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	term := New(Options{Cols: 40, Rows: 10, Reply: func([]byte) {}})
	var wg sync.WaitGroup
	for _, f := range []func(i int){
		func(int) { _, _ = term.Write([]byte("\x1b[31mtext 世\x1b[6n\r\n")) },
		func(int) { _, _ = term.Write([]byte("\x1b[2J\x1b[?1049h\x1b[?1049l")) },
		func(i int) { term.Resize(20+i%30, 5+i%10) },
		func(int) { s := term.Snapshot(); _ = s.Text(); _ = term.History(s.Scrollback-5, 5) },
		func(int) { term.Generation() },
	} {
		wg.Go(func() {
			for i := range 300 {
				f(i)
			}
		})
	}
	wg.Wait()
	checkInvariants(t, term)
}

// No sequence may cost so much that a few bytes keep the emulator busy: each of
// these is printed 2,000 times on a large screen full of text.
func TestNoSequenceIsSlow(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a few seconds")
	}
	for _, seq := range []string{
		"\x1b#8", "\x1b[2J", "\x1b#8\x1b[2J", "\x1bc", "\x1b[65535b", "x\x1b[65535b", "\x1b[65535L", "\x1b[65535M", "\x1b[65535S", "\x1b[65535T",
		"\x1b[65535@", "\x1b[65535P", "\x1b[65535X", "\x1b[1;60r\x1bM", "\x1b[2;59r\x1b[59H\n", "\x1b[65535I", "\x1b[65535Z",
		"\x1b[?1049h\x1b[?1049l", "\x1b[?47h\x1b[2J\x1b[?47l", "\x1b[44m\x1b[2J", "\x1b[3J", "世\x1b[4hx\x1b[4l", "\x1b[?2026h\x1b[?2026l",
	} {
		term := New(Options{Cols: 200, Rows: 60})
		_, _ = term.Write([]byte("\x1b#8"))
		began := time.Now()
		_, _ = term.Write([]byte(strings.Repeat(seq, 2000)))
		if took := time.Since(began); took > 2*time.Second {
			t.Errorf("%q: %v each", seq, took/2000)
		} else {
			t.Logf("%q: %v each", seq, took/2000)
		}
	}
}
