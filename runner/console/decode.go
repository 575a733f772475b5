package console

import (
	"encoding/binary"
	"unicode/utf8"
)

// tables are what the glyph and style numbers of cells refer to.
type tables struct {
	styles   []Style
	clusters []string
}

// decoder turns scrollback records back into cells. Style and cluster numbers
// are given by the two functions, so that it serves both the live tables and
// those of a copy.
type decoder struct {
	widths  *widthCache
	style   func(Style) uint16
	cluster func(glyph uint32, r rune, width int) uint32
}

// decode appends the cells of a record to dst.
func (d *decoder) decode(dst []cell, rec []byte) (cells []cell, wrapped bool) {
	flags := rec[0]
	text := rec[1:]
	var runs []byte
	if flags&recordStyled != 0 {
		n, w := binary.Uvarint(text)
		runs = text[w : w+int(n)] // written by push
		text = text[w+int(n):]
	}
	start := len(dst)
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		text = text[size:]
		width := d.widths.width(r)
		if width == 0 {
			if last := d.lastHead(dst[start:]); last >= 0 {
				c := dst[start+last]
				dst[start+last] = c.withGlyph(d.cluster(c.glyph(), r, 1+int(c.kind())))
			}
			continue
		}
		glyph := uint32(r) // a rune from DecodeRune
		if width == 1 {
			dst = append(dst, makeCell(glyph, 0, kindSingle))
			continue
		}
		dst = append(dst, makeCell(glyph, 0, kindWide), makeCell(0, 0, kindTail))
	}
	d.applyRuns(dst[start:], runs)
	return dst, flags&recordWrapped != 0
}

func (d *decoder) lastHead(cells []cell) int {
	i := len(cells) - 1
	if i > 0 && cells[i].kind() == kindTail {
		i--
	}
	return i
}

func (d *decoder) applyRuns(cells []cell, runs []byte) {
	for len(runs) > 0 && len(cells) > 0 {
		var v [5]uint64
		for i := range v {
			x, w := binary.Uvarint(runs)
			if w <= 0 {
				return
			}
			v[i], runs = x, runs[w:]
		}
		st := Style{
			FG: Color(v[1]), BG: Color(v[2]), Underline: Color(v[3]), // written by appendRun
			Attrs: Attr(v[4] & 0xffff), Line: UnderlineStyle(v[4] >> 16),
		}
		n := min(int(v[0]), len(cells))
		if st != (Style{}) {
			id := d.style(st)
			for i := range cells[:n] {
				cells[i] = cells[i].withStyle(id)
			}
		}
		cells = cells[n:]
	}
}
