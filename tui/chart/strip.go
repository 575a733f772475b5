package chart

import (
	"slices"
	"strings"
)

// quartiles is the number of values from which quantiles of the tails mean anything.
const quartiles = 6

// Signs of a strip.
const (
	Median  = '┃'
	Half    = '█' // the middle half
	Ninety  = '─' // from 5 to 95 %
	Outside = '∘' // one value, or several at the same column
)

// Strip draws the spread of values in one row: the median, the middle half, 5 to
// 95 %, and every value beyond as a ring of its own. Of few values each is a ring.
func Strip(values []float64, s Scale) string {
	row := []rune(strings.Repeat(" ", s.W))
	if len(values) == 0 || s.W < 1 {
		return string(row)
	}
	sorted := slices.Sorted(slices.Values(values))
	if len(sorted) < quartiles {
		for _, v := range sorted {
			row[s.Column(v)] = Outside
		}
		row[s.Column(Quantile(sorted, 0.5))] = Median
		return string(row)
	}
	low, high := Quantile(sorted, 0.05), Quantile(sorted, 0.95)
	for x := s.Column(low); x <= s.Column(high); x++ {
		row[x] = Ninety
	}
	for x := s.Column(Quantile(sorted, 0.25)); x <= s.Column(Quantile(sorted, 0.75)); x++ {
		row[x] = Half
	}
	for _, v := range sorted {
		if x := s.Column(v); (v < low || v > high) && row[x] == ' ' {
			row[x] = Outside
		}
	}
	row[s.Column(Quantile(sorted, 0.5))] = Median
	return string(row)
}
