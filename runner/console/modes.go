package console

import "github.com/charmbracelet/x/ansi"

// Modes is what the guest has switched on, as far as it matters to whoever
// draws the screen or sends keys. The zero value is a dumb terminal's.
type Modes struct {
	AppCursor, AppKeypad bool
	Newline              bool // Enter sends CR LF (LNM)
	BracketedPaste       bool
	Focus                bool // wants to be told of focus (see FocusEvent)
	Mouse                MouseMode
	MouseEncoding        MouseEncoding
	AlternateScroll      bool // the wheel sends arrow keys on the alternate screen
	ReverseVideo         bool // the whole screen is drawn reversed (DECSCNM)
	Autowrap             bool // in effect, see the package's comment on firmware
	Synchronized         bool // in the middle of drawing a frame
}

// modes is the terminal's own record of them.
type modes struct {
	appCursor, appKeypad, origin, insert, newline bool
	autowrap, firmwareNoWrap                      bool
	cursorVisible, cursorBlink                    bool
	reverseVideo, bracketedPaste, focus, sync     bool
	alternateScroll                               bool
	mouse                                         MouseMode
	mouseEncoding                                 MouseEncoding
}

func defaultModes() modes {
	return modes{autowrap: true, cursorVisible: true, cursorBlink: true}
}

// wraps says whether a long line goes on in the next row.
func (m *modes) wraps() bool { return m.autowrap }

// keepAcrossSoftReset takes over from old what DECSTR leaves alone.
func (m *modes) keepAcrossSoftReset(old modes) {
	m.reverseVideo, m.bracketedPaste, m.focus, m.sync = old.reverseVideo, old.bracketedPaste, old.focus, old.sync
	m.mouse, m.mouseEncoding, m.alternateScroll = old.mouse, old.mouseEncoding, old.alternateScroll
	m.newline, m.cursorBlink = old.newline, old.cursorBlink
}

func (m *modes) public() Modes {
	return Modes{
		AppCursor: m.appCursor, AppKeypad: m.appKeypad, Newline: m.newline,
		BracketedPaste: m.bracketedPaste, Focus: m.focus,
		Mouse: m.mouse, MouseEncoding: m.mouseEncoding, AlternateScroll: m.alternateScroll,
		ReverseVideo: m.reverseVideo, Autowrap: m.autowrap, Synchronized: m.sync,
	}
}

// setAnsiModes is SM and RM.
func (t *Terminal) setAnsiModes(ps ansi.Params, on bool) {
	for i := range ps {
		switch param(ps, i, 0) {
		case 4:
			t.modes.insert = on
		case 20:
			t.modes.newline = on
		}
	}
}

// setModes is DECSET and DECRST.
func (t *Terminal) setModes(ps ansi.Params, on bool) {
	for i := range ps {
		t.setMode(param(ps, i, 0), on)
	}
}

func (t *Terminal) setMode(mode int, on bool) {
	m := &t.modes
	if flag := m.flag(mode); flag != nil {
		*flag = on
	}
	switch mode {
	case 6:
		t.address(0, 0)
	case 7:
		t.setAutowrap(on)
	case 9, 1000, 1002, 1003:
		m.mouse = MouseNone
		if on {
			m.mouse = mouseModes[mode]
		}
	case 1005, 1006, 1015:
		m.mouseEncoding = MouseX10
		if on {
			m.mouseEncoding = mouseEncodings[mode]
		}
	case 47, 1047:
		t.useAlt(on, mode == 1047)
	case 1048:
		if on {
			t.saveCursor()
		} else {
			t.restoreCursor()
		}
	case 1049:
		t.useAltSaving(on)
	case 2026:
		t.setSync(on)
	}
}

// flag is where a mode is kept that is a mere flag; nil for any other mode.
func (m *modes) flag(mode int) *bool {
	switch mode {
	case 1:
		return &m.appCursor
	case 5:
		return &m.reverseVideo
	case 6:
		return &m.origin
	case 12:
		return &m.cursorBlink
	case 25:
		return &m.cursorVisible
	case 66:
		return &m.appKeypad
	case 1004:
		return &m.focus
	case 1007:
		return &m.alternateScroll
	case 2004:
		return &m.bracketedPaste
	}
	return nil
}

// setAutowrap is DECAWM with the rule for firmware (see the package's comment).
func (t *Terminal) setAutowrap(on bool) {
	m := &t.modes
	m.firmwareNoWrap = !on && t.pristine && t.screen == t.main
	m.autowrap = on || m.firmwareNoWrap
	if !m.autowrap {
		t.pendingWrap = false
	}
}

// setSync begins or ends a frame of synchronized output.
func (t *Terminal) setSync(on bool) {
	if on && t.seen {
		t.syncSince, t.seen = t.now(), false
	}
	t.modes.sync = on
}

// useAlt switches to the alternate screen or back. Mode 1047 clears it when it
// is left.
func (t *Terminal) useAlt(on, clearOnLeave bool) {
	if on == (t.screen == t.alt) {
		return
	}
	if !on && clearOnLeave {
		t.clearScreen(t.alt)
	}
	t.screen = t.main
	if on {
		t.screen = t.alt
	}
	t.pendingWrap = false
}

// useAltSaving is mode 1049: with the cursor saved, on a clear screen.
func (t *Terminal) useAltSaving(on bool) {
	if on == (t.screen == t.alt) {
		return
	}
	if on {
		t.saveCursor()
		t.screen = t.alt
		t.clearScreen(t.alt)
		t.pendingWrap = false
		return
	}
	t.screen = t.main
	t.restoreCursor()
}

func (t *Terminal) clearScreen(s *screen) {
	for _, r := range s.rows {
		r.clear(t.blank())
	}
}
