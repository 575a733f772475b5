package themes

import "charm.land/lipgloss/v2"

// Style is how one cell looks. It is comparable; the zero value is the
// terminal's own.
type Style struct {
	FG, BG Color
	Attr   Attr
}

// Attr is a set of attributes beside colour.
type Attr uint8

// Attributes.
const (
	Bold Attr = 1 << iota
	Faint
	Italic
	Underline
	Reverse
	Strike
	Blink
)

// sgrCodes select the attributes, in the order in which they are declared.
const sgrCodes = "1234795"

// With adds attributes.
func (s Style) With(a Attr) Style { s.Attr |= a; return s }

// On puts the style on the background of another, so that a coloured word keeps
// its colour on a selected line.
func (s Style) On(under Style) Style {
	s.BG = under.BG
	if under.Attr&Reverse != 0 {
		// Reversed, a coloured word would become a coloured block, and a faint one
		// could not be read.
		s.FG, s.Attr = under.FG, s.Attr&^Faint|Reverse
	}
	return s
}

// SGR returns the escape sequence that selects the style and nothing of what was
// selected before.
func (s Style) SGR() string {
	b := append(make([]byte, 0, 48), "\x1b[0"...)
	for i, code := range []byte(sgrCodes) {
		if s.Attr&(1<<i) != 0 {
			b = append(b, ';', code)
		}
	}
	b = s.FG.appendSGR(b, 38)
	b = s.BG.appendSGR(b, 48)
	return string(append(b, 'm'))
}

// Lipgloss returns the style for programs that print with Lip Gloss.
func (s Style) Lipgloss() lipgloss.Style {
	l := lipgloss.NewStyle().
		Bold(s.Attr&Bold != 0).Faint(s.Attr&Faint != 0).Italic(s.Attr&Italic != 0).
		Underline(s.Attr&Underline != 0).Reverse(s.Attr&Reverse != 0).
		Strikethrough(s.Attr&Strike != 0).Blink(s.Attr&Blink != 0)
	if !s.FG.IsDefault() {
		l = l.Foreground(s.FG.Color())
	}
	if !s.BG.IsDefault() {
		l = l.Background(s.BG.Color())
	}
	return l
}
