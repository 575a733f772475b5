package console

import "unicode/utf8"

// printASCII puts a run of printable ASCII on the screen.
func (t *Terminal) printASCII(p []byte) {
	if t.modes.insert || !t.charsets.ascii() {
		for _, b := range p {
			t.print(rune(b))
		}
		return
	}
	if t.penStale {
		t.resolvePen()
	}
	t.pristine = false
	t.lastPrinted = rune(p[len(p)-1])
	base := makeCell(0, t.penID, kindSingle)
	for len(p) > 0 {
		if t.pendingWrap {
			t.wrap()
		}
		r := t.screen.row(t.y)
		k := min(len(p), t.cols-t.x)
		if r.wide {
			r.split(t.x)
			r.split(t.x + k)
		}
		dst := r.cells[t.x : t.x+k]
		for i, b := range p[:k] {
			dst[i] = base | cell(b)
		}
		t.x += k
		r.used = max(r.used, t.x)
		r.dirty = true
		p = p[k:]
		if t.x < t.cols {
			return
		}
		t.x, t.pendingWrap = t.cols-1, t.modes.wraps()
		if !t.pendingWrap && len(p) > 0 {
			p = p[len(p)-1:] // each overwrote the last column
		}
	}
}

// print puts one character on the screen.
func (t *Terminal) print(r rune) {
	if r < utf8.RuneSelf {
		t.put(t.charsets.translate(r))
		return
	}
	t.charsets.single = 0
	t.put(shown(r))
}

// put is print for a character that stands for itself.
func (t *Terminal) put(r rune) {
	width := t.widths.width(r)
	if width == 0 {
		t.combine(r)
		return
	}
	t.pristine = false
	t.lastPrinted = r
	if width > t.cols {
		r, width = utf8.RuneError, 1
	}
	if t.pendingWrap || t.x+width > t.cols && t.modes.wraps() {
		t.wrap()
	}
	if t.penStale {
		t.resolvePen()
	}
	t.x = min(t.x, t.cols-width)
	line := t.screen.row(t.y)
	if t.modes.insert {
		line.insert(t.x, width, t.blankID)
	}
	line.split(t.x)
	line.split(t.x + width)
	kind := uint8(kindSingle)
	if width == 2 {
		kind = kindWide
		line.wide = true
		line.cells[t.x+1] = makeCell(0, t.penID, kindTail)
	}
	line.cells[t.x] = makeCell(uint32(r), t.penID, kind) // r is a valid rune
	t.x += width
	line.used = max(line.used, t.x)
	line.dirty = true
	if t.x >= t.cols {
		t.x, t.pendingWrap = t.cols-1, t.modes.wraps()
	}
}

// combine joins a zero-width character to the one before the cursor.
func (t *Terminal) combine(r rune) {
	if !joins(r) {
		return
	}
	x := t.x - 1
	if t.pendingWrap {
		x = t.x
	}
	line := t.screen.row(t.y)
	if x > 0 && line.cells[x].kind() == kindTail {
		x--
	}
	if x < 0 || x >= line.used {
		return
	}
	c := line.cells[x]
	glyph := t.clusters.joined(c.glyph(), r, 1+int(c.kind()&kindWide))
	if glyph == c.glyph() && (t.clusters.misses == 1 || t.clusters.misses > maxClusters) {
		t.compactClusters()
		c = line.cells[x]
		glyph = t.clusters.joined(c.glyph(), r, 1+int(c.kind()&kindWide))
	}
	line.cells[x] = c.withGlyph(glyph)
	line.dirty = true
}

// wrap goes on in the next row.
func (t *Terminal) wrap() {
	r := t.screen.row(t.y)
	if !r.wrapped {
		r.wrapped, r.dirty = true, true
	}
	t.x = 0
	t.lineFeedOnly()
}

// lineFeed is LF: one row down, to its start in newline mode.
func (t *Terminal) lineFeed() {
	t.lineFeedOnly()
	if t.modes.newline {
		t.x = 0
	}
}

// lineFeedOnly is IND: one row down, scrolling at the bottom of the region.
func (t *Terminal) lineFeedOnly() {
	t.pendingWrap = false
	switch {
	case t.y == t.bottom-1:
		t.scrollUp(1)
	case t.y < t.rows-1:
		t.y++
	}
}

// reverseIndex is RI: one row up, scrolling at the top of the region.
func (t *Terminal) reverseIndex() {
	t.pendingWrap = false
	switch {
	case t.y == t.top:
		t.screen.scrollDown(t.top, t.bottom, 1, t.blank())
	case t.y > 0:
		t.y--
	}
}

func (t *Terminal) scrollUp(n int) {
	t.screen.scrollUp(t.top, t.bottom, n, t.blank(), t.tables())
}

// resolvePen gives the pen's style its number. That waits until something is
// printed, since many styles are set and replaced unused. Numbering one style
// may renumber the other, which makes the pen stale again; a second round finds
// room, or finds the table full and does not renumber.
func (t *Terminal) resolvePen() {
	for t.penStale = true; t.penStale; {
		t.penStale = false
		t.penID = t.styleID(t.pen)
		t.blankID = 0
		if t.pen.BG != 0 {
			t.blankID = makeCell(0, t.styleID(Style{BG: t.pen.BG}), kindSingle)
		}
	}
}

// blank is what erased cells become.
func (t *Terminal) blank() cell {
	if t.pen.BG == 0 {
		return 0
	}
	if t.penStale {
		t.resolvePen()
	}
	return t.blankID
}
