package themes

import (
	"fmt"
	"image/color"
	"math"
	"strconv"

	"charm.land/lipgloss/v2"
)

// Color is a colour as terminals know them: the terminal's own default, one of
// its 256 by number, or red, green and blue. The zero value is the default. It
// is comparable and small, because every cell of the screen holds two.
type Color uint32

// Default is whatever the terminal draws with by itself.
const Default Color = 0

const (
	kindIndex Color = 1 << 24
	kindRGB   Color = 2 << 24
	kindMask  Color = 3 << 24
)

// Index is one of the terminal's 256 colours; the first 16 are the user's own.
func Index(n uint8) Color { return kindIndex | Color(n) }

// RGB is a colour by its parts.
func RGB(r, g, b uint8) Color { return kindRGB | Color(r)<<16 | Color(g)<<8 | Color(b) }

// Hex reads "#rrggbb".
func Hex(s string) (Color, error) {
	if len(s) != 7 || s[0] != '#' {
		return Default, fmt.Errorf("colour %q: write it as #rrggbb", s)
	}
	n, err := strconv.ParseUint(s[1:], 16, 32)
	if err != nil {
		return Default, fmt.Errorf("colour %q: write it as #rrggbb", s)
	}
	return kindRGB | Color(n), nil
}

// IsDefault reports whether the terminal chooses the colour.
func (c Color) IsDefault() bool { return c&kindMask == 0 }

// Parts returns red, green and blue; ok is false where only the terminal knows.
func (c Color) Parts() (r, g, b uint8, ok bool) {
	return uint8(c >> 16), uint8(c >> 8), uint8(c), c&kindMask == kindRGB
}

// Color returns the colour as Lip Gloss and Bubble Tea take it.
func (c Color) Color() color.Color {
	switch c & kindMask {
	case kindRGB:
		return color.RGBA{R: uint8(c >> 16), G: uint8(c >> 8), B: uint8(c), A: 255}
	case kindIndex:
		return lipgloss.Color(strconv.Itoa(int(uint8(c))))
	}
	return lipgloss.NoColor{}
}

// appendSGR appends the parameters that select c; base is 38 for the text and 48
// for what is behind it.
func (c Color) appendSGR(b []byte, base int) []byte {
	switch c & kindMask {
	case kindRGB:
		b = append(b, ';')
		b = strconv.AppendInt(b, int64(base), 10)
		b = append(b, ";2"...)
		for shift := 16; shift >= 0; shift -= 8 {
			b = append(b, ';')
			b = strconv.AppendUint(b, uint64(uint8(c>>shift)), 10)
		}
	case kindIndex:
		n := int(uint8(c))
		b = append(b, ';')
		switch {
		case n < 8:
			b = strconv.AppendInt(b, int64(base-8+n), 10)
		case n < 16:
			b = strconv.AppendInt(b, int64(base+52+n-8), 10)
		default:
			b = strconv.AppendInt(b, int64(base), 10)
			b = append(b, ";5;"...)
			b = strconv.AppendInt(b, int64(n), 10)
		}
	}
	return b
}

// Contrast is the ratio of WCAG 2 between two colours, from 1 to 21. ok is false
// where the terminal chooses one of them.
func Contrast(a, b Color) (ratio float64, ok bool) {
	x, okA := a.luminance()
	y, okB := b.luminance()
	if x < y {
		x, y = y, x
	}
	return (x + 0.05) / (y + 0.05), okA && okB
}

func (c Color) luminance() (float64, bool) {
	r, g, b, ok := c.Parts()
	linear := func(v uint8) float64 {
		s := float64(v) / 255
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(r) + 0.7152*linear(g) + 0.0722*linear(b), ok
}
