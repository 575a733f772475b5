package console

import (
	"unicode"

	"github.com/charmbracelet/x/ansi"
)

// widthCache remembers the widths of characters, a page of 256 at a time:
// measuring one takes fifty times as long as looking it up. Only the pages of
// the basic and supplementary multilingual planes (0 and 1) are kept, so it is
// at most 128 KiB.
type widthCache struct {
	pages [0x200]*[256]uint8
}

// width is the number of columns r takes: 0, 1 or 2. Control and format
// characters have none, and neither joins a cell (see joins).
func (w *widthCache) width(r rune) int {
	if r < 0 {
		return 0
	}
	page := int(r >> 8)
	if page >= len(w.pages) {
		return measure(r)
	}
	p := w.pages[page]
	if p == nil {
		p = new([256]uint8)
		for i := range p {
			p[i] = uint8(measure(r&^0xff | rune(i))) // 0, 1 or 2
		}
		w.pages[page] = p
	}
	return int(p[r&0xff])
}

// measure is the width by wcwidth as the drawing side computes it. Where a
// single character measures differently as a grapheme cluster, it is left to
// the caller to refuse it (clusters) or to replace it (regional indicators).
func measure(r rune) int {
	if r < 0x20 || r >= 0x7f && r < 0xa0 {
		return 0
	}
	return min(2, ansi.StringWidthWc(string(r)))
}

// joins says whether the zero-width r may join the cell before it. Format
// characters may not: direction overrides would reorder the row, and a joiner
// would fuse the cell with the next one when the row is drawn.
func joins(r rune) bool {
	return r >= 0x300 && unicode.In(r, unicode.Mn, unicode.Me)
}

// shown replaces what cannot be drawn in its own width: a regional indicator is
// one column to the guest but two to a terminal that shows flags, so its letter
// is shown instead; a soft hyphen is one column to most guests and none to most
// terminals; line and paragraph separators must not end a row.
func shown(r rune) rune {
	switch {
	case r >= 0x1f1e6 && r <= 0x1f1ff:
		return 'A' + r - 0x1f1e6
	case r == 0xad:
		return '-'
	case r == 0x2028 || r == 0x2029:
		return 0xfffd
	}
	return r
}
