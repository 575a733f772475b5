package console

import (
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi/parser"
)

// maxClean bounds what Clean looks at.
const maxClean = 1 << 20

// Clean is the text of some console output as a person would have read it:
// without escape sequences and control characters, with what a backspace or a
// carriage return overwrote taken out, tabs as spaces. Newlines stay. What
// follows the first MiB is left out.
func Clean(p []byte) string {
	c := cleaner{out: make([]byte, 0, min(len(p), maxClean))}
	for p = p[:min(len(p), maxClean)]; len(p) > 0; {
		p = c.next(p)
	}
	return string(c.out)
}

type cleaner struct {
	out     []byte
	line    int  // where the current line begins in out
	restart bool // a carriage return came: what is printed next replaces the line
	state   parser.State
}

func (c *cleaner) next(p []byte) []byte {
	b := p[0]
	switch {
	case isString(c.state):
		c.inString(b)
	case b >= utf8.RuneSelf:
		c.state = parser.GroundState
		r, size := utf8.DecodeRune(p)
		if unicode.IsPrint(r) || unicode.In(r, unicode.Mn, unicode.Me, unicode.Mc) {
			c.put(r)
		}
		return p[size:]
	case c.state == parser.GroundState && b >= 0x20 && b < 0x7f:
		c.put(rune(b))
	default:
		c.escape(b)
	}
	return p[1:]
}

func (c *cleaner) inString(b byte) {
	str := controlString{state: c.state}
	switch {
	case !str.endsAt(b):
	case b == 0x1b:
		c.state = parser.EscapeState
	default:
		c.state = parser.GroundState
		if b == '\n' || b == '\r' {
			c.control(b)
		}
	}
}

// escape follows a sequence to its end.
func (c *cleaner) escape(b byte) {
	if b == 0x1b {
		c.state = parser.EscapeState
		return
	}
	state, action := parser.Table.Transition(c.state, b)
	c.state = state
	if action == parser.ExecuteAction {
		c.control(b)
	}
}

func (c *cleaner) put(r rune) {
	if c.restart {
		c.out, c.restart = c.out[:c.line], false
	}
	c.out = utf8.AppendRune(c.out, r)
}

func (c *cleaner) control(b byte) {
	switch b {
	case '\n':
		c.out = append(c.out, '\n')
		c.line, c.restart = len(c.out), false
	case '\r':
		c.restart = true
	case '\b':
		if _, size := utf8.DecodeLastRune(c.out[c.line:]); size > 0 {
			c.out = c.out[:len(c.out)-size]
		}
	case '\t':
		if c.restart {
			c.out, c.restart = c.out[:c.line], false
		}
		for n := 8 - utf8.RuneCount(c.out[c.line:])%8; n > 0; n-- {
			c.put(' ')
		}
	}
}
