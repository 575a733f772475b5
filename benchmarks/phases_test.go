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

// A boot whose markers were read at once does not say when its app began: where many are
// such there is no row of it, where few are the row says how many.
func TestWhenTheAppBeganIsAPhaseLikeOthers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ without, rows int }{{0, 1}, {2, 1}, {7, 0}} {
		b := newBoots(1)
		n := 0
		b.rounds(12, 0.02, map[string]float64{"linux": 1, "keel": 0.5}, func(r *store.Run) {
			vmm, kernel, app := store.Phase{Name: "vmm", Seconds: 0.1}, store.Phase{Name: "kernel", Seconds: 0.3}, store.Phase{Name: "app", Seconds: 0.1}
			if r.Target.Kernel == "keel" {
				if n++; n <= c.without {
					timeline(r, vmm, store.Phase{Name: "kernel+app", Seconds: 0.4})
					return
				}
			}
			timeline(r, vmm, kernel, app)
			r.Metrics["boot/to-app"] = sec(0.4)
		})
		got := compared(t, b, benchmarks.Options{Baseline: "linux/app"})
		rows := 0
		for i := range got.Cells {
			cell := &got.Cells[i]
			switch cell.Name {
			case "boot/to-app", "boot/app":
				rows++
				says := strings.Contains(strings.Join(cell.Notes, "; "), "keel/app: not of 2 boots, whose markers were read at once")
				if cell.N != [2]int{12, 12 - c.without} || says != (c.without == 2) {
					t.Errorf("%d without: %s has n %v, notes %q", c.without, cell.Name, cell.N, cell.Notes)
				}
			case "boot/kernel+app":
				if c.without == 2 || cell.N != [2]int{12, 12} {
					t.Errorf("%d without: a row of %s with n %v", c.without, cell.Name, cell.N)
				}
			}
		}
		if rows != 2*c.rows {
			t.Errorf("%d without: %d rows of when the app began and what it took", c.without, rows)
		}
		if first := got.Cells[0].Name; first != "boot/total" {
			t.Errorf("%d without: the first row is %s", c.without, first)
		}
	}
}
