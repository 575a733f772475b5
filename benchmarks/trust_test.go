package benchmarks_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"slipway/benchmarks"
	"slipway/benchmarks/store"
)

// Experiments after one another are blocks of interleaved rounds: the host may have
// been slower in the second, for all targets alike.
func TestRoundsAddedLaterAreInterleavedToo(t *testing.T) {
	t.Parallel()
	b := newBoots(1)
	b.rounds(8, 0.02, map[string]float64{"linux": 1, "keel": 0.9}, nil)
	b.rounds(8, 0.02, map[string]float64{"linux": 1.5, "keel": 1.35}, func(r *store.Run) { r.Experiment = "y" })
	c := compared(t, b, benchmarks.Options{Baseline: "linux/app"})
	found := cell(t, c, "keel/app", "boot/total")
	if c.Order != benchmarks.Interleaved || found.N != [2]int{16, 16} || found.Verdict != benchmarks.IsBetter {
		t.Errorf("%s, %v boots, %s", c.Order, found.N, found.Verdict)
	}
	// Without pairs the two levels would make the interval as wide as their distance.
	if found.Estimate == nil || math.Abs(*found.Estimate-0.9) > 0.02 || *found.High-*found.Low > 0.05 {
		t.Errorf("estimate %s %s (%s)", found.ChangeText(), found.IntervalText(), found.Method)
	}

	b.rounds(8, 0.02, map[string]float64{"keel": 0.9}, func(r *store.Run) { r.Experiment = "z" })
	if c := compared(t, b, benchmarks.Options{Baseline: "linux/app"}); c.Order != benchmarks.NotInterleaved {
		t.Errorf("an experiment of one target alone is %s with the others", c.Order)
	}
}

func TestTrustSaysWhatRan(t *testing.T) {
	t.Parallel()
	native := func(r *store.Run) {
		if r.Target.Kernel == "linux" {
			r.Environment.Accel, r.Environment.QEMU, r.Environment.Machine, r.Environment.Memory, r.Environment.CPUs = "native", "", "", 0, 0
		}
	}
	for name, c := range map[string]struct {
		change func(*store.Run)
		fact   string
		state  benchmarks.FactState
		says   string
	}{
		"guests":         {func(*store.Run) {}, "environment", benchmarks.Good, "same qemu+args+host"},
		"process, guest": {native, "environment", benchmarks.Warning, "native beside guests"},
		"nothing recorded": {
			func(r *store.Run) { r.Environment = store.Environment{} }, "environment", benchmarks.Unknown, "environment unknown",
		},
		"all went wrong":  {func(r *store.Run) { r.Outcome, r.Exit = "panic", nil }, "interleaved", benchmarks.Unknown, "no order"},
		"nothing that is": {func(r *store.Run) { r.Outcome, r.Exit = "panic", nil }, "environment", benchmarks.Unknown, "no environment"},
	} {
		b := newBoots(1)
		b.rounds(8, 0.02, map[string]float64{"linux": 1, "keel": 0.5}, c.change)
		found := false
		for _, fact := range compared(t, b, benchmarks.Options{Baseline: "linux/app"}).Trust {
			if fact.Name != c.fact {
				continue
			}
			found = true
			if fact.State != c.state || !strings.Contains(fact.Short, c.says) {
				t.Errorf("%s: %s %q (%s), want %s %q", name, fact.State, fact.Short, fact.Long, c.state, c.says)
			}
		}
		if !found {
			t.Errorf("%s: no fact %s", name, c.fact)
		}
	}
}

// A target that became slower all the while did so too when the clock was set back in the middle.
func TestDriftIsSeenThoughTheClockWasSet(t *testing.T) {
	t.Parallel()
	b := newBoots(1)
	n := 0
	b.rounds(20, 0, map[string]float64{"linux": 1}, func(r *store.Run) {
		r.Metrics["boot/total"] = sec(1 + float64(n)/100)
		if n++; n > 10 {
			r.Started = r.Started.Add(-time.Hour)
		}
	})
	for _, fact := range compared(t, b, benchmarks.Options{Baseline: "linux/app"}).Trust {
		if fact.Name == "drift" && fact.State != benchmarks.Warning {
			t.Errorf("%s: %s", fact.Short, fact.Long)
		}
	}
}

// Boots that were deleted did not go well: nobody knows how they went.
func TestBootsThatAreMissingAreCounted(t *testing.T) {
	t.Parallel()
	history := openHistory(t)
	id := keepTargets(t, history, store.Experiment{Rounds: 6}, map[string]float64{"keel/app": 1, "linux/app": 2}, "keel/app", "linux/app")
	experiment, err := history.Experiment(id)
	if err != nil {
		t.Fatal(err)
	}
	experiment.Rounds = 7 // as if one round had been deleted
	if _, err := history.PutExperiment(experiment); err != nil {
		t.Fatal(err)
	}
	for _, names := range [][]string{{id}, {"keel/app", "linux/app"}} {
		c, err := benchmarks.CompareStored(history, names, "", "")
		if err != nil {
			t.Fatal(err)
		}
		if notes := strings.Join(c.Notes, "; "); strings.Count(notes, "2 of 14 boots") != 1 {
			t.Errorf("%v: notes %q", names, notes)
		}
		for _, fact := range c.Trust {
			if fact.Name == "boots" && (fact.State != benchmarks.Warning || fact.Short != "12/14 boots ok, 2 missing" || strings.Contains(fact.Long, "went well")) {
				t.Errorf("%v: %s %q: %s", names, fact.State, fact.Short, fact.Long)
			}
		}
	}
	c, err := benchmarks.CompareExperiment(history, experiment, "", []string{"keel/app"})
	if err != nil || !strings.Contains(strings.Join(c.Notes, " "), "1 of 7 boots of experiment") {
		t.Errorf("one target: %v, %v", c.Notes, err)
	}
}
