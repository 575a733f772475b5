package console

// row is one line of the screen. Cells from used on are zero; so a row that is
// mostly empty is cheap to clear, to copy and to keep.
type row struct {
	cells   []cell
	used    int
	wrapped bool // the text goes on in the next row
	wide    bool // may hold wide characters
	dirty   bool // changed since line was copied from it
	line    Line // what the last snapshot saw
}

func newRow(cols int) *row {
	return &row{cells: make([]cell, cols), dirty: true}
}

// clear blanks the whole row.
func (r *row) clear(blank cell) {
	if r.used == 0 && blank == 0 && !r.wrapped {
		return
	}
	r.wrapped, r.wide, r.dirty = false, false, true
	if blank == 0 {
		clear(r.cells[:r.used])
		r.used = 0
		return
	}
	fill(r.cells, blank)
	r.used = len(r.cells)
}

// erase blanks the columns from, to (exclusive).
func (r *row) erase(from, to int, blank cell) {
	to = min(to, len(r.cells))
	if blank == 0 {
		to = min(to, max(r.used, from))
	}
	if from >= to {
		return
	}
	r.split(from)
	r.split(to)
	fill(r.cells[from:to], blank)
	r.dirty = true
	switch {
	case blank != 0:
		r.used = max(r.used, to)
	case to >= r.used:
		r.used = min(r.used, from)
	}
}

// split blanks the wide character whose second half is column x: something
// else is about to be put on one half of it.
func (r *row) split(x int) {
	if !r.wide || x <= 0 || x >= len(r.cells) || r.cells[x].kind() != kindTail {
		return
	}
	r.cells[x-1] = makeCell(' ', r.cells[x-1].style(), kindSingle)
	r.cells[x] = makeCell(' ', r.cells[x].style(), kindSingle)
	r.dirty = true
}

// insert moves the cells from x on by n columns to the right and blanks the gap.
func (r *row) insert(x, n int, blank cell) {
	n = min(n, len(r.cells)-x)
	if n <= 0 {
		return
	}
	r.split(x)
	r.split(len(r.cells) - n)
	copy(r.cells[x+n:], r.cells[x:len(r.cells)-n])
	fill(r.cells[x:x+n], blank)
	if r.used > x || blank != 0 {
		r.used = min(len(r.cells), max(r.used, x)+n)
	}
	r.dirty, r.wrapped = true, false
}

// remove takes n cells out at x; blanks come in at the right.
func (r *row) remove(x, n int, blank cell) {
	n = min(n, len(r.cells)-x)
	if n <= 0 {
		return
	}
	r.split(x)
	r.split(x + n)
	copy(r.cells[x:], r.cells[x+n:])
	fill(r.cells[len(r.cells)-n:], blank)
	switch {
	case blank != 0:
		r.used = len(r.cells)
	case r.used > x+n:
		r.used -= n
	default:
		r.used = min(r.used, x)
	}
	r.dirty, r.wrapped = true, false
}

// trimmed is the row without the blanks of the default style at its end.
func (r *row) trimmed() []cell {
	n := r.used
	for n > 0 && r.cells[n-1] == 0 {
		n--
	}
	return r.cells[:n]
}

// hasText says whether the row shows more than a background.
func (r *row) hasText() bool {
	for _, c := range r.cells[:r.used] {
		if c.glyph() != 0 {
			return true
		}
	}
	return false
}

func fill(cells []cell, c cell) {
	if c == 0 {
		clear(cells)
		return
	}
	for i := range cells {
		cells[i] = c
	}
}
