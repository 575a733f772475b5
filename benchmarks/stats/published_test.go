package stats

import (
	"cmp"
	"errors"
	"math"
	"slices"
	"testing"
)

func within(t *testing.T, what string, got, want, by float64) {
	t.Helper()
	if !(math.Abs(got-want) <= by) {
		t.Errorf("%s = %.10g, published %.10g", what, got, want)
	}
}

// Hollander & Wolfe (1973), pages 27 f.: Hamilton depression scale factors of 9
// patients, the example of R's help page of wilcox.test. R: V = 40 and p = 0.01953
// (one-sided), 0.03906 (two-sided).
func TestHollanderWolfeDepression(t *testing.T) {
	t.Parallel()
	x := []float64{1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30}
	y := []float64{0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29}
	d := make([]float64, len(x))
	for i := range x {
		d[i] = y[i] - x[i]
	}
	test, err := SignedRank(d)
	if err != nil {
		t.Fatal(err)
	}
	within(t, "p", test.P, 0.0390625, 1e-12)
	// Hollander & Wolfe, Example 3.2 (continued): the estimate is -0.46, and the
	// interval of 96.1 % (-0.786, -0.010).
	e, err := Pseudomedian(d, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	within(t, "estimate", e.Point, -0.46, 1e-9)
	within(t, "low", e.Low, -0.786, 1e-9)
	within(t, "high", e.High, -0.010, 1e-9)
	within(t, "confidence", e.Confidence, 0.9609375, 1e-12)
}

// Hollander & Wolfe (1973), pages 69 f.: permeability constants of the human
// chorioamnion, the example of R's help page of wilcox.test. R: W = 35 and p =
// 0.1272 (one-sided), 0.2544 (two-sided). Example 4.3 and 4.4: the estimate is
// 0.305, the interval of 96 % (-0.15, 0.76), ours being turned round.
func TestHollanderWolfePermeability(t *testing.T) {
	t.Parallel()
	x := []float64{0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46}
	y := []float64{1.15, 0.88, 0.90, 0.74, 1.21}
	test, err := MannWhitney(x, y)
	if err != nil {
		t.Fatal(err)
	}
	within(t, "p", test.P, 0.2544122544, 1e-9)
	e, err := HodgesLehmann(y, x, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	within(t, "estimate", e.Point, 0.305, 1e-9)
	within(t, "low", e.Low, -0.15, 1e-9)
	within(t, "high", e.High, 0.76, 1e-9)
	if e.Confidence < 0.95 || e.Confidence > 0.97 {
		t.Errorf("confidence %v, published 96 %%", e.Confidence)
	}
}

// Holm (1979), section 3's rule on the example of R's p.adjust documentation
// style: values by hand.
func TestHolmByHand(t *testing.T) {
	t.Parallel()
	got := Holm([]float64{0.01, 0.04, 0.03, 0.005})
	for i, want := range []float64{0.03, 0.06, 0.06, 0.02} {
		within(t, "adjusted", got[i], want, 1e-15)
	}
	if len(Holm(nil)) != 0 {
		t.Error("no p values, no adjusted ones")
	}
	if got := Holm([]float64{0.9, 0.8}); got[0] != 1 || got[1] != 1 {
		t.Errorf("more than 1: %v", got)
	}
}

// Quantiles of 1..10 as R's quantile(1:10) and Python's statistics (inclusive).
func TestQuantilesOfTen(t *testing.T) {
	t.Parallel()
	x := []float64{10, 9, 8, 7, 6, 5, 4, 3, 2, 1}
	for _, c := range [][2]float64{{0, 1}, {0.25, 3.25}, {0.5, 5.5}, {0.75, 7.75}, {0.9, 9.1}, {1, 10}} {
		within(t, "quantile", Quantile(x, c[0]), c[1], 1e-12)
	}
	if !math.IsNaN(Median(nil)) {
		t.Error("the median of nothing is a number")
	}
	if m := Median([]float64{math.MaxFloat64, math.MaxFloat64}); m != math.MaxFloat64 {
		t.Errorf("median of the two largest numbers = %v", m)
	}
}

func TestWhatIsNoNumberIsRefused(t *testing.T) {
	t.Parallel()
	good := []float64{1, 2, 3}
	for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		x := []float64{1, bad, 3}
		_, e1 := MannWhitney(x, good)
		_, e2 := HodgesLehmann(good, x, 0.95)
		_, e3 := SignedRank(x)
		_, e4 := Pseudomedian(x, 0.95)
		_, e5 := MannKendall(x)
		_, e6 := MedianInterval(x, 0.95)
		_, e7 := MedianRatio(good, x, 0.95)
		for i, err := range []error{e1, e2, e3, e4, e5, e6, e7} {
			if !errors.Is(err, ErrNotFinite) {
				t.Errorf("%d: %v gives %v", i, bad, err)
			}
		}
	}
	if _, err := MannWhitney(nil, good); !errors.Is(err, ErrTooFew) {
		t.Errorf("an empty sample gives %v", err)
	}
}

func TestOutliersAreNamed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		x    []float64
		want int
	}{
		{[]float64{10, 11, 10, 12, 11, 10, 342}, 1},
		{[]float64{10, 11, 10, 12, 11, 10, 11}, 0},
		{[]float64{5, 5, 5, 5, 5, 5, 9}, 1},
		{[]float64{5, 5, 5, 5, 5, 5, 5}, 0},
		{[]float64{1, 2, 300}, 0},
	} {
		if got := Outliers(c.x); len(got) != c.want {
			t.Errorf("Outliers(%v) = %v, want %d of them", c.x, got, c.want)
		}
	}
}

func TestRoundsNeeded(t *testing.T) {
	t.Parallel()
	// Four times the rounds halve the interval.
	if more, ok := RoundsNeeded(20, 0.10, 0.05, 0.10, 0.08); !ok || more != 60 {
		t.Errorf("RoundsNeeded = %d, %v, want 60 more", more, ok)
	}
	if _, ok := RoundsNeeded(20, 0.05, 0.05, 0.1, 0.1); ok {
		t.Error("an estimate on the band's edge can't be settled")
	}
	if more, ok := RoundsNeeded(20, 0, 0.05, 0.2, 0.1); !ok || more != 60 {
		t.Errorf("towards the same: %d, %v, want 60", more, ok)
	}
}

func TestRoundsForP(t *testing.T) {
	t.Parallel()
	// Deviates 1.96 and 2.807: 20 rounds become 42 (41.03).
	if more, ok := RoundsForP(20, 0.05, 0.005); !ok || more != 22 {
		t.Errorf("RoundsForP = %d, %v, want 22 more", more, ok)
	}
	if _, ok := RoundsForP(20, 1, 0.05); ok {
		t.Error("p = 1 says nothing about a difference")
	}
}

// Hollander & Wolfe (1973), pages 187 f.: lightness of tuna measured by an instrument
// and by a panel, the example of R's help page of cor.test. R: T = 26, tau = 0.4444 and
// p = 0.1194. In the order of the instrument's values the panel's are a sequence.
func TestHollanderWolfeTuna(t *testing.T) {
	t.Parallel()
	instrument := []float64{44.4, 45.9, 41.9, 53.3, 44.7, 44.1, 50.7, 45.2, 60.1}
	panel := []float64{2.6, 3.1, 2.5, 5.0, 3.6, 4.0, 5.2, 2.8, 3.8}
	order := []int{0, 1, 2, 3, 4, 5, 6, 7, 8}
	slices.SortFunc(order, func(i, j int) int { return cmp.Compare(instrument[i], instrument[j]) })
	var sequence []float64
	for _, i := range order {
		sequence = append(sequence, panel[i])
	}
	d, err := MannKendall(sequence)
	if err != nil || !d.Exact {
		t.Fatal(d, err)
	}
	within(t, "tau", d.Tau, 0.4444444, 1e-7)
	within(t, "p", d.P, 0.1194, 5e-5)
}

// Ozone in New York in May and in August 1973 (Chambers, Cleveland, Kleiner & Tukey,
// "Graphical Methods for Data Analysis", 1983), the example with ties of R's help page
// of wilcox.test. R, by the normal approximation: W = 127.5, p = 0.0001208.
func TestOzoneInNewYork(t *testing.T) {
	t.Parallel()
	may := []float64{41, 36, 12, 18, 28, 23, 19, 8, 7, 16, 11, 14, 18, 14, 34, 6, 30, 11, 1, 11, 4, 32, 23, 45, 115, 37}
	august := []float64{39, 9, 16, 78, 35, 66, 122, 89, 110, 44, 28, 65, 22, 59, 23, 31, 44, 21, 9, 45, 168, 73, 76, 118, 84, 85}
	r := rank(may, august)
	sum := 0
	for _, v := range r.first {
		sum += v
	}
	within(t, "W", float64(sum)/float64(r.unit)-float64(len(may)*(len(may)+1)/2), 127.5, 0)
	s := rankSumShape(r.all, len(may))
	s.kurtosis, s.skewness = 0, 0
	within(t, "normal p", s.twoSided(float64(sum), float64(r.unit)/2), 0.0001208, 5e-8)
	test, err := MannWhitney(may, august)
	if err != nil || !test.Exact {
		t.Fatal(test, err)
	}
	within(t, "exact p", test.P, 6.108735e-05, 5e-12) // twice exactRankTests' one-sided one
}

func BenchmarkMannWhitney60x60(b *testing.B) {
	var x, y []float64
	for i := range 60 {
		x, y = append(x, float64(i*7%31)), append(y, float64(i*11%31))
	}
	for b.Loop() {
		if _, err := MannWhitney(x, y); err != nil {
			b.Fatal(err)
		}
	}
}
