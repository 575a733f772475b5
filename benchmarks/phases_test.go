package benchmarks_test

import (
	"strings"
	"testing"

	"slipway/benchmarks"
	"slipway/benchmarks/store"
)

// timeline gives a run phases, and the metrics that a recording makes of them.
func timeline(r *store.Run, phases ...store.Phase) {
	r.Phases = phases
	for _, p := range phases {
		r.Metrics["boot/"+p.Name] = sec(p.Seconds)
	}
}

// TestPhasesAreThoseOfEveryBoot: a boot whose markers were read at once, or a kernel
// without one of them, does not make two rows of one quantity out of some boots each.
func TestPhasesAreThoseOfEveryBoot(t *testing.T) {
	t.Parallel()
	b := newBoots(1)
	n := 0
	b.rounds(12, 0.02, map[string]float64{"linux": 1, "keel": 0.5, "other": 0.1}, func(r *store.Run) {
		switch r.Target.Kernel {
		case "other":
			r.Environment.Accel = store.Native
			timeline(r, store.Phase{Name: "app", Seconds: 0.1})
		case "linux":
			timeline(r, store.Phase{Name: "vmm", Seconds: 0.1}, store.Phase{Name: "firmware+kernel", Seconds: 0.6}, store.Phase{Name: "app", Seconds: 0.3})
		default:
			if n++; n%3 == 0 {
				timeline(r, store.Phase{Name: "vmm", Seconds: 0.1}, store.Phase{Name: "firmware+kernel", Seconds: 0.3}, store.Phase{Name: "app", Seconds: 0.1})
				return
			}
			timeline(r, store.Phase{Name: "vmm", Seconds: 0.1}, store.Phase{Name: "firmware", Seconds: 0.1}, store.Phase{Name: "kernel", Seconds: 0.2}, store.Phase{Name: "app", Seconds: 0.1})
		}
	})
	before := b.runs[0].Metrics
	c := compared(t, b, benchmarks.Options{Baseline: "linux/app"})
	found := cell(t, c, "keel/app", "boot/firmware+kernel")
	if found.N != [2]int{12, 12} || *found.Medians[1] < 0.2999 || *found.Medians[1] > 0.3001 || found.Verdict != benchmarks.IsBetter {
		t.Errorf("n %v, median %v, %s: want all boots, their phases added up", found.N, *found.Medians[1], found.Verdict)
	}
	for _, gone := range []string{"boot/firmware", "boot/kernel"} {
		if c.Cell("keel/app", gone, "") != nil || c.Find("keel/app", gone, "") != nil {
			t.Errorf("%s of some boots is there", gone)
		}
	}
	if notes := strings.Join(c.Notes, "; "); !strings.Contains(notes, "taken together, since not every boot has a marker between them: firmware+kernel") {
		t.Errorf("notes %q", notes)
	}
	if s := c.Find("other/app", "boot/app", ""); s == nil || len(s.Values) != 12 {
		t.Error("a process of the host has lost its only phase")
	}
	if len(before) != len(b.runs[0].Metrics) {
		t.Error("the caller's runs were changed")
	}
}
