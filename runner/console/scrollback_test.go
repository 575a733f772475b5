package console

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
)

func historyText(term *Terminal) []string {
	var text []string
	for _, l := range term.History(0, 1<<30) {
		text = append(text, l.Text())
	}
	return text
}

func TestHistory(t *testing.T) {
	t.Parallel()
	term := New(Options{Cols: 20, Rows: 3})
	for i := range 100 {
		_, _ = fmt.Fprintf(term, "line %d\r\n", i)
	}
	s := term.Snapshot()
	if s.Scrollback != 98 || s.Dropped != 0 {
		t.Errorf("scrollback of %d lines, %d dropped", s.Scrollback, s.Dropped)
	}
	lines := term.History(0, 1000)
	if len(lines) != 98 || lines[0].Text() != "line 0" || lines[97].Text() != "line 97" {
		t.Errorf("%d lines from %q", len(lines), lines[0].Text())
	}
	for _, c := range []struct{ from, n, want int }{{10, 5, 5}, {95, 10, 3}, {98, 1, 0}, {-3, 2, 2}, {0, 0, 0}, {0, -1, 0}, {1 << 40, 5, 0}} {
		if got := len(term.History(c.from, c.n)); got != c.want {
			t.Errorf("History(%d, %d) is %d lines, want %d", c.from, c.n, got, c.want)
		}
	}
	if got := term.History(42, 1)[0].Text(); got != "line 42" {
		t.Errorf("line 42 is %q", got)
	}
}

// Whatever a line holds must come back out of its compact form.
func TestHistoryKeepsCells(t *testing.T) {
	t.Parallel()
	for _, in := range []string{
		"plain text", "", "   indented", "\x1b[31mred\x1b[m plain \x1b[1;4:3;58:5:3;48;2;1;2;3mall of it\x1b[m end",
		"a\x1b[44m  \x1b[m", "世界 wide \x1b[7m世\x1b[m", "e\u0301 combining 世\u0301", "é ünïcödé │┌─", "\ufffd",
		"a\x1b[5Cgap", "\x1b[44m\x1b[K", "\x1b(0lqk\x1b(B",
	} {
		term := New(Options{Cols: 60, Rows: 3})
		_, _ = term.Write([]byte(in))
		want := term.Snapshot().Lines[0]
		_, _ = term.Write([]byte("\x1b[m\r\n\n\n"))
		got := term.History(0, 1)[0]
		if got.Wrapped != want.Wrapped {
			t.Errorf("%q: wrapped %v", in, got.Wrapped)
		}
		for x := range want.Len() {
			a, b := got.Cell(x), want.Cell(x)
			if a.Text == " " && b.Text == "" {
				a.Text = ""
			}
			if a != b {
				t.Errorf("%q: column %d is %+v in the scrollback, was %+v", in, x, a, b)
				break
			}
		}
	}
}

func TestHistoryIsBoundedByLines(t *testing.T) {
	t.Parallel()
	term := New(Options{Cols: 20, Rows: 3, ScrollbackLines: 10})
	for i := range 100 {
		_, _ = fmt.Fprintf(term, "line %d\r\n", i)
	}
	got := historyText(term)
	if len(got) != 10 || got[0] != "line 88" || got[9] != "line 97" {
		t.Errorf("scrollback %q", got)
	}
	if s := term.Snapshot(); s.Dropped != 88 {
		t.Errorf("%d lines dropped", s.Dropped)
	}
	none := New(Options{Cols: 20, Rows: 3, ScrollbackLines: -1})
	_, _ = none.Write([]byte("1\r\n2\r\n3\r\n4\r\n5"))
	if got := historyText(none); got != nil {
		t.Errorf("a terminal without scrollback keeps %q", got)
	}
}

// The memory of a flood stays within the bound, and the newest lines stay.
func TestHistoryIsBoundedByBytes(t *testing.T) {
	t.Parallel()
	for _, what := range []string{"a plain line of some length that makes the bytes count %d\r\n", "\x1b[3%[1]dmc\x1b[4%[1]dmolours \x1b[38;2;1;2;%[1]dm everywhere %[1]d\r\n", "%d\r\n", "no newline %d "} {
		const bound = 256 << 10
		term := New(Options{ScrollbackBytes: bound, ScrollbackLines: 1 << 30})
		for i := range 100_000 {
			_, _ = fmt.Fprintf(term, what, i)
		}
		if term.history.bytes > bound {
			t.Errorf("%q: %d bytes", what, term.history.bytes)
		}
		var held int
		for _, b := range term.history.blocks {
			held += b.size()
		}
		if held != term.history.bytes {
			t.Errorf("%q: blocks of %d bytes are counted as %d", what, held, term.history.bytes)
		}
		got := historyText(term)
		if len(got) < 1000 || !strings.Contains(strings.Join(got[len(got)-30:], "")+strings.Join(term.Snapshot().Text(), ""), "99990") {
			t.Errorf("%q: %d lines kept, ending in %q", what, len(got), got[max(0, len(got)-3):])
		}
	}
}

func TestDefaultScrollbackHoldsABootLog(t *testing.T) {
	t.Parallel()
	term := New(Options{})
	line := strings.Repeat("x", 60) + "\r\n"
	for range DefaultScrollbackLines + 100 {
		_, _ = term.Write([]byte(line))
	}
	if s := term.Snapshot(); s.Scrollback != DefaultScrollbackLines {
		t.Errorf("%d lines of 60 characters fit", s.Scrollback)
	}
}

func TestWhatClearedScreensHeldIsKept(t *testing.T) {
	t.Parallel()
	for in, want := range map[string][]string{
		"one\r\ntwo\x1b[2J":                    {"one", "two"},
		"one\r\ntwo\x1bc":                      {"one", "two"},
		"\x1b[44m\x1b[2J\x1b[2J":               nil, // nothing but a background
		"\x1b[2J\x1b[2J":                       nil,
		"one\x1b[?1049htwo\x1b[2J":             nil, // the alternate screen has no scrollback
		"one\x1b[?1049htwo\x1bc":               {"one"},
		"one\x1b[2J\x1b[3J":                    nil,
		"1\r\n2\r\n3\r\n4\x1b[1;2r\x1b[2;1H\n": {"1", "2"},
		"1\r\n2\r\n3\x1b[2;3r\x1b[3;1H\n":      nil, // a region below the top
		"1\r\n2\r\n3\x1b[H\x1b[M":              nil, // an editor's deletion
	} {
		term := New(Options{Cols: 10, Rows: 3})
		_, _ = term.Write([]byte(in))
		if got := historyText(term); !slices.Equal(got, want) {
			t.Errorf("%q: scrollback %q, want %q", in, got, want)
		}
	}
}

func TestSeaBIOS(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("testdata/seabios.raw")
	if err != nil {
		t.Fatal(err)
	}
	term := New(Options{Cols: 20, Rows: 5})
	_, _ = term.Write(raw)
	long := strings.Repeat("kernel ", 10) + "end"
	_, _ = term.Write([]byte(long))
	all := ""
	for _, l := range append(term.History(0, 1000), term.Snapshot().Lines...) {
		all += l.Text()
		if len(l.Text()) < 20 && l.Wrapped {
			all += " "
		}
		if !l.Wrapped {
			all += "\n"
		}
	}
	for _, want := range []string{"SeaBIOS (version 1.16.2-debian-1.16.2-1)\n", "Boot failed: could not read the boot disk\n", long} {
		if !strings.Contains(all, want) {
			t.Errorf("%q is not whole in:\n%s", want, all)
		}
	}
}

// The kernel's first line comes right behind a second reset of the firmware's.
func TestLinuxBehindSeaBIOS(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("testdata/sessions/linux.raw")
	if err != nil {
		t.Fatal(err)
	}
	term := New(Options{Cols: 80, Rows: 25})
	_, _ = term.Write(raw)
	all := ""
	for _, l := range term.History(0, 10_000) {
		all += l.Text()
		if !l.Wrapped {
			all += "\n"
		}
	}
	for _, want := range []string{"Booting from ROM...\n", "[    0.000000] Linux version 6.1.0", "(2026-11-16)\n[    0.000000] Command line: console=ttyS0 panic=-1\n"} {
		if !strings.Contains(all, want) {
			t.Errorf("%q is not in the scrollback", want)
		}
	}
}

func TestMemoryAfterAFlood(t *testing.T) {
	if testing.Short() {
		t.Skip("prints 100 MB")
	}
	before := heap()
	term := New(Options{Cols: 200, Rows: 60})
	chunk := plainBytes(200)
	for n := 0; n < 100<<20; n += len(chunk) {
		_, _ = term.Write(chunk)
		term.Snapshot()
	}
	if grown := heap() - before; grown > 16<<20 {
		t.Errorf("%d bytes are held after a flood", grown)
	}
	runtime.KeepAlive(term)
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc) // far below the limit
}
