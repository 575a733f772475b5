package console

import (
	"testing"

	"github.com/charmbracelet/x/ansi"
)

func TestASCIIKeepsTheWidth(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"plain\n":          "plain\n",
		"╭─ 5 µs ±2 % ─╮":  "+- 5 us ~2 % -+",
		"÷3.05 ✔ better ▲": "/3.05 + better !",
		"▁▂▃▄▅▆▇█":         "_.-=+*%#",
		"⣀⠉⡇⣿⠒⠀":           ".'|:- ",
		"世界 é e\u0301":     "???? ? e",
	} {
		got := ASCII(text)
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
		if ansi.StringWidth(got) != ansi.StringWidth(text) {
			t.Errorf("%q is %d cells wide, %q %d", got, ansi.StringWidth(got), text, ansi.StringWidth(text))
		}
	}
	if HasASCII("世") || !HasASCII("─⣿✔a") {
		t.Error("what has a likeness")
	}
}
