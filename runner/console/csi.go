package console

import "github.com/charmbracelet/x/ansi"

// maxParam bounds a parameter: larger ones, and those that overflowed in the
// parser, are as good as this one.
const maxParam = 65535

// param is parameter i, or def where it is missing.
func param(ps ansi.Params, i, def int) int {
	v, _, _ := ps.Param(i, def)
	return clamp(v, 0, maxParam)
}

// count is parameter i as a number of repetitions: missing and 0 mean 1.
func count(ps ansi.Params, i int) int { return max(1, param(ps, i, 1)) }

// csi acts on a control sequence.
func (t *Terminal) csi(cmd ansi.Cmd, ps ansi.Params) {
	switch {
	case cmd.Intermediate() != 0:
		t.csiIntermediate(cmd, ps)
	case cmd.Prefix() == 0:
		if !t.csiMove(cmd.Final(), ps) {
			t.csiEdit(cmd.Final(), ps)
		}
	case cmd.Prefix() == '?':
		t.csiPrivate(cmd.Final(), ps)
	case cmd.Prefix() == '>' && cmd.Final() == 'c':
		t.answer("\x1b[>1;10;0c") // DA2: a VT220
	}
}

// csiMove is the sequences that move the cursor; false for any other.
func (t *Terminal) csiMove(final byte, ps ansi.Params) bool {
	n := count(ps, 0)
	switch final {
	case 'A':
		t.up(n)
	case 'B', 'e':
		t.down(n)
	case 'C', 'a':
		t.moveTo(t.x+n, t.y)
	case 'D':
		t.moveTo(t.x-n, t.y)
	case 'E':
		t.down(n)
		t.x = 0
	case 'F':
		t.up(n)
		t.x = 0
	case 'G', '`':
		t.moveTo(n-1, t.y)
	case 'H', 'f':
		t.address(n-1, count(ps, 1)-1)
	case 'I':
		t.tabForward(n)
	case 'Z':
		t.tabBackward(n)
	case 'd':
		t.address(n-1, t.x)
	case 's':
		t.saveCursor()
	case 'u':
		t.restoreCursor()
	default:
		return false
	}
	return true
}

// moveTo moves the cursor, at most to the edges of the screen.
func (t *Terminal) moveTo(x, y int) {
	t.x, t.y, t.pendingWrap = clamp(x, 0, t.cols-1), clamp(y, 0, t.rows-1), false
}

// up and down stop at the edge of the scroll region when they begin inside.
func (t *Terminal) up(n int) {
	edge := 0
	if t.y >= t.top {
		edge = t.top
	}
	t.moveTo(t.x, max(edge, t.y-n))
}

func (t *Terminal) down(n int) {
	edge := t.rows - 1
	if t.y < t.bottom {
		edge = t.bottom - 1
	}
	t.moveTo(t.x, min(edge, t.y+n))
}

// address is an absolute position, relative to the scroll region in origin mode.
func (t *Terminal) address(y, x int) {
	if t.modes.origin {
		y = clamp(y+t.top, t.top, t.bottom-1)
	}
	t.moveTo(x, y)
}

// csiEdit is the sequences that change the screen's content or settings.
func (t *Terminal) csiEdit(final byte, ps ansi.Params) {
	n := count(ps, 0)
	switch final {
	case 'm':
		t.sgr(ps)
	case 'J':
		t.eraseDisplay(param(ps, 0, 0))
	case 'K':
		t.eraseLine(param(ps, 0, 0))
	case 'X':
		t.eraseChars(n)
	case '@':
		t.screen.row(t.y).insert(t.x, n, t.blank())
		t.pendingWrap = false
	case 'P':
		t.screen.row(t.y).remove(t.x, n, t.blank())
		t.pendingWrap = false
	case 'L':
		t.insertLines(n)
	case 'M':
		t.deleteLines(n)
	case 'S':
		t.scrollUp(n)
	case 'T':
		if len(ps) <= 1 { // with five it is mouse tracking of old
			t.screen.scrollDown(t.top, t.bottom, n, t.blank())
		}
	case 'b':
		t.repeat(n)
	case 'c':
		if param(ps, 0, 0) == 0 {
			t.answer("\x1b[?62;22c") // DA1: a VT220 with colours
		}
	case 'g':
		t.clearTabs(param(ps, 0, 0))
	case 'h', 'l':
		t.setAnsiModes(ps, final == 'h')
	case 'n':
		t.report(param(ps, 0, 0), false)
	case 'r':
		t.setRegion(ps)
	case 't':
		if param(ps, 0, 0) == 18 {
			t.answerf("\x1b[8;%d;%dt", t.rows, t.cols)
		}
	}
}

// csiPrivate is the sequences of the form CSI ? ... final.
func (t *Terminal) csiPrivate(final byte, ps ansi.Params) {
	switch final {
	case 'h', 'l':
		t.setModes(ps, final == 'h')
	case 'J':
		t.eraseDisplay(param(ps, 0, 0))
	case 'K':
		t.eraseLine(param(ps, 0, 0))
	case 'n':
		t.report(param(ps, 0, 0), true)
	case 'W':
		if param(ps, 0, 0) == 5 {
			t.tabs = defaultTabs(nil, t.cols)
		}
	}
}

// csiIntermediate is the sequences with an intermediate byte.
func (t *Terminal) csiIntermediate(cmd ansi.Cmd, ps ansi.Params) {
	switch {
	case cmd.Intermediate() == '!' && cmd.Final() == 'p':
		t.softReset()
	case cmd.Intermediate() == '$' && cmd.Final() == 'p':
		t.reportMode(param(ps, 0, 0), cmd.Prefix() == '?')
	case cmd.Intermediate() == ' ' && cmd.Final() == 'q':
		t.setCursorShape(param(ps, 0, 0))
	}
}

// setRegion is DECSTBM.
func (t *Terminal) setRegion(ps ansi.Params) {
	top, bottom := count(ps, 0)-1, param(ps, 1, 0)
	if bottom == 0 || bottom > t.rows {
		bottom = t.rows
	}
	if top >= bottom-1 {
		if top != 0 || t.rows > 1 {
			return
		}
		top, bottom = 0, t.rows
	}
	t.top, t.bottom = top, bottom
	t.address(0, 0)
}

// softReset is DECSTR: modes and margins as at the start, the text stays.
func (t *Terminal) softReset() {
	alt := t.modes
	t.modes = defaultModes()
	t.modes.keepAcrossSoftReset(alt)
	t.top, t.bottom = 0, t.rows
	t.pen, t.penStale = Style{}, true
	t.charsets = charsets{}
	t.screen.saved = savedCursor{}
	t.pendingWrap = false
}

// setCursorShape is DECSCUSR.
func (t *Terminal) setCursorShape(n int) {
	if n > 6 {
		return
	}
	t.cursorShape = CursorShape(max(0, n-1) / 2) // 0 to 2
	t.modes.cursorBlink = n == 0 || n%2 == 1
}
