package chart

import "slices"

// Quantile of sorted values, between the two nearest; 0 of none.
func Quantile(sorted []float64, q float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	at := max(min(q, 1), 0) * float64(len(sorted)-1)
	n := int(at)
	if n+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[n] + (at-float64(n))*(sorted[n+1]-sorted[n])
}

// Range is the least and the largest of several lists of values; ok is false where
// there is none.
func Range(lists ...[]float64) (low, high float64, ok bool) {
	for _, list := range lists {
		if len(list) == 0 {
			continue
		}
		least, most := slices.Min(list), slices.Max(list)
		if !ok {
			low, high, ok = least, most, true
		}
		low, high = min(low, least), max(high, most)
	}
	return low, high, ok
}
