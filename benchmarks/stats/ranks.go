package stats

import (
	"cmp"
	"math"
	"slices"
)

// ranking holds the ranks of a pooled sample as whole numbers, so that sums of
// them are exact: without ties the ranks themselves, with ties twice the
// mid-ranks (the mean of the ranks that equal values share).
type ranking struct {
	first []int // of the first sample's values
	all   []int // of all values, ascending
	unit  int   // by which they are multiplied: 1 or 2
}

func rank(a, b []float64) ranking {
	type value struct {
		v     float64
		first bool
	}
	pool := make([]value, 0, len(a)+len(b))
	for _, v := range a {
		pool = append(pool, value{v, true})
	}
	for _, v := range b {
		pool = append(pool, value{v, false})
	}
	slices.SortFunc(pool, func(x, y value) int { return cmp.Compare(x.v, y.v) })
	double := 1
	for i := 1; i < len(pool); i++ {
		if pool[i].v == pool[i-1].v {
			double = 2
		}
	}
	r := ranking{unit: double}
	for i := 0; i < len(pool); {
		j := i
		for j < len(pool) && pool[j].v == pool[i].v {
			j++
		}
		mid := (i + 1 + j) * double / 2
		for ; i < j; i++ {
			r.all = append(r.all, mid)
			if pool[i].first {
				r.first = append(r.first, mid)
			}
		}
	}
	return r
}

// subsetSums counts the subsets of k of the ranks by their sum: counts[s] is the
// number with sum low+s. The ranks are ascending. Only additions of positive
// numbers are made, so that every count is right to the last few bits.
//
// It is the enumeration of all ways to deal the pooled ranks to two samples,
// done by the recursion of Streitberg & Röhmel, "Exact distributions for
// permutation and rank tests", Statistical Software Newsletter 12, 1986.
func subsetSums(ranks []int, k int) (counts []float64, low int) {
	n := len(ranks)
	smallest := make([]int, k+1) // smallest[c]: least sum of c ranks
	for c := 1; c <= k; c++ {
		smallest[c] = smallest[c-1] + ranks[c-1]
	}
	table := make([][]float64, k+1)
	largest := make([]int, k+1) // largest[c]: largest sum of c of the ranks seen so far
	for c := range table {
		top := 0
		for i := n - c; i < n; i++ {
			top += ranks[i]
		}
		table[c] = make([]float64, top-smallest[c]+1)
	}
	table[0][0] = 1
	for i, r := range ranks {
		for c := min(i+1, k); c >= 1; c-- {
			if i+1 == c {
				largest[c] = smallest[c]
			} else {
				largest[c] = max(largest[c], largest[c-1]+r)
			}
			from, to := table[c-1], table[c]
			// s is a sum of c-1 ranks before this one, counted from smallest[c-1].
			shift := smallest[c-1] + r - smallest[c]
			last := min(len(from)-1, largest[c]-r-smallest[c-1])
			for s := 0; s <= last; s++ {
				if from[s] != 0 {
					to[s+shift] += from[s]
				}
			}
		}
	}
	return table[k], smallest[k]
}

// tails returns P(S <= at) and P(S >= at) for a variable whose value low+s has
// weight counts[s].
func tails(counts []float64, low, at int) (below, above float64) {
	total := 0.0
	for s, c := range counts {
		total += c
		if low+s <= at {
			below += c
		}
		if low+s >= at {
			above += c
		}
	}
	return below / total, above / total
}

// twoSided is twice the smaller tail, at most 1: the definition that makes
// compare(a, b) and compare(b, a) agree where the distribution is lopsided.
func twoSided(below, above float64) float64 { return math.Min(1, 2*math.Min(below, above)) }

// critical returns the order statistic that ends an interval of the given tail,
// counted from 1, and the probability beyond it on one side. It follows R's
// wilcox.test: the smallest q with P(S <= q) >= alpha, at least 1.
func critical(counts []float64, alpha float64) (int, float64) {
	total := 0.0
	for _, c := range counts {
		total += c
	}
	beyond := 0.0
	for q := range counts {
		next := beyond + counts[q]/total
		if next >= alpha-10*0x1p-52 {
			if q == 0 {
				return 1, next
			}
			return q, beyond
		}
		beyond = next
	}
	return 1, 1
}
