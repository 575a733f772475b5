package console

import (
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi/parser"
)

// feed takes in what a guest printed. Text is handled here, a run at a time;
// the parser gets control characters and escape sequences only, and never a
// byte above 0x7f: it would take the bytes of broken UTF-8 for the 8-bit
// controls of the VT220, which nothing sends on purpose any more, and a stray
// one would swallow all text after it.
func (t *Terminal) feed(p []byte) {
	for len(p) > 0 {
		switch state := t.parser.State(); {
		case state == parser.GroundState:
			p = t.ground(p)
		case isString(state):
			p = t.collect(p)
		case p[0] >= utf8.RuneSelf:
			t.parser.Reset() // no sequence contains such a byte: it is text again
		case p[0] == 0x1b:
			// The parser would take an ESC right after ESC P as part of the string.
			t.parser.Reset()
			t.parser.Advance(p[0])
			p = p[1:]
		case isControl(p[0]) && !isDeviceString(state):
			// The parser would lose the sequence that the control is in the middle of.
			t.execute(p[0])
			p = p[1:]
		default:
			t.parser.Advance(p[0])
			p = p[1:]
			if isString(t.parser.State()) {
				t.str.begin(t.parser.State())
			}
		}
	}
}

// isControl says whether b acts at once also inside a sequence. CAN and SUB end
// the sequence, ESC begins another.
func isControl(b byte) bool { return b < 0x20 && b != 0x18 && b != 0x1a && b != 0x1b }

// isDeviceString says whether the parser is in the head of a DCS, where control
// characters are ignored.
func isDeviceString(s parser.State) bool {
	return s >= parser.DcsEntryState && s <= parser.DcsStringState
}

// ground handles the start of p in the ground state and returns the rest.
func (t *Terminal) ground(p []byte) []byte {
	if len(t.partial) > 0 {
		return t.finishPartial(p)
	}
	switch b := p[0]; {
	case b >= 0x20 && b < 0x7f:
		n := 1
		for n < len(p) && p[n] >= 0x20 && p[n] < 0x7f {
			n++
		}
		t.printASCII(p[:n])
		return p[n:]
	case b >= utf8.RuneSelf:
		return t.printUTF8(p)
	case b == '\n':
		t.lineFeed()
	case b == '\r':
		t.x, t.pendingWrap = 0, false
	case b == 0x1b:
		t.parser.Advance(b)
	default:
		t.execute(b)
	}
	return p[1:]
}

// printUTF8 prints the text above ASCII that p begins with. Invalid bytes are
// shown as U+FFFD each.
func (t *Terminal) printUTF8(p []byte) []byte {
	for len(p) > 0 && p[0] >= utf8.RuneSelf {
		r, size := utf8.DecodeRune(p)
		if r == utf8.RuneError && size == 1 && !utf8.FullRune(p) {
			t.partial = append(t.partial[:0], p...)
			return nil
		}
		t.print(r)
		p = p[size:]
	}
	return p
}

// finishPartial goes on with a character whose first bytes came in the write
// before.
func (t *Terminal) finishPartial(p []byte) []byte {
	had := len(t.partial)
	var buf [utf8.UTFMax]byte
	n := copy(buf[:], t.partial)
	n += copy(buf[n:], p)
	r, size := utf8.DecodeRune(buf[:n])
	switch {
	case r == utf8.RuneError && size <= 1 && !utf8.FullRune(buf[:n]):
		t.partial = append(t.partial, p...) // still too short: p is used up
		return nil
	case size > had:
		t.partial = t.partial[:0]
		t.print(r)
		return p[size-had:]
	default:
		// What came does not go on with it: every byte kept is invalid.
		t.partial = t.partial[:0]
		for range had {
			t.print(utf8.RuneError)
		}
		return p
	}
}
