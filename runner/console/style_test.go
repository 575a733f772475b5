package console

import (
	"fmt"
	"testing"
)

func TestSGR(t *testing.T) {
	t.Parallel()
	red, blue := Indexed(1), Indexed(4)
	for in, want := range map[string]Style{
		"":               {},
		"\x1b[1m":        {Attrs: Bold},
		"\x1b[2;3;4;5m":  {Attrs: Faint | Italic | Underline | Blink},
		"\x1b[6m":        {Attrs: Blink},
		"\x1b[7;8;9;53m": {Attrs: Reverse | Hidden | Strike | Overline},
		"\x1b[1;2;22m":   {},
		"\x1b[3;4;5;7;8;9;53m\x1b[23;24;25;27;28;29;55m": {},
		"\x1b[21m":                 {Attrs: Underline, Line: UnderlineDouble},
		"\x1b[4:3m":                {Attrs: Underline, Line: UnderlineCurly},
		"\x1b[4:5m":                {Attrs: Underline, Line: UnderlineDashed},
		"\x1b[4:3m\x1b[4:0m":       {},
		"\x1b[4:3m\x1b[24m\x1b[4m": {Attrs: Underline},
		"\x1b[31;44m":              {FG: red, BG: blue},
		"\x1b[91;104m":             {FG: Indexed(9), BG: Indexed(12)},
		"\x1b[31;44;39m":           {BG: blue},
		"\x1b[31;44;49m":           {FG: red},
		"\x1b[38;5;200m":           {FG: Indexed(200)},
		"\x1b[48;5;200;1m":         {BG: Indexed(200), Attrs: Bold},
		"\x1b[38;2;1;2;3m":         {FG: RGB(1, 2, 3)},
		"\x1b[48;2;1;2;3;4m":       {BG: RGB(1, 2, 3), Attrs: Underline},
		"\x1b[38:5:200;1m":         {FG: Indexed(200), Attrs: Bold},
		"\x1b[38:2:1:2:3;1m":       {FG: RGB(1, 2, 3), Attrs: Bold},
		"\x1b[38:2::1:2:3;1m":      {FG: RGB(1, 2, 3), Attrs: Bold},
		"\x1b[4;58:2::1:2:3m":      {Attrs: Underline, Underline: RGB(1, 2, 3)},
		"\x1b[4;58;5;9m":           {Attrs: Underline, Underline: Indexed(9)},
		"\x1b[58;5;9;59m":          {},
		"\x1b[38;5m\x1b[1m":        {Attrs: Bold},
		"\x1b[38;9;1m":             {Attrs: Bold},
		"\x1b[38;2;300;0;0m":       {FG: RGB(255, 0, 0)},
		"\x1b[31m\x1b[m":           {},
		"\x1b[31;0;1m":             {Attrs: Bold},
		"\x1b[31;;1m":              {Attrs: Bold},
		"\x1b[1;999;31m":           {FG: red, Attrs: Bold},
		"\x1b[31m\x1b7\x1b[m\x1b8": {FG: red},
		"\x1b[31m\x1b[!p":          {},
		"\x1b[31m\x1bc":            {},
		"\x1b[>4;2m\x1b[?4m":       {}, // xterm's key options, no SGR
	} {
		term := New(Options{})
		_, _ = term.Write([]byte(in + "x"))
		if got := term.Snapshot().Lines[0].Cell(0).Style; got != want {
			t.Errorf("%q: %+v, want %+v", in, got, want)
		}
	}
}

func TestColorKinds(t *testing.T) {
	t.Parallel()
	if c := Color(0); !c.IsDefault() {
		t.Error("the zero colour is not the default")
	}
	if n, ok := Indexed(7).Index(); n != 7 || !ok {
		t.Errorf("index %d, %v", n, ok)
	}
	if _, ok := RGB(1, 2, 3).Index(); ok {
		t.Error("an RGB colour has an index")
	}
	if r, g, b, ok := RGB(1, 2, 3).RGB(); r != 1 || g != 2 || b != 3 || !ok {
		t.Errorf("rgb %d %d %d, %v", r, g, b, ok)
	}
}

func TestErasedCellsHaveTheBackground(t *testing.T) {
	t.Parallel()
	for _, in := range []string{
		"\x1b[2J", "\x1b[K", "\x1b[3X", "\x1b[3@", "\x1b[3P\x1b[K", "\x1b[1J", "\x1b[2K",
		"\x1b[L", "\x1b[M\x1b[K", "\x1b[5;1H\n\x1b[K\x1b[H\x1b[K", "\x1bM", "\x1b[T", "\x1b[5S",
	} {
		term := New(Options{Cols: 10, Rows: 5})
		_, _ = term.Write([]byte("\x1b[44m" + in))
		if got := term.Snapshot().Lines[0].Cell(0); got != (Cell{Width: 1, Style: Style{BG: Indexed(4)}}) {
			t.Errorf("%q: %+v", in, got)
		}
	}
}

// A guest that shows more styles than the table holds over time must go on
// getting its colours, since only those on the screen count.
func TestStylesAreReused(t *testing.T) {
	t.Parallel()
	term := New(Options{Cols: 20, Rows: 4})
	for i := range 3 * maxStyles {
		_, _ = fmt.Fprintf(term, "\x1b[38;2;%d;%d;%dmx", i>>16, i>>8&0xff, i&0xff)
		if i%3 == 0 {
			// Numbering the background of erased cells may renumber the pen.
			_, _ = fmt.Fprintf(term, "\x1b[48;2;%d;%d;%dmy\x1b[X\x1b[49m", i>>16, i>>8&0xff, i&0xff)
			s := term.screen.row(term.y).cells[max(0, term.x-1)]
			if got := term.styles.list[s.style()]; term.x > 0 && got.BG != got.FG {
				t.Fatalf("step %d: a cell of colour %x on %x", i, got.FG, got.BG)
			}
		}
	}
	last := 3*maxStyles - 1
	s := term.Snapshot()
	want := RGB(byte(last>>16), byte(last>>8), byte(last))
	if got := s.Lines[s.Cursor.Y].Cell(s.Cursor.X - 1).Style.FG; got != want && s.Cursor.X > 0 {
		t.Errorf("the last colour is %x, want %x", got, want)
	}
	if n := len(term.styles.list); n > maxStyles {
		t.Errorf("%d styles kept", n)
	}
	checkInvariants(t, term)
}

// More styles on one screen than there are numbers: the rest is shown plain,
// and the time does not explode.
func TestMoreStylesOnTheScreenThanNumbers(t *testing.T) {
	t.Parallel()
	term := New(Options{Cols: 400, Rows: 400})
	for i := range 2 * maxStyles {
		_, _ = fmt.Fprintf(term, "\x1b[38;2;%d;%d;%dmx", i>>16, i>>8&0xff, i&0xff)
	}
	checkInvariants(t, term)
	if got := term.Snapshot().Lines[0].Cell(1).Style.FG; got != RGB(0, 0, 1) {
		t.Errorf("an early colour became %x", got)
	}
}

func TestClustersAreBounded(t *testing.T) {
	t.Parallel()
	term := New(Options{Cols: 20, Rows: 4})
	for a := range rune(112) {
		for b := range rune(112) {
			for c := range rune(4) {
				_, _ = fmt.Fprintf(term, "e%c%c%c", 0x300+a, 0x300+b, 0x300+c)
			}
		}
	}
	if n := len(term.clusters.list); n > maxClusters {
		t.Errorf("%d clusters kept", n)
	}
	_, _ = term.Write([]byte("\x1b[2J\x1b[He\u0301\u0302\u0303\u0304x"))
	if got := term.Snapshot().Lines[0].Text(); got != "e\u0301\u0302\u0303\u0304x" {
		t.Errorf("after many clusters a new one shows as %q", got)
	}
	_, _ = term.Write([]byte("\x1b[He"))
	for range 100000 {
		_, _ = term.Write([]byte("\u0301"))
	}
	if got := term.Snapshot().Lines[0].Cell(0).Text; len(got) > maxClusterBytes {
		t.Errorf("a cell of %d bytes", len(got))
	}
}
