package cells

import (
	"slices"
	"strings"
	"testing"

	"slipway/themes"
)

func TestTextIsClippedToItsRect(t *testing.T) {
	t.Parallel()
	c := New(6, 2, themes.Style{})
	r := Rect{1, 0, 3, 1}
	if got := c.Text(r, "abcdef", themes.Style{}); got != 6 {
		t.Errorf("width %d", got)
	}
	c.At(r, 0, 1, "below", themes.Style{})
	c.At(r, -1, 0, "x", themes.Style{})
	if got := c.Plain(); got != " abc\n\n" {
		t.Errorf("got %q", got)
	}
}

func TestWideGraphemesAreNeverCut(t *testing.T) {
	t.Parallel()
	c := New(5, 1, themes.Style{})
	c.Text(c.Bounds(), "世界世", themes.Style{})
	if got := c.Plain(); got != "世界\n" {
		t.Errorf("clipped: %q", got)
	}
	c.At(c.Bounds(), 1, 0, "x", themes.Style{})
	if got := c.Plain(); got != " x界\n" {
		t.Errorf("right half overwritten: %q", got)
	}
	c.At(c.Bounds(), 2, 0, "y", themes.Style{})
	if got := c.Plain(); got != " xy\n" {
		t.Errorf("left half overwritten: %q", got)
	}
}

// What a guest puts into a cell never becomes a sequence for the terminal.
func TestNothingPassesThrough(t *testing.T) {
	t.Parallel()
	c := New(12, 1, themes.Style{})
	for i, s := range []string{"\x1b", "\x1b]0;title\a", "\u009b", "\x7f", "a\x1b[2J", "\xff", "\u0301", "👨‍👩‍👧", "\n"} {
		c.Put(c.Bounds(), i, 0, s, 1, themes.Style{})
	}
	if got := c.String(); strings.ContainsAny(got, "\x1b\a\u009b\x7f\n") || strings.Count(got, "?") != 9 {
		t.Errorf("got %q", got)
	}
	c = New(12, 1, themes.Style{})
	c.Text(c.Bounds(), "a\x1b[31mb\tc\nd", themes.Style{})
	if got := c.Plain(); strings.ContainsAny(got, "\x1b\t") || strings.Count(got, "\n") != 1 {
		t.Errorf("got %q", got)
	}
}

func TestStylesEndWithTheirRow(t *testing.T) {
	t.Parallel()
	c := New(2, 2, themes.Style{})
	c.At(c.Bounds(), 1, 0, "x", themes.Style{FG: themes.Index(1)})
	if got, want := c.String(), " \x1b[0;31mx\x1b[0m\n  "; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestWrap(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		w    int
		want []string
	}{
		{"one two three", 7, []string{"one two", "three"}},
		{"abcdefgh", 3, []string{"abc", "def", "gh"}},
		{"a\n\nb", 5, []string{"a", "", "b"}},
		{"世界 x", 3, []string{"世", "界", "x"}},
		{"x", 0, nil},
	} {
		if got := Wrap(c.text, c.w); !slices.Equal(got, c.want) {
			t.Errorf("%q at %d: %q", c.text, c.w, got)
		}
	}
}

func TestClip(t *testing.T) {
	t.Parallel()
	if got := Clip("abcdef", 4); got != "abc…" {
		t.Error(got)
	}
	if got := ClipLeft("abcdef", 4); got != "…def" {
		t.Error(got)
	}
	if got := PadLeft("ab", 4) + Pad("ab", 4) + Clip("x", 0); got != "  abab  " {
		t.Error(got)
	}
}

func TestRectsStayInside(t *testing.T) {
	t.Parallel()
	r := Rect{2, 3, 10, 4}
	for _, n := range []int{-5, 0, 3, 100} {
		for _, cut := range []func(int) (Rect, Rect){r.Top, r.Bottom, r.Left, r.Right} {
			for _, piece := range func() []Rect { a, b := cut(n); return []Rect{a, b} }() {
				if piece.X < r.X || piece.Y < r.Y || piece.X+piece.W > r.X+r.W || piece.Y+piece.H > r.Y+r.H || piece.W < 0 || piece.H < 0 {
					t.Errorf("%d: %+v", n, piece)
				}
			}
		}
	}
	if got := r.Center(4, 100); got != (Rect{5, 3, 4, 4}) {
		t.Errorf("%+v", got)
	}
}

func TestASCIIIsOneByteACell(t *testing.T) {
	t.Parallel()
	c := New(8, 2, themes.Style{BG: themes.Index(1)})
	c.ASCII = true
	c.Box(Rect{0, 0, 6, 2}, "", themes.Style{}, themes.Style{})
	c.Text(Rect{6, 0, 2, 1}, "世", themes.Style{})
	if got := c.Plain(); got != "+----+??\n+----+\n" {
		t.Errorf("got %q", got)
	}
	for _, b := range []byte(c.String()) {
		if b > '~' {
			t.Fatalf("byte %#x in %q", b, c.String())
		}
	}
}
