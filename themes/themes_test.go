package themes

import (
	"strings"
	"testing"
)

// Text of every kind can be read on everything it is drawn on (WCAG AA).
func TestContrast(t *testing.T) {
	t.Parallel()
	for _, theme := range []*Theme{Dark(), Light()} {
		check := func(what string, fg, bg Color) {
			t.Helper()
			ratio, ok := Contrast(fg, bg)
			if !ok || ratio < 4.5 {
				t.Errorf("%s: %s has a contrast of %.2f, at least 4.5 is needed", theme.Name, what, ratio)
			}
		}
		grounds := map[string]Token{"surface": Text, "selection": Selection, "dimmed": Dimmed, "bar": Bar, "panel": Panel}
		for name, ground := range grounds {
			for _, token := range []Token{Text, Muted, Accent, Good, Bad, Warn, Title, Key, Gutter} {
				check(name+" under token "+string(rune('0'+int(token))), theme.Style(token).FG, theme.Style(ground).BG)
			}
			for n := range 8 {
				check(name+" under series "+string(rune('1'+n)), theme.Series(n).FG, theme.Style(ground).BG)
			}
		}
		for _, token := range []Token{TabActive, Match, Selection, Bar, BarMuted, BarKey, Panel} {
			check("token "+string(rune('0'+int(token))), theme.Style(token).FG, theme.Style(token).BG)
		}
	}
}

func TestPlainHasNoColor(t *testing.T) {
	t.Parallel()
	theme := Plain()
	for k := Token(0); k <= lastToken; k++ {
		if s := theme.Style(k); !s.FG.IsDefault() || !s.BG.IsDefault() {
			t.Errorf("token %d is coloured", k)
		}
	}
	for n := range 8 {
		if !theme.Series(n).FG.IsDefault() {
			t.Errorf("series %d is coloured", n)
		}
	}
	if theme.Colored() {
		t.Error("Plain says that it is coloured")
	}
}

func TestTerminalUsesOnlyTheUsersColors(t *testing.T) {
	t.Parallel()
	for k := Token(0); k <= lastToken; k++ {
		s := Terminal().Style(k)
		if _, _, _, painted := s.FG.Parts(); painted || !s.BG.IsDefault() {
			t.Errorf("token %d is painted", k)
		}
	}
}

func TestSGR(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		style Style
		want  string
	}{
		{Style{}, "0"},
		{Style{FG: Index(1)}, "0;31"},
		{Style{FG: Index(9), BG: Index(10)}, "0;91;102"},
		{Style{FG: Index(200), Attr: Bold | Underline}, "0;1;4;38;5;200"},
		{Style{BG: RGB(1, 2, 3), Attr: Reverse | Strike | Blink}, "0;7;9;5;48;2;1;2;3"},
	} {
		if got := c.style.SGR(); got != "\x1b["+c.want+"m" {
			t.Errorf("%+v: %q, want %q", c.style, got, c.want)
		}
	}
}

func TestHex(t *testing.T) {
	t.Parallel()
	if c, err := Hex("#102030"); err != nil || c != RGB(16, 32, 48) {
		t.Errorf("got %x, %v", c, err)
	}
	for _, s := range []string{"", "102030", "#12", "#gggggg"} {
		if _, err := Hex(s); err == nil || !strings.Contains(err.Error(), "#rrggbb") {
			t.Errorf("%q: %v", s, err)
		}
	}
}

func TestAuto(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		depth       Depth
		known, dark bool
		want        string
	}{
		{ManyColors, true, true, "dark"},
		{ManyColors, true, false, "light"},
		{ManyColors, false, true, "terminal"},
		{FewColors, true, true, "terminal"},
		{NoColor, true, true, "plain"},
	} {
		if got := Auto(c.depth, c.known, c.dark).Name; got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
		if _, err := Named(c.want); err != nil {
			t.Error(err)
		}
	}
	if _, err := Named("mauve"); err == nil {
		t.Error("an unknown theme has no error")
	}
}
