package console

// maxPulled bounds the rows that a resize takes back from the scrollback to
// put a wrapped line together: a guest may print megabytes without a newline.
const maxPulled = 1000

// Resize changes the size of the screen. On the main screen wrapped lines are
// laid out anew, the newest lines stay and the rest goes to the scrollback, or
// comes back from it. The alternate screen is cut or padded; programs that use
// it draw it anew. The scroll region becomes the whole screen.
func (t *Terminal) Resize(cols, rows int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	cols, rows = clamp(cols, 1, MaxCols), clamp(rows, 1, MaxRows)
	if cols == t.cols && rows == t.rows {
		return
	}
	t.reflow(cols, rows)
	t.cut(cols, rows)
	t.cols, t.rows = cols, rows
	t.top, t.bottom = 0, rows
	t.tabs = defaultTabs(t.tabs, cols)
	t.moveClamped()
	t.generation++
}

// moveClamped brings cursors within the screen.
func (t *Terminal) moveClamped() {
	t.x, t.y = clamp(t.x, 0, t.cols-1), clamp(t.y, 0, t.rows-1)
	t.pendingWrap = t.pendingWrap && t.x == t.cols-1
	for _, s := range []*screen{t.main, t.alt} {
		s.saved.x, s.saved.y = clamp(s.saved.x, 0, t.cols-1), clamp(s.saved.y, 0, t.rows-1)
	}
}

// point is a position that a reflow has to follow, as a line and an offset into
// it, and where it came out.
type point struct {
	line, offset int
	row, x       int
	full         bool // behind the last column, with the wrap pending
}

// logical is a line as it was printed, however many rows it takes.
type logical []cell

// reflow lays the main screen out for a new size.
func (t *Terminal) reflow(cols, rows int) {
	s := t.main
	current := t.screen == t.main
	last := max(s.lastUsed(), min(s.saved.y, t.rows-1))
	cursor := point{}
	var tracked []*point
	saved := point{row: s.saved.y, x: s.saved.x, full: s.saved.pendingWrap}
	tracked = append(tracked, &saved)
	if current {
		last = max(s.lastUsed(), t.y)
		saved.row = min(saved.row, last)
		cursor = point{row: t.y, x: t.x, full: t.pendingWrap}
		tracked = append(tracked, &cursor)
	}
	filled := last == t.rows-1

	lines := t.unwrap(last, tracked)
	laid := layOut(lines, cols, tracked)
	if filled {
		laid = t.pull(laid, rows, cols, tracked)
	}
	anchor := saved.row
	if current {
		anchor = cursor.row
	}
	start := clamp(len(laid)-rows, 0, max(0, anchor))
	for _, r := range laid[:start] {
		s.history.push(r.trimmed(), r.wrapped, t.tables())
	}
	laid = laid[start:]
	s.rows, s.head = make([]*row, rows), 0
	for y := range s.rows {
		if y < len(laid) {
			s.rows[y] = laid[y]
		} else {
			s.rows[y] = newRow(cols)
		}
	}
	s.saved.x, s.saved.y, s.saved.pendingWrap = saved.x, saved.row-start, saved.full
	if current {
		t.x, t.y, t.pendingWrap = cursor.x, cursor.row-start, cursor.full
	}
}

// unwrap joins rows 0 to last of the main screen, and what of the first line is
// in the scrollback, to the lines they were printed as.
func (t *Terminal) unwrap(last int, tracked []*point) []logical {
	s := t.main
	var lines []logical
	line := logical(nil)
	if s.history.lastWrapped() {
		line = t.popLogical()
	}
	for y := 0; y <= last; y++ {
		r := s.row(y)
		for _, p := range tracked {
			if p.row == y && p.line == 0 && p.offset == 0 {
				p.line, p.offset = len(lines), len(line)+p.x
				if p.full {
					p.offset++
				}
				p.row = -1
			}
		}
		cells := r.trimmed()
		if r.wrapped && y < last {
			cells = r.cells
			if next := s.row(y + 1); next.cells[0].kind() == kindWide && r.cells[len(cells)-1] == 0 {
				cells = cells[:len(cells)-1]
			}
		}
		line = append(line, cells...)
		if !r.wrapped || y == last {
			lines = append(lines, line)
			line = nil
		}
	}
	return lines
}

// popLogical takes the newest line of the scrollback back, with all rows that
// it was wrapped over.
func (t *Terminal) popLogical() logical {
	d := &decoder{
		widths: &t.widths,
		// Not styleID: that may renumber the styles, and cells that are on
		// their way from one screen to the next would keep the old numbers.
		style:   func(s Style) uint16 { id, _ := t.styles.intern(s); return id },
		cluster: t.clusters.joined,
	}
	var parts [][]cell
	for len(parts) < maxPulled {
		rec, ok := t.history.pop()
		if !ok {
			break
		}
		cells, _ := d.decode(nil, rec)
		parts = append(parts, cells)
		if !t.history.lastWrapped() {
			break
		}
	}
	var line logical
	for i := len(parts) - 1; i >= 0; i-- {
		line = append(line, parts[i]...)
	}
	return line
}

// pull puts lines of the scrollback before the rows laid out until they fill
// the screen.
func (t *Terminal) pull(laid []*row, rows, cols int, tracked []*point) []*row {
	var above [][]*row
	n := len(laid)
	for n < rows && t.history.lines > 0 {
		part := layOut([]logical{t.popLogical()}, cols, nil)
		above = append(above, part)
		n += len(part)
	}
	if len(above) == 0 {
		return laid
	}
	all := make([]*row, 0, n)
	for i := len(above) - 1; i >= 0; i-- {
		all = append(all, above[i]...)
	}
	for _, p := range tracked {
		p.row += len(all)
	}
	return append(all, laid...)
}

// layOut cuts lines into rows of cols columns.
func layOut(lines []logical, cols int, tracked []*point) []*row {
	var out []*row
	for i, line := range lines {
		at := 0
		for {
			end := cutAt(line, at, cols)
			r := newRow(cols)
			r.used = copy(r.cells, line[at:end])
			for _, c := range line[at:end] {
				r.wide = r.wide || c.kind() != kindSingle
			}
			r.wrapped = end < len(line)
			for _, p := range tracked {
				if p.line == i && p.offset >= at && (p.offset < end || !r.wrapped) {
					p.place(len(out), p.offset-at, r)
				}
			}
			out = append(out, r)
			at = end
			if at >= len(line) {
				break
			}
		}
	}
	return out
}

// cutAt is where the row that begins at column at of a line ends. A wide
// character is not cut in two; on a screen of one column it is given up.
func cutAt(line logical, at, cols int) int {
	end := min(at+cols, len(line))
	if end < len(line) && end-at == cols && line[end].kind() == kindTail {
		if cols == 1 {
			line[end-1] = makeCell(0xfffd, line[end-1].style(), kindSingle)
			line[end] = makeCell(' ', line[end].style(), kindSingle)
			return end
		}
		end--
	}
	return end
}

// place puts the point at column x of row y. Right behind a row that is full a
// wrap is pending.
func (p *point) place(y, x int, r *row) {
	cols := len(r.cells)
	p.row, p.x = y, min(x, cols-1)
	p.full = x == cols && r.used == cols
}

// cut brings the alternate screen to a new size, keeping the rows around the
// cursor where that is on it.
func (t *Terminal) cut(cols, rows int) {
	s := t.alt
	start := 0
	if t.screen == t.alt && t.y >= rows {
		start = t.y - rows + 1
		t.y -= start
	}
	fresh := make([]*row, rows)
	for y := range fresh {
		fresh[y] = newRow(cols)
		if y+start >= t.rows {
			continue
		}
		old := s.row(y + start)
		r := fresh[y]
		old.split(cols)
		r.used = min(copy(r.cells, old.cells), old.used)
		r.wide = old.wide
	}
	s.rows, s.head = fresh, 0
}
