package chart

import (
	"math"
	"slices"
)

// Scale maps values to columns. The zero value has one column.
type Scale struct {
	Low, High float64
	W         int // columns
}

// NewScale fits a scale to a range, with a margin so that the outermost values are
// not at the edge. A range that begins at or above zero stays there: no time and no
// size is negative.
func NewScale(low, high float64, w int) Scale {
	if high <= low {
		pad := max(math.Abs(low)*0.05, 1e-12)
		low, high = low-pad, high+pad
	}
	pad := (high - low) * 0.03
	if low -= pad; low < 0 && low+pad >= 0 {
		low = 0
	}
	return Scale{low, high + pad, max(w, 1)}
}

// FromZero is a scale whose columns are as long as what they stand for.
func FromZero(high float64, w int) Scale {
	if !(high > 0) {
		high = 1
	}
	return Scale{0, high, max(w, 1)}
}

// Column is where a value lies, the nearest one for what lies outside.
func (s Scale) Column(v float64) int { return s.At(v, 1) }

// At is Column for columns that are parted into some dots each.
func (s Scale) At(v float64, dots int) int {
	last := max(s.W, 1)*dots - 1
	if !(s.High > s.Low) {
		return 0
	}
	at := int(math.Round(max(min((v-s.Low)/(s.High-s.Low), 1), 0) * float64(last)))
	return min(max(at, 0), last)
}

// Value is what lies at a column.
func (s Scale) Value(column int) float64 {
	return s.Low + (s.High-s.Low)*float64(column)/float64(max(s.W-1, 1))
}

// Ticks are round values on the scale, at most n of them. step is what they are
// multiples of 1, 2 or 5 times a power of ten of; 1 for most, a power of 1024 for
// sizes.
func (s Scale) Ticks(n int, step float64) []float64 {
	n = max(n, 1)
	span := (s.High - s.Low) / step
	if !(span > 0) || math.IsInf(span, 0) {
		return nil
	}
	every := niceStep(span/float64(n)) * step
	var ticks []float64
	for i := math.Ceil(s.Low/every - 1e-9); i*every <= s.High*(1+1e-12) && len(ticks) <= n; i++ {
		ticks = append(ticks, i*every)
	}
	return ticks
}

// niceStep is the least of 1, 2, 5 times a power of ten that is not below v.
func niceStep(v float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(v)))
	for _, factor := range []float64{1, 2, 5} {
		if factor*power >= v*(1-1e-9) {
			return factor * power
		}
	}
	return 10 * power
}

// maxRatio bounds the logarithm of a ratio: no two numbers are further apart.
const maxRatio = 1500

// RatioTicks are round changes on a scale of logarithms of ratios, as logarithms, no
// change among them where it lies on the scale: powers of two and ten far from it,
// round shares near it.
func (s Scale) RatioTicks(n int) []float64 {
	reach := max(math.Abs(s.Low), math.Abs(s.High))
	n = max(n, 2)
	if !(reach < maxRatio) {
		return nil
	}
	if reach < math.Log(2) {
		// Shares: a logarithm this small is nearly one.
		var ticks []float64
		shares := Scale{math.Expm1(s.Low), math.Expm1(s.High), s.W}
		for _, share := range shares.Ticks(n, 1) {
			if share > -1 {
				ticks = append(ticks, math.Log1p(share))
			}
		}
		return ticks
	}
	decades := (s.High - s.Low) / math.Ln10
	for _, set := range ratios {
		if (decades-1)*float64(len(set)) > float64(n) {
			continue // certainly too many
		}
		if ticks := s.multiples(set); len(ticks) <= n {
			return ticks
		}
	}
	every := math.Ln10 * math.Ceil((s.High-s.Low)/math.Ln10/float64(n))
	var ticks []float64
	for i := math.Ceil(s.Low/every - 1e-9); i*every <= s.High+1e-12 && len(ticks) <= n; i++ {
		ticks = append(ticks, i*every)
	}
	return ticks
}

// ratios are sets of round ratios within a power of ten, the densest first.
var ratios = [][]float64{{1, 1.5, 2, 3, 4, 5, 7}, {1, 1.5, 2, 3, 5, 7}, {1, 2, 3, 5}, {1, 2, 5}, {1, 3}, {1}}

// multiples are the logarithms of a set's ratios times all powers of ten, and of what they
// are the inverse of, that lie on the scale.
func (s Scale) multiples(set []float64) []float64 {
	var ticks []float64
	reach := max(math.Abs(s.Low), math.Abs(s.High))
	for power := 0.0; power*math.Ln10 <= reach; power++ {
		for _, m := range set {
			for _, v := range []float64{math.Log(m) + power*math.Ln10, -math.Log(m) - power*math.Ln10} {
				if v >= s.Low-1e-12 && v <= s.High+1e-12 {
					ticks = append(ticks, v)
				}
			}
		}
	}
	slices.Sort(ticks)
	return slices.CompactFunc(ticks, func(a, b float64) bool { return math.Abs(a-b) < 1e-9 })
}
