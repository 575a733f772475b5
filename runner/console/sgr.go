package console

import "github.com/charmbracelet/x/ansi"

// sgr is CSI m: the pen's colours and attributes. Extended colours come as
// 38;5;n and 38;2;r;g;b, or with colons as 38:5:n, 38:2:r:g:b and
// 38:2:space:r:g:b.
func (t *Terminal) sgr(ps ansi.Params) {
	t.penStale = true
	pen := &t.pen
	if len(ps) == 0 {
		*pen = Style{}
		return
	}
	for i := 0; i < len(ps); {
		n := 1 // parameters of this item, sub-parameters included
		for i+n < len(ps) && ps[i+n-1].HasMore() {
			n++
		}
		item := ps[i : i+n]
		switch v := param(item, 0, 0); v {
		case 38, 48, 58:
			c, used, ok := extendedColor(item, ps[i:])
			n = max(n, used)
			if !ok {
				break
			}
			switch v {
			case 38:
				pen.FG = c
			case 48:
				pen.BG = c
			default:
				pen.Underline = c
			}
		case 4:
			pen.underline(param(item, 1, 1))
		default:
			pen.apply(v)
		}
		i += n
	}
}

// extendedColor reads a colour from item, which holds all its sub-parameters,
// or else from rest, and says how many parameters it took.
func extendedColor(item, rest ansi.Params) (c Color, used int, ok bool) {
	if len(item) > 1 {
		switch param(item, 1, 0) {
		case 5:
			return Indexed(channel(item, 2)), len(item), len(item) > 2
		case 2:
			at := 2
			if len(item) > 5 {
				at = 3 // behind the colour space
			}
			return RGB(channel(item, at), channel(item, at+1), channel(item, at+2)), len(item), len(item) > 4
		}
		return 0, len(item), false
	}
	switch param(rest, 1, 0) {
	case 5:
		return Indexed(channel(rest, 2)), min(3, len(rest)), len(rest) > 2
	case 2:
		return RGB(channel(rest, 2), channel(rest, 3), channel(rest, 4)), min(5, len(rest)), len(rest) > 4
	}
	return 0, min(2, len(rest)), false
}

func channel(ps ansi.Params, i int) uint8 {
	return uint8(min(255, param(ps, i, 0))) // bounded here
}

// underline is SGR 4 with its style.
func (s *Style) underline(style int) {
	switch {
	case style == 0:
		s.Attrs &^= Underline
		s.Line = UnderlineSingle
	case style <= 5:
		s.Attrs |= Underline
		s.Line = UnderlineStyle(style - 1) // 0 to 4
	}
}

// apply is an SGR of one plain number.
func (s *Style) apply(v int) {
	switch {
	case v == 0:
		*s = Style{}
	case v >= 30 && v <= 37:
		s.FG = Indexed(uint8(v - 30))
	case v >= 40 && v <= 47:
		s.BG = Indexed(uint8(v - 40))
	case v >= 90 && v <= 97:
		s.FG = Indexed(uint8(v - 90 + 8))
	case v >= 100 && v <= 107:
		s.BG = Indexed(uint8(v - 100 + 8))
	case v == 39:
		s.FG = 0
	case v == 49:
		s.BG = 0
	case v == 59:
		s.Underline = 0
	case v == 21:
		s.underline(2)
	case v < len(attrOn):
		s.Attrs = s.Attrs&^attrOff[v] | attrOn[v]
	}
}

// attrOn and attrOff are the attributes that an SGR number sets and clears.
var (
	attrOn = [56]Attr{
		1: Bold, 2: Faint, 3: Italic, 5: Blink, 6: Blink, 7: Reverse, 8: Hidden, 9: Strike, 53: Overline,
	}
	attrOff = [56]Attr{
		22: Bold | Faint, 23: Italic, 24: Underline, 25: Blink, 27: Reverse, 28: Hidden, 29: Strike, 55: Overline,
	}
)
