package stats

import (
	"math"
	"slices"
)

// Drift is the outcome of a test for a trend over time.
type Drift struct {
	Tau   float64 // Kendall's, from -1 (always falling) to 1 (always rising)
	P     float64 // two-sided
	Exact bool
}

// driftExactLimit is the length up to which sequences without ties are exact.
const driftExactLimit = 50

// MannKendall tests whether a sequence rises or falls in the course of time
// (Mann, Econometrica 13, 1945; Kendall, "Rank Correlation Methods"). Without
// ties and up to 50 values it is exact, by the number of permutations with so
// many inversions; else the normal approximation corrected for ties and
// continuity.
func MannKendall(x []float64) (Drift, error) {
	if err := check(2, x); err != nil {
		return Drift{}, err
	}
	n := len(x)
	up := rises(slices.Clone(x), make([]float64, n))
	down := rises(negated(x), make([]float64, n))
	score := up - down
	pairs := float64(n) * float64(n-1) / 2
	d := Drift{Tau: float64(score) / pairs, P: 1}
	ties, variance := false, float64(n)*float64(n-1)*float64(2*n+5)
	s := slices.Sorted(slices.Values(x))
	for i := 0; i < n; {
		j := i
		for j < n && s[j] == s[i] {
			j++
		}
		t := float64(j - i)
		ties = ties || j-i > 1
		variance -= t * (t - 1) * (2*t + 5)
		i = j
	}
	if !ties && n <= driftExactLimit {
		d.P, d.Exact = twoSided(tails(inversions(n), 0, up)), true
		return d, nil
	}
	if variance <= 0 {
		return d, nil // all the same
	}
	z := math.Max(0, math.Abs(float64(score))-1) / math.Sqrt(variance/18)
	d.P = math.Min(1, 2*normalTail(z))
	return d, nil
}

// rises counts the pairs of which the later one is larger, while it sorts x by
// merging. spare is as long as x.
func rises(x, spare []float64) int {
	if len(x) < 2 {
		return 0
	}
	half := len(x) / 2
	count := rises(x[:half], spare[:half]) + rises(x[half:], spare[half:])
	copy(spare, x)
	i, j := 0, half
	for k := range x {
		// Of equal ones the later goes first: it rises above none of them.
		if j == len(x) || i < half && spare[i] < spare[j] {
			x[k] = spare[i]
			i++
			continue
		}
		count += i
		x[k] = spare[j]
		j++
	}
	return count
}

func negated(x []float64) []float64 {
	negative := make([]float64, len(x))
	for i, v := range x {
		negative[i] = -v
	}
	return negative
}

// inversions returns how probable each number of inversions is in a random
// permutation of n things.
func inversions(n int) []float64 {
	p := []float64{1}
	for k := 2; k <= n; k++ { // the k-th thing adds 0 to k-1 inversions
		next := make([]float64, len(p)+k-1)
		for s, v := range p {
			for add := range k {
				next[s+add] += v / float64(k)
			}
		}
		p = next
	}
	return p
}
