package stats

import (
	"math"
	"testing"
)

// The approximations are compared, at the sizes where they take over, with the
// exact distribution over all p values that a verdict may turn on. For the interval's
// ends they err on the side of caution.
func TestApproximationsMeetTheExactFigures(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		n, m int
		ties bool
		most float64
	}{
		{ExactLimit, ExactLimit, false, 0.01},
		{20, 80, false, 0.01},
		{10, 250, false, 0.02},
		{5, 500, false, 0.15}, // five values are far from a normal distribution
		{ExactLimit, ExactLimit, true, 0.05},
		{20, 80, true, 0.05}, // ties make steps of any size
	} {
		ranks := upTo(c.n+c.m, 1)
		unit := 1
		if c.ties { // some three values are equal each, and a quarter of all
			x := make([]float64, len(ranks))
			for i := range x {
				x[i] = math.Max(float64(len(x)/12), float64(i/3))
			}
			r := rank(x, nil)
			ranks, unit = r.all, r.unit
		}
		counts, low := subsetSums(ranks, c.n)
		s := rankSumShape(ranks, c.n)
		worst := worstError(counts, func(at int) float64 { return s.twoSided(float64(low+at), float64(unit)/2) })
		t.Logf("rank sum of %d and %d: at most %.2f %% of p", c.n, c.m, 100*worst)
		if worst > c.most {
			t.Errorf("rank sum of %d and %d: p is off by %.1f %%", c.n, c.m, 100*worst)
		}
		for _, alpha := range []float64{LookLevel(0) / 2, 0.025, 0.05} {
			q, _ := critical(counts, alpha)
			if gap := q - differenceShape(c.n, c.m).place(alpha); !c.ties && (gap < 0 || gap > 1+c.m/100) {
				t.Errorf("rank sum of %d and %d, tail %v: the exact place is %d, the approximate one %d before", c.n, c.m, alpha, q, gap)
			}
		}
	}
	ranks := upTo(PairedExactLimit, 2)
	p := signedSums(ranks)
	worst := worstError(p, func(s int) float64 { return signedRankShape(ranks).twoSided(float64(s), 1) })
	t.Logf("signed ranks: at most %.2f %% of p", 100*worst)
	if worst > 0.01 {
		t.Errorf("signed ranks: p is off by %.1f %%", 100*worst)
	}
	single := signedSums(upTo(PairedExactLimit, 1))
	for _, alpha := range []float64{LookLevel(0) / 2, 0.025, 0.05} {
		q, _ := critical(single, alpha)
		if gap := q - walshShape(PairedExactLimit).place(alpha); gap < 0 || gap > 1 {
			t.Errorf("signed ranks, tail %v: the exact place is %d, the approximate one %d", alpha, q, walshShape(PairedExactLimit).place(alpha))
		}
	}
}

func upTo(n, step int) []int {
	ranks := make([]int, n)
	for i := range ranks {
		ranks[i] = (i + 1) * step
	}
	return ranks
}

// worstError is the largest relative error of an approximation over all values with
// weights whose p is between .002 and .2.
func worstError(counts []float64, approximate func(s int) float64) float64 {
	total, below, worst := 0.0, 0.0, 0.0
	for _, c := range counts {
		total += c
	}
	for s, c := range counts {
		below += c
		if exact := 2 * below / total; c > 0 && exact >= 0.002 && exact <= 0.2 {
			worst = math.Max(worst, math.Abs(approximate(s)-exact)/exact)
		}
	}
	return worst
}
