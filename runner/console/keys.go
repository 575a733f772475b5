package console

import (
	"strconv"
	"unicode"
	"unicode/utf8"
)

// Mod is a set of modifier keys.
type Mod uint8

// The modifiers, with the values xterm gives them.
const (
	Shift Mod = 1 << iota
	Alt
	Ctrl
	Meta
)

// Keys that print nothing have codes above the last of Unicode.
const (
	KeyUp rune = unicode.MaxRune + 1 + iota
	KeyDown
	KeyRight
	KeyLeft
	KeyHome
	KeyEnd
	KeyBegin // the 5 of the keypad without NumLock
	KeyInsert
	KeyDelete
	KeyPageUp
	KeyPageDown
	KeyEnter
	KeyTab
	KeyBackspace
	KeyEscape
	KeyF1
	KeyF2
	KeyF3
	KeyF4
	KeyF5
	KeyF6
	KeyF7
	KeyF8
	KeyF9
	KeyF10
	KeyF11
	KeyF12
	KeyF13
	KeyF14
	KeyF15
	KeyF16
	KeyF17
	KeyF18
	KeyF19
	KeyF20
	KeyKP0
	KeyKP1
	KeyKP2
	KeyKP3
	KeyKP4
	KeyKP5
	KeyKP6
	KeyKP7
	KeyKP8
	KeyKP9
	KeyKPDecimal
	KeyKPDivide
	KeyKPMultiply
	KeyKPMinus
	KeyKPPlus
	KeyKPEnter
	KeyKPEqual
	KeyKPSeparator
)

// Key is one key pressed. Code is what is on the key cap, Text what the key
// types (with Shift and the keyboard's layout applied); Text may be left empty.
type Key struct {
	Code rune
	Text string
	Mod  Mod
}

// Encode is the bytes that xterm sends for the key, nil for a key it sends
// nothing for.
func (k Key) Encode(m Modes) []byte {
	if final, ok := cursorKeys[k.Code]; ok {
		return k.encodeCursor(final, m.AppCursor)
	}
	if final, ok := pfKeys[k.Code]; ok {
		return k.encodeCursor(final, true)
	}
	if number, ok := tildeKeys[k.Code]; ok {
		return k.encodeTilde(number)
	}
	if pad, ok := padKeys[k.Code]; ok {
		return k.encodePad(pad, m)
	}
	switch k.Code {
	case KeyEnter:
		return k.encodeEnter(m)
	case KeyTab:
		if k.Mod&Shift != 0 {
			return k.withAlt("\x1b[Z")
		}
		return k.withAlt("\t")
	case KeyBackspace:
		if k.Mod&Ctrl != 0 {
			return k.withAlt("\b")
		}
		return k.withAlt("\x7f")
	case KeyEscape:
		return k.withAlt("\x1b")
	}
	return k.encodeText()
}

func (k Key) encodeEnter(m Modes) []byte {
	if m.Newline {
		return k.withAlt("\r\n")
	}
	return k.withAlt("\r")
}

// withAlt is the bytes with the ESC before them that Alt and Meta stand for.
func (k Key) withAlt(s string) []byte {
	if k.Mod&(Alt|Meta) != 0 {
		return []byte("\x1b" + s)
	}
	return []byte(s)
}

// modifier is the number for the modifiers in a sequence.
func (k Key) modifier() string { return strconv.Itoa(1 + int(k.Mod&(Shift|Alt|Ctrl|Meta))) }

func (k Key) encodeCursor(final byte, app bool) []byte {
	switch {
	case k.Mod != 0:
		return []byte("\x1b[1;" + k.modifier() + string(final))
	case app:
		return []byte{0x1b, 'O', final}
	default:
		return []byte{0x1b, '[', final}
	}
}

func (k Key) encodeTilde(number int) []byte {
	s := "\x1b[" + strconv.Itoa(number)
	if k.Mod != 0 {
		s += ";" + k.modifier()
	}
	return []byte(s + "~")
}

// encodePad is the keypad: what is printed on its keys, or in application mode
// a sequence of their own.
func (k Key) encodePad(pad padKey, m Modes) []byte {
	switch {
	case m.AppKeypad && k.Mod != 0:
		return []byte("\x1bO" + k.modifier() + string(pad.app))
	case m.AppKeypad:
		return []byte{0x1b, 'O', pad.app}
	case k.Code == KeyKPEnter:
		return k.encodeEnter(m)
	default:
		return k.withAlt(string(pad.plain))
	}
}

// encodeText is a key that types something.
func (k Key) encodeText() []byte {
	if k.Mod&Ctrl != 0 {
		if b, ok := controlByte(k.Code); ok {
			return k.withAlt(string(rune(b)))
		}
		if r, size := utf8.DecodeRuneInString(k.Text); size == len(k.Text) {
			if b, ok := controlByte(r); ok {
				return k.withAlt(string(rune(b)))
			}
		}
	}
	if k.Text != "" {
		return k.withAlt(k.Text)
	}
	r := k.Code
	if r <= 0 || r > unicode.MaxRune || !utf8.ValidRune(r) {
		return nil
	}
	if k.Mod&Shift != 0 {
		r = unicode.ToUpper(r)
	}
	return k.withAlt(string(r))
}

// controlByte is what Ctrl makes of a character.
func controlByte(r rune) (byte, bool) {
	switch {
	case r >= 'a' && r <= 'z':
		return byte(r - 'a' + 1), true
	case r >= '@' && r <= '_':
		return byte(r - '@'), true
	case r >= '3' && r <= '7':
		return byte(r - '3' + 0x1b), true
	}
	switch r {
	case ' ', '2', '`':
		return 0, true
	case '/', '-':
		return 0x1f, true
	case '8', '?':
		return 0x7f, true
	}
	return 0, false
}
