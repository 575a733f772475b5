package report

import (
	"strings"
	"unicode"

	"github.com/charmbracelet/x/ansi"
)

// safe takes out of a text what a terminal could act upon: names come from
// guests, manifests and file names.
func safe(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029' {
			return -1
		}
		return r
	}, ansi.Strip(s))
}

// left and right pad a text to a width in terminal cells, cutting what is longer.
func left(s string, width int) string {
	s = ansi.Truncate(safe(s), width, "…")
	return s + strings.Repeat(" ", max(0, width-ansi.StringWidth(s)))
}

func right(s string, width int) string {
	s = ansi.Truncate(safe(s), width, "…")
	return strings.Repeat(" ", max(0, width-ansi.StringWidth(s))) + s
}

// wrap breaks a text into lines of at most width cells, the first with a lead
// and the others indented as far.
func wrap(text, lead string, width int) []string {
	indent := strings.Repeat(" ", ansi.StringWidth(lead))
	var lines []string
	line := lead
	empty := true
	for _, word := range strings.Fields(safe(text)) {
		for first := true; ansi.StringWidth(word) > width-len(indent) && first; first = false {
			word = ansi.Truncate(word, width-len(indent), "…")
		}
		if !empty && ansi.StringWidth(line)+1+ansi.StringWidth(word) > width {
			lines = append(lines, line)
			line, empty = indent, true
		}
		if !empty {
			line += " "
		}
		line += word
		empty = false
	}
	return append(lines, line)
}

// plainLetters replaces what is not ASCII, cell for cell.
var plainLetters = strings.NewReplacer("÷", "/", "µ", "u", "·", "|", "…", "~", "±", "~", "×", "x", "²", "2", "³", "3")

// ascii makes a text readable where the locale is not UTF-8.
func ascii(s string) string {
	return strings.Map(func(r rune) rune {
		if r > unicode.MaxASCII {
			return '?'
		}
		return r
	}, plainLetters.Replace(s))
}
