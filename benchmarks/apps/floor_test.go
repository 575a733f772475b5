package apps_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"slipway/benchmarks/apps"
	"slipway/runner"
	"slipway/runner/boot"
	"slipway/runner/catalog"
)

const (
	floorPairs  = 101 // that count
	floorWarmup = 2   // before them
	floorTarget = 1.1 // of keel over the floor
)

// BenchmarkNbodyOverFloor times nbody on keel, from spawn to exit, beside a floor:
// a bare guest with the very same computation linked in, by the same compiler and
// flags, that does nothing else. The two boot in turn, in random order; what is
// reported are the medians and the median of the pairs' ratios; the ratio of QEMU's
// CPU times beside it is less at the mercy of whatever else runs here.
func BenchmarkNbodyOverFloor(b *testing.B) {
	keel := nbodyPlan(b)
	floor := *keel
	floor.VM.Kernel, floor.VM.Initrd, floor.VM.Cmdline = floorGuest(b, keel.Image.App), "", ""
	for b.Loop() {
		var ours, theirs []time.Duration
		var ratios, cpuRatios []float64
		for i := range floorWarmup + floorPairs {
			mine, least := pair(b, keel, &floor)
			if i >= floorWarmup {
				ours, theirs = append(ours, mine.Total), append(theirs, least.Total)
				ratios = append(ratios, float64(mine.Total)/float64(least.Total))
				cpuRatios = append(cpuRatios, float64(mine.CPUTime)/float64(least.CPUTime))
			}
		}
		b.ReportMetric(float64(median(ours).Microseconds())/1e3, "ms-keel")
		b.ReportMetric(float64(median(theirs).Microseconds())/1e3, "ms-floor")
		b.ReportMetric(median(ratios), "ratio")
		b.ReportMetric(median(cpuRatios), "ratio-cpu")
		b.ReportMetric(floorTarget, "ratio-promised")
	}
}

// pair boots both, in random order.
func pair(tb testing.TB, first, second *runner.Plan) (a, b boot.Result) {
	tb.Helper()
	if rand.IntN(2) == 0 {
		b, a = spawnToExit(tb, second), spawnToExit(tb, first)
		return a, b
	}
	return spawnToExit(tb, first), spawnToExit(tb, second)
}

func spawnToExit(tb testing.TB, p *runner.Plan) boot.Result {
	tb.Helper()
	started, err := ours.runner.Start(context.Background(), p, boot.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	r := started.Wait()
	if r.Outcome != boot.Exit || r.Status != 0 {
		tb.Fatalf("%s: %s %d (%s): %q", p.VM.Kernel, r.Outcome, r.Status, r.Reason, r.LastLines)
	}
	return r
}

// median of an odd number of values.
func median[T time.Duration | float64](values []T) T {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}

func nbodyPlan(tb testing.TB) *runner.Plan {
	tb.Helper()
	target := runner.Target{Kernel: "keel", App: "nbody", Settings: runner.Settings{Machine: "microvm", Accel: "tcg"}}
	image, err := ours.runner.Build(context.Background(), target, nil)
	if err != nil {
		tb.Fatal(err)
	}
	plan, err := ours.runner.Plan(context.Background(), image, runner.Timed)
	if err != nil {
		tb.Fatal(err)
	}
	return plan
}

// floorGuest links nbody's own source with testdata/floor.
func floorGuest(tb testing.TB, nbody *catalog.App) string {
	tb.Helper()
	dir := tb.TempDir()
	include := filepath.Join(dir, "include")
	if err := errors.Join(os.CopyFS(include, apps.Include()), os.CopyFS(dir, nbody.Files)); err != nil {
		tb.Fatal(err)
	}
	k, err := ours.runner.Catalog().Kernel("keel")
	if err != nil {
		tb.Fatal(err)
	}
	elf := filepath.Join(dir, "floor.elf")
	defines := make([]string, len(nbody.Params))
	for i, p := range nbody.Params {
		defines[i] = "-D" + map[string]string{"steps": "STEPS", "repeats": "REPEATS"}[p.Name] + `="` + p.Value + `"`
	}
	command := slices.Concat(k.Compile.Flags, defines, []string{
		"-I" + include, "-nostartfiles", "-Wl,-T,testdata/floor/link.ld,--build-id=none,--no-warn-rwx-segments", "-s", "-o", elf,
		"testdata/floor/start.S", "testdata/floor/floor.c", filepath.Join(dir, "nbody.c"), "-lm",
	})
	if out, err := exec.Command(k.Compile.CC, command...).CombinedOutput(); err != nil {
		tb.Fatalf("%v\n%s", err, out)
	}
	return elf
}

// TestTheFloorGuestRuns keeps the benchmark's other half alive.
func TestTheFloorGuestRuns(t *testing.T) {
	t.Parallel()
	plan := nbodyPlan(t)
	plan.VM.Kernel, plan.VM.Initrd, plan.VM.Cmdline = floorGuest(t, plan.Image.App), "", ""
	spawnToExit(t, plan)
}
