package console

import (
	"github.com/charmbracelet/x/ansi"
)

// execute acts on a control character.
func (t *Terminal) execute(b byte) {
	switch b {
	case '\n', 0x0b, 0x0c:
		t.lineFeed()
	case '\r':
		t.x, t.pendingWrap = 0, false
	case '\b':
		t.x, t.pendingWrap = max(0, t.x-1), false
	case '\t':
		t.tabForward(1)
	case 0x0e: // SO
		t.charsets.gl = 1
	case 0x0f: // SI
		t.charsets.gl = 0
	}
}

// esc acts on an escape sequence that is no control sequence or string.
func (t *Terminal) esc(cmd ansi.Cmd) {
	if in := cmd.Intermediate(); in != 0 {
		switch {
		case in == '#' && cmd.Final() == '8':
			t.alignmentTest()
		case in >= '(' && in <= '+':
			t.charsets.designate(int(in-'('), cmd.Final())
		}
		return
	}
	switch cmd.Final() {
	case '7':
		t.saveCursor()
	case '8':
		t.restoreCursor()
	case 'D':
		t.lineFeedOnly()
	case 'E':
		t.lineFeedOnly()
		t.x = 0
	case 'H':
		t.tabs[t.x] = true
	case 'M':
		t.reverseIndex()
	case 'N':
		t.charsets.single = 2
	case 'O':
		t.charsets.single = 3
	case 'Z':
		t.answer("\x1b[?62;22c")
	case 'c':
		t.reset()
	case 'n':
		t.charsets.gl = 2
	case 'o':
		t.charsets.gl = 3
	case '=':
		t.modes.appKeypad = true
	case '>':
		t.modes.appKeypad = false
	}
}

// alignmentTest is DECALN: the screen full of E.
func (t *Terminal) alignmentTest() {
	t.top, t.bottom = 0, t.rows
	t.x, t.y, t.pendingWrap = 0, 0, false
	for y := range t.rows {
		r := t.screen.row(y)
		r.clear(0)
		fill(r.cells, 'E')
		r.used, r.dirty = t.cols, true
	}
	t.pristine = false
}

// savedCursor is what DECSC keeps.
type savedCursor struct {
	x, y        int
	pendingWrap bool
	pen         Style
	charsets    charsets
	origin      bool
}

func (t *Terminal) saveCursor() {
	t.screen.saved = savedCursor{t.x, t.y, t.pendingWrap, t.pen, t.charsets, t.modes.origin}
}

func (t *Terminal) restoreCursor() {
	s := t.screen.saved
	t.x, t.y = min(s.x, t.cols-1), min(s.y, t.rows-1)
	t.pendingWrap = s.pendingWrap && t.x == t.cols-1
	t.pen, t.penStale = s.pen, true
	t.charsets = s.charsets
	t.modes.origin = s.origin
}

// Tab stops.

// defaultTabs is stops at every eighth column; those of old stay.
func defaultTabs(old []bool, cols int) []bool {
	tabs := make([]bool, cols)
	n := copy(tabs, old)
	for x := n; x < cols; x++ {
		tabs[x] = x%8 == 0 && x > 0
	}
	return tabs
}

func (t *Terminal) tabForward(n int) {
	t.pendingWrap = false
	for ; n > 0 && t.x < t.cols-1; n-- {
		t.x++
		for t.x < t.cols-1 && !t.tabs[t.x] {
			t.x++
		}
	}
}

func (t *Terminal) tabBackward(n int) {
	t.pendingWrap = false
	for ; n > 0 && t.x > 0; n-- {
		t.x--
		for t.x > 0 && !t.tabs[t.x] {
			t.x--
		}
	}
}
