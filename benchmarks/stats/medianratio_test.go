package stats

import (
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// redraws counts, for every way to draw len(x) of x with replacement, the median.
func redraws(x []float64) map[float64]float64 {
	total := math.Pow(float64(len(x)), float64(len(x)))
	p := map[float64]float64{}
	drawn := make([]float64, len(x))
	var draw func(i int)
	draw = func(i int) {
		if i == len(x) {
			p[Median(drawn)] += 1 / total
			return
		}
		for _, v := range x {
			drawn[i] = v
			draw(i + 1)
		}
	}
	draw(0)
	return p
}

func TestRedrawnMedianIsTheFullEnumeration(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(11, 12))
	for i := range 40 {
		x := draw(r, 2+i%5, i%3)
		want := redraws(x)
		got := map[float64]float64{}
		for _, a := range redrawnMedian(x) {
			got[a.value] += a.p
		}
		for _, v := range slices.Sorted(maps.Keys(want)) {
			near(t, "probability", got[v], want[v])
			delete(got, v)
		}
		for v, p := range got {
			if p > 1e-12 {
				t.Errorf("median %v with probability %v never happens", v, p)
			}
		}
		if t.Failed() {
			t.Fatalf("for %v", x)
		}
	}
}

func TestMedianRatioByListingAllRedraws(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(13, 14))
	for i := range 60 {
		a, b := draw(r, 2+i%4, 2), draw(r, 2+i/4%4, 2)
		for k := range a {
			a[k] = math.Exp(a[k])
		}
		for k := range b {
			b[k] = math.Exp(b[k])
		}
		p := map[float64]float64{}
		for x, px := range redraws(a) {
			for y, py := range redraws(b) {
				p[y/x] += px * py
			}
		}
		quantile := func(wanted float64) float64 {
			sum := 0.0
			for _, v := range slices.Sorted(maps.Keys(p)) {
				if sum += p[v]; sum >= wanted-1e-12 {
					return v
				}
			}
			return math.NaN()
		}
		e, err := MedianRatio(a, b, 0.95)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "point", e.Point, Median(b)/Median(a))
		near(t, "low", e.Low, quantile(0.025))
		near(t, "high", e.High, quantile(0.975))
		if t.Failed() {
			t.Fatalf("for %v and %v", a, b)
		}
	}
}

func TestMedianRatioOfManyValuesAndOfNone(t *testing.T) {
	t.Parallel()
	var a, b []float64
	for i := range 3001 { // where powers and factorials would overflow
		a, b = append(a, 100+float64(i%101)), append(b, 200+2*float64(i%101))
	}
	for range 2 {
		e, err := MedianRatio(a, b, 0.95)
		if err != nil || e.Low > 2 || e.High < 2 || e.Low < 1.95 || e.High > 2.05 {
			t.Errorf("%d values: %+v, %v", len(a), e, err)
		}
		a = append(a, 150) // an even number
	}
	if _, err := MedianRatio([]float64{0, 1}, b, 0.95); err == nil {
		t.Error("a zero has no ratio")
	}
	if _, err := MedianRatio(nil, b, 0.95); err == nil {
		t.Error("no values have no median")
	}
}

func BenchmarkMedianRatio100(b *testing.B) {
	r := rand.New(rand.NewPCG(15, 16))
	x, y := make([]float64, 100), make([]float64, 100)
	for i := range x {
		x[i], y[i] = math.Exp(r.NormFloat64()), math.Exp(r.NormFloat64()/5)
	}
	for b.Loop() {
		if _, err := MedianRatio(x, y, 0.95); err != nil {
			b.Fatal(err)
		}
	}
}
