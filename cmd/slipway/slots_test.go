package main_test

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"slipway/benchmarks/store"
)

// guests are the CPUs that QEMUs of this workspace may use now, by process.
func (w *workspace) guests() map[string]string {
	w.t.Helper()
	found := map[string]string{}
	paths, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		w.t.Fatal(err)
	}
	for _, dir := range paths {
		environment, err := os.ReadFile(filepath.Join(dir, "environ"))
		if err != nil || !bytes.Contains(environment, []byte("TMPDIR="+w.temporary)) {
			continue // gone, or somebody else's
		}
		line, _ := os.ReadFile(filepath.Join(dir, "cmdline"))
		status, _ := os.ReadFile(filepath.Join(dir, "status"))
		_, rest, ok := strings.Cut(string(status), "\nCpus_allowed_list:\t")
		if cpus, _, _ := strings.Cut(rest, "\n"); ok && bytes.HasPrefix(line, []byte("qemu-system")) {
			found[dir] = cpus
		}
	}
	return found
}

// Boots at once have CPUs of their own where --pin names enough, and are marked.
func TestPinnedBootsAtOnceKeepToTheirCPUs(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	if runtime.NumCPU() < 2 {
		t.Skip("there is one CPU")
	}
	w.app("busy", "int main(void) { for (volatile long i = 0; i < 40000000; i++); return 0; }\n", "[params]\nsize = 1\n")
	w.expect(2, []string{"parallel = 3", "there are 2"}, "bench", "-k", "keel", "-a", "busy", "--sweep", "cpus=1,2", "--parallel", "3")
	p := w.start("bench", "-k", "keel", "-a", "busy", "--sweep", "memory=64M,65M", "--parallel", "2", "--pin", "0,1", "-n", "1000", "--warmup", "0")
	deadline := time.After(time.Minute)
	seen := map[string]string{}
	for len(seen) < 2 { // CPUs, by one of the guests at once that had them
		now := w.guests()
		cpus := map[string]string{}
		for guest, on := range now {
			cpus[on] = guest
		}
		if len(now) == 2 && (cpus["0"] != "" && cpus["1"] != "") {
			seen = cpus
		}
		select {
		case <-deadline:
			t.Fatalf("two guests are never seen at once on CPUs 0 and 1 but %v:\n%s", now, p.words.String())
		case <-time.After(time.Millisecond):
		}
	}
	p.awaitWords("round 2 of 1000")
	p.signal(syscall.SIGINT)
	history := w.history()
	e := w.onlyExperiment(history)
	runs, err := history.Load(store.Filter{Experiment: e.ID})
	if err != nil || len(runs) < 4 || e.Parallel != 2 {
		t.Fatalf("%d runs, parallel %d, %v", len(runs), e.Parallel, err)
	}
	for _, r := range runs {
		if r.Environment.Parallel != 2 || r.Environment.Pinned != "0" && r.Environment.Pinned != "1" {
			t.Errorf("run %s: %d at once, pinned to %q", r.ID, r.Environment.Parallel, r.Environment.Pinned)
		}
	}
	if s := w.run("compare", e.ID); !strings.Contains(strings.Join(strings.Fields(s.out), " "), "2 boots at once") && !strings.Contains(s.out, "2 boots ran at once") {
		t.Errorf("the trust line does not say it:\n%s\n%s", s.out, s.words)
	}

	p = w.start("bench", "-k", "keel", "-a", "busy", "--pin", "1", "-n", "1000", "--warmup", "0")
	for seen := false; !seen; {
		for _, cpus := range w.guests() {
			if seen = true; cpus != "1" {
				t.Errorf("a guest that is pinned to CPU 1 may use %s", cpus)
			}
		}
	}
	p.signal(syscall.SIGINT)
}

// An experiment that stops when it is sure says at which look it was, and is judged at
// that look's level ever after.
func TestBenchStopsWhenItIsSure(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.app("slow", "#include <slipway.h>\n#include <unistd.h>\nint main(int argc, char **argv) { usleep(1000 * slipway_param(argc, argv, \"ms\", 1)); return 0; }\n", "[params]\nms = 1\n")
	w.app("quick", "#include <slipway.h>\n#include <unistd.h>\nint main(int argc, char **argv) { usleep(1000 * slipway_param(argc, argv, \"ms\", 1)); return 0; }\n", "[params]\nms = 1\n")
	w.expect(2, []string{"10, 20 or 40"}, "bench", "-k", "host", "-a", "slow", "--until-sure", "-n", "15")
	plan := "schema = 1\nwarmup = 0\nuntil_sure = true\n[[target]]\nkernel = \"keel\"\napp = \"slow\"\nsettings = { memory = \"64M\" }\n" +
		"[[target]]\nkernel = \"keel\"\napp = \"slow\"\nsettings = { memory = \"2G\", cpus = 4, numa = 2, machine = \"pc\" }\n"
	file := w.write("plan.toml", plan)
	s := w.expect(0, []string{"round 10 of 40 · look 1 of 3 at round 10: keel/slow"}, "bench", "--plan", file, "--json")
	var b benchOutput
	decodeLoosely(t, s.out, &b)
	history := w.history()
	e := w.onlyExperiment(history)
	if e.State != store.Done || !e.UntilSure || e.Look < 1 || e.Rounds != []int{10, 20, 40}[e.Look-1] || len(b.Runs) != 2*e.Rounds {
		t.Errorf("look %d after %d rounds, %d runs, %s", e.Look, e.Rounds, len(b.Runs), e.State)
	}
	if e.Level <= 0 || e.Level >= 0.05 || b.Comparison["level"] != e.Level {
		t.Errorf("the record's level is %g, the comparison's %v", e.Level, b.Comparison["level"])
	}
	var c map[string]any
	decodeLoosely(t, w.run("compare", e.ID, "--json").out, &c)
	if c["level"] != e.Level {
		t.Errorf("compared later at level %v, not %g", c["level"], e.Level)
	}
}
