package benchmarks_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"slipway/benchmarks"
	"slipway/benchmarks/store"
)

// bootOf is one good boot of an image with the phases it had.
func bootOf(image string, n int, phases ...store.Phase) store.Run {
	run := store.Run{
		ID: image, Experiment: "x", Round: n + 1, Target: store.Target{ID: "keel/nbody", Kernel: "keel", App: "nbody"}, Kind: store.Timed,
		Outcome: "exit", Exit: new(int), Image: store.Image{Hash: image}, Started: time.Unix(int64(n), 0), Phases: phases, Total: 1,
	}
	benchmarks.AddMetrics(&run, benchmarks.Measured{})
	return run
}

func TestPhasesFollowOneAnother(t *testing.T) {
	t.Parallel()
	var runs []store.Run
	for n := range 6 {
		runs = append(runs, bootOf("a", n, store.Phase{Name: "vmm", Seconds: 0.1}, store.Phase{Name: "firmware+kernel", Seconds: 0.2}, store.Phase{Name: "app", Seconds: 0.6}, store.Phase{Name: "shutdown", Seconds: 0.1}))
	}
	// Once the exit was read together with the end of the process.
	runs = append(runs, bootOf("a", 6, store.Phase{Name: "vmm", Seconds: 0.1}, store.Phase{Name: "firmware+kernel", Seconds: 0.2}, store.Phase{Name: "app+shutdown", Seconds: 0.7}))
	c, err := benchmarks.Compare(runs, benchmarks.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	sum := 0.0
	for _, s := range c.Phases("keel/nbody") {
		names, sum = append(names, s.Info.Name), sum+s.Median
	}
	if want := []string{"boot/vmm", "boot/firmware+kernel", "boot/app", "boot/shutdown"}; !slices.Equal(names, want) {
		t.Errorf("phases %v, want %v", names, want)
	}
	if sum < 0.999 || sum > 1.001 {
		t.Errorf("together they take %v, want 1", sum)
	}
	if got := c.Phases("nobody"); got != nil {
		t.Errorf("phases of nobody: %v", got)
	}
}

func TestGatherTellsLabelsApart(t *testing.T) {
	t.Parallel()
	var runs []store.Run
	for n := range 6 {
		a, b := bootOf("a", n), bootOf("b", n)
		b.Metrics["boot/total"] = store.Metric{Unit: "sec", Values: []float64{2}}
		runs = append(runs, a, b)
	}
	bad := bootOf("b", 9)
	bad.Outcome = "panic"
	all := benchmarks.Gather(append(runs, bad), func(r *store.Run) string { return r.Image.Hash })
	for label, want := range map[string]float64{"a": 1, "b": 2} {
		at := slices.IndexFunc(all[label], func(s *benchmarks.Series) bool { return s.Info.Name == "boot/total" })
		if at < 0 || all[label][at].Median != want || len(all[label][at].Values) != 6 {
			t.Errorf("%s: %+v", label, all[label])
		}
	}
	if benchmarks.Gather(nil, nil) != nil {
		t.Error("something was gathered from nothing")
	}
}

func TestUnlikeNamesWhatDiffers(t *testing.T) {
	t.Parallel()
	a, b := bootOf("a", 1), bootOf("b", 2)
	if got := benchmarks.Unlike(&a, &b); got != "" {
		t.Errorf("another image of the same target: %q", got)
	}
	b.Environment.QEMU = "9.0"
	if got := benchmarks.Unlike(&a, &b); got != "QEMU version" {
		t.Errorf("got %q", got)
	}
}

func TestDrift(t *testing.T) {
	t.Parallel()
	rising := benchmarks.Series{Values: []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}}
	if tau, p, ok := rising.Drift(); !ok || tau < 0.99 || p > 0.001 {
		t.Errorf("tau %v, p %v, %v", tau, p, ok)
	}
	if falling, drifts := rising.Falling(); falling || !drifts {
		t.Errorf("falling %v, drifts %v", falling, drifts)
	}
	if _, _, ok := (&benchmarks.Series{Values: []float64{1, 2}}).Drift(); ok {
		t.Error("two values drift")
	}
}

func TestASentenceForEachCell(t *testing.T) {
	t.Parallel()
	var runs []store.Run
	for n := range 8 {
		for i, id := range []string{"linux-cloud/nbody", "keel/nbody", "host/nbody"} {
			run := bootOf(id, n)
			run.Target.ID, run.ID = id, id+string(rune('a'+n))
			run.Total = []float64{2, 0.5, 0.1}[i] + float64(n)*1e-4
			run.Environment.Accel = []string{store.TCG, store.TCG, store.Native}[i]
			benchmarks.AddMetrics(&run, benchmarks.Measured{})
			runs = append(runs, run)
		}
	}
	c, err := benchmarks.Compare(runs, benchmarks.Options{Baseline: "linux-cloud/nbody"})
	if err != nil {
		t.Fatal(err)
	}
	for target, want := range map[string]string{
		"keel/nbody": "keel/nbody: spawn to exit is typically", "host/nbody": "host/nbody: spawn to exit can't be compared with linux-cloud/nbody: ",
	} {
		if got := c.Sentence(c.Cell(target, "boot/total", "")); !strings.HasPrefix(got, want) || !strings.HasSuffix(got, ".") {
			t.Errorf("%q, want %q and more", got, want)
		}
	}
}
