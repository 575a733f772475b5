package benchmarks_test

import (
	"strings"
	"testing"

	"slipway/benchmarks"
	"slipway/benchmarks/store"
)

// TestCountsOfDifferentWaysAreNotCompared holds that instructions are compared with
// those that were counted alike, on whatever host, and with no others.
func TestCountsOfDifferentWaysAreNotCompared(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		keel func(*store.Run)
		says string
	}{
		"alike":        {func(*store.Run) {}, ""},
		"another host": {func(r *store.Run) { r.Environment.Host = "elsewhere" }, ""},
		"plugin":       {func(r *store.Run) { r.Counted = store.ByPlugin }, "other ways of counting"},
		"another QEMU": {func(r *store.Run) { r.Environment.QEMU = "9.0" }, "other QEMU versions"},
	} {
		b := newBoots(1)
		b.rounds(3, 0.02, map[string]float64{"linux": 1, "keel": 0.5}, func(r *store.Run) {
			r.Counted, r.Environment.Virtual = store.ByClock, true
			count := map[string]int64{"linux": 1000, "keel": 500}[r.Target.Kernel]
			benchmarks.AddMetrics(r, benchmarks.Measured{Instructions: benchmarks.Instructions{App: count, Exit: 2 * count}})
			r.Metrics["Nbody"] = store.Metric{Unit: "ns/op", Values: []float64{float64(count)}}
			if r.Target.Kernel == "keel" {
				c.keel(r)
			}
		})
		got := compared(t, b, benchmarks.Options{Baseline: "linux/app"})
		found := cell(t, got, "keel/app", "virt/total")
		if c.says != "" {
			if found.Verdict != benchmarks.NotComparable || !strings.Contains(strings.Join(found.Notes, " "), c.says) {
				t.Errorf("%s: %s %q", name, found.Verdict, found.Notes)
			}
			continue
		}
		for _, metric := range []string{"virt/total", "Nbody"} {
			if one := cell(t, got, "keel/app", metric); one.Verdict != benchmarks.IsBetter || one.Method != benchmarks.MethodExact || one.P != nil {
				t.Errorf("%s: %s: %s by %s, %q", name, metric, one.Verdict, one.Method, one.Notes)
			}
		}
	}
}

// Boots that were made for their counts alone are no boots of a time: that they were
// alone on the host, where the timed ones were not, keeps no time from being compared.
func TestBootsThatCountAreNoBootsOfATime(t *testing.T) {
	t.Parallel()
	b := newBoots(1)
	seconds := map[string]float64{"linux": 1, "keel": 0.5}
	b.rounds(8, 0.02, seconds, func(r *store.Run) { r.Environment.Parallel = 2 })
	b.rounds(6, 0.02, seconds, func(r *store.Run) {
		r.Counted, r.Environment.QEMU = store.ByPlugin, "another"
		r.Metrics = map[string]store.Metric{"virt/total": {Unit: "insns", Better: "lower", Values: []float64{1000}}}
	})
	c := compared(t, b, benchmarks.Options{Baseline: "linux/app"})
	if found := cell(t, c, "keel/app", "boot/total"); found.Verdict != benchmarks.IsBetter || found.N != [2]int{8, 8} {
		t.Errorf("%s of %v boots: %q", found.Verdict, found.N, found.Notes)
	}
	if found := cell(t, c, "keel/app", "virt/total"); found.Verdict != benchmarks.Same || found.N != [2]int{6, 6} {
		t.Errorf("counted: %s of %v boots: %q", found.Verdict, found.N, found.Notes)
	}
	if s := c.Targets[1]; s.Boots != 8 || s.OK != 8 || s.Counted != 6 {
		t.Errorf("%d of %d boots went well, %d counted", s.OK, s.Boots, s.Counted)
	}
	for _, fact := range c.Trust {
		if fact.Name == "environment" && fact.State != benchmarks.Good || fact.Name == "boots" && fact.Short != "16/16 boots ok" {
			t.Errorf("trust: %s: %s", fact.Short, fact.Long)
		}
	}
}
