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
	return further(n, width/distance)
}

// RoundsForP estimates how many further rounds would bring a p value down to the
// wanted one, by the same argument: the deviate that belongs to it grows with the root
// of the number of rounds. It reports false where no number up to 10,000 would do.
func RoundsForP(n int, p, wanted float64) (int, bool) {
	now, then := -normalQuantile(p/2), -normalQuantile(wanted/2)
	if n < 1 || !(now > 0) || !Finite(then) {
		return 0, false
	}
	return further(n, then/now)
}

// further is how many rounds more than n are n times the square of a factor.
func further(n int, factor float64) (int, bool) {
	more := math.Ceil(float64(n)*factor*factor) - float64(n)
	if !(more <= maxRounds) {
		return 0, false
	}
	return int(math.Max(1, more)), true
}
