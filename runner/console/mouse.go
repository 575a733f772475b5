package console

import (
	"strconv"
)

// MouseMode is which mouse events a guest wants to hear of.
type MouseMode uint8

// The mouse modes, in order of how much they report.
const (
	MouseNone   MouseMode = iota
	MousePress            // 9: presses only, without modifiers
	MouseNormal           // 1000: presses and releases
	MouseButton           // 1002: also motion while a button is down
	MouseAny              // 1003: all motion
)

// MouseEncoding is how they are sent.
type MouseEncoding uint8

// The encodings of mouse events.
const (
	MouseX10   MouseEncoding = iota // one byte a coordinate
	MouseUTF8                       // 1005
	MouseSGR                        // 1006
	MouseURXVT                      // 1015
)

var mouseModes = map[int]MouseMode{9: MousePress, 1000: MouseNormal, 1002: MouseButton, 1003: MouseAny}

var mouseEncodings = map[int]MouseEncoding{1005: MouseUTF8, 1006: MouseSGR, 1015: MouseURXVT}

// MouseButtonCode is a button of the mouse, with the number xterm gives it.
type MouseButtonCode uint8

// The buttons.
const (
	ButtonLeft      MouseButtonCode = 0
	ButtonMiddle    MouseButtonCode = 1
	ButtonRight     MouseButtonCode = 2
	ButtonNone      MouseButtonCode = 3 // motion without a button
	ButtonWheelUp   MouseButtonCode = 64
	ButtonWheelDown MouseButtonCode = 65
)

// MouseEvent is something the mouse did at a cell, counted from 0.
type MouseEvent struct {
	X, Y            int
	Button          MouseButtonCode
	Release, Motion bool
	Mod             Mod
}

// Encode is the bytes that tell the guest of the event, nil where it does not
// want to know.
func (e MouseEvent) Encode(m Modes) []byte {
	if e.X < 0 || e.Y < 0 || !e.wanted(m.Mouse) {
		return nil
	}
	code := int(e.Button)
	if e.Release && m.MouseEncoding != MouseSGR {
		code = int(ButtonNone)
	}
	if e.Motion {
		code += 32
	}
	if m.Mouse != MousePress {
		code += 4 * int(e.Mod&(Shift|Alt|Ctrl)) // 4, 8 and 16
	}
	return e.write(code, m.MouseEncoding)
}

func (e MouseEvent) wanted(mode MouseMode) bool {
	switch {
	case mode == MouseNone:
		return false
	case e.Motion && e.Button == ButtonNone:
		return mode == MouseAny
	case e.Motion:
		return mode >= MouseButton
	case e.Release:
		return mode >= MouseNormal
	}
	return true
}

func (e MouseEvent) write(code int, enc MouseEncoding) []byte {
	x, y := e.X+1, e.Y+1
	switch enc {
	case MouseSGR:
		final := "M"
		if e.Release {
			final = "m"
		}
		return []byte("\x1b[<" + strconv.Itoa(code) + ";" + strconv.Itoa(x) + ";" + strconv.Itoa(y) + final)
	case MouseURXVT:
		return []byte("\x1b[" + strconv.Itoa(code+32) + ";" + strconv.Itoa(x) + ";" + strconv.Itoa(y) + "M")
	case MouseUTF8:
		if x > 2015 || y > 2015 {
			return nil
		}
		return []byte("\x1b[M" + string(rune(code+32)) + string(rune(x+32)) + string(rune(y+32)))
	}
	if x > 223 || y > 223 {
		return nil
	}
	return []byte{0x1b, '[', 'M', byte(code + 32), byte(x + 32), byte(y + 32)}
}

// FocusEvent is the bytes that tell the guest its pane got or lost the focus,
// nil where it does not want to know.
func FocusEvent(focused bool, m Modes) []byte {
	switch {
	case !m.Focus:
		return nil
	case focused:
		return []byte("\x1b[I")
	default:
		return []byte("\x1b[O")
	}
}
