package benchmarks_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"slipway/benchmarks"
	"slipway/benchmarks/stats"
	"slipway/benchmarks/store"
)

func TestSureIsAboutWhatTheExperimentIsFor(t *testing.T) {
	t.Parallel()
	noisy := func(name string) func(b *boots) func(*store.Run) {
		return func(b *boots) func(*store.Run) {
			return func(r *store.Run) {
				r.Metrics[name] = store.Metric{Unit: "sec", Better: "lower", Values: []float64{math.Exp(b.random.NormFloat64())}}
			}
		}
	}
	for name, c := range map[string]struct {
		keel   float64
		change func(b *boots) func(*store.Run)
		sure   bool
	}{
		"a clear difference":         {0.5, nil, true},
		"the same":                   {1, nil, true},
		"a noisy phase beside it":    {0.5, noisy("boot/shutdown"), true},
		"the app's own metric noisy": {0.5, noisy("Nbody"), false},
		"another host":               {0.5, func(*boots) func(*store.Run) { return elsewhere }, true},
	} {
		b := newBoots(5)
		var change func(*store.Run)
		if c.change != nil {
			change = c.change(b)
		}
		b.rounds(20, 0.005, map[string]float64{"linux": 1, "keel": c.keel}, change)
		if got := compared(t, b, benchmarks.Options{}); got.Sure() != c.sure {
			t.Errorf("%s: Sure() = %v: %q", name, got.Sure(), got.Words)
		}
	}
}

func elsewhere(r *store.Run) {
	if r.Target.Kernel == "keel" {
		r.Environment.Host = "elsewhere"
	}
}

// A look at a stricter level has wider intervals, and says so.
func TestALevelIsThatOfVerdictsAndIntervals(t *testing.T) {
	t.Parallel()
	b := newBoots(11)
	b.rounds(20, 0.05, map[string]float64{"linux": 1, "keel": 0.9}, nil)
	usual, strict := compared(t, b, benchmarks.Options{}), compared(t, b, benchmarks.Options{Level: stats.LookLevel(1)})
	wide, narrow := cell(t, strict, "keel/app", "boot/total"), cell(t, usual, "keel/app", "boot/total")
	if *wide.Confidence < 0.9875 || *narrow.Confidence > 0.98 || *wide.Low >= *narrow.Low || *wide.High <= *narrow.High {
		t.Errorf("intervals %s (%v) and %s (%v)", wide.IntervalText(), *wide.Confidence, narrow.IntervalText(), *narrow.Confidence)
	}
	if usual.IntervalTitle() != "95 % interval" || strict.IntervalTitle() != "98.75 % interval" || !strings.Contains(strict.Words[0], "98.75 % sure") {
		t.Errorf("%s, %s, %q", usual.IntervalTitle(), strict.IntervalTitle(), strict.Words)
	}
	// No p value is below a level that is next to nothing.
	if got := cell(t, compared(t, b, benchmarks.Options{Level: 1e-9}), "keel/app", "boot/total").Verdict; got != benchmarks.Unclear {
		t.Errorf("at level 1e-9: %s", got)
	}
}

func TestBandsAreReadAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	bands, err := benchmarks.ParseBands([]string{"3%", "boot/total=0", "Nbody sec/op = 1.5 %"})
	if err != nil || bands[""] != 0.03 || bands["boot/total"] != 0 || bands["Nbody sec/op"] != 0.015 {
		t.Errorf("%v, %v", bands, err)
	}
	for _, bad := range []string{"", "-1%", "much", "=3%", "NaN", "Inf%", "x=", "3%%"} {
		if bands, err := benchmarks.ParseBands([]string{bad}); err == nil {
			t.Errorf("band %q is read as %v", bad, bands)
		}
	}
	if _, err := benchmarks.ParseBands([]string{"3%", "4"}); err == nil {
		t.Error("two bands for all metrics")
	}
	b := newBoots(2)
	b.rounds(20, 0.001, map[string]float64{"linux": 1, "keel": 1.01}, nil)
	var verdicts []benchmarks.Verdict
	for _, bands := range []benchmarks.Bands{nil, {"": 0}, {"": 0, "boot/total": 0.03}, {"boot/total": 0}} {
		asked := compared(t, b, benchmarks.Options{Bands: bands})
		verdicts = append(verdicts, cell(t, asked, "keel/app", "boot/total").Verdict)
		// Judged again it is what it would have been at once, words and notes included.
		if again := compared(t, b, benchmarks.Options{Bands: benchmarks.Bands{"": 0.1}}).WithBands(bands); bands != nil && !slices.Equal(again.Words, asked.Words) {
			t.Errorf("%v: judged again %q, at once %q", bands, again.Words, asked.Words)
		}
	}
	if want := []benchmarks.Verdict{benchmarks.Same, benchmarks.IsWorse, benchmarks.Same, benchmarks.IsWorse}; !slices.Equal(verdicts, want) {
		t.Errorf("1 %% more is %v, want %v", verdicts, want)
	}
}

// Figures that repeat exactly need no further rounds; one headline cell with a spread does,
// and times are never exact.
func TestExactIsWhereNothingElseCanCome(t *testing.T) {
	t.Parallel()
	counted := func(jitter float64) func(*store.Run) {
		n := 0.0
		return func(r *store.Run) {
			n += jitter
			r.Environment.Virtual, r.Counted = true, store.ByClock
			peak := float64(len(r.Target.Kernel)) * (1 + n)
			r.Metrics = map[string]store.Metric{
				"virt/total": {Unit: "insns", Better: "lower", Values: []float64{1e6*float64(len(r.Target.Kernel)) + n}},
				"mem/peak":   {Unit: "B", Better: "lower", Values: []float64{peak}},
			}
		}
	}
	for name, c := range map[string]struct {
		rounds int
		change func(*store.Run)
		exact  bool
	}{
		"two rounds":       {2, counted(0), true},
		"one round":        {1, counted(0), false},
		"a spread":         {2, counted(1), false},
		"wall-clock times": {2, nil, false},
	} {
		b := newBoots(5)
		b.rounds(c.rounds, 0.005, map[string]float64{"linux": 1, "keel": 2}, c.change)
		if got := compared(t, b, benchmarks.Options{}); got.Exact() != c.exact {
			t.Errorf("%s: Exact() = %v: %q", name, got.Exact(), got.Words)
		}
	}
}
