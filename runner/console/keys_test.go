package console

import (
	"bytes"
	"testing"
)

func TestKeys(t *testing.T) {
	t.Parallel()
	app := Modes{AppCursor: true}
	pad := Modes{AppKeypad: true}
	for _, c := range []struct {
		key   Key
		modes Modes
		want  string
	}{
		{Key{Code: 'a', Text: "a"}, Modes{}, "a"},
		{Key{Code: 'a', Text: "A", Mod: Shift}, Modes{}, "A"},
		{Key{Code: 'a', Mod: Shift}, Modes{}, "A"},
		{Key{Code: 'é', Text: "é"}, Modes{}, "é"},
		{Key{Text: "世界"}, Modes{}, "世界"}, // from an input method
		{Key{Code: 'a', Text: "a", Mod: Alt}, Modes{}, "\x1ba"},
		{Key{Code: 'a', Mod: Alt | Shift}, Modes{}, "\x1bA"},
		{Key{Code: 'c', Mod: Ctrl}, Modes{}, "\x03"},
		{Key{Code: 'C', Mod: Ctrl | Shift}, Modes{}, "\x03"},
		{Key{Code: 'c', Mod: Ctrl | Alt}, Modes{}, "\x1b\x03"},
		{Key{Code: ' ', Mod: Ctrl}, Modes{}, "\x00"},
		{Key{Code: '@', Mod: Ctrl}, Modes{}, "\x00"},
		{Key{Code: '2', Mod: Ctrl}, Modes{}, "\x00"},
		{Key{Code: '[', Mod: Ctrl}, Modes{}, "\x1b"},
		{Key{Code: '\\', Mod: Ctrl}, Modes{}, "\x1c"},
		{Key{Code: ']', Mod: Ctrl}, Modes{}, "\x1d"},
		{Key{Code: '^', Mod: Ctrl}, Modes{}, "\x1e"},
		{Key{Code: '6', Mod: Ctrl}, Modes{}, "\x1e"},
		{Key{Code: '_', Mod: Ctrl}, Modes{}, "\x1f"},
		{Key{Code: '/', Mod: Ctrl}, Modes{}, "\x1f"},
		{Key{Code: '?', Mod: Ctrl}, Modes{}, "\x7f"},
		{Key{Code: '8', Mod: Ctrl}, Modes{}, "\x7f"},
		{Key{Code: '1', Mod: Ctrl}, Modes{}, "1"},
		{Key{Code: 'é', Mod: Ctrl}, Modes{}, "é"},
		{Key{Code: KeyEnter}, Modes{}, "\r"},
		{Key{Code: KeyEnter}, Modes{Newline: true}, "\r\n"},
		{Key{Code: KeyEnter, Mod: Alt}, Modes{}, "\x1b\r"},
		{Key{Code: KeyTab}, Modes{}, "\t"},
		{Key{Code: KeyTab, Mod: Shift}, Modes{}, "\x1b[Z"},
		{Key{Code: KeyBackspace}, Modes{}, "\x7f"},
		{Key{Code: KeyBackspace, Mod: Ctrl}, Modes{}, "\b"},
		{Key{Code: KeyBackspace, Mod: Alt}, Modes{}, "\x1b\x7f"},
		{Key{Code: KeyEscape}, Modes{}, "\x1b"},
		{Key{Code: KeyEscape, Mod: Alt}, Modes{}, "\x1b\x1b"},
		{Key{Code: KeyUp}, Modes{}, "\x1b[A"},
		{Key{Code: KeyUp}, app, "\x1bOA"},
		{Key{Code: KeyDown}, app, "\x1bOB"},
		{Key{Code: KeyRight, Mod: Ctrl}, app, "\x1b[1;5C"},
		{Key{Code: KeyLeft, Mod: Shift | Alt}, Modes{}, "\x1b[1;4D"},
		{Key{Code: KeyHome}, Modes{}, "\x1b[H"},
		{Key{Code: KeyHome}, app, "\x1bOH"},
		{Key{Code: KeyEnd, Mod: Shift}, Modes{}, "\x1b[1;2F"},
		{Key{Code: KeyBegin}, Modes{}, "\x1b[E"},
		{Key{Code: KeyInsert}, Modes{}, "\x1b[2~"},
		{Key{Code: KeyDelete, Mod: Ctrl}, Modes{}, "\x1b[3;5~"},
		{Key{Code: KeyPageUp}, app, "\x1b[5~"},
		{Key{Code: KeyPageDown, Mod: Meta}, Modes{}, "\x1b[6;9~"},
		{Key{Code: KeyF1}, Modes{}, "\x1bOP"},
		{Key{Code: KeyF4}, Modes{}, "\x1bOS"},
		{Key{Code: KeyF2, Mod: Ctrl | Shift}, Modes{}, "\x1b[1;6Q"},
		{Key{Code: KeyF5}, Modes{}, "\x1b[15~"},
		{Key{Code: KeyF10}, Modes{}, "\x1b[21~"},
		{Key{Code: KeyF12, Mod: Shift}, Modes{}, "\x1b[24;2~"},
		{Key{Code: KeyF13}, Modes{}, "\x1b[25~"},
		{Key{Code: KeyF20}, Modes{}, "\x1b[34~"},
		{Key{Code: KeyKP5}, Modes{}, "5"},
		{Key{Code: KeyKP5}, pad, "\x1bOu"},
		{Key{Code: KeyKPEnter}, Modes{}, "\r"},
		{Key{Code: KeyKPEnter}, pad, "\x1bOM"},
		{Key{Code: KeyKPPlus, Mod: Ctrl}, pad, "\x1bO5k"},
		{Key{}, Modes{}, ""},
		{Key{Code: -1}, Modes{}, ""},
		{Key{Code: KeyKPSeparator + 1}, Modes{}, ""},
	} {
		if got := c.key.Encode(c.modes); string(got) != c.want {
			t.Errorf("%+v in %+v sends %q, want %q", c.key, c.modes, got, c.want)
		}
	}
}

func TestPaste(t *testing.T) {
	t.Parallel()
	bracketed := Modes{BracketedPaste: true}
	for _, c := range []struct {
		text  string
		modes Modes
		want  string
	}{
		{"plain", Modes{}, "plain"},
		{"two\nlines\r\nand\rmore\t", Modes{}, "two\rlines\rand\rmore\t"},
		{"plain", bracketed, "\x1b[200~plain\x1b[201~"},
		{"", bracketed, "\x1b[200~\x1b[201~"},
		{"a\x1b[201~rm -rf /\n", bracketed, "\x1b[200~arm -rf /\r\x1b[201~"},
		{"a\x1b[20\x1b[201~1~b", bracketed, "\x1b[200~ab\x1b[201~"},
		{"a\x1b[20\x001~b", bracketed, "\x1b[200~a[201~b\x1b[201~"},
		{"a\x1b\x03\x7f\u009bb", Modes{}, "ab"},
		{"世界\xff", Modes{}, "世界\ufffd"},
	} {
		if got := EncodePaste(c.text, c.modes); string(got) != c.want {
			t.Errorf("pasting %q sends %q, want %q", c.text, got, c.want)
		}
	}
}

func FuzzPaste(f *testing.F) {
	f.Add("a\x1b[20\x1b[201~1~b")
	f.Fuzz(func(t *testing.T, text string) {
		got := EncodePaste(text, Modes{BracketedPaste: true})
		if bytes.Count(got, []byte{0x1b}) != 2 {
			t.Errorf("pasting %q sends %q", text, got)
		}
	})
}

func TestMouse(t *testing.T) {
	t.Parallel()
	in := func(mode MouseMode, enc MouseEncoding) Modes { return Modes{Mouse: mode, MouseEncoding: enc} }
	for _, c := range []struct {
		event MouseEvent
		modes Modes
		want  string
	}{
		{MouseEvent{X: 3, Y: 4}, Modes{}, ""},
		{MouseEvent{X: 3, Y: 4}, in(MousePress, MouseX10), "\x1b[M $%"},
		{MouseEvent{X: 3, Y: 4, Mod: Shift}, in(MousePress, MouseX10), "\x1b[M $%"},
		{MouseEvent{Release: true}, in(MousePress, MouseX10), ""},
		{MouseEvent{Button: ButtonRight, Release: true}, in(MouseNormal, MouseX10), "\x1b[M#!!"},
		{MouseEvent{Motion: true}, in(MouseNormal, MouseSGR), ""},
		{MouseEvent{Motion: true}, in(MouseButton, MouseSGR), "\x1b[<32;1;1M"},
		{MouseEvent{Motion: true, Button: ButtonNone}, in(MouseButton, MouseSGR), ""},
		{MouseEvent{Motion: true, Button: ButtonNone}, in(MouseAny, MouseSGR), "\x1b[<35;1;1M"},
		{MouseEvent{X: 299, Y: 99, Button: ButtonMiddle}, in(MouseNormal, MouseSGR), "\x1b[<1;300;100M"},
		{MouseEvent{X: 299, Y: 99, Button: ButtonMiddle, Release: true}, in(MouseNormal, MouseSGR), "\x1b[<1;300;100m"},
		{MouseEvent{X: 299}, in(MouseNormal, MouseX10), ""},
		{MouseEvent{X: 299}, in(MouseNormal, MouseUTF8), "\x1b[M \u014c!"},
		{MouseEvent{X: 299}, in(MouseNormal, MouseURXVT), "\x1b[32;300;1M"},
		{MouseEvent{X: 5000}, in(MouseNormal, MouseUTF8), ""},
		{MouseEvent{Button: ButtonWheelDown, Mod: Ctrl | Alt | Shift}, in(MouseNormal, MouseSGR), "\x1b[<93;1;1M"},
		{MouseEvent{X: -1}, in(MouseAny, MouseSGR), ""},
	} {
		if got := c.event.Encode(c.modes); string(got) != c.want {
			t.Errorf("%+v in %+v sends %q, want %q", c.event, c.modes, got, c.want)
		}
	}
	focus := Modes{Focus: true}
	if got := string(FocusEvent(true, focus)) + string(FocusEvent(false, focus)) + string(FocusEvent(true, Modes{})); got != "\x1b[I\x1b[O" {
		t.Errorf("focus sends %q", got)
	}
}

func TestClean(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                                      "",
		"plain":                                 "plain",
		"two\r\nlines\n":                        "two\nlines\n",
		"\x1b[1;31mred\x1b[m":                   "red",
		"10%\r20%\r100%":                        "100%",
		"done\r":                                "done",
		"a\rb\nc\r\nd":                          "b\nc\nd",
		"abc\b\bX":                              "aX",
		"\b\bx":                                 "x",
		"a\tb":                                  "a       b",
		"x\ra\tb":                               "a       b",
		"\x1b]0;title\x07a\x1b]2;\u2713\x1b\\b": "ab",
		"\x1bP1$r\u4e16\x1b\\a\x1b_x\x1b\\b":    "ab",
		"\x1b]0;cut\nb":                         "\nb",
		"\x1b]0;cut":                            "",
		"a\x1b(0b\x1b[?7lc\x1b[2Jd\x1bce":       "abcde",
		"a\x00\x07\x7fb":                        "ab",
		"a\u009b31mb\x9b\xffc\u202ed":           "a31mb\ufffd\ufffdcd",
		"世界 e\u0301":                            "世界 e\u0301",
		"a\x1b[3世b":                             "a世b",
		"a\x1b\x1b[1mb":                         "ab",
	} {
		if got := Clean([]byte(in)); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
	if got := Clean(bytes.Repeat([]byte("x"), 3*maxClean)); len(got) > maxClean {
		t.Errorf("%d bytes", len(got))
	}
}
