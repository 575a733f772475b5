package stats

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// One flat sample in a hundred may be called two groups, and one in a thousand where
// there is a peak, whatever its shape, and although a clock has rounded its values.
func TestOnePeakIsRarelyTwoGroups(t *testing.T) {
	t.Parallel()
	samples := 4000
	if testing.Short() {
		samples = 1000
	}
	for name, one := range map[string]func(r *rand.Rand) float64{
		"flat":           (*rand.Rand).Float64,
		"normal":         (*rand.Rand).NormFloat64,
		"log-normal":     func(r *rand.Rand) float64 { return math.Exp(r.NormFloat64()) },
		"spikes":         func(r *rand.Rand) float64 { return r.NormFloat64() + 20*r.ExpFloat64()*float64(r.IntN(10)/9) },
		"rounded":        func(r *rand.Rand) float64 { return math.Round(2 * r.NormFloat64()) },
		"rounded, flat":  func(r *rand.Rand) float64 { return math.Floor(5 * r.Float64()) },
		"always the one": func(*rand.Rand) float64 { return 7 },
	} {
		r := rand.New(rand.NewPCG(31, 32))
		found := 0
		for i := range samples {
			x := make([]float64, []int{10, 20, 40, 100}[i%4])
			for k := range x {
				x[k] = one(r)
			}
			if _, two := TwoGroups(x); two {
				found++
			}
		}
		t.Logf("%s: %d of %d", name, found, samples)
		share := 0.001
		if strings.Contains(name, "flat") {
			share = 0.01
		}
		if most := share * float64(samples); float64(found) > most+4*math.Sqrt(most)+1 {
			t.Errorf("%s: %d of %d samples of one peak are called two groups", name, found, samples)
		}
	}
}

func TestTwoGroupsAreFoundAndSplit(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(33, 34))
	for _, c := range []struct {
		low, high int
		least     int // of 100 samples
	}{{10, 10, 98}, {13, 7, 95}, {5, 5, 95}, {30, 10, 95}, {6, 14, 50}, {90, 20, 95}, {18, 2, 0}, {19, 1, 0}} {
		found := 0
		for range 100 {
			var x []float64
			for range c.low {
				x = append(x, 10+0.3*r.NormFloat64())
			}
			for range c.high {
				x = append(x, 15+0.3*r.NormFloat64())
			}
			r.Shuffle(len(x), func(i, j int) { x[i], x[j] = x[j], x[i] })
			g, two := TwoGroups(x)
			if !two {
				continue
			}
			found++
			if g.N != [2]int{c.low, c.high} || math.Abs(g.Medians[0]-10) > 1 || math.Abs(g.Medians[1]-15) > 1 {
				t.Errorf("%d and %d are split as %+v", c.low, c.high, g)
			}
		}
		t.Logf("%d and %d: %d of 100", c.low, c.high, found)
		if found < c.least || c.least == 0 && found > 2 {
			t.Errorf("%d and %d values far apart are found in %d of 100 samples, want %d", c.low, c.high, found, c.least)
		}
	}
	for _, few := range [][]float64{nil, {1}, {1, 1, 1, 9, 9, 9}, {1, 2, math.NaN(), 4, 5, 6, 7, 8, 9, 10, 11}} {
		if g, two := TwoGroups(few); two {
			t.Errorf("%v is two groups, %+v", few, g)
		}
	}
}
