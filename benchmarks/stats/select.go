package stats

import "math"

// The k-th smallest of all differences or averages of two samples is found by
// bisection on the value with a count in linear time, instead of sorting
// millions of them. The bisection runs over the bit patterns of float64, so that
// it ends at the very number, not near it.

// kthDifference returns the k-th smallest (from 1) of y[j]-x[i]; both ascending.
func kthDifference(x, y []float64, k int) float64 {
	return smallest(y[0]-x[len(x)-1], y[len(y)-1]-x[0], func(t float64) bool {
		count, j := 0, 0
		for _, v := range x { // as v grows, more of y stay within t
			for j < len(y) && y[j]-v <= t {
				j++
			}
			count += j
		}
		return count >= k
	})
}

// kthAverage returns the k-th smallest (from 1) of (d[i]+d[j])/2, i <= j; d is
// ascending.
func kthAverage(d []float64, k int) float64 {
	return smallest(d[0], d[len(d)-1], func(t float64) bool {
		count, j := 0, len(d)-1
		for i := range d { // as d[i] grows, fewer partners stay within t
			for j >= i && d[i]/2+d[j]/2 > t {
				j--
			}
			if j < i {
				break
			}
			count += j - i + 1
		}
		return count >= k
	})
}

// smallest returns the smallest number in [low, high] for which enough holds; it
// must hold for high, and for everything above a number for which it holds.
func smallest(low, high float64, enough func(float64) bool) float64 {
	lo, hi := order(low), order(high)
	for lo < hi {
		mid := lo + (hi-lo)/2
		if enough(unorder(mid)) {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	return unorder(hi) + 0 // -0 becomes 0
}

// order maps numbers to integers that sort alike; unorder is its inverse.
func order(v float64) uint64 {
	bits := math.Float64bits(v + 0) // -0 becomes 0
	if bits>>63 == 1 {
		return ^bits
	}
	return bits | 1<<63
}

func unorder(u uint64) float64 {
	if u>>63 == 1 {
		return math.Float64frombits(u &^ (1 << 63))
	}
	return math.Float64frombits(^u)
}

// middle is the median of n values of which kth returns the k-th smallest.
func middle(n int, kth func(int) float64) float64 {
	if n%2 == 1 {
		return kth(n/2 + 1)
	}
	return kth(n/2)/2 + kth(n/2+1)/2
}
