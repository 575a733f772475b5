package console

import (
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// cell is one column of the screen in 8 bytes: glyph in bits 0-31 (a rune, or
// the number of a cluster), style number in bits 32-47, kind in bits 48-49. The
// zero cell is a blank of the default style.
type cell uint64

const (
	cellStyleShift = 32
	cellKindShift  = 48

	clusterFlag = 1 << 31 // the glyph is a number in the cluster table

	kindSingle = 0
	kindWide   = 1 // first half of a character two columns wide
	kindTail   = 2 // its second half
)

func makeCell(glyph uint32, style uint16, kind uint8) cell {
	return cell(glyph) | cell(style)<<cellStyleShift | cell(kind)<<cellKindShift
}

func (c cell) glyph() uint32 { return uint32(c & 0xffffffff) }
func (c cell) style() uint16 { return uint16(c >> cellStyleShift & 0xffff) }
func (c cell) kind() uint8   { return uint8(c >> cellKindShift & 3) }
func (c cell) withStyle(id uint16) cell {
	return c&^(0xffff<<cellStyleShift) | cell(id)<<cellStyleShift
}

func (c cell) withGlyph(g uint32) cell { return c&^0xffffffff | cell(g) }

// Bounds of the cluster table: a guest cannot grow it without end, neither by
// many clusters nor by one endless one.
const (
	maxClusters     = 1 << 14
	maxClusterBytes = 32
)

// clusterTable holds the cells' texts of more than one rune. Like the style
// table it is append-only between compactions.
type clusterTable struct {
	list   []string
	index  map[string]uint32
	misses int
}

func newClusterTable() *clusterTable {
	return &clusterTable{index: map[string]uint32{}}
}

func (ct *clusterTable) intern(s string) (uint32, bool) {
	if id, ok := ct.index[s]; ok {
		return id, true
	}
	if len(ct.list) >= maxClusters {
		ct.misses++
		return 0, false
	}
	id := uint32(len(ct.list)) // bounded by maxClusters just above
	ct.list = append(ct.list, s)
	ct.index[s] = id
	return id, true
}

// text is the text of a glyph.
func glyphText(g uint32, clusters []string) string {
	switch {
	case g == 0:
		return ""
	case g&clusterFlag != 0:
		return clusters[g&^clusterFlag]
	default:
		return string(rune(g)) // glyphs without the flag are runes
	}
}

// appendGlyph appends the text of a glyph, a space for a blank.
func appendGlyph(dst []byte, g uint32, clusters []string) []byte {
	switch {
	case g == 0:
		return append(dst, ' ')
	case g < utf8.RuneSelf:
		return append(dst, byte(g))
	case g&clusterFlag != 0:
		return append(dst, clusters[g&^clusterFlag]...)
	default:
		return utf8.AppendRune(dst, rune(g))
	}
}

// joined is the glyph of g with a zero-width rune behind it, or g itself where
// the two together would not be drawn as wide as g is.
func (ct *clusterTable) joined(g uint32, r rune, width int) uint32 {
	if g == 0 {
		g = ' '
	}
	text := glyphText(g, ct.list)
	if len(text)+utf8.RuneLen(r) > maxClusterBytes {
		return g
	}
	text += string(r)
	if id, ok := ct.index[text]; ok {
		return id | clusterFlag
	}
	if ansi.StringWidth(text) != width || ansi.StringWidthWc(text) != width {
		return g
	}
	id, ok := ct.intern(text)
	if !ok {
		return g
	}
	return id | clusterFlag
}

// compactClusters renumbers the clusters that either screen still shows.
func (t *Terminal) compactClusters() {
	old := t.clusters.list
	fresh := newClusterTable()
	t.eachRow(func(r *row) {
		for x, c := range r.cells[:r.used] {
			if g := c.glyph(); g&clusterFlag != 0 {
				id, _ := fresh.intern(old[g&^clusterFlag])
				r.cells[x] = c.withGlyph(id | clusterFlag)
			}
		}
	})
	t.clusters = fresh
}
