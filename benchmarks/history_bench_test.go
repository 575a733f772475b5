package benchmarks_test

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"slipway/benchmarks"
	"slipway/benchmarks/store"
)

// The history that a long project has: a million samples.
const (
	longExperiments = 250
	longRounds      = 20 // of two targets: 40 runs an experiment, 10,000 in all
	longMetrics     = 100
)

// longHistory writes one straight into the folders, and has it indexed. It was written
// a while ago, as far as the clock of its files tells.
func longHistory(b *testing.B) (dir string, experiments []string) {
	b.Helper()
	dir = filepath.Join(b.TempDir(), "data")
	history, err := store.Open(dir)
	if err != nil {
		b.Fatal(err)
	}
	random := rand.New(rand.NewPCG(3, 4))
	began := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	targets := []store.Target{{ID: "linux-cloud/app", Kernel: "linux-cloud", App: "app"}, {ID: "keel/app", Kernel: "keel", App: "app"}}
	count := 0
	for range longExperiments {
		id, err := history.PutExperiment(store.Experiment{State: store.Done, Rounds: longRounds, Started: began, Baseline: targets[0].ID, Targets: targets})
		if err != nil {
			b.Fatal(err)
		}
		experiments = append(experiments, id)
		for round := 1; round <= longRounds; round++ {
			for _, target := range targets {
				count++
				run := longRun(random, target, began.Add(time.Duration(count)*time.Second))
				run.ID, run.Experiment, run.Round = fmt.Sprintf("%012d", count), id, round
				data, err := json.MarshalIndent(run, "", " ")
				if err == nil {
					err = os.Mkdir(filepath.Join(dir, "runs", run.ID), 0o755)
				}
				if err == nil {
					err = os.WriteFile(filepath.Join(dir, "runs", run.ID, "run.json"), data, 0o600)
				}
				if err != nil {
					b.Fatal(err)
				}
			}
		}
	}
	long := time.Now().Add(-time.Hour)
	if err := os.Chtimes(filepath.Join(dir, "runs"), long, long); err != nil {
		b.Fatal(err)
	}
	if n, err := history.Count(store.Filter{}); err != nil || n != count {
		b.Fatalf("%d runs of %d, %v", n, count, err)
	}
	if err := history.Close(); err != nil {
		b.Fatal(err)
	}
	return dir, experiments
}

func longRun(random *rand.Rand, target store.Target, started time.Time) store.Run {
	load := 0.5
	run := store.Run{
		Schema: store.Schema, Target: target, Kind: store.Timed, Outcome: "exit", Exit: new(int), Started: started,
		Environment: store.Environment{
			Host: "host", CPU: "a CPU", Cores: 8, Load: &load, QEMU: "7.2", Accel: store.TCG, Arch: "x86_64", Machine: "pc", Memory: 128 << 20, CPUs: 1, Transport: "pipe",
		},
		Args:    []string{"qemu-system-x86_64", "-M", "pc", "-nodefaults", "-kernel", "vmlinux", "-initrd", "initramfs", "-append", "console=ttyS0 quiet"},
		Phases:  []store.Phase{{Name: "vmm", Seconds: 0.02, Marker: "QMP cont"}, {Name: "app", Seconds: 0.5, Marker: "@slipway exit"}},
		Metrics: map[string]store.Metric{},
	}
	for m := range longMetrics {
		run.Metrics[fmt.Sprintf("Metric%03d", m)] = store.Metric{Unit: "ns/op", Better: "lower", Values: []float64{1000 * math.Exp(0.05*random.NormFloat64())}}
	}
	return run
}

// BenchmarkHistory is what a person waits for who opens a history of a million samples:
// at most 50 ms each. Its floors read the same bytes and do nothing with them. The CPU time
// beside the clock's is what a host that is busy otherwise has to be judged by.
func BenchmarkHistory(b *testing.B) {
	dir, experiments := longHistory(b)
	index, err := filepath.Glob(filepath.Join(dir, "index-*.sqlite"))
	if err != nil || len(index) != 1 {
		b.Fatal(index, err)
	}
	opened := func(b *testing.B, do func(*store.Store) error) {
		b.Helper()
		used := cpuTime(b)
		defer used()
		for b.Loop() {
			history, err := store.Open(dir)
			if err == nil {
				err = do(history)
			}
			if err != nil {
				b.Fatal(err)
			}
			if err := history.Close(); err != nil {
				b.Fatal(err)
			}
		}
	}
	list := func(limit int) func(*store.Store) error {
		return func(h *store.Store) error {
			runs, err := h.List(store.Filter{}, limit)
			if want := longExperiments * longRounds * 2; err == nil && len(runs) != min(limit, want) && (limit > 0 || len(runs) != want) {
				return fmt.Errorf("%d runs", len(runs))
			}
			return err
		}
	}
	b.Run("open", func(b *testing.B) {
		opened(b, func(h *store.Store) error { _, err := h.Count(store.Filter{Experiment: experiments[0]}); return err })
	})
	b.Run("list=100", func(b *testing.B) { opened(b, list(100)) })
	b.Run("list=all", func(b *testing.B) { opened(b, list(0)) })
	b.Run("list=all/floor", func(b *testing.B) {
		used := cpuTime(b)
		defer used()
		for b.Loop() {
			if _, err := os.ReadFile(index[0]); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("compare", func(b *testing.B) {
		opened(b, func(h *store.Store) error {
			c, err := benchmarks.CompareStored(h, experiments[longExperiments/2:longExperiments/2+1], "", "")
			if err == nil && (len(c.Cells) != longMetrics || c.Cells[0].N != [2]int{longRounds, longRounds}) {
				return fmt.Errorf("%d cells, n %v", len(c.Cells), c.Cells[0].N)
			}
			return err
		})
	})
	b.Run("compare-targets", func(b *testing.B) {
		opened(b, func(h *store.Store) error {
			_, err := benchmarks.CompareStored(h, []string{"linux-cloud/app", "keel/app"}, "", "")
			return err
		})
	})
	b.Run("compare/floor", func(b *testing.B) {
		used := cpuTime(b)
		defer used()
		first := 1 + longExperiments/2*longRounds*2
		for b.Loop() {
			for i := range longRounds * 2 {
				if _, err := os.ReadFile(filepath.Join(dir, "runs", fmt.Sprintf("%012d", first+i), "run.json")); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
}

// cpuTime reports the CPU time of an operation when what it returns is called.
func cpuTime(b *testing.B) func() {
	b.Helper()
	used := func() int64 {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			b.Fatal(err)
		}
		return u.Utime.Nano() + u.Stime.Nano()
	}
	before := used()
	return func() { b.ReportMetric(float64(used()-before)/float64(b.N), "cpu-ns/op") }
}
