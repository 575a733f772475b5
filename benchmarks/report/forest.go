package report

import (
	"html/template"
	"math"
	"strings"

	"slipway/benchmarks"
)

// farthest is the factor at which the axis of changes ends at the latest: what lies
// beyond is an arrow, and its number stands above it.
const farthest = 4

// forest draws the changes of one target with their intervals on one axis of ratios,
// each over the band that is called noise.
func forest(cells []*benchmarks.Cell, block pageBlock) template.HTML {
	const row = 34
	edge := math.Log(1.1)
	for _, c := range cells {
		for _, v := range []*float64{c.Estimate, c.Low, c.High} {
			if v != nil && *v > 0 {
				edge = max(edge, min(1.05*math.Abs(math.Log(*v)), math.Log(farthest)))
			}
		}
	}
	s := scale{low: -edge, high: edge, from: plotMargin + 8, to: plotWidth - plotMargin - 8}
	var d drawing
	rows := 0
	for _, c := range cells {
		if c.Estimate == nil || *c.Estimate <= 0 {
			continue
		}
		top := float64(rows * row)
		rows++
		middle := top + 24
		d.text(plotMargin, top+12, "name", label(c.Name, c.Unit))
		d.text(plotWidth-plotMargin, top+12, "name end "+string(c.Verdict), strings.TrimSpace(c.ChangeText()+" "+c.IntervalText())+" "+c.VerdictText())
		noise := math.Log1p(c.Band)
		d.rect(s.at(-noise), middle-6, s.at(noise)-s.at(-noise), 12, "band")
		low, high := *c.Estimate, *c.Estimate
		if c.Low != nil && c.High != nil {
			low, high = *c.Low, *c.High
		}
		d.interval(s, math.Log(low), math.Log(*c.Estimate), math.Log(high), middle, edge, string(c.Verdict))
	}
	if rows == 0 {
		return ""
	}
	bottom := float64(rows*row + 4)
	zero := s.at(0)
	d.line(zero, 0, zero, bottom, "grid")
	d.line(s.from, bottom, s.to, bottom, "axis")
	for i, v := range []float64{-edge, -edge / 2, 0, edge / 2, edge} {
		class := []string{"tick", "tick middle", "tick middle", "tick middle", "tick end"}[i]
		d.line(s.at(v), bottom, s.at(v), bottom+4, "axis")
		d.text(s.at(v), bottom+16, class, change(math.Exp(v)))
	}
	return d.picture(bottom+22, "Change of "+block.Target+" against "+block.Baseline, "the estimate and its "+block.Interval+" for each metric; the shaded band is what counts as noise")
}

// interval draws one estimate on its interval, with arrows where it leaves the axis.
func (d *drawing) interval(s scale, low, point, high, y, edge float64, class string) {
	d.line(s.at(low), y, s.at(high), y, "interval "+class)
	var mark strings.Builder
	x := s.at(point)
	switch {
	case point > edge:
		mark.WriteString("M" + px(x) + " " + px(y-5) + "l8 5l-8 5z")
	case point < -edge:
		mark.WriteString("M" + px(x) + " " + px(y-5) + "l-8 5l8 5z")
	default:
		mark.WriteString("M" + px(x-4) + " " + px(y) + "l4 -5l4 5l-4 5z")
	}
	d.path("point "+class, &mark)
	if low >= -edge && high <= edge {
		d.line(s.at(low), y-4, s.at(low), y+4, "interval "+class)
		d.line(s.at(high), y-4, s.at(high), y+4, "interval "+class)
	}
}

// change writes a ratio as a share or a factor, for an axis.
func change(ratio float64) string {
	c := benchmarks.Cell{Estimate: &ratio}
	return c.ChangeText()
}
