package console

// charsets is which of the four sets G0-G3 hold line drawing, and which of them
// is in use.
type charsets struct {
	g      [4]byte // final byte of the designation; 0 and 'B' are ASCII
	gl     uint8   // set in use
	single uint8   // set for the next character only; 0 for none
}

// ascii says whether characters need no translation.
func (c *charsets) ascii() bool {
	set := c.g[c.gl]
	return c.single == 0 && set != '0' && set != 'A'
}

func (c *charsets) designate(n int, final byte) { c.g[n] = final }

// translate is the character that an ASCII byte stands for.
func (c *charsets) translate(r rune) rune {
	set := c.g[c.gl]
	if c.single != 0 {
		set, c.single = c.g[c.single], 0
	}
	switch {
	case set == '0' && r >= 0x5f && r <= 0x7e:
		return lineDrawing[r-0x5f]
	case set == 'A' && r == '#':
		return '£'
	}
	return r
}

// lineDrawing is the DEC special graphics set from 0x5f on.
var lineDrawing = [...]rune{
	' ', '◆', '▒', '␉', '␌', '␍', '␊', '°', '±', '␤', '␋', '┘', '┐', '┌', '└', '┼',
	'⎺', '⎻', '─', '⎼', '⎽', '├', '┤', '┴', '┬', '│', '≤', '≥', 'π', '≠', '£', '·',
}
