package benchmarks_test

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"slipway/benchmarks"
	"slipway/benchmarks/store"
)

// boots makes the runs of interleaved experiments, as the history would give them.
type boots struct {
	random *rand.Rand
	began  time.Time
	runs   []store.Run
}

func newBoots(seed uint64) *boots {
	return &boots{random: rand.New(rand.NewPCG(seed, 1)), began: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
}

// add makes one boot; change says what is particular about it.
func (b *boots) add(kernel, app string, round int, change func(*store.Run)) {
	load := 0.4
	run := store.Run{
		ID: fmt.Sprintf("r%06d", len(b.runs)), Experiment: "x", Round: round, Kind: store.Timed, Outcome: "exit", Exit: new(int),
		Target:  store.Target{ID: kernel + "/" + app, Kernel: kernel, App: app, Settings: map[string]string{}},
		Started: b.began.Add(time.Duration(len(b.runs)) * time.Second),
		Environment: store.Environment{
			Host: "host", CPU: "a CPU", Cores: 4, Load: &load, QEMU: "7.2", Accel: store.TCG, Arch: "x86_64", Machine: "pc",
			Memory: 128 << 20, CPUs: 1, Transport: "pipe",
		},
		Metrics: map[string]store.Metric{},
	}
	change(&run)
	b.runs = append(b.runs, run)
}

// rounds makes interleaved rounds of targets, whose boots take about so many
// seconds, with a spread given as a share.
func (b *boots) rounds(n int, spread float64, seconds map[string]float64, change func(*store.Run)) {
	for round := 1; round <= n; round++ {
		for _, kernel := range []string{"linux", "keel", "other"} {
			mean, ok := seconds[kernel]
			if !ok {
				continue
			}
			b.add(kernel, "app", round, func(r *store.Run) {
				r.Metrics["boot/total"] = sec(mean * math.Exp(spread*b.random.NormFloat64()))
				if change != nil {
					change(r)
				}
			})
		}
	}
}

func sec(v float64) store.Metric {
	return store.Metric{Unit: "sec", Better: "lower", Values: []float64{v}}
}

func compared(tb testing.TB, b *boots, o benchmarks.Options) *benchmarks.Comparison {
	tb.Helper()
	c, err := benchmarks.Compare(b.runs, o)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// cell is the one of a metric of a target, which must be there.
func cell(tb testing.TB, c *benchmarks.Comparison, target, metric string) *benchmarks.Cell {
	tb.Helper()
	found := c.Cell(target, metric, "")
	if found == nil {
		tb.Fatalf("no cell for %s of %s", metric, target)
	}
	return found
}

func settings(pairs map[string]string) func(*store.Run) {
	return func(r *store.Run) { maps.Copy(r.Target.Settings, pairs) }
}
