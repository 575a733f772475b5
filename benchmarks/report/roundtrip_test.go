package report_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"slipway/benchmarks"
	"slipway/benchmarks/report"
	"slipway/benchmarks/store"
)

// kind is a kind of experiment: what is particular about its record, and about a boot of
// its second target.
type kind struct {
	record func(*store.Experiment)
	every  func(*store.Run)
	second func(*store.Run)
	counts int // boots of each target that a plugin counts, behind the timed ones
}

func virtual(r *store.Run) { r.Environment.Virtual, r.Counted = true, store.ByClock }

func setting(key, value string) func(*store.Run) {
	return func(r *store.Run) { r.Target.Settings[key] = value }
}

// kinds are one that differs from the plain one in everything that keeps boots apart.
var kinds = map[string]kind{
	"wall":         {},
	"quiet host":   {every: func(r *store.Run) { r.Environment.Shared = new(bool) }},
	"virtual time": {every: virtual},
	"two clocks":   {second: virtual},
	"counted":      {counts: 6},
	"counters": {counts: 6, second: func(r *store.Run) {
		if r.Counted == store.ByPlugin {
			r.Counted = store.ByClock
		}
	}},
	"parallel":         {every: func(r *store.Run) { r.Environment.Parallel = 2 }},
	"alone and not":    {second: func(r *store.Run) { r.Environment.Parallel = 2 }},
	"swept":            {record: func(e *store.Experiment) { e.Swept = []string{"steps"} }, second: setting("steps", "10")},
	"not swept":        {second: setting("steps", "10")},
	"settings":         {every: setting("cmdline", `a "b" 'c' ü=1`), second: setting("memory", "64M")},
	"until sure":       {record: func(e *store.Experiment) { e.Level, e.UntilSure = 0.0123, true }},
	"saves":            {record: func(e *store.Experiment) { e.Saves = true }},
	"other baseline":   {record: func(e *store.Experiment) { e.Baseline = e.Targets[1].ID }},
	"instruction sets": {second: func(r *store.Run) { r.Environment.Arch = "aarch64" }},
	"a process": {second: func(r *store.Run) {
		r.Environment.Accel, r.Environment.QEMU, r.Environment.Machine = store.Native, "", ""
	}},
	"other phases": {second: func(r *store.Run) {
		r.Phases = []store.Phase{{Name: "vmm", Seconds: 0.05}, {Name: "firmware+kernel", Seconds: 0.5}, {Name: "app", Seconds: 0.1}}
	}},
	"names": {every: func(r *store.Run) {
		r.Metrics["jitter max"] = store.Metric{Unit: "ns", Values: []float64{10 + r.Total}}
		r.Metrics["jitter_max"] = store.Metric{Unit: "ns", Values: []float64{20 - r.Total}}
		r.Metrics["score"] = store.Metric{Unit: "points", Better: "higher", Values: []float64{10 + r.Total}}
		r.Metrics["Score"] = store.Metric{Unit: "points", Better: "lower", Values: []float64{10 + r.Total}}
		r.Metrics["faults"] = store.Metric{Unit: "points", Values: []float64{10 + r.Total}}
	}},
	"a metric that some boots lack": {every: func(r *store.Run) {
		if (r.Round+len(r.Target.Kernel))%3 != 0 {
			r.Metrics["Odd"] = store.Metric{Unit: "ns/op", Values: []float64{5 + r.Total}}
		}
	}},
	"a boot that went wrong": {every: func(r *store.Run) {
		if r.Round == 4 {
			r.Outcome, r.Exit = "panic", nil
		}
	}},
}

// keep stores an experiment of a kind, whose boots took turns, and returns its ID.
func (k kind) keep(t *testing.T, history *store.Store, rounds int) string {
	t.Helper()
	random := rand.New(rand.NewPCG(7, uint64(rounds)))
	e := store.Experiment{Title: "kept", Started: time.Now(), State: store.Done, Rounds: rounds, Baseline: "linux/app"}
	for _, kernel := range []string{"linux", "keel"} {
		e.Targets = append(e.Targets, store.Target{ID: kernel + "/app", Kernel: kernel, App: "app"})
	}
	if k.record != nil {
		k.record(&e)
	}
	id, err := history.PutExperiment(e)
	if err != nil {
		t.Fatal(err)
	}
	for round := range rounds + k.counts {
		weather := math.Exp(0.1 * random.NormFloat64()) // of the host, that pairs take out
		for _, at := range random.Perm(2) {
			run := store.Run{
				Experiment: id, Round: round + 1, Kind: store.Timed, Outcome: "exit", Exit: new(int), Origin: store.Spawned,
				Target: store.Target{ID: e.Targets[at].ID, Kernel: e.Targets[at].Kernel, App: "app", Settings: map[string]string{}},
				Environment: store.Environment{
					Host: "devbox", CPU: "a CPU", QEMU: "7.2.0", Accel: store.TCG, Arch: "x86_64", Machine: "pc", Memory: 128 << 20, CPUs: 1, Transport: "pipe",
				},
				Total: weather * (1 + 0.07*float64(at)) * math.Exp(0.01*random.NormFloat64()),
				Image: store.Image{Hash: "1f", Size: int64(1000 + at)},
			}
			if round >= rounds {
				run.Counted, run.Round = store.ByPlugin, round-rounds+1
			}
			total := run.Total
			run.Phases = []store.Phase{{Name: "vmm", Seconds: 0.1 * total}, {Name: "firmware", Seconds: 0.2 * total}, {Name: "kernel", Seconds: 0.3 * total}, {Name: "app", Seconds: 0.4 * total}}
			run.Metrics = map[string]store.Metric{"Nbody": {Unit: "ns/op", Values: []float64{1e3 * total, 1e3/3*total + 1}}, "Rate": {Unit: "MB/s", Values: []float64{1 / total}}}
			for i, change := range []func(*store.Run){k.every, k.second} {
				if change != nil && (i == 0 || at == 1) {
					change(&run)
				}
			}
			benchmarks.AddMetrics(&run, benchmarks.Measured{PeakMemory: int64(1e6 * total), Instructions: benchmarks.Instructions{App: 100, Exit: int64(1e5 + 10*at)}})
			pending, err := history.Begin()
			if err != nil {
				t.Fatal(err)
			}
			if _, err := pending.Commit(run); err != nil {
				t.Fatal(err)
			}
		}
	}
	return id
}

// exported writes what is known of names as a file in the Go benchmark format.
func exported(t *testing.T, history *store.Store, names ...string) (*benchmarks.Comparison, string) {
	t.Helper()
	e, err := benchmarks.GatherStored(history, names, "", "")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "exported.txt")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := report.Benchfmt(f, e); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return e.Comparison, path
}

// computed is all of a cell that a reader decides on.
func computed(c *benchmarks.Cell) string {
	value := func(v *float64) string {
		if v == nil {
			return "none"
		}
		return fmt.Sprintf("%.12g", *v)
	}
	return fmt.Sprintf("%s %v estimate %s [%s, %s] p %s, adjusted %s, by %s, band %v, %s is better, swept %t",
		c.Verdict, c.N, value(c.Estimate), value(c.Low), value(c.High), value(c.P), value(c.PAdjusted), c.Method, c.Band, c.Better, c.Scaled())
}

// equal reports the cells of two comparisons that differ. names are those that the format
// has another name for.
func equal(t *testing.T, what string, want, got *benchmarks.Comparison, names map[string]string) {
	t.Helper()
	if len(got.Cells) != len(want.Cells) || len(want.Cells) == 0 || got.Order != want.Order || got.Level != want.Level {
		t.Errorf("%s: %d cells, %s, level %v; want %d, %s, %v", what, len(got.Cells), got.Order, got.Level, len(want.Cells), want.Order, want.Level)
	}
	for i := range want.Cells {
		w := &want.Cells[i]
		name := w.Name
		if other := names[name]; other != "" {
			name = other
		}
		at := slices.IndexFunc(got.Cells, func(c benchmarks.Cell) bool { return c.Name == name && c.Unit == w.Unit })
		if at < 0 {
			t.Errorf("%s: %s %s is not there", what, name, w.Unit)
			continue
		}
		if g := &got.Cells[at]; computed(g) != computed(w) {
			t.Errorf("%s: %s %s\n got %s %q\nwant %s %q", what, w.Name, w.Unit, computed(g), g.Notes, computed(w), w.Notes)
		}
	}
}

// Whatever keeps boots apart, their order and their sides survive a file, and an import
// of the file.
func TestAnExportIsComparedAsTheHistoryIs(t *testing.T) {
	t.Parallel()
	renamed := map[string]string{"jitter max": "Jitter_max", "jitter_max": "Jitter_max_2", "score": "Score_2", "faults": "Faults"}
	for name, k := range kinds {
		if testing.Short() && !slices.Contains([]string{"two clocks", "swept", "names"}, name) {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			history, err := store.Open(filepath.Join(t.TempDir(), "data"))
			if err != nil {
				t.Fatal(err)
			}
			defer func() {
				if err := history.Close(); err != nil {
					t.Error(err)
				}
			}()
			id := k.keep(t, history, 14)
			want, file := exported(t, history, id)
			read, err := benchmarks.GatherFiles(t.Context(), []string{file}, benchmarks.Options{})
			if err != nil {
				t.Fatal(err)
			}
			equal(t, "file", want, read.Comparison, renamed)
			done, err := imports(t, history, file)
			if err != nil {
				t.Fatal(err)
			}
			imported, again := exported(t, history, done.Experiment.ID)
			equal(t, "import", want, imported, renamed)
			if read, err = benchmarks.GatherFiles(t.Context(), []string{again}, benchmarks.Options{}); err != nil {
				t.Fatal(err)
			}
			equal(t, "export of the import", want, read.Comparison, renamed)
		})
	}
}

// imports makes an experiment of a file.
func imports(t *testing.T, history *store.Store, file string) (benchmarks.ImportedFile, error) {
	t.Helper()
	files, err := benchmarks.ReadImports(t.Context(), []string{file})
	if err != nil {
		t.Fatal(err)
	}
	return files[0].Import(t.Context(), history, "")
}
