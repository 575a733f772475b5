package stats

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestLooksSpendTheErrorRateAndNoMore(t *testing.T) {
	t.Parallel()
	sum := 0.0
	for i, want := range []float64{0.0125, 0.0125, 0.025} {
		within(t, "level", LookLevel(i), want, 1e-15)
		sum += LookLevel(i)
	}
	within(t, "all levels together", sum, 0.05, 1e-15)
	for rounds, want := range map[int]float64{0: 0.0125, 10: 0.0125, 19: 0.0125, 20: 0.0125, 39: 0.0125, 40: 0.025, 100: 0.025} {
		within(t, "level after rounds", LevelAfter(rounds), want, 1e-15)
	}
}

// At ten rounds the exact tests are coarse. What the first look uses there, the
// rank-sum test, must be able to reach its level even for the smallest of many
// cells; the signed-rank test's least p, 2/1024, could not for more than six.
func TestTheFirstLookCanBeSure(t *testing.T) {
	t.Parallel()
	var a, b []float64
	for i := range Looks[0] {
		a, b = append(a, float64(i)), append(b, float64(i+100))
	}
	test, err := MannWhitney(a, b)
	if err != nil || test.P*100 > LookLevel(0) {
		t.Errorf("p = %v (%v): not below a hundredth of %v", test.P, err, LookLevel(0))
	}
}

// TestAllLooksTogetherKeepTheErrorRate draws experiments in which nothing differs
// and stops each at the first look that sees a difference: without pairs at ten
// rounds and with them later, as comparisons do it.
func TestAllLooksTogetherKeepTheErrorRate(t *testing.T) {
	t.Parallel()
	experiments := 2000
	if testing.Short() {
		experiments = 200
	}
	r := rand.New(rand.NewPCG(21, 22))
	alarms, naive := 0, 0
	for range experiments {
		var a, b, d []float64
		stopped, stoppedNaively := false, false
		for round := 1; round <= Looks[len(Looks)-1]; round++ {
			x, y := math.Exp(r.NormFloat64()), math.Exp(r.NormFloat64())
			a, b, d = append(a, x), append(b, y), append(d, math.Log(y/x))
			for look, at := range Looks {
				if round != at {
					continue
				}
				test, err := MannWhitney(a, b)
				if round >= 12 {
					test, err = SignedRank(d)
				}
				if err != nil {
					t.Fatal(err)
				}
				stopped = stopped || test.P < LookLevel(look)
				stoppedNaively = stoppedNaively || test.P < 0.05
			}
		}
		if stopped {
			alarms++
		}
		if stoppedNaively {
			naive++
		}
	}
	rate, sloppy := float64(alarms)/float64(experiments), float64(naive)/float64(experiments)
	t.Logf("false alarms: %.1f %%, without correction %.1f %%", 100*rate, 100*sloppy)
	if rate > 0.05 {
		t.Errorf("%.1f %% of experiments in which nothing differs raised an alarm", 100*rate)
	}
	if sloppy < 0.06 {
		t.Errorf("three looks at 5 %% raised an alarm in %.1f %%: the simulation looks too seldom", 100*sloppy)
	}
}
