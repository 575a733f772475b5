package stats

import "math"

// maxRounds is where an estimate of further rounds stops meaning anything.
const maxRounds = 10_000

// RoundsNeeded estimates how many further rounds would settle an unclear
// verdict, if the estimate stayed where it is and the interval shrank with the
// root of the number of rounds, as intervals of medians and means do (the usual
// sample-size argument; Noether, JASA 82, 1987, has the ranks' case). n is the
// number of rounds so far, estimate and band are logarithms of ratios, wide and
// narrow half the widths of the intervals for "differs" and for "same".
//
// It reports false where no number of rounds up to 10,000 would do: the estimate
// lies on the band's edge.
func RoundsNeeded(n int, estimate, band, wide, narrow float64) (int, bool) {
	distance := math.Abs(estimate) - band
	width := wide
	if distance < 0 {
		distance, width = -distance, narrow
	}
	if n < 1 || distance == 0 || !Finite(width) || !Finite(distance) {
		return 0, false
	}
	needed := float64(n) * (width / distance) * (width / distance)
	more := math.Ceil(needed) - float64(n)
	if more > maxRounds {
		return 0, false
	}
	return int(math.Max(1, more)), true
}
