package console

import (
	"fmt"
)

// maxReplies bounds the answers that one write can ask for, in bytes: a guest
// that prints nothing but queries gets no more than this per write.
const maxReplies = 4 << 10

// answer queues a reply; Write sends it once the terminal is unlocked.
func (t *Terminal) answer(s string) {
	if t.reply != nil && len(t.replies)+len(s) <= maxReplies {
		t.replies = append(t.replies, s...)
	}
}

func (t *Terminal) answerf(format string, args ...any) {
	if t.reply != nil && len(t.replies) < maxReplies {
		t.answer(fmt.Sprintf(format, args...))
	}
}

// report is DSR: 5 asks whether all is well, 6 for the cursor's position.
func (t *Terminal) report(what int, private bool) {
	switch {
	case what == 5 && !private:
		t.answer("\x1b[0n")
	case what == 6:
		y := t.y
		if t.modes.origin {
			y -= t.top
		}
		prefix := ""
		if private {
			prefix = "?"
		}
		t.answerf("\x1b[%s%d;%dR", prefix, y+1, t.x+1)
	}
}

// Answers of DECRQM.
const (
	modeUnknown = 0
	modeSet     = 1
	modeReset   = 2
)

// reportMode is DECRQM: whether a mode is known, and set.
func (t *Terminal) reportMode(mode int, private bool) {
	if private {
		t.answerf("\x1b[?%d;%d$y", mode, t.modeState(mode))
		return
	}
	state := modeUnknown
	switch mode {
	case 4:
		state = setOrReset(t.modes.insert)
	case 20:
		state = setOrReset(t.modes.newline)
	}
	t.answerf("\x1b[%d;%d$y", mode, state)
}

func (t *Terminal) modeState(mode int) int {
	m := &t.modes
	if flag := m.flag(mode); flag != nil {
		return setOrReset(*flag)
	}
	switch mode {
	case 7:
		return setOrReset(m.autowrap && !m.firmwareNoWrap)
	case 9, 1000, 1002, 1003:
		return setOrReset(m.mouse == mouseModes[mode])
	case 1005, 1006, 1015:
		return setOrReset(m.mouseEncoding == mouseEncodings[mode])
	case 47, 1047, 1049:
		return setOrReset(t.screen == t.alt)
	case 2026:
		return setOrReset(m.sync)
	}
	return modeUnknown
}

func setOrReset(on bool) int {
	if on {
		return modeSet
	}
	return modeReset
}
