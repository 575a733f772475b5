package console

import (
	"strings"
	"unicode"

	"github.com/charmbracelet/x/ansi"
)

// ASCII is what a terminal that shows only ASCII is given for a text: as many cells, as
// alike as can be, a question mark for what has no likeness. Line ends and control
// characters stay.
func ASCII(text string) string {
	if !strings.ContainsFunc(text, beyond) {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		switch like, ok := alike[r]; {
		case !beyond(r):
			b.WriteRune(r)
		case ok:
			b.WriteByte(like)
		case r >= 0x2800 && r <= 0x28ff:
			b.WriteByte(dots(byte(r - 0x2800)))
		case r >= 0x2500 && r <= 0x257f:
			b.WriteByte('+') // a corner or a crossing of lines
		case unicode.Is(unicode.Mn, r):
			// It has no cell of its own.
		default:
			b.WriteString(strings.Repeat("?", max(ansi.StringWidth(string(r)), 1)))
		}
	}
	return b.String()
}

func beyond(r rune) bool { return r > '~' }

// HasASCII reports whether all of a text has a likeness in ASCII.
func HasASCII(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool {
		_, known := alike[r]
		return beyond(r) && !known && (r < 0x2800 || r > 0x28ff) && (r < 0x2500 || r > 0x257f)
	})
}

// dots is the likeness of a braille character, by the rows and columns in which it has dots.
func dots(mask byte) byte {
	const (
		first  = 1<<0 | 1<<3
		second = 1<<1 | 1<<4
		third  = 1<<2 | 1<<5
		fourth = 1<<6 | 1<<7
		left   = 1<<0 | 1<<1 | 1<<2 | 1<<6
	)
	upper, lower := mask&(first|second) != 0, mask&(third|fourth) != 0
	switch {
	case mask == 0:
		return ' '
	case mask&(first|fourth) == 0:
		return '-'
	case upper && lower && (mask&left == 0 || mask&^left == 0):
		return '|'
	case upper && lower:
		return ':'
	case upper:
		return '\''
	}
	return '.'
}

// alike are the characters that our screens are drawn with and that people write.
var alike = map[rune]byte{
	'├': '[', '┤': ']', // the ends of an interval
	'─': '-', '━': '=', '│': '|', '┃': '|', '╌': '-', '┄': '-', '║': '|', '═': '=',
	'▁': '_', '▂': '.', '▃': '-', '▄': '=', '▅': '+', '▆': '*', '▇': '%', '█': '#',
	'▓': '%', '▒': '=', '░': ':', '▐': '#', '▌': '#', '▎': '>', '▏': '|',
	'✔': '+', '✓': '+', '✘': 'x', '▲': '!', '▼': 'v', '◆': '@', '●': '*', '○': 'o', '◌': '~', '∘': 'o', '■': '#', '‖': '=', '▸': '>', '›': '>', '•': '*',
	'↑': '^', '↓': 'v', '←': '<', '→': '>',
	'÷': '/', '×': 'x', '±': '~', '≈': '~', '≠': '#', '≤': '<', '≥': '>', '°': 'o', 'µ': 'u', 'μ': 'u', '²': '2', '³': '3',
	'·': '-', '–': '-', '—': '-', '…': '~', '‘': '\'', '’': '\'', '“': '"', '”': '"', '«': '<', '»': '>', '\u00a0': ' ',
}
