package main

import (
	"io"
	"os"
	"strings"
	"unicode"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/term"
	"github.com/spf13/pflag"

	"slipway/runner/console"
)

// cleanWriter is a terminal that words from elsewhere are written to: names of
// folders, sentences of manifests, messages of compilers and guests. What a terminal
// would act upon stays out, but for colours and for what redraws the line of a meter.
type cleanWriter struct {
	*os.File
	flags *pflag.FlagSet
}

// cleaned returns f so that a terminal shows what is written and does nothing else; a
// file or a pipe gets every byte. Either gets ASCII only where flags ask for it.
func cleaned(f *os.File, flags *pflag.FlagSet) io.Writer {
	if !term.IsTerminal(f.Fd()) {
		return asciiFile{f, flags}
	}
	return cleanWriter{f, flags}
}

// Write writes the whole of p or less; it never says more than len(p).
func (w cleanWriter) Write(p []byte) (int, error) {
	text := harmless(string(p))
	if wantsASCII(w.flags, nil) {
		text = console.ASCII(text)
	}
	if _, err := io.WriteString(w.File, text); err != nil {
		return 0, err
	}
	return len(p), nil
}

// redraw is how a meter begins its line anew.
const redraw = "\r" + ansi.EraseLineRight

// harmless is a text without control characters and escape sequences, but for line
// ends, tabs, colours and redraw.
func harmless(text string) string {
	var b strings.Builder
	for len(text) > 0 {
		switch {
		case strings.HasPrefix(text, redraw):
			b.WriteString(redraw)
			text = text[len(redraw):]
		case text[0] == '\x1b':
			n := colourLength(text)
			b.WriteString(text[:n])
			text = text[max(n, 1):]
		default:
			at := strings.IndexFunc(text[1:], func(r rune) bool { return r == '\x1b' || r == '\r' }) + 1
			if at == 0 {
				at = len(text)
			}
			b.WriteString(strings.Map(printable, text[:at]))
			text = text[at:]
		}
	}
	return b.String()
}

// printable drops what moves, deletes or hides.
func printable(r rune) rune {
	if r == '\n' || r == '\t' || !unicode.IsControl(r) && !unicode.Is(unicode.Bidi_Control, r) {
		return r
	}
	return -1
}

// colourLength is the length of the sequence for colours that a text begins with, 0
// where it begins with another one.
func colourLength(text string) int {
	if !strings.HasPrefix(text, "\x1b[") {
		return 0
	}
	for i := 2; i < len(text); i++ {
		switch c := text[i]; {
		case c == 'm':
			return i + 1
		case (c < '0' || c > '9') && c != ';' && c != ':':
			return 0
		}
	}
	return 0
}
