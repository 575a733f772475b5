package report

import (
	"html/template"
	"math"
	"strings"

	"slipway/benchmarks"
)

// farthest is the factor at which the axis of changes ends at the latest: what lies
// beyond is an arrow, and its number stands above it.
const farthest = 1000

// forest draws the changes of one target with their intervals on one axis of ratios,
// each over the band that is called noise.
func forest(cells []*benchmarks.Cell, block pageBlock) template.HTML {
	const row = 40
	axis := newRatioAxis(cells)
	var d drawing
	rows := 0
	for _, c := range cells {
		if c.Estimate == nil || *c.Estimate <= 0 {
			continue
		}
		top := float64(rows * row)
		rows++
		middle := top + 26
		d.text(plotMargin, top+13, "name", label(c.Name, c.Unit))
		d.text(plotWidth-plotMargin, top+13, "name end "+string(c.Verdict), strings.TrimSpace(c.ChangeText()+" "+c.IntervalText())+" "+c.VerdictText())
		noise := math.Log1p(c.Band)
		d.rect(axis.at(-noise), middle-6, max(axis.at(noise)-axis.at(-noise), 2), 12, "band")
		// The line of no change is drawn beside the intervals alone: names stand above them.
		d.line(axis.at(0), middle-8, axis.at(0), middle+8, "grid")
		low, high := *c.Estimate, *c.Estimate
		if c.Low != nil && c.High != nil {
			low, high = *c.Low, *c.High
		}
		d.interval(axis, math.Log(low), math.Log(*c.Estimate), math.Log(high), middle, string(c.Verdict))
	}
	if rows == 0 {
		return ""
	}
	bottom := float64(rows*row + 4)
	d.line(axis.from, bottom, axis.to, bottom, "axis")
	for _, v := range axis.ratios {
		x := axis.at(math.Log(v))
		class := "tick middle"
		switch {
		case x < 30:
			class = "tick"
		case x > plotWidth-30:
			class = "tick end"
		}
		d.line(x, bottom, x, bottom+4, "axis")
		d.text(x, bottom+16, class, axis.tick(v))
	}
	d.rect(plotMargin, bottom+26, 12, 12, "band")
	d.text(plotMargin+20, bottom+36, "name", "what counts as noise")
	d.line(plotMargin+165, bottom+32, plotMargin+185, bottom+32, "interval")
	var point strings.Builder
	point.WriteString("M" + px(plotMargin+171) + " " + px(bottom+32) + "l4 -5l4 5l-4 5z")
	d.path("point", &point)
	d.text(plotMargin+193, bottom+36, "name", "change and "+block.Interval)
	return d.picture(bottom+44, "Change of "+block.Target+" against "+block.Baseline, "the estimate and its "+block.Interval+" for each metric; the shaded band is what counts as noise")
}

// ratioAxis is a scale of logarithms of ratios, from the least to the greatest of a plot,
// and no change among them.
type ratioAxis struct {
	scale
	ratios []float64 // that have ticks
}

// newRatioAxis fits an axis to the intervals of cells. Where all changes are small its ticks
// are shares, else powers of ten or, where there are few of those, of two.
func newRatioAxis(cells []*benchmarks.Cell) ratioAxis {
	low, high := 0.0, 0.0
	for _, c := range cells {
		for _, v := range []*float64{c.Estimate, c.Low, c.High} {
			if v != nil && *v > 0 {
				low, high = min(low, math.Log(*v)), max(high, math.Log(*v))
			}
		}
	}
	low, high = max(low, -math.Log(farthest)), min(high, math.Log(farthest))
	pad := max(0.05*(high-low), math.Log(1.02))
	a := ratioAxis{scale: scale{low: low - pad, high: high + pad, from: plotMargin + 8, to: plotWidth - plotMargin - 8}}
	a.ratios = a.shares()
	if a.far() {
		a.ratios = a.powers()
	}
	return a
}

// mostRatios is how many ticks have room.
const mostRatios = 8

// far reports whether a change on the axis is a factor of two or more.
func (a ratioAxis) far() bool { return max(-a.low, a.high) >= math.Log(2) }

// shares are ticks at round percentages.
func (a ratioAxis) shares() []float64 {
	var list []float64
	for _, step := range []float64{0.01, 0.02, 0.05, 0.1, 0.2, 0.5} {
		list = nil
		for k := math.Ceil(math.Expm1(a.low) / step); k*step <= math.Expm1(a.high) && len(list) <= mostRatios; k++ {
			list = append(list, 1+k*step)
		}
		if len(list) <= mostRatios {
			break
		}
	}
	return list
}

// powers are ticks at powers of two, or of ten where those are too many.
func (a ratioAxis) powers() []float64 {
	var list []float64
	for _, step := range []float64{2, 10} {
		list = nil
		for k := math.Ceil(a.low / math.Log(step)); k*math.Log(step) <= a.high; k++ {
			list = append(list, math.Pow(step, k))
		}
		if len(list) <= mostRatios {
			break
		}
	}
	return list
}

// tick is a ratio as the axis has it: a factor where one of them is, else a share.
func (a ratioAxis) tick(ratio float64) string {
	switch {
	case math.Abs(ratio-1) < 1e-9:
		return "0 %"
	case a.far() && ratio > 1:
		return "x" + px(ratio)
	case a.far():
		return "÷" + px(1/ratio)
	}
	return benchmarks.FormatChange(ratio)
}

// interval draws one estimate on its interval, with arrows where it leaves the axis.
func (d *drawing) interval(a ratioAxis, low, point, high, y float64, class string) {
	d.line(a.at(low), y, a.at(high), y, "interval "+class)
	var mark strings.Builder
	x := a.at(point)
	switch {
	case point > a.high:
		mark.WriteString("M" + px(x) + " " + px(y-5) + "l8 5l-8 5z")
	case point < a.low:
		mark.WriteString("M" + px(x) + " " + px(y-5) + "l-8 5l8 5z")
	default:
		mark.WriteString("M" + px(x-4) + " " + px(y) + "l4 -5l4 5l-4 5z")
	}
	d.path("point "+class, &mark)
	if low >= a.low {
		d.line(a.at(low), y-4, a.at(low), y+4, "interval "+class)
	}
	if high <= a.high {
		d.line(a.at(high), y-4, a.at(high), y+4, "interval "+class)
	}
}
