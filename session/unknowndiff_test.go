package session_test

import (
	"slices"
	"strings"
	"testing"

	"slipway/benchmarks/store"
	"slipway/session"
)

// What a file of results does not tell is neither the same nor changed.
func TestADiffOfImportedRunsTellsWhatNobodyKnows(t *testing.T) {
	t.Parallel()
	history := openHistory(t)
	imported := func(target store.Target, e store.Environment) store.Run {
		return storeRun(t, history, store.Run{
			Target: target, Kind: store.Imported, Outcome: "exit", Exit: new(int), Environment: e, Experiment: "6b20cz8pd6yz",
			Metrics: map[string]store.Metric{"Nbody": {Unit: "ns/op", Better: "lower", Values: []float64{100}}},
		}, nil, "")
	}
	all := []string{"source", "app manifest", "kernel manifest", "settings", "disks and shares", "git commit", "image", "command line", "environment"}
	old, fresh := imported(store.Target{ID: "old"}, store.Environment{}), imported(store.Target{ID: "new"}, store.Environment{})
	own := store.Environment{Accel: store.TCG, QEMU: "7.2.22", Machine: "microvm"}
	keel := imported(store.Target{ID: "keel/nbody", Kernel: "keel", App: "nbody"}, own)
	linux := imported(store.Target{ID: "linux/nbody", Kernel: "linux", App: "nbody"}, own)
	timed := storeRun(t, history, madeRun(), files("main.c", before, "app.toml", "schema = 1\n"), "kernel = 1\n")
	for name, c := range map[string]struct {
		a, b                   store.Run
		changed, same, unknown []string
	}{
		"other names": {old, fresh, []string{"target"}, []string{"outcome"}, all},
		"one name":    {old, old, nil, []string{"target", "outcome"}, all},
		"exported":    {keel, linux, []string{"target"}, []string{"outcome", "environment"}, all[:8]},
		"beside ours": {keel, timed, []string{"outcome", "environment"}, []string{"target"}, all[:8]},
	} {
		d := session.DiffRuns(history, c.a, c.b)
		var changed []string
		for _, section := range d.Sections {
			changed = append(changed, section.Name)
		}
		if !slices.Equal(changed, c.changed) || !slices.Equal(d.Same, c.same) || !slices.Equal(d.Unknown, c.unknown) {
			t.Errorf("%s: changed %q, same %q, unknown %q", name, changed, d.Same, d.Unknown)
		}
		if text := d.Text(); !strings.Contains(text, "not known are source, app manifest") || strings.Contains(text, "not kept") || strings.Contains(text, "same program") || strings.Contains(text, "of the same target") != (c.a.Target.ID == c.b.Target.ID && c.a.Experiment == c.b.Experiment) {
			t.Errorf("%s:\n%s", name, text)
		}
		if name == "one name" && d.Nothing() != "nothing that is known" {
			t.Errorf("%s: changed %q", name, d.Nothing())
		}
	}
}
