package report

import (
	"fmt"
	"html"
	"html/template"
	"math"
	"strconv"
	"strings"

	"slipway/benchmarks"
	"slipway/benchmarks/stats"
)

// Plots are drawn on a narrow canvas, with their labels above what they name: they are
// then legible on a telephone, and stand side by side on a desk.
const (
	plotWidth  = 400
	plotMargin = 8
)

// drawing is an SVG picture under way. All styling is by class, so that the page's
// style sheet decides what it looks like on a light and on a dark screen, and on paper.
type drawing struct{ b strings.Builder }

func (d *drawing) text(x, y float64, class, s string) {
	fmt.Fprintf(&d.b, `<text x="%s" y="%s" class="%s">%s</text>`, px(x), px(y), class, html.EscapeString(safe(s)))
}

func (d *drawing) line(x1, y1, x2, y2 float64, class string) {
	fmt.Fprintf(&d.b, `<line x1="%s" y1="%s" x2="%s" y2="%s" class="%s"/>`, px(x1), px(y1), px(x2), px(y2), class)
}

func (d *drawing) rect(x, y, w, h float64, class string) {
	fmt.Fprintf(&d.b, `<rect x="%s" y="%s" width="%s" height="%s" class="%s"/>`, px(x), px(y), px(max(w, 0)), px(h), class)
}

func (d *drawing) path(class string, steps *strings.Builder) {
	fmt.Fprintf(&d.b, `<path class="%s" d="%s"/>`, class, steps.String())
}

// picture closes the drawing. title and about are what somebody hears who does not
// see it.
func (d *drawing) picture(height float64, title, about string) template.HTML {
	escape := func(s string) string { return html.EscapeString(safe(s)) }
	//nolint:gosec // all text in it went through html.EscapeString, all else are numbers and classes of ours
	return template.HTML(fmt.Sprintf(`<svg role="img" viewBox="0 0 %d %s" aria-label="%s"><title>%s</title><desc>%s</desc>%s</svg>`,
		plotWidth, px(height), escape(title+": "+about), escape(title), escape(about), d.b.String()))
}

// dot adds a point to a path whose line ends are drawn round or square: thousands of
// points are then one element.
func dot(steps *strings.Builder, x, y float64) {
	steps.WriteString("M" + px(x) + " " + px(y) + "h0")
}

// px is a coordinate, as short as it can be.
func px(v float64) string {
	if !stats.Finite(v) {
		v = 0
	}
	return strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64)
}

// scale maps values to coordinates, by their logarithms where they are positive and
// far apart.
type scale struct {
	low, high, from, to float64
	log                 bool
	whole               float64 // what ticks are round numbers of: 1024 bytes and its powers, or 1
}

// farApart is the ratio from which an axis is logarithmic.
const farApart = 8

func newScale(low, high, from, to float64, unit string) scale {
	s := scale{low: low, high: high, from: from, to: to, log: low > 0 && high/low >= farApart, whole: 1}
	if quantity, _, _ := strings.Cut(unit, "/"); quantity == "B" && !benchmarks.IsSpeed(unit) {
		for size := math.Abs(high); size >= 1024*s.whole; {
			s.whole *= 1024
		}
	}
	if s.low == s.high {
		pad := math.Abs(low) / 100
		if pad == 0 {
			pad = 1
		}
		s.low, s.high = low-pad, high+pad
	}
	return s
}

func (s scale) at(v float64) float64 {
	share := v/(s.high-s.low) - s.low/(s.high-s.low)
	if s.log {
		share = (math.Log(v) - math.Log(s.low)) / (math.Log(s.high) - math.Log(s.low))
	}
	return s.from + (s.to-s.from)*min(max(share, 0), 1)
}

// ticks are round values on the axis, at most some five.
func (s scale) ticks() []float64 {
	var ticks []float64
	if s.log {
		return s.logTicks()
	}
	whole := max(s.whole, 1)
	step := whole * math.Pow(10, math.Floor(math.Log10((s.high-s.low)/whole/2)))
	for _, more := range []float64{2, 2.5, 2, 2, 2.5} {
		if (s.high-s.low)/step <= 4.5 {
			break
		}
		step *= more
	}
	for k := math.Ceil(s.low / step); k*step <= s.high && len(ticks) < 8; k++ {
		ticks = append(ticks, k*step)
	}
	return ticks
}

// logTicks are powers of ten, with their halves and fifths where there are few of them.
func (s scale) logTicks() []float64 {
	var ticks []float64
	for _, steps := range [][]float64{{1}, {1, 3}, {1, 2, 5}} {
		ticks = nil
		for e := math.Floor(math.Log10(s.low)); e <= math.Log10(s.high); e++ {
			for _, step := range steps {
				if v := step * math.Pow(10, e); v >= s.low && v <= s.high {
					ticks = append(ticks, v)
				}
			}
		}
		if len(ticks) >= 3 {
			break
		}
	}
	for len(ticks) > 5 {
		ticks = everySecond(ticks)
	}
	if len(ticks) == 0 {
		return []float64{s.low, s.high}
	}
	return ticks
}

func everySecond(list []float64) []float64 {
	var half []float64
	for i := 0; i < len(list); i += 2 {
		half = append(half, list[i])
	}
	return half
}

// labels are the ticks in words, with as many digits as tell them apart.
func labels(ticks []float64, unit string) []string {
	words := make([]string, len(ticks))
	seen := map[string]bool{}
	for i, v := range ticks {
		words[i] = benchmarks.FormatTabled(v, unit)
		if v == 0 {
			words[i] = "0"
		}
		seen[words[i]] = true
	}
	if len(seen) == len(ticks) {
		return words
	}
	for i, v := range ticks {
		words[i] = strconv.FormatFloat(v, 'g', 6, 64)
	}
	return words
}

// axis draws a scale under a plot.
func (d *drawing) axis(s scale, y float64, unit string) {
	d.line(s.from, y, s.to, y, "axis")
	ticks := s.ticks()
	words := labels(ticks, unit)
	for i, v := range ticks {
		x := s.at(v)
		d.line(x, y, x, y+4, "axis")
		class := "tick middle"
		switch {
		case x < 30:
			class = "tick"
		case x > plotWidth-30:
			class = "tick end"
		}
		d.text(x, y+16, class, words[i])
	}
}
