package benchmarks_test

import (
	"math"
	"strings"
	"testing"

	"slipway/benchmarks"
	"slipway/benchmarks/store"
)

// sweptBoots are rounds of one app with a parameter of 1 and of 2.
func sweptBoots(change func(*store.Run)) *boots {
	b := newBoots(5)
	b.rounds(12, 0.01, map[string]float64{"linux": 1, "keel": 2}, func(r *store.Run) {
		r.Target.Settings["steps"] = map[string]string{"linux": "1", "keel": "2"}[r.Target.Kernel]
		change(r)
	})
	return b
}

func TestASweptParameterShowsHowItScalesAndGetsNoVerdict(t *testing.T) {
	t.Parallel()
	b := sweptBoots(func(*store.Run) {})
	c := compared(t, b, benchmarks.Options{Baseline: "linux/app", Swept: []string{"steps"}})
	got := cell(t, c, "keel/app", "boot/total")
	if got.Verdict != benchmarks.NotComparable || !got.Scaled() || got.Estimate == nil || math.Abs(*got.Estimate-2) > 0.1 || got.Low == nil || got.P != nil || got.PAdjusted != nil {
		t.Errorf("%+v", got)
	}
	if text := strings.Join(got.Notes, "; "); !strings.Contains(text, "another computation") || !strings.Contains(text, "steps=1 with linux/app") || got.VerdictText() != "scales" {
		t.Errorf("%s: %s", got.VerdictText(), text)
	}
	// Nobody asked for this one.
	got = cell(t, compared(t, b, benchmarks.Options{Baseline: "linux/app", Swept: []string{"memory"}}), "keel/app", "boot/total")
	if got.Scaled() || got.Estimate != nil || !strings.Contains(strings.Join(got.Notes, "; "), "other app parameters") {
		t.Errorf("not swept: %+v", got)
	}
	// Another parameter differs as well, and another host.
	for name, change := range map[string]func(*store.Run){
		"another parameter": func(r *store.Run) { r.Target.Settings["size"] = r.Target.Settings["steps"] },
		"another host":      func(r *store.Run) { r.Environment.Host = r.Target.Kernel },
	} {
		got = cell(t, compared(t, sweptBoots(change), benchmarks.Options{Baseline: "linux/app", Swept: []string{"steps"}}), "keel/app", "boot/total")
		if got.Scaled() || got.Estimate != nil {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestBootsAtOnceAreNotComparedWithLonelyOnes(t *testing.T) {
	t.Parallel()
	b := newBoots(6)
	b.rounds(12, 0.01, map[string]float64{"linux": 1, "keel": 2}, func(r *store.Run) {
		if r.Target.Kernel == "keel" {
			r.Environment.Parallel = 2
		}
	})
	got := cell(t, compared(t, b, benchmarks.Options{Baseline: "linux/app"}), "keel/app", "boot/total")
	if got.Verdict != benchmarks.NotComparable || !strings.Contains(strings.Join(got.Notes, "; "), "other numbers of boots at once: 1 with linux/app, 2 with keel/app") {
		t.Errorf("%+v", got)
	}
}
