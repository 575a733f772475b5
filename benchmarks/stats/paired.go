package stats

import (
	"cmp"
	"math"
	"slices"
)

// PairedExactLimit is the number of pairs up to which signed-rank p values and
// intervals are exact; beyond it an approximation is used, which is off by less than
// a five-hundredth of p wherever p is between .002 and .2.
const PairedExactLimit = 100

// SignedRank tests whether differences tend to be above or below zero: the
// Wilcoxon signed-rank test (Wilcoxon, Biometrics Bulletin 1, 1945). Zeros are
// left out of the test, as Wilcoxon did; equal sizes get mid-ranks, and the exact
// distribution is that of the very ranks at hand, over all ways to give them
// signs. The p value is twice the smaller tail, at most 1.
func SignedRank(differences []float64) (Test, error) {
	if err := check(1, differences); err != nil {
		return Test{}, err
	}
	d := slices.DeleteFunc(slices.Clone(differences), func(v float64) bool { return v == 0 })
	if len(d) == 0 {
		return Test{P: 1, Exact: true}, nil
	}
	slices.SortFunc(d, func(x, y float64) int { return cmp.Compare(math.Abs(x), math.Abs(y)) })
	ranks := make([]int, len(d)) // twice the mid-ranks: whole numbers
	positive := 0
	for i := 0; i < len(d); {
		j := i
		for j < len(d) && math.Abs(d[j]) == math.Abs(d[i]) {
			j++
		}
		mid := i + 1 + j
		for ; i < j; i++ {
			ranks[i] = mid
			if d[i] > 0 {
				positive += mid
			}
		}
	}
	if len(d) <= PairedExactLimit {
		return Test{P: twoSided(tails(signedSums(ranks), 0, positive)), Exact: true}, nil
	}
	return Test{P: signedRankShape(ranks).twoSided(float64(positive), 1)}, nil
}

// signedSums returns how probable each sum of positive ranks is when every sign
// is a coin's: result[s] for the sum s.
func signedSums(ranks []int) []float64 {
	total := 0
	for _, r := range ranks {
		total += r
	}
	p := make([]float64, total+1)
	p[0] = 1
	reach := 0
	for _, r := range ranks {
		reach += r
		for s := reach; s >= 0; s-- {
			v := p[s] / 2
			if s >= r {
				v += p[s-r] / 2
			}
			p[s] = v
		}
	}
	return p
}

// Pseudomedian estimates the centre of differences: the median of all means of
// two of them (Walsh averages, each with itself too), with the interval that
// inverts the signed-rank test (Hodges & Lehmann 1963; Hollander, Wolfe & Chicken,
// sections 3.2 and 3.3). Zeros count here. Too few differences for the wanted
// confidence give the widest interval there is, with the confidence it has.
func Pseudomedian(differences []float64, confidence float64) (Estimate, error) {
	if err := check(1, differences); err != nil {
		return Estimate{}, err
	}
	d := sorted(differences)
	n := len(d)
	walsh := n * (n + 1) / 2
	kth := func(k int) float64 { return kthAverage(d, k) }
	alpha := (1 - confidence) / 2
	var q int
	var tail float64
	exact := n <= PairedExactLimit
	if exact {
		ranks := make([]int, n)
		for i := range ranks {
			ranks[i] = i + 1
		}
		q, tail = critical(signedSums(ranks), alpha)
	} else {
		q, tail = walshShape(n).place(alpha), alpha
	}
	return Estimate{
		Point:    middle(walsh, kth),
		Interval: Interval{Low: kth(q), High: kth(walsh + 1 - q), Confidence: math.Max(0, 1-2*tail)},
		Exact:    exact,
	}, nil
}
