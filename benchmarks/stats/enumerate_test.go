package stats

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// The tests here compute everything again in the most stupid way there is: all
// deals of the values to two samples, all signs, all pairs.

// deals calls do with every choice of k of n positions.
func deals(n, k int, do func(chosen []bool)) {
	chosen := make([]bool, n)
	var choose func(from, left int)
	choose = func(from, left int) {
		if left == 0 {
			do(chosen)
			return
		}
		for i := from; i <= n-left; i++ {
			chosen[i] = true
			choose(i+1, left-1)
			chosen[i] = false
		}
	}
	choose(0, k)
}

// stupidU is twice the number of pairs in which the first sample's value is
// larger, a tie counting half.
func stupidU(a, b []float64) int {
	u := 0
	for _, x := range a {
		for _, y := range b {
			switch {
			case x > y:
				u += 2
			case x == y:
				u++
			}
		}
	}
	return u
}

func stupidMannWhitney(a, b []float64) float64 {
	pool := append(slices.Clone(a), b...)
	seen := stupidU(a, b)
	below, above, total := 0, 0, 0
	deals(len(pool), len(a), func(chosen []bool) {
		var x, y []float64
		for i, c := range chosen {
			if c {
				x = append(x, pool[i])
			} else {
				y = append(y, pool[i])
			}
		}
		u := stupidU(x, y)
		if u <= seen {
			below++
		}
		if u >= seen {
			above++
		}
		total++
	})
	return math.Min(1, 2*float64(min(below, above))/float64(total))
}

func stupidSignedRank(d []float64) float64 {
	d = slices.DeleteFunc(slices.Clone(d), func(v float64) bool { return v == 0 })
	if len(d) == 0 {
		return 1
	}
	ranks := make([]float64, len(d))
	for i := range d {
		for j := range d {
			switch {
			case math.Abs(d[j]) < math.Abs(d[i]):
				ranks[i]++
			case math.Abs(d[j]) == math.Abs(d[i]):
				ranks[i] += 0.5
			}
		}
		ranks[i] += 0.5
	}
	sum := func(positive func(i int) bool) (s float64) {
		for i, r := range ranks {
			if positive(i) {
				s += r
			}
		}
		return s
	}
	seen := sum(func(i int) bool { return d[i] > 0 })
	below, above := 0, 0
	for signs := range 1 << len(d) {
		s := sum(func(i int) bool { return signs>>i&1 == 1 })
		if s <= seen {
			below++
		}
		if s >= seen {
			above++
		}
	}
	return math.Min(1, 2*float64(min(below, above))/float64(int(1)<<len(d)))
}

// draw makes a sample with many ties, few or none.
func draw(r *rand.Rand, n, kind int) []float64 {
	x := make([]float64, n)
	for i := range x {
		switch kind {
		case 0:
			x[i] = float64(r.IntN(3))
		case 1:
			x[i] = float64(r.IntN(8)) - 3
		default:
			x[i] = r.NormFloat64()
		}
	}
	return x
}

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-12*math.Max(1, math.Abs(want)) || math.IsNaN(got) != math.IsNaN(want) {
		t.Errorf("%s = %.17g, want %.17g", what, got, want)
	}
}

func TestMannWhitneyIsTheFullEnumeration(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 3000 {
		a, b := draw(r, 1+r.IntN(6), i%3), draw(r, 1+r.IntN(6), i%3)
		test, err := MannWhitney(a, b)
		if err != nil || !test.Exact {
			t.Fatalf("MannWhitney(%v, %v) = %+v, %v", a, b, test, err)
		}
		near(t, "p", test.P, stupidMannWhitney(a, b))
		if t.Failed() {
			t.Fatalf("for %v and %v", a, b)
		}
	}
}

// x/perf's benchmath says 0 here.
func TestMannWhitneyWithTiesAndUnequalSizes(t *testing.T) {
	t.Parallel()
	a, b := []float64{2, 1}, []float64{0, 0, 0, 1, 0, 1}
	test, err := MannWhitney(a, b)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "p", test.P, stupidMannWhitney(a, b))
	if test.P < 0.11 {
		t.Errorf("p = %v, the truth is .11 or more", test.P)
	}
}

func TestSignedRankIsTheFullEnumeration(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	for i := range 1500 {
		d := draw(r, 1+r.IntN(10), i%3)
		test, err := SignedRank(d)
		if err != nil || !test.Exact {
			t.Fatalf("SignedRank(%v) = %+v, %v", d, test, err)
		}
		near(t, "p", test.P, stupidSignedRank(d))
		if t.Failed() {
			t.Fatalf("for %v", d)
		}
	}
}

func TestSwappingSidesMirrorsEverything(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 6))
	cases := 1000
	if testing.Short() {
		cases = 150
	}
	for i := range cases {
		a, b := draw(r, 1+r.IntN(60), i%3), draw(r, 1+r.IntN(60), i%3) // beyond the exact limit too
		p, err1 := MannWhitney(a, b)
		q, err2 := MannWhitney(b, a)
		if err1 != nil || err2 != nil {
			t.Fatal(err1, err2)
		}
		near(t, "p", p.P, q.P)
		e, err1 := HodgesLehmann(a, b, 0.95)
		f, err2 := HodgesLehmann(b, a, 0.95)
		if err1 != nil || err2 != nil {
			t.Fatal(err1, err2)
		}
		near(t, "point", e.Point, -f.Point)
		near(t, "low", e.Low, -f.High)
		near(t, "high", e.High, -f.Low)
		if t.Failed() {
			t.Fatalf("for %v and %v", a, b)
		}
	}
}

// The interval's ends are those of all differences in order, at the place that
// the enumerated distribution gives.
func TestIntervalsByListingAllDifferences(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(7, 8))
	for i := range 300 {
		a, b := draw(r, 1+r.IntN(6), i%3), draw(r, 1+r.IntN(6), i%3)
		var all []float64
		for _, x := range a {
			for _, y := range b {
				all = append(all, y-x)
			}
		}
		slices.Sort(all)
		// Null distribution of U without ties, counted.
		counts := make([]float64, len(all)+1)
		deals(len(a)+len(b), len(a), func(chosen []bool) {
			u, seen := 0, 0
			for _, c := range chosen {
				if c {
					u += seen
				} else {
					seen++
				}
			}
			counts[u]++
		})
		e, err := HodgesLehmann(a, b, 0.95)
		if err != nil {
			t.Fatal(err)
		}
		q, tail := critical(counts, 0.025)
		near(t, "low", e.Low, all[q-1])
		near(t, "high", e.High, all[len(all)-q])
		near(t, "confidence", e.Confidence, math.Max(0, 1-2*tail))
		near(t, "point", e.Point, Median(all))

		var walsh []float64
		for j := range a {
			for k := j; k < len(a); k++ {
				walsh = append(walsh, a[j]/2+a[k]/2)
			}
		}
		slices.Sort(walsh)
		w, err := Pseudomedian(a, 0.95)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "pseudomedian", w.Point, Median(walsh))
		if t.Failed() {
			t.Fatalf("for %v and %v", a, b)
		}
	}
}

func TestMannKendallIsTheFullEnumeration(t *testing.T) {
	t.Parallel()
	score := func(x []float64) (s int) {
		for i := range x {
			for j := i + 1; j < len(x); j++ {
				if x[j] > x[i] {
					s++
				}
			}
		}
		return s
	}
	r := rand.New(rand.NewPCG(9, 10))
	for range 30 {
		x := draw(r, 2+r.IntN(5), 2)
		below, above, total := 0, 0, 0
		order := slices.Clone(x)
		var permute func(k int)
		permute = func(k int) {
			if k == len(order) {
				total++
				if score(order) <= score(x) {
					below++
				}
				if score(order) >= score(x) {
					above++
				}
				return
			}
			for i := k; i < len(order); i++ {
				order[k], order[i] = order[i], order[k]
				permute(k + 1)
				order[k], order[i] = order[i], order[k]
			}
		}
		permute(0)
		d, err := MannKendall(x)
		if err != nil || !d.Exact {
			t.Fatalf("%+v, %v", d, err)
		}
		near(t, "p", d.P, math.Min(1, 2*float64(min(below, above))/float64(total)))
	}
}

func TestMedianIntervalCoversWhatItSays(t *testing.T) {
	t.Parallel()
	for n := 1; n <= 16; n++ {
		x := make([]float64, n)
		for i := range x {
			x[i] = float64(i + 1)
		}
		interval, err := MedianInterval(x, 0.95)
		if err != nil {
			t.Fatal(err)
		}
		// The interval misses when fewer than k values lie on one side.
		k := int(interval.Low)
		misses := 0
		for sides := range 1 << n {
			ones := 0
			for i := range n {
				ones += sides >> i & 1
			}
			if ones < k || n-ones < k {
				misses++
			}
		}
		if n == 1 { // both misses are the same deal counted from two ends
			misses = 2
		}
		near(t, "confidence", interval.Confidence, 1-float64(misses)/float64(int(1)<<n))
		if n >= 6 && interval.Confidence < 0.95 {
			t.Errorf("n = %d: confidence %v", n, interval.Confidence)
		}
	}
}
