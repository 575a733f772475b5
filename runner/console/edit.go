package console

// eraseDisplay is ED. Clearing all of the main screen moves its text into the
// scrollback first: boot messages before a clear are evidence.
func (t *Terminal) eraseDisplay(what int) {
	blank := t.blank()
	from, to := 0, 0
	switch what {
	case 0:
		t.eraseLine(0)
		from, to = t.y+1, t.rows
	case 1:
		t.eraseLine(1)
		from, to = 0, t.y
	case 2:
		t.screen.keep(t.tables())
		t.pendingWrap = false
		from, to = 0, t.rows
	case 3:
		t.history.clear()
	}
	for y := from; y < to; y++ {
		t.screen.row(y).clear(blank)
	}
}

// eraseLine is EL. Where the last column was written and the wrap is pending,
// there is nothing to the right of the cursor: programs that end a coloured
// full line with EL would lose its last character.
func (t *Terminal) eraseLine(what int) {
	r := t.screen.row(t.y)
	blank := t.blank()
	switch what {
	case 0:
		if t.pendingWrap {
			return
		}
		r.erase(t.x, t.cols, blank)
		if r.wrapped {
			r.wrapped, r.dirty = false, true
		}
	case 1:
		r.erase(0, t.x+1, blank)
	case 2:
		r.clear(blank)
		t.pendingWrap = false
	}
}

// eraseChars is ECH, which spares a full row as EL does.
func (t *Terminal) eraseChars(n int) {
	if !t.pendingWrap {
		t.screen.row(t.y).erase(t.x, t.x+n, t.blank())
	}
}

func (t *Terminal) insertLines(n int) {
	if t.y < t.top || t.y >= t.bottom {
		return
	}
	t.screen.scrollDown(t.y, t.bottom, n, t.blank())
	t.x, t.pendingWrap = 0, false
}

func (t *Terminal) deleteLines(n int) {
	if t.y < t.top || t.y >= t.bottom {
		return
	}
	n = min(n, t.bottom-t.y)
	// Lines deleted by an editor are not output that scrolled off.
	t.screen.rotate(t.y, t.bottom, n)
	for y := t.bottom - n; y < t.bottom; y++ {
		t.screen.row(y).clear(t.blank())
	}
	t.x, t.pendingWrap = 0, false
}

// repeat is REP, of one row at most: programs use it inside a row, and a few
// bytes must not keep the emulator busy.
func (t *Terminal) repeat(n int) {
	if t.lastPrinted == 0 {
		return
	}
	r := t.lastPrinted
	for range min(n, t.cols) {
		t.put(r)
	}
}

func (t *Terminal) clearTabs(what int) {
	switch what {
	case 0:
		t.tabs[t.x] = false
	case 3:
		clear(t.tabs)
	}
}
