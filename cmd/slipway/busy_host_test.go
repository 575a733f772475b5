package main_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
)

// TestOnABusyHostPhasesArePossible: with more processes than CPUs nobody reads a marker
// in time; still the app takes as long as the work that it reports itself.
func TestOnABusyHostPhasesArePossible(t *testing.T) {
	w := newWorkspace(t)
	w.expect(0, nil, "build", "-k", "keel", "-a", "nbody")
	for range 3 * runtime.NumCPU() {
		yes := exec.CommandContext(t.Context(), "yes")
		if err := yes.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			_ = yes.Process.Kill()
			_ = yes.Wait()
		})
	}
	s := w.expect(0, nil, "bench", "-k", "keel", "-a", "nbody", "-n", "10", "--warmup", "0", "--json")
	var b benchOutput
	decodeLoosely(t, s.out, &b)
	for _, run := range b.Runs {
		work := 0.0
		log, err := os.ReadFile(filepath.Join(w.home, "data", "runs", run.ID, "console.log"))
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(log)) {
			f := strings.Fields(line)
			if len(f) < 3 || f[0] != "BenchmarkNbody" {
				continue
			}
			times, err := strconv.ParseFloat(f[1], 64)
			if err != nil {
				t.Fatal(err)
			}
			each, err := strconv.ParseFloat(f[2], 64)
			if err != nil {
				t.Fatal(err)
			}
			work += times * each / 1e9
		}
		took := 0.0
		for _, p := range run.Phases {
			if p.Name == "app" {
				took = p.Seconds
			}
		}
		if work == 0 || took < work {
			t.Errorf("run %s: the app took %g s, and did work of %g s in that: %+v", run.ID, took, work, run.Phases)
		}
	}
}
