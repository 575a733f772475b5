package tui

import (
	"strings"

	binding "charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"slipway/themes"
	"slipway/tui/cells"
)

// line is one line of text being typed. The zero line is empty. Copies share the
// text.
type line struct{ input *textinput.Model }

// maxLine bounds a line, in characters.
const maxLine = 1000

func newLine(text string) line {
	input := textinput.New()
	input.CharLimit = maxLine
	input.KeyMap.Paste = binding.NewBinding(binding.WithDisabled()) // it would start a program; the terminal pastes
	input.SetVirtualCursor(false)                                   // ours is the terminal's own, see draw
	input.Focus()                                                   // what it returns lets a virtual cursor blink
	input.SetValue(text)
	return line{&input}
}

// ready makes an empty line of the zero one.
func (l *line) ready() *textinput.Model {
	if l.input == nil {
		*l = newLine("")
	}
	return l.input
}

// text is what was typed.
func (l *line) text() string {
	if l.input == nil {
		return ""
	}
	return l.input.Value()
}

// Type edits the line. It reports whether the key changed it or moved the cursor.
func (l *line) Type(msg tea.KeyPressMsg) bool {
	input := l.ready()
	text, at := input.Value(), input.Position()
	*input, _ = input.Update(msg)
	return input.Value() != text || input.Position() != at
}

// insert types a text; line ends and control characters become spaces. One that does
// not fit is left out as a whole.
func (l *line) insert(text string) {
	text = strings.TrimRight(text, "\r\n")
	input := l.ready()
	if len([]rune(input.Value()))+len([]rune(text)) <= maxLine {
		*input, _ = input.Update(tea.PasteMsg{Content: text})
	}
}

// draw draws the line, scrolled so that the cursor is seen, and returns the
// cursor's column.
func (l *line) draw(c *cells.Canvas, r cells.Rect, style themes.Style) int {
	text, at := l.text(), 0
	if l.input != nil {
		at = l.input.Position()
	}
	before := cells.Width(string([]rune(text)[:at]))
	shift := max(before-r.W+1, 0)
	c.At(r, -shift, 0, text, style)
	return min(r.X+before-shift, max(r.X+r.W-1, r.X))
}
