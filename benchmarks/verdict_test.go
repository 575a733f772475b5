package benchmarks_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"slipway/benchmarks"
	"slipway/benchmarks/store"
)

func TestVerdictsNeedEvidence(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		rounds  int
		spread  float64
		keel    float64 // seconds, linux takes 1
		verdict benchmarks.Verdict
		text    string // how VerdictText begins
	}{
		"half":               {20, 0.02, 0.5, benchmarks.IsBetter, "better"},
		"a fifth longer":     {20, 0.02, 1.2, benchmarks.IsWorse, "worse"},
		"the same":           {20, 0.02, 1.001, benchmarks.Same, "same"},
		"five of each":       {5, 0.02, 0.5, benchmarks.Unclear, "unclear +1"},
		"more than the band": {20, 0.15, 1.1, benchmarks.Unclear, "unclear +"},
		"hopeless":           {12, 1.5, 1.05, benchmarks.Unclear, "too noisy"},
	} {
		b := newBoots(7)
		b.rounds(c.rounds, c.spread, map[string]float64{"linux": 1, "keel": c.keel}, nil)
		got := compared(t, b, benchmarks.Options{Baseline: "linux/app"})
		found := cell(t, got, "keel/app", "boot/total")
		if found.Verdict != c.verdict || !strings.HasPrefix(found.VerdictText(), c.text) {
			t.Errorf("%s: %s (%s), want %s (%s ...)", name, found.Verdict, found.VerdictText(), c.verdict, c.text)
		}
		if len(got.Words) != 1 || !strings.HasPrefix(got.Words[0], "keel/app: spawn to exit ") {
			t.Errorf("%s: in words %q", name, got.Words)
		}
		if found.TooNoisy() && strings.Contains(got.Words[0], "about") {
			t.Errorf("%s: a hopeless number of rounds is asked for: %q", name, got.Words)
		}
	}
}

// TestTheSameImageIsRarelyToldApart is the experiment of the findings: one image
// against itself, where boots have long tails. Whoever looks at many comparisons
// must not be shown differences that are none. Of 600 experiments at a level of 5 %
// with a band besides, 30 would be the level itself.
func TestTheSameImageIsRarelyToldApart(t *testing.T) {
	t.Parallel()
	experiments := 600
	if testing.Short() {
		experiments = 100
	}
	wrong := 0
	for seed := range experiments {
		b := newBoots(uint64(seed) + 1)
		b.rounds(12, 0.1, map[string]float64{"linux": 1, "keel": 1}, func(r *store.Run) {
			if b.random.IntN(10) == 0 { // something else ran
				r.Metrics["boot/total"] = sec(r.Metrics["boot/total"].Values[0] * 1.5)
			}
		})
		switch cell(t, compared(t, b, benchmarks.Options{Bands: benchmarks.Bands{"": 0}}), "keel/app", "boot/total").Verdict {
		case benchmarks.IsBetter, benchmarks.IsWorse:
			wrong++
		}
	}
	// Three standard deviations above 5 % of 600 or of 100.
	if most := experiments/20 + 3*5*experiments/600 + 3; wrong > most {
		t.Errorf("%d of %d comparisons of an image with itself saw a difference, at most %d were expected", wrong, experiments, most)
	}
}

func TestMoreSamplesNeverChangeWhatIsExact(t *testing.T) {
	t.Parallel()
	b := newBoots(1)
	b.rounds(2, 0, map[string]float64{"linux": 1, "keel": 1}, func(r *store.Run) {
		size := 2e6
		if r.Target.Kernel == "keel" {
			size = 1e6
		}
		r.Metrics["size/image"] = store.Metric{Unit: "B", Better: "lower", Values: []float64{size}}
	})
	found := cell(t, compared(t, b, benchmarks.Options{}), "keel/app", "size/image")
	if found.Method != benchmarks.MethodExact || found.Verdict != benchmarks.IsBetter || *found.Estimate != 0.5 || found.IntervalText() != "exact" || found.ChangeText() != "÷2.00" {
		t.Errorf("%+v", found)
	}
}

func TestP_IsCorrectedOverTheTable(t *testing.T) {
	t.Parallel()
	b := newBoots(3)
	r := rand.New(rand.NewPCG(3, 3))
	b.rounds(12, 0.1, map[string]float64{"linux": 1, "keel": 1.05}, func(run *store.Run) {
		for _, name := range []string{"A", "B", "C", "D"} {
			run.Metrics[name] = store.Metric{Unit: "ns/op", Better: "lower", Values: []float64{1 + r.Float64()}}
		}
	})
	c := compared(t, b, benchmarks.Options{})
	grew := false
	for i := range c.Cells {
		p, adjusted := *c.Cells[i].P, *c.Cells[i].PAdjusted
		if adjusted < p {
			t.Errorf("%s: p %g was corrected to %g", c.Cells[i].Name, p, adjusted)
		}
		grew = grew || adjusted > p
	}
	if len(c.Cells) != 5 || !grew {
		t.Errorf("%d cells, none of them corrected", len(c.Cells))
	}
}

// Where a table is so large that p is corrected away, it says how many rounds more that
// takes, though the interval is clear of the band.
func TestRoundsNeededCountTheTable(t *testing.T) {
	t.Parallel()
	b := newBoots(3)
	b.rounds(6, 0.01, map[string]float64{"linux": 1, "keel": 0.5}, func(r *store.Run) {
		for i := range 100 {
			r.Metrics[fmt.Sprintf("M%d", i)] = sec(1 + b.random.Float64())
		}
	})
	found := cell(t, compared(t, b, benchmarks.Options{}), "keel/app", "boot/total")
	if found.Verdict != benchmarks.Unclear || *found.High > 0.6 || found.RoundsNeeded == nil || *found.RoundsNeeded != 2 {
		t.Errorf("%s %s: %s", found.ChangeText(), found.IntervalText(), found.VerdictText())
	}
}

// n counts boots: what one boot reports several times is one sample, the median.
func TestSeveralResultsOfOneBootAreOneSample(t *testing.T) {
	t.Parallel()
	b := newBoots(4)
	b.rounds(8, 0.01, map[string]float64{"linux": 1, "keel": 1}, func(r *store.Run) {
		r.Metrics["Loop"] = store.Metric{Unit: "ns/op", Better: "lower", Values: []float64{5, 4, 500, 6, 3}}
	})
	found := cell(t, compared(t, b, benchmarks.Options{}), "keel/app", "Loop")
	if found.N != [2]int{8, 8} || *found.Medians[0] != 5 {
		t.Errorf("%v samples, median %v", found.N, *found.Medians[0])
	}
}

func TestIntervalsHaveOneNotation(t *testing.T) {
	t.Parallel()
	v := func(x float64) *float64 { return &x }
	for _, c := range []struct {
		estimate, low, high float64
		change, interval    string
	}{
		{1.05, 0.98, 1.12, "+5.0 %", "[-2.0, +12.0]"},
		{0.872, 0.394, 2.55, "÷1.15", "[÷2.54, x2.55]"},
		{0.49, 0.46, 1.26, "÷2.04", "[÷2.17, x1.26]"},
		{0.25, 0.2, 0.3, "÷4.00", "[÷5.00, ÷3.33]"},
	} {
		one := benchmarks.Cell{Verdict: benchmarks.Unclear, Unit: "sec", Estimate: v(c.estimate), Low: v(c.low), High: v(c.high), Confidence: v(0.95)}
		if one.ChangeText() != c.change || one.IntervalText() != c.interval {
			t.Errorf("%g [%g, %g] is written %s %s, want %s %s", c.estimate, c.low, c.high, one.ChangeText(), one.IntervalText(), c.change, c.interval)
		}
	}
	few := benchmarks.Cell{Estimate: v(1.1), Low: v(1), High: v(1.2), Confidence: v(0.875)}
	if got := few.IntervalText(); got != "[0, +20.0]!" {
		t.Errorf("an interval that covers less than 95 %% is written %s", got)
	}
}

func TestWorstIsWhatAGateActsOn(t *testing.T) {
	t.Parallel()
	order := []benchmarks.Verdict{benchmarks.Same, benchmarks.Unclear, benchmarks.NotComparable, benchmarks.IsWorse}
	for i, worst := range order {
		var c benchmarks.Comparison
		for _, v := range slices.Backward(order[:i+1]) {
			c.Cells = append(c.Cells, benchmarks.Cell{Verdict: v})
		}
		if got := c.Worst(); got != worst {
			t.Errorf("the worst of %d is %s, want %s", i+1, got, worst)
		}
	}
}
