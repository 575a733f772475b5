package benchmarks_test

import (
	"testing"

	"slipway/benchmarks"
	"slipway/benchmarks/store"
)

// TestAnAppsOwnInstructionsAreNotCounted holds that only Slipway's own counts, and an
// app's under a clock that counts, are taken for what repeats exactly on any host.
func TestAnAppsOwnInstructionsAreNotCounted(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*store.Run)
		want   benchmarks.Verdict
		class  benchmarks.Class
	}{
		"alike":         {func(*store.Run) {}, benchmarks.Unclear, benchmarks.Other},
		"other hosts":   {func(r *store.Run) { r.Environment.Host = r.Target.Kernel }, benchmarks.NotComparable, benchmarks.Other},
		"counted clock": {func(r *store.Run) { r.Environment.Virtual, r.Counted = true, store.ByClock }, benchmarks.IsBetter, benchmarks.Virtual},
	} {
		b := newBoots(1)
		b.rounds(2, 0.02, map[string]float64{"linux": 1, "keel": 0.5}, func(r *store.Run) {
			count := map[string]float64{"linux": 1000, "keel": 500}[r.Target.Kernel]
			r.Metrics["Nbody"] = store.Metric{Unit: "insns/op", Better: "lower", Values: []float64{count}}
			c.change(r)
		})
		got := cell(t, compared(t, b, benchmarks.Options{Baseline: "linux/app"}), "keel/app", "Nbody")
		if got.Verdict != c.want || got.Info.Class != c.class {
			t.Errorf("%s: %s of class %d by %s, %q; want %s of class %d", name, got.Verdict, got.Info.Class, got.Method, got.Notes, c.want, c.class)
		}
	}
}
