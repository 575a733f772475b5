package benchmarks_test

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"slipway/benchmarks"
	"slipway/runner"
)

// TestAnImageAgainstItself is the experiment that everything here is for: one image
// as both sides, on real boots. Whoever looks at band 0, where the statistics alone
// decide, may be shown a difference in one of twenty experiments, with all metrics
// of the table together. `make check-aa` makes 40 of 20 rounds.
func TestAnImageAgainstItself(t *testing.T) { //nolint:paralleltest // its boots are timed
	h := newHarbour(t)
	experiments, rounds := 3, 6
	if n, err := strconv.Atoi(os.Getenv("SLIPWAY_AA")); err == nil {
		experiments, rounds = n, 20
	}
	target := runner.Target{Kernel: "keel", App: "numbered"}
	if err := target.Settings.Set("number", "128"); err != nil { // which ends well
		t.Fatal(err)
	}
	image, err := h.runner.Build(t.Context(), target, nil)
	if err != nil {
		t.Fatal(err)
	}
	wrong, cells := 0, 0
	for i := range experiments {
		c := h.againstItself(image, rounds, uint64(i)+1)
		told := false
		for k := range c.Cells {
			switch cell := &c.Cells[k]; cell.Verdict {
			case benchmarks.IsBetter, benchmarks.IsWorse:
				told = true
				t.Logf("experiment %d: %s %s %s, p %s, corrected %s: %s", i+1, cell.Name, cell.ChangeText(), cell.IntervalText(),
					benchmarks.FormatP(*cell.P), benchmarks.FormatP(*cell.PAdjusted), cell.Verdict)
				fallthrough
			case benchmarks.Same, benchmarks.Unclear:
				cells++
			default:
				t.Errorf("experiment %d: %s is not comparable with itself: %q", i+1, cell.Name, cell.Notes)
			}
		}
		if told {
			wrong++
		}
		if c.Order != benchmarks.Interleaved || len(c.Cells) < 8 {
			t.Errorf("experiment %d is %s and has %d cells", i+1, c.Order, len(c.Cells))
		}
	}
	t.Logf("%d of %d experiments of %d rounds saw a difference, in %d cells at band 0", wrong, experiments, rounds, cells)
	// 5 of 40; three in a row happen once in 8000 times.
	if most := max(2, experiments/8); wrong > most {
		t.Errorf("%d of %d comparisons of an image with itself saw a difference, at most %d may", wrong, experiments, most)
	}
}

// againstItself carries an experiment of one image out whose two arms are the same.
func (h *harbour) againstItself(image *runner.Image, rounds int, seed uint64) *benchmarks.Comparison {
	h.t.Helper()
	plan := benchmarks.Plan{
		Targets: []benchmarks.Planned{{ID: "one", Kernel: "keel", App: "numbered"}, {ID: "other", Kernel: "keel", App: "numbered"}},
		Rounds:  rounds, Warmup: 1, Seed: seed,
	}
	x := benchmarks.Experiment{
		Runner: h.runner, Store: h.history, Lock: filepath.Join(h.dir, "timing"), Plan: plan,
		Arms:        []benchmarks.Arm{{ID: "one", Image: image}, {ID: "other", Image: image}},
		Environment: benchmarks.ReadEnvironment(h.t.Context(), h.spawner, h.dir, "test"),
	}
	done, err := x.Carry(context.Background(), nil)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, run := range done.Runs {
		if !run.OK() {
			h.t.Errorf("%s ended with %s (%s)", run.ID, run.Outcome, run.Reason)
		}
	}
	c, err := benchmarks.Compare(done.Runs, benchmarks.Options{Bands: benchmarks.Bands{"": 0}})
	if err != nil {
		h.t.Fatal(err)
	}
	return c
}
