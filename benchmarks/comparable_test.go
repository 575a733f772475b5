package benchmarks_test

import (
	"strings"
	"testing"

	"slipway/benchmarks"
	"slipway/benchmarks/store"
)

func TestWhatMustNotBeRanked(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		keel func(*store.Run) // what is different about keel's boots
		says string           // "" where comparing is right
	}{
		"nothing":              {func(*store.Run) {}, ""},
		"another app":          {func(r *store.Run) { r.Target.App = "other" }, "other apps: app with linux/app, other with keel/app"},
		"other parameters":     {settings(map[string]string{"steps": "5"}), "other app parameters: the app's own with linux/app, steps=5 with keel/app"},
		"hardware":             {func(r *store.Run) { r.Environment.Accel = store.Native }, "emulation is never ranked against hardware"},
		"KVM":                  {func(r *store.Run) { r.Environment.Accel = "kvm" }, "emulation is never ranked against hardware"},
		"another host":         {func(r *store.Run) { r.Environment.Host = "elsewhere" }, "other hosts"},
		"another QEMU":         {func(r *store.Run) { r.Environment.QEMU = "9.0" }, "other QEMU versions: 7.2 with linux/app, 9.0 with keel/app"},
		"another architecture": {func(r *store.Run) { r.Environment.Arch = "riscv64" }, "other instruction sets"},
		"virtual time":         {func(r *store.Run) { r.Environment.Virtual = true }, "other clocks"},
		"watched boots":        {func(r *store.Run) { r.Kind = store.Interactive }, "other kinds of boot"},
		"boots that failed":    {func(r *store.Run) { r.Outcome, r.Exit = "panic", nil }, "no boot of keel/app went well: 8 panic"},
	} {
		b := newBoots(1)
		b.rounds(8, 0.02, map[string]float64{"linux": 1, "keel": 0.5}, func(r *store.Run) {
			if r.Target.Kernel == "keel" {
				c.keel(r)
			}
		})
		got := compared(t, b, benchmarks.Options{Baseline: "linux/app"})
		found := cell(t, got, "keel/app", "boot/total")
		if c.says == "" {
			if found.Verdict != benchmarks.IsBetter {
				t.Errorf("%s: %s %q", name, found.Verdict, found.Notes)
			}
			continue
		}
		if found.Verdict != benchmarks.NotComparable || found.Estimate != nil || !strings.Contains(strings.Join(found.Notes, "; "), c.says) {
			t.Errorf("%s: %s, estimate %v, notes %q; want not comparable since %s", name, found.Verdict, found.Estimate, found.Notes, c.says)
		}
		if !strings.Contains(got.Words[0], "can't be compared") {
			t.Errorf("%s: in words %q", name, got.Words)
		}
	}
}

func TestWhatDiffersByDesignIsNamed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		keel func(*store.Run)
		says string
	}{
		"machine": {func(r *store.Run) { r.Environment.Machine = "microvm" }, "machine type differs: pc with linux/app, microvm with keel/app"},
		"memory":  {func(r *store.Run) { r.Environment.Memory = 64 << 20 }, "guest memory differs: 128.0 MiB with linux/app, 64.00 MiB with keel/app"},
		"NUMA":    {settings(map[string]string{"numa": "2"}), "settings differs: none recorded with linux/app, numa=2 with keel/app"},
		"disk": {
			func(r *store.Run) {
				r.Attached = []store.Attached{{Kind: "disk", Path: "/a.img", Size: 4096, Hash: strings.Repeat("ab", 32)}}
			}, "disks and shares differs: none recorded with linux/app, disk /a.img (4096 bytes, abababababab) with keel/app",
		},
		"CPUs":         {func(r *store.Run) { r.Environment.CPUs = 2 }, "virtual CPUs differs: 1 with linux/app, 2 with keel/app"},
		"command line": {settings(map[string]string{"cmdline": "debug"}), "settings differs: none recorded with linux/app, cmdline=debug with keel/app"},
	} {
		b := newBoots(1)
		b.rounds(8, 0.02, map[string]float64{"linux": 1, "keel": 0.5}, func(r *store.Run) {
			if r.Target.Kernel == "keel" {
				c.keel(r)
			}
		})
		got := compared(t, b, benchmarks.Options{Baseline: "linux/app"})
		found := cell(t, got, "keel/app", "boot/total")
		if found.Verdict != benchmarks.IsBetter || !strings.Contains(strings.Join(found.Notes, "; "), c.says) {
			t.Errorf("%s: %s, notes %q; want %s", name, found.Verdict, found.Notes, c.says)
		}
		for _, fact := range got.Trust {
			if fact.Name == "environment" && fact.State != benchmarks.Warning {
				t.Errorf("%s: %s (%s)", name, fact.State, fact.Long)
			}
		}
	}
}

func TestPhasesThatOneSideDoesNotPartAreToldOnce(t *testing.T) {
	t.Parallel()
	b := newBoots(1)
	b.rounds(6, 0.02, map[string]float64{"linux": 1, "keel": 0.5}, func(r *store.Run) {
		if r.Target.Kernel == "keel" {
			r.Metrics["boot/firmware"], r.Metrics["boot/kernel"] = sec(0.1), sec(0.2)
			return
		}
		r.Metrics["boot/firmware+kernel"] = sec(0.7)
	})
	c := compared(t, b, benchmarks.Options{Baseline: "linux/app"})
	want := "linux/app has nothing to set beside firmware and kernel of keel/app; keel/app has nothing to set beside firmware+kernel of linux/app"
	if len(c.Notes) != 1 || !strings.HasSuffix(c.Notes[0], want) || len(c.Cells) != 1 {
		t.Errorf("notes %q and %d cells, want one note with %q and one cell", c.Notes, len(c.Cells), want)
	}
}

// The change is that of the typical pair; a reader who divides the medians must be
// told where that gives something else.
func TestMediansThatTellSomethingElseAreSaid(t *testing.T) {
	t.Parallel()
	b := newBoots(1)
	for round, pair := range [][2]float64{
		{1, 1.05},
		{1.01, 1.06},
		{1.02, 1.07},
		{1.03, 1.08},
		{1.04, 1.09},
		{1.05, 1.1},
		{1.06, 3.1},
		{3, 3.15},
		{3.01, 3.16},
		{3.02, 3.17},
		{3.03, 3.18},
		{3.04, 3.19},
		{3.05, 3.2},
	} {
		for i, kernel := range []string{"linux", "keel"} {
			b.add(kernel, "app", round+1, func(r *store.Run) { r.Metrics["boot/total"] = sec(pair[i]) })
		}
	}
	found := cell(t, compared(t, b, benchmarks.Options{}), "keel/app", "boot/total")
	if !strings.Contains(strings.Join(found.Notes, "; "), "the medians' ratio is") && !strings.Contains(strings.Join(found.Notes, "; "), "ratio of the two medians shown is") {
		t.Errorf("the change is %s, the medians %g and %g; notes %q", found.ChangeText(), *found.Medians[0], *found.Medians[1], found.Notes)
	}
}
