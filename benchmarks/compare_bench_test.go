package benchmarks_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"slipway/benchmarks"
	"slipway/benchmarks/store"
)

// wideRuns are rounds of several targets with twenty metrics each, of which some
// have ties, some long tails, and some groups.
func wideRuns(targets, rounds int) []store.Run {
	r := rand.New(rand.NewPCG(1, 2))
	var runs []store.Run
	began := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for round := 1; round <= rounds; round++ {
		for t := range targets {
			run := store.Run{
				ID: fmt.Sprintf("%d-%d", round, t), Experiment: "x", Round: round, Kind: store.Timed, Outcome: "exit", Exit: new(int),
				Target:      store.Target{ID: fmt.Sprintf("kernel%d/app", t), Kernel: fmt.Sprintf("kernel%d", t), App: "app"},
				Started:     began.Add(time.Duration(len(runs)) * time.Second),
				Environment: store.Environment{Host: "host", QEMU: "7.2", Accel: store.TCG, Arch: "x86_64", Machine: "pc", Transport: "pipe"},
				Metrics:     map[string]store.Metric{},
			}
			for m := range 20 {
				v := math.Exp(0.05 * (1 + float64(t*m%4)) * r.NormFloat64())
				switch m % 4 {
				case 1:
					v = math.Round(v*50) / 50
				case 2:
					v *= 1 + 0.3*math.Floor(2*r.Float64())
				}
				run.Metrics[fmt.Sprintf("M%02d", m)] = store.Metric{Unit: "ns/op", Values: []float64{1000 * v}}
			}
			runs = append(runs, run)
		}
	}
	return runs
}

// BenchmarkCompare is what the workbench does after every boot: it has to be
// done before a person can see that it takes time.
func BenchmarkCompare(b *testing.B) {
	for _, rounds := range []int{6, 20, 100} {
		runs := wideRuns(6, rounds)
		b.Run(fmt.Sprintf("targets=6/metrics=20/rounds=%d", rounds), func(b *testing.B) {
			for b.Loop() {
				if _, err := benchmarks.Compare(runs, benchmarks.Options{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
