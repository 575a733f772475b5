package tui

import (
	"strings"
	"testing"

	"slipway/themes"
	"slipway/tui/cells"
)

func TestLine(t *testing.T) {
	t.Parallel()
	var l line
	if l.text() != "" {
		t.Errorf("an empty line holds %q", l.text())
	}
	l.insert("two wörds\n")
	for _, name := range []string{"home", "x", "right", "delete", "end", "ctrl+w"} {
		if !l.Type(key(name)) {
			t.Errorf("%s does nothing to %q", name, l.text())
		}
	}
	if want := "xto "; l.text() != want {
		t.Errorf("%q, want %q", l.text(), want)
	}
	if l.Type(key("end")) || l.Type(key("f8")) || l.Type(key("ctrl+v")) {
		t.Error("keys that change nothing are told to")
	}
	l.insert("a\tb\x1b[2Jc")
	if strings.ContainsAny(l.text(), "\t\x1b") {
		t.Errorf("control characters are in %q", l.text())
	}
	full := newLine(strings.Repeat("x", maxLine))
	full.Type(key("y"))
	full.insert("more")
	if got := full.text(); len(got) != maxLine || strings.Contains(got, "y") {
		t.Errorf("a full line has %d characters", len(got))
	}
	c := cells.New(10, 1, themes.Style{})
	if x := full.draw(c, c.Bounds(), themes.Style{}); x != 9 {
		t.Errorf("the cursor of a long line is at %d", x)
	}
}
