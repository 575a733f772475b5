package console

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi/parser"
)

// Bounds of the control strings (OSC, DCS, APC, PM, SOS).
const (
	maxKept    = 1 << 10 // bytes of a string that are looked at
	maxString  = 1 << 20 // bytes a string may swallow before it is given up
	maxTitle   = 256     // bytes of a title
	titleScope = "02"    // the OSC numbers that set the window's title
)

// controlString is the string being received. They are collected here and not
// by the parser, which would end one at a byte 0x9c in the middle of a UTF-8
// character.
type controlString struct {
	state parser.State
	kept  []byte
	total int
}

func isString(s parser.State) bool {
	return s >= parser.OscStringState && s <= parser.ApcStringState || s == parser.DcsStringState
}

func (c *controlString) begin(s parser.State) {
	*c = controlString{state: s, kept: c.kept[:0]}
}

func (c *controlString) add(p []byte) {
	c.total += len(p)
	if room := maxKept - len(c.kept); room > 0 {
		c.kept = append(c.kept, p[:min(room, len(p))]...)
	}
}

// collect takes the part of p that belongs to a control string and returns the
// rest. A string ends at ESC (the start of ST), CAN and SUB, an OSC also at BEL.
// A line end gives an OSC up: none contains one, but the log of a guest that
// died in the middle of one goes on behind it.
func (t *Terminal) collect(p []byte) []byte {
	n := 0
	for n < len(p) && !t.str.endsAt(p[n]) {
		n++
	}
	t.str.add(p[:n])
	if t.str.total > maxString {
		t.parser.Reset()
		return p[n:]
	}
	if n == len(p) {
		return nil
	}
	switch p[n] {
	case 0x1b:
		t.endString()
		t.parser.Advance(p[n])
		return p[n+1:]
	case '\n', '\r':
		t.parser.Reset()
		return p[n:]
	case 0x07:
		t.endString()
		return p[n+1:]
	default:
		t.parser.Reset()
		return p[n+1:]
	}
}

func (c *controlString) endsAt(b byte) bool {
	switch b {
	case 0x1b, 0x18, 0x1a:
		return true
	case 0x07, '\n', '\r':
		return c.state == parser.OscStringState
	}
	return false
}

// endString acts on a complete string. All that is ever acted on is a title;
// clipboard, colours, graphics and the rest are dropped here.
func (t *Terminal) endString() {
	t.parser.Reset()
	if t.str.state != parser.OscStringState {
		return
	}
	number, text, ok := bytes.Cut(t.str.kept, []byte{';'})
	if ok && len(number) == 1 && strings.Contains(titleScope, string(number)) {
		t.title = cleanTitle(text)
	}
}

// cleanTitle is a title that is safe to draw: printable characters only, of
// bounded length.
func cleanTitle(p []byte) string {
	var b strings.Builder
	for len(p) > 0 {
		r, size := utf8.DecodeRune(p)
		p = p[size:]
		if !unicode.IsPrint(r) {
			continue
		}
		if b.Len()+utf8.RuneLen(r) > maxTitle {
			break
		}
		b.WriteRune(r)
	}
	return strings.TrimSpace(b.String())
}
