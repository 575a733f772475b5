package tui

import (
	"strings"
	"unicode"

	tea "charm.land/bubbletea/v2"

	"slipway/themes"
	"slipway/tui/cells"
)

// line is one line of text being typed.
type line struct {
	text string
	at   int // cursor, in runes
}

const maxLine = 1000

func newLine(text string) line { return line{text, len([]rune(text))} }

// Type edits the line. It reports whether the key was one of a line's.
func (l *line) Type(key tea.KeyPressMsg) bool {
	runes := []rune(l.text)
	l.at = min(max(l.at, 0), len(runes))
	switch key.String() {
	case "left", "ctrl+b":
		l.at = max(l.at-1, 0)
	case "right", "ctrl+f":
		l.at = min(l.at+1, len(runes))
	case "home", "ctrl+a":
		l.at = 0
	case "end", "ctrl+e":
		l.at = len(runes)
	case "backspace", "ctrl+h":
		if l.at > 0 {
			l.text = string(runes[:l.at-1]) + string(runes[l.at:])
			l.at--
		}
	case "delete", "ctrl+d":
		if l.at < len(runes) {
			l.text = string(runes[:l.at]) + string(runes[l.at+1:])
		}
	case "ctrl+u":
		l.text, l.at = string(runes[l.at:]), 0
	case "ctrl+w":
		before := strings.TrimRight(string(runes[:l.at]), " ")
		before = before[:strings.LastIndexByte(before, ' ')+1]
		l.text, l.at = before+string(runes[l.at:]), len([]rune(before))
	default:
		if key.Text == "" {
			return false
		}
		l.insert(key.Text)
	}
	return true
}

// insert types a text; line ends and control characters become spaces.
func (l *line) insert(text string) {
	runes := []rune(l.text)
	fresh := []rune(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.TrimRight(text, "\r\n")))
	if len(runes)+len(fresh) > maxLine {
		return
	}
	l.at = min(max(l.at, 0), len(runes))
	l.text = string(runes[:l.at]) + string(fresh) + string(runes[l.at:])
	l.at += len(fresh)
}

// draw draws the line, scrolled so that the cursor is seen, and returns the
// cursor's column.
func (l *line) draw(c *cells.Canvas, r cells.Rect, style themes.Style) int {
	runes := []rune(l.text)
	before := cells.Width(string(runes[:min(l.at, len(runes))]))
	shift := max(before-r.W+1, 0)
	c.At(r, -shift, 0, l.text, style)
	return min(r.X+before-shift, max(r.X+r.W-1, r.X))
}
