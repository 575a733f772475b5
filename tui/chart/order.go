package chart

import "slices"

// levels are eighths of a cell, from the lowest.
var levels = []rune("▁▂▃▄▅▆▇█")

// Order draws values in the order in which they were measured as bars, h rows high and
// at most w wide, the top row first. The lowest value is the lowest bar, since it is the
// change over time that is to be seen. Where there are more values than columns, each
// bar is the median of some.
func Order(values []float64, w, h int) []string {
	if len(values) == 0 || w <= 0 || h <= 0 {
		return nil
	}
	values = fold(values, w)
	wide := 1
	if h > 1 {
		wide = min(max(w/len(values), 1), 3) // a gap makes few bars easier to count
	}
	low, high := slices.Min(values), slices.Max(values)
	rows := make([][]rune, h)
	for y := range rows {
		rows[y] = make([]rune, len(values)*wide)
		for x := range rows[y] {
			rows[y][x] = ' '
		}
	}
	steps := h * len(levels)
	for i, v := range values {
		n := 1
		if high > low {
			n = 1 + int((v-low)/(high-low)*float64(steps-1))
		}
		for y := range h {
			filled := min(n-(h-1-y)*len(levels), len(levels))
			if filled <= 0 {
				continue
			}
			for x := range max(wide-1, 1) {
				rows[y][i*wide+x] = levels[filled-1]
			}
		}
	}
	lines := make([]string, h)
	for y := range rows {
		lines[y] = string(rows[y])
	}
	return lines
}

// fold takes medians of neighbours until w values are left.
func fold(values []float64, w int) []float64 {
	if len(values) <= w {
		return values
	}
	folded := make([]float64, w)
	for i := range folded {
		from, to := i*len(values)/w, (i+1)*len(values)/w
		folded[i] = Quantile(slices.Sorted(slices.Values(values[from:to])), 0.5)
	}
	return folded
}
