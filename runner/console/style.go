package console

// Color is the colour of a cell: the terminal's default, one of the 256 of the
// palette, or 24 bits of RGB. The zero value is the default.
type Color uint32

const (
	colorIndexed Color = 1 << 24
	colorRGB     Color = 2 << 24
	colorKind    Color = 0xff << 24
)

// Indexed is colour n of the palette: 0-7 normal, 8-15 bright, 16-231 the cube,
// 232-255 greys.
func Indexed(n uint8) Color { return colorIndexed | Color(n) }

// RGB is a 24-bit colour.
func RGB(r, g, b uint8) Color {
	return colorRGB | Color(r)<<16 | Color(g)<<8 | Color(b)
}

// IsDefault says whether c is the terminal's default colour.
func (c Color) IsDefault() bool { return c&colorKind == 0 }

// Index is the number of a palette colour; false for any other colour.
func (c Color) Index() (uint8, bool) {
	return uint8(c & 0xff), c&colorKind == colorIndexed
}

// RGB is the three parts of a 24-bit colour; false for any other colour.
func (c Color) RGB() (r, g, b uint8, ok bool) {
	return uint8(c >> 16 & 0xff), uint8(c >> 8 & 0xff), uint8(c & 0xff), c&colorKind == colorRGB
}

// Attr is a set of text attributes.
type Attr uint16

// The attributes of SGR.
const (
	Bold Attr = 1 << iota
	Faint
	Italic
	Underline
	Blink
	Reverse
	Hidden
	Strike
	Overline
)

// UnderlineStyle is the line that Underline draws.
type UnderlineStyle uint8

// The underline styles of SGR 4:n.
const (
	UnderlineSingle UnderlineStyle = iota
	UnderlineDouble
	UnderlineCurly
	UnderlineDotted
	UnderlineDashed
)

// Style is how a cell is drawn. The zero value is plain text.
type Style struct {
	FG, BG    Color
	Underline Color // of the line below; default means FG
	Attrs     Attr
	Line      UnderlineStyle // meaningful where Attrs has Underline
}

// maxStyles bounds the table of styles in use: a cell names its style in 16 bits.
const maxStyles = 1 << 16

// styleTable gives every style in use a small number. Number 0 is the zero
// Style. The list is only ever appended to, so that snapshots can share it;
// compacting makes a new one.
type styleTable struct {
	list   []Style
	index  map[Style]uint16
	misses int // styles refused since the table was last compacted
}

func newStyleTable() *styleTable {
	return &styleTable{list: []Style{{}}, index: map[Style]uint16{{}: 0}}
}

// intern numbers s; false when the table is full.
func (st *styleTable) intern(s Style) (uint16, bool) {
	if id, ok := st.index[s]; ok {
		return id, true
	}
	if len(st.list) >= maxStyles {
		st.misses++
		return 0, false
	}
	id := uint16(len(st.list)) // bounded by maxStyles just above
	st.list = append(st.list, s)
	st.index[s] = id
	return id, true
}

// worthCompacting says whether walking the screen may free enough numbers: a
// screen that truly shows 65536 styles must not be walked for each new one.
func (st *styleTable) worthCompacting() bool {
	return st.misses == 1 || st.misses >= maxStyles
}

// styleID is the number of s, compacting the table when it is full. Where even
// that does not help, the text is shown plain.
func (t *Terminal) styleID(s Style) uint16 {
	id, ok := t.styles.intern(s)
	if ok || !t.styles.worthCompacting() {
		return id
	}
	t.compactStyles()
	id, ok = t.styles.intern(s)
	if ok && len(t.styles.list) < maxStyles*3/4 {
		t.styles.misses = 0
	}
	return id
}

// compactStyles renumbers the styles that either screen still shows.
func (t *Terminal) compactStyles() {
	old := t.styles.list
	fresh := newStyleTable()
	fresh.misses = 2
	t.eachRow(func(r *row) {
		for x, c := range r.cells[:r.used] {
			if s := c.style(); s != 0 {
				id, _ := fresh.intern(old[s])
				r.cells[x] = c.withStyle(id)
			}
		}
	})
	t.styles = fresh
	t.penStale = true
}
