package console

// screen is the rows of the main or the alternate screen, in a ring: scrolling
// the whole screen moves no row.
type screen struct {
	rows    []*row
	head    int    // index of the top row
	scratch []*row // for rotate
	saved   savedCursor
	history *scrollback // where rows go that leave at the top; nil for none
}

func newScreen(cols, rows int, history *scrollback) *screen {
	s := &screen{rows: make([]*row, rows), history: history}
	for i := range s.rows {
		s.rows[i] = newRow(cols)
	}
	return s
}

func (s *screen) slot(y int) int {
	i := s.head + y
	if i >= len(s.rows) {
		i -= len(s.rows)
	}
	return i
}

func (s *screen) row(y int) *row { return s.rows[s.slot(y)] }

// scrollUp moves the rows top to bottom (exclusive) up by n. Rows that leave a
// region beginning at the top of the main screen go into the scrollback.
func (s *screen) scrollUp(top, bottom, n int, blank cell, tb tables) {
	n = min(n, bottom-top)
	if top == 0 && s.history != nil {
		for y := range n {
			r := s.row(y)
			s.history.push(r.trimmed(), r.wrapped, tb)
		}
	}
	if top == 0 && bottom == len(s.rows) {
		for y := range n {
			s.row(y).clear(blank)
		}
		if n > 0 {
			s.head = s.slot(n) % len(s.rows)
		}
		return
	}
	s.rotate(top, bottom, n)
	for y := bottom - n; y < bottom; y++ {
		s.row(y).clear(blank)
	}
}

// scrollDown moves the rows top to bottom (exclusive) down by n.
func (s *screen) scrollDown(top, bottom, n int, blank cell) {
	n = min(n, bottom-top)
	s.rotate(top, bottom, bottom-top-n)
	for y := top; y < top+n; y++ {
		s.row(y).clear(blank)
	}
}

// rotate makes row top+n the first of the region, in time proportional to the
// region whatever n is.
func (s *screen) rotate(top, bottom, n int) {
	s.scratch = s.scratch[:0]
	for y := top; y < bottom; y++ {
		s.scratch = append(s.scratch, s.row(y))
	}
	size := bottom - top
	for i, r := range s.scratch {
		s.rows[s.slot(top+(i-n+size)%size)] = r
	}
}

// lastUsed is the number of the last row that shows anything, -1 for none.
func (s *screen) lastUsed() int {
	y := len(s.rows) - 1
	for y >= 0 && len(s.row(y).trimmed()) == 0 {
		y--
	}
	return y
}

// keep copies the rows in use into the scrollback: the screen is about to be
// cleared, and what a guest printed before it cleared the screen is evidence.
func (s *screen) keep(tb tables) {
	if s.history == nil {
		return
	}
	last := len(s.rows) - 1
	for last >= 0 && !s.row(last).hasText() {
		last--
	}
	for y := range last + 1 {
		r := s.row(y)
		s.history.push(r.trimmed(), r.wrapped && y < last, tb)
	}
}
