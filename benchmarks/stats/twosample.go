package stats

import (
	"fmt"
	"math"
)

// ExactLimit is the size of two equal samples up to which rank-sum p values and
// intervals are exact; of two unequal ones as far as the enumeration takes no
// longer, which is about a millisecond: 10 values against 220. Beyond it an
// approximation is used that is off by less than a fiftieth of p, a twentieth with
// many ties, wherever p is between .002 and .2; 5 values against 500 by a seventh.
const ExactLimit = 40

// exactly reports whether two samples are within the limit.
func exactly(n, m int) bool {
	steps := func(n, m int) int { return min(n, m) * (n + m) * n * m }
	return max(n, m) <= 1000 && steps(n, m) <= steps(ExactLimit, ExactLimit)
}

// Test is the outcome of a test of the hypothesis that nothing differs.
type Test struct {
	P     float64 // two-sided
	Exact bool    // by enumeration; else an approximation
}

// Estimate is a point with its interval.
type Estimate struct {
	Point float64
	Interval
	Exact bool
}

// MannWhitney tests whether values of one sample tend to be larger than those of
// the other: the Wilcoxon rank-sum test (Mann & Whitney, Annals of Mathematical
// Statistics 18, 1947). Ties get mid-ranks, and the exact distribution is that of
// the very ranks at hand, over all ways to deal them to samples of these sizes.
// The p value is twice the smaller tail, at most 1. Beyond ExactLimit: the Edgeworth
// series of the same distribution, with a correction for continuity.
func MannWhitney(a, b []float64) (Test, error) {
	if err := check(1, a, b); err != nil {
		return Test{}, err
	}
	n, m := len(a), len(b)
	if m < n { // the smaller sample is cheaper to enumerate, and p is the same
		a, b, n, m = b, a, m, n
	}
	r := rank(a, b)
	if r.all[0] == r.all[n+m-1] {
		return Test{P: 1, Exact: true}, nil
	}
	sum := 0
	for _, v := range r.first {
		sum += v
	}
	if exactly(n, m) {
		counts, low := subsetSums(r.all, n)
		return Test{P: twoSided(tails(counts, low, sum)), Exact: true}, nil
	}
	return Test{P: rankSumShape(r.all, n).twoSided(float64(sum), float64(r.unit)/2)}, nil
}

// HodgesLehmann estimates by how much b is larger than a: the median of all
// differences b[j]-a[i], with the interval that inverts the rank-sum test
// (Hodges & Lehmann, Annals of Mathematical Statistics 34, 1963; Hollander, Wolfe
// & Chicken, sections 4.2 and 4.3). The interval's ends are differences of
// values, chosen by the distribution without ties; with ties it covers at least
// as much (Randles & Wolfe, "Introduction to the Theory of Nonparametric
// Statistics", section 6.2). Too few values for the wanted confidence give the
// widest interval there is, with the confidence that it has, which is 0 for one
// value against one.
func HodgesLehmann(a, b []float64, confidence float64) (Estimate, error) {
	if err := check(1, a, b); err != nil {
		return Estimate{}, err
	}
	x, y := sorted(a), sorted(b)
	n, m := len(x), len(y)
	kth := func(k int) float64 { return kthDifference(x, y, k) }
	point := middle(n*m, kth)
	q, tail, exact := rankSumCritical(n, m, (1-confidence)/2)
	e := Estimate{
		Point:    point,
		Interval: Interval{Low: kth(q), High: kth(n*m + 1 - q), Confidence: math.Max(0, 1-2*tail)},
		Exact:    exact,
	}
	if !Finite(e.Low) || !Finite(e.High) || !Finite(e.Point) {
		return Estimate{}, fmt.Errorf("%w: differences overflow", ErrNotFinite)
	}
	return e, nil
}

// rankSumCritical returns the order statistic of the n*m differences that ends
// the interval, and the probability beyond it on one side.
func rankSumCritical(n, m int, alpha float64) (int, float64, bool) {
	if exactly(n, m) {
		ranks := make([]int, n+m)
		for i := range ranks {
			ranks[i] = i + 1
		}
		counts, _ := subsetSums(ranks, min(n, m))
		q, tail := critical(counts, alpha)
		return q, tail, true
	}
	return differenceShape(n, m).place(alpha), alpha, false
}
