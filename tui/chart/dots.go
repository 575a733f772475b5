package chart

// Dots is a raster of two by four dots a cell, drawn in braille. Each cell remembers
// whose dot was set last. Make one with NewDots.
type Dots struct {
	w, h   int
	masks  []byte
	owners []int
}

// Dots in a cell.
const (
	DotsWide = 2
	DotsHigh = 4
)

// NewDots returns a raster of w by h cells without dots.
func NewDots(w, h int) *Dots {
	w, h = max(w, 0), max(h, 0)
	return &Dots{w: w, h: h, masks: make([]byte, w*h), owners: make([]int, w*h)}
}

// Set sets one dot, counted from the left and from the bottom. What lies outside is left out.
func (d *Dots) Set(x, y, owner int) {
	if x < 0 || y < 0 || x >= d.w*DotsWide || y >= d.h*DotsHigh {
		return
	}
	fromTop := d.h*DotsHigh - 1 - y
	at := fromTop/DotsHigh*d.w + x/DotsWide
	// Braille numbers its dots down the left column, down the right one, and then the
	// fourth row, which came later.
	bit := fromTop%DotsHigh + 3*(x%DotsWide)
	if fromTop%DotsHigh == 3 {
		bit = 6 + x%DotsWide
	}
	d.masks[at] |= 1 << bit
	d.owners[at] = owner
}

// Cell is the character at a cell, counted from the top left, and whose it is; ok is
// false where there are no dots.
func (d *Dots) Cell(x, y int) (text string, owner int, ok bool) {
	if x < 0 || y < 0 || x >= d.w || y >= d.h || d.masks[y*d.w+x] == 0 {
		return "", 0, false
	}
	return string(rune(0x2800 + int(d.masks[y*d.w+x]))), d.owners[y*d.w+x], true
}

// Shares draws which share of the sorted values is at or below each place of a scale
// (the empirical distribution function), as steps from the first value at the bottom to the
// last one at the top.
func (d *Dots) Shares(sorted []float64, s Scale, owner int) {
	if len(sorted) == 0 || d.w == 0 || d.h == 0 {
		return
	}
	top := d.h*DotsHigh - 1
	row, n := 0, 0
	for x := s.At(sorted[0], DotsWide); n < len(sorted); x++ {
		d.Set(x, row, owner)
		for n < len(sorted) && s.At(sorted[n], DotsWide) <= x {
			n++
		}
		for to := top * n / len(sorted); row <= to; row++ {
			d.Set(x, row, owner)
		}
		row--
	}
}
