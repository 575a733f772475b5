package report

import (
	"fmt"
	"html/template"
	"math"
	"slices"
	"strings"

	"slipway/benchmarks"
	"slipway/benchmarks/stats"
)

// colours is how many colours the style sheet has for targets; more begin anew, and
// differ by name as they all do.
const colours = 8

func colour(target int) string { return fmt.Sprintf("c%d", target%colours) }

// sample is one target's samples of a metric, with its place in the comparison.
type sample struct {
	*benchmarks.Series
	index int
}

// span is the least and the greatest value of all.
func span(samples []sample) (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, s := range samples {
		low, high = min(low, slices.Min(s.Values)), max(high, slices.Max(s.Values))
	}
	return low, high
}

// strips draws a strip for each target: every boot a point, the median, the middle
// half, and a line from the 5th to the 95th percentile.
func strips(samples []sample, info benchmarks.Info) template.HTML {
	const row = 46
	var d drawing
	low, high := span(samples)
	s := newScale(low, high, plotMargin, plotWidth-plotMargin, info.Unit)
	var about []string
	for i, one := range samples {
		top, middle := float64(i*row), float64(i*row+30)
		words := fmt.Sprintf("%s: median %s of %d", one.Target, benchmarks.FormatTabled(one.Median, info.Unit), len(one.Values))
		about = append(about, words)
		d.text(plotMargin, top+13, "name "+colour(one.index), words)
		q := func(p float64) float64 { return s.at(stats.Quantile(one.Values, p)) }
		d.rect(q(0.25), middle-9, q(0.75)-q(0.25), 18, "half "+colour(one.index))
		d.line(q(0.05), middle, q(0.95), middle, "most "+colour(one.index))
		var dots strings.Builder
		for k, v := range one.Values {
			dot(&dots, s.at(v), middle+spreadOut(k))
		}
		d.path("dots "+mark(one.index), &dots)
		d.line(s.at(one.Median), middle-11, s.at(one.Median), middle+11, "median "+colour(one.index))
	}
	bottom := float64(len(samples)*row + 4)
	d.axis(s, bottom, info.Unit)
	return d.picture(bottom+22, "Every boot of "+info.Title, strings.Join(about, "; "))
}

// mark is the colour and the form of a target's points.
func mark(target int) string {
	if target%2 == 1 {
		return "square " + colour(target)
	}
	return colour(target)
}

// spreadOut moves points off a line by steps that look irregular and are the same in
// every report.
func spreadOut(i int) float64 {
	_, part := math.Modf(float64(i) * 0.6180339887)
	return 14 * (part - 0.5)
}

// cumulative draws the share of boots up to each value, a staircase for each target.
func cumulative(samples []sample, info benchmarks.Info) template.HTML {
	const height, top = 120, 14
	var d drawing
	low, high := span(samples)
	s := newScale(low, high, 40, plotWidth-plotMargin, info.Unit)
	y := func(share float64) float64 { return top + height*(1-share) }
	for _, share := range []float64{0, 0.5, 1} {
		d.line(40, y(share), plotWidth-plotMargin, y(share), "grid")
		d.text(34, y(share)+4, "tick end", fmt.Sprintf("%.0f %%", 100*share))
	}
	for _, one := range samples {
		values := slices.Sorted(slices.Values(one.Values))
		var steps strings.Builder
		steps.WriteString("M" + px(s.at(low)) + " " + px(y(0)))
		for i, v := range values {
			steps.WriteString("H" + px(s.at(v)) + "V" + px(y(float64(i+1)/float64(len(values)))))
		}
		steps.WriteString("H" + px(s.at(high)))
		d.path(fmt.Sprintf("stair s%d %s", one.index%3, colour(one.index)), &steps)
	}
	d.axis(s, top+height+4, info.Unit)
	bottom := d.legend(samples, top+height+38)
	return d.picture(bottom, "Share of boots up to each value of "+info.Title, "one staircase for each target: the further left, the lower its values")
}

// inOrder draws the values in the order in which the boots ran: a host that changed
// shows as a trend.
func inOrder(samples []sample, info benchmarks.Info, position map[string]int) template.HTML {
	const height, top = 120, 14
	var d drawing
	low, high := span(samples)
	s := newScale(low, high, top+height, top, info.Unit)
	ticks := s.ticks()
	words := labels(ticks, info.Unit)
	left := 8.0
	for _, w := range words {
		left = max(left, 8+6.3*float64(len([]rune(w))))
	}
	for i, v := range ticks {
		d.line(left+4, s.at(v), plotWidth-plotMargin, s.at(v), "grid")
		d.text(left, s.at(v)+4, "tick end", words[i])
	}
	last := 1
	for _, one := range samples {
		last = max(last, len(one.Values)-1)
	}
	last = max(last, len(position)-1)
	x := func(i int) float64 { return left + 10 + (plotWidth-plotMargin-left-16)*float64(i)/float64(last) }
	for _, one := range samples {
		var dots strings.Builder
		for i, v := range one.Values {
			at, known := position[one.Runs[i]]
			if !known {
				at = i
			}
			dot(&dots, x(at), s.at(v))
		}
		d.path("dots "+mark(one.index), &dots)
	}
	d.text(left+4, top+height+18, "tick", "first boot")
	d.text(plotWidth-plotMargin, top+height+18, "tick end", "last boot")
	bottom := d.legend(samples, top+height+38)
	return d.picture(bottom, info.Title+" in the order of the boots", "a point for each boot, from the first to the last")
}

// legend names the targets' colours, one line each, and returns where it ends.
func (d *drawing) legend(samples []sample, y float64) float64 {
	for _, one := range samples {
		var key strings.Builder
		dot(&key, plotMargin+6, y-4)
		d.path("dots "+mark(one.index), &key)
		var stair strings.Builder
		stair.WriteString("M" + px(plotMargin+14) + " " + px(y-4) + "h22")
		d.path(fmt.Sprintf("stair s%d %s", one.index%3, colour(one.index)), &stair)
		d.text(plotMargin+44, y, "name "+colour(one.index), one.Target)
		y += 16
	}
	return y
}
