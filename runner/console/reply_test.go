package console

import (
	"strings"
	"testing"
	"time"
)

func TestReplies(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"\x1b[c":                            "\x1b[?62;22c",
		"\x1b[0c":                           "\x1b[?62;22c",
		"\x1b[1c":                           "",
		"\x1bZ":                             "\x1b[?62;22c",
		"\x1b[>c":                           "\x1b[>1;10;0c",
		"\x1b[5n":                           "\x1b[0n",
		"\x1b[3;4H\x1b[6n":                  "\x1b[3;4R",
		"\x1b[3;4H\x1b[?6n":                 "\x1b[?3;4R",
		"\x1b[2;4r\x1b[?6h\x1b[2;2H\x1b[6n": "\x1b[2;2R",
		"\x1b[999;999H\x1b[6n":              "\x1b[5;10R",
		"\x1b[18t":                          "\x1b[8;5;10t",
		"\x1b[21t\x1b[20t":                  "", // a title must not come back as if typed
		"\x1b[?7$p":                         "\x1b[?7;1$y",
		"\x1b[?7l\x1b[?7$p":                 "\x1b[?7;2$y",
		"\x1bc\x1b[?7l\x1b[?7$p":            "\x1b[?7;2$y",
		"\x1b[?2026$p":                      "\x1b[?2026;2$y",
		"\x1b[?2026h\x1b[?2026$p":           "\x1b[?2026;1$y",
		"\x1b[?1049h\x1b[?1049$p":           "\x1b[?1049;1$y",
		"\x1b[?1006h\x1b[?1006$p":           "\x1b[?1006;1$y",
		"\x1b[?1002h\x1b[?1000$p":           "\x1b[?1000;2$y",
		"\x1b[?2004h\x1b[?2004$p":           "\x1b[?2004;1$y",
		"\x1b[?31337$p":                     "\x1b[?31337;0$y",
		"\x1b[4h\x1b[4$p":                   "\x1b[4;1$y",
		"\x1b[20$p":                         "\x1b[20;2$y",
		"\x1b[99$p":                         "\x1b[99;0$y",
		"\x05":                              "",
		"\x1bP$qm\x1b\\\x1b]10;?\x07":       "",
		"\x1b[?u":                           "",
	} {
		var got strings.Builder
		term := New(Options{Cols: 10, Rows: 5, Reply: func(p []byte) { got.Write(p) }})
		_, _ = term.Write([]byte(in))
		if got.String() != want {
			t.Errorf("%q is answered by %q, want %q", in, got.String(), want)
		}
	}
}

func TestRepliesAreBounded(t *testing.T) {
	t.Parallel()
	n := 0
	term := New(Options{Reply: func(p []byte) { n += len(p) }})
	_, _ = term.Write([]byte(strings.Repeat("\x1b[c\x1b[6n", 100_000)))
	if n == 0 || n > maxReplies {
		t.Errorf("%d bytes of replies", n)
	}
}

// A reply that uses the terminal, or that nobody takes, must not lock up Write.
func TestReplyMayUseTheTerminal(t *testing.T) {
	t.Parallel()
	var term *Terminal
	replied := false
	term = New(Options{Reply: func([]byte) { term.Snapshot(); replied = true }})
	_, _ = term.Write([]byte("\x1b[6n"))
	if !replied {
		t.Error("no reply")
	}
	_, _ = New(Options{}).Write([]byte("\x1b[6n"))
}

func TestModes(t *testing.T) {
	t.Parallel()
	plain := Modes{Autowrap: true}
	with := func(f func(*Modes)) Modes { m := plain; f(&m); return m }
	for in, want := range map[string]Modes{
		"":                          plain,
		"\x1b[?1h":                  with(func(m *Modes) { m.AppCursor = true }),
		"\x1b[?1h\x1b[?1l":          plain,
		"\x1b=":                     with(func(m *Modes) { m.AppKeypad = true }),
		"\x1b=\x1b>":                plain,
		"\x1b[?66h":                 with(func(m *Modes) { m.AppKeypad = true }),
		"\x1b[20h":                  with(func(m *Modes) { m.Newline = true }),
		"\x1b[?2004h":               with(func(m *Modes) { m.BracketedPaste = true }),
		"\x1b[?1004h":               with(func(m *Modes) { m.Focus = true }),
		"\x1b[?1007h":               with(func(m *Modes) { m.AlternateScroll = true }),
		"\x1b[?5h":                  with(func(m *Modes) { m.ReverseVideo = true }),
		"\x1b[?9h":                  with(func(m *Modes) { m.Mouse = MousePress }),
		"\x1b[?1000;1006h":          with(func(m *Modes) { m.Mouse, m.MouseEncoding = MouseNormal, MouseSGR }),
		"\x1b[?1002;1005h":          with(func(m *Modes) { m.Mouse, m.MouseEncoding = MouseButton, MouseUTF8 }),
		"\x1b[?1003;1015h":          with(func(m *Modes) { m.Mouse, m.MouseEncoding = MouseAny, MouseURXVT }),
		"\x1b[?1003h\x1b[?1003l":    plain,
		"x\x1b[?7l":                 with(func(m *Modes) { m.Autowrap = false }),
		"\x1bc\x1b[?7l":             plain, // the firmware's
		"\x1b[?1;5;1003;2004h\x1bc": plain,
		"\x1b[?1h\x1b=\x1b[!p":      plain,
		"\x1b[?2004h\x1b[!p":        with(func(m *Modes) { m.BracketedPaste = true }),
	} {
		term := New(Options{})
		_, _ = term.Write([]byte(in))
		if got := term.Snapshot().Modes; got != want {
			t.Errorf("%q: %+v, want %+v", in, got, want)
		}
	}
}

func TestCursor(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]Cursor{
		"":                   {Visible: true, Blink: true},
		"\x1b[?25l":          {Blink: true},
		"\x1b[?25l\x1b[?25h": {Visible: true, Blink: true},
		"\x1b[?12l":          {Visible: true},
		"\x1b[2 q":           {Visible: true},
		"\x1b[3 q":           {Visible: true, Blink: true, Shape: CursorUnderline},
		"\x1b[6 q":           {Visible: true, Shape: CursorBar},
		"\x1b[6 q\x1b[0 q":   {Visible: true, Blink: true},
		"\x1b[7 q":           {Visible: true, Blink: true},
	} {
		term := New(Options{})
		_, _ = term.Write([]byte(in))
		if got := term.Snapshot().Cursor; got != want {
			t.Errorf("%q: %+v, want %+v", in, got, want)
		}
	}
}

func TestTitleIsCleanAndBounded(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"\x1b]0;a title\x07":                           "a title",
		"\x1b]2;a title\x1b\\":                         "a title",
		"\x1b]1;icon\x07":                              "",
		"\x1b]0;a\x01b\u009b31mc\u202ed\xff\x07":       "ab31mcd\ufffd",
		"\x1b]0;\u2713 done\x07":                       "\u2713 done",
		"\x1b]0;a\x07\x1bc":                            "",
		"\x1b]0;;x;y\x07":                              ";x;y",
		"\x1b]0;" + strings.Repeat("世", 1000) + "\x07": strings.Repeat("世", maxTitle/3),
		"\x1b]0\x07":                                   "",
	} {
		term := New(Options{})
		_, _ = term.Write([]byte(in))
		if got := term.Snapshot().Title; got != want {
			t.Errorf("%q: title %q, want %q", in, got, want)
		}
	}
}

func TestEndlessStringIsGivenUp(t *testing.T) {
	t.Parallel()
	term := New(Options{})
	_, _ = term.Write([]byte("\x1bPq"))
	for range 40 {
		_, _ = term.Write([]byte(strings.Repeat("#0~~", 16<<10)))
	}
	if n := cap(term.str.kept); n > 2*maxKept {
		t.Errorf("%d bytes of a string are kept", n)
	}
	_, _ = term.Write([]byte("\r\nback"))
	if s := term.Snapshot(); s.Lines[s.Cursor.Y].Text() != "back" {
		t.Errorf("after an endless string: %q", s.Text())
	}
}

func TestSynchronizedOutput(t *testing.T) {
	t.Parallel()
	now := time.Unix(0, 0)
	term := New(Options{Cols: 10, Rows: 2})
	term.now = func() time.Time { return now }
	show := func(in string) string {
		_, _ = term.Write([]byte(in))
		return screenText(term.Snapshot())
	}
	if got := show("old"); got != "old" {
		t.Fatalf("shows %q", got)
	}
	if got := show("\x1b[?2026h\rnew"); got != "old" {
		t.Errorf("in the middle of a frame it shows %q", got)
	}
	if s := term.Snapshot(); s.Generation == term.Generation() {
		t.Error("a frame held back is not told from a new one")
	}
	if got := show("\x1b[?2026l"); got != "new" {
		t.Errorf("after the frame it shows %q", got)
	}

	// A guest that dies in a frame, or begins one after the other, is shown.
	if got := show("\x1b[?2026h\rdied"); got != "new" {
		t.Errorf("shows %q", got)
	}
	now = now.Add(maxHeld)
	if got := show(""); got != "died" {
		t.Errorf("after %v it shows %q", maxHeld, got)
	}
	_, _ = term.Write([]byte("\x1b[?2026l\x1b[?2026h\r1"))
	held := 0
	for i := range 20 {
		now = now.Add(maxHeld / 4)
		if got := show("\x1b[?2026l\x1b[?2026h\r" + string(rune('a'+i))); got[0] != byte('a'+i) {
			held++
		}
	}
	if held > 16 {
		t.Errorf("frames without end hid %d of 20 screens", held)
	}
}
