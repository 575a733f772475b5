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
const driftExactLimit = 60

// MannKendall tests whether a sequence rises or falls in the course of time
// (Mann, Econometrica 13, 1945; Kendall, "Rank Correlation Methods"). Without
// ties and up to 60 values it is exact, by the number of permutations with so
// many inversions; else the normal approximation corrected for ties and
// continuity.
func MannKendall(x []float64) (Drift, error) {
	if err := check(2, x); err != nil {
		return Drift{}, err
	}
	n := len(x)
	score, up := 0, 0
	for i := range x {
		for j := i + 1; j < n; j++ {
			switch {
			case x[j] > x[i]:
				score++
				up++
			case x[j] < x[i]:
				score--
			}
		}
	}
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
