package main_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// benchOutput is what the contract promises of bench --json.
type benchOutput struct {
	Schema     int            `json:"schema"`
	Experiment string         `json:"experiment"`
	Seed       uint64         `json:"seed"`
	Accel      any            `json:"accel"`
	QEMU       any            `json:"qemu"`
	Host       any            `json:"host"`
	Targets    []benchTarget  `json:"targets"`
	Runs       []benchRun     `json:"runs"`
	Comparison map[string]any `json:"comparison"`
}

type benchTarget struct {
	ID     string `json:"id"`
	Kernel string `json:"kernel"`
	App    string `json:"app"`
}

type benchRun struct {
	ID      string `json:"id"`
	Target  string `json:"target"`
	Round   int    `json:"round"`
	Warmup  bool   `json:"warmup"`
	Outcome string `json:"outcome"`
	Exit    *int   `json:"exit"`
	Phases  []struct {
		Name    string  `json:"name"`
		Seconds float64 `json:"seconds"`
		Marker  string  `json:"marker"`
	} `json:"phases"`
	Metrics map[string]struct {
		Unit   string    `json:"unit"`
		Values []float64 `json:"values"`
	} `json:"metrics"`
}

// TestBenchAndCompare is the main job from the command line: two kernels, one
// program, interleaved boots, a verdict that can be asked for again.
func TestBenchAndCompare(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	s := w.expect(0, nil, "bench", "-k", "linux-cloud,keel", "-a", "nbody", "-n", "6", "--warmup", "1", "--seed", "7", "--json")
	var b benchOutput
	decodeLoosely(t, s.out, &b)
	if b.Schema != 1 || b.Seed != 7 || b.Experiment == "" || len(b.Targets) != 2 || len(b.Runs) != 14 {
		t.Fatalf("schema %d, seed %d, experiment %q, %d targets, %d runs", b.Schema, b.Seed, b.Experiment, len(b.Targets), len(b.Runs))
	}
	rounds := map[[2]int]map[string]bool{} // by warm-up or not, and number
	warm := map[bool]int{true: 0, false: 1}
	for _, run := range b.Runs {
		if run.Outcome != "exit" || run.Exit == nil || *run.Exit != 0 {
			t.Errorf("run %s: %s", run.ID, run.Outcome)
		}
		round := [2]int{warm[run.Warmup], run.Round}
		if rounds[round] == nil {
			rounds[round] = map[string]bool{}
		}
		rounds[round][run.Target] = true
		sum := 0.0
		for _, p := range run.Phases {
			sum += p.Seconds
		}
		total := run.Metrics["boot/total"].Values
		if len(total) != 1 || sum < total[0]*0.999 || sum > total[0]*1.001 {
			t.Errorf("run %s: its phases add up to %g s, its total is %v", run.ID, sum, total)
		}
	}
	if len(rounds) != 7 {
		t.Errorf("6 rounds and a warm-up are %d", len(rounds))
	}
	for round, targets := range rounds {
		if len(targets) != 2 {
			t.Errorf("round %d booted %v", round[1], targets)
		}
	}
	compared := w.run("compare", b.Experiment, "--json")
	if compared.status != 0 && compared.status != 3 { // 3: noise may leave a metric unclear
		t.Errorf("compare ended with %d:\n%s", compared.status, compared.words)
	}
	if !strings.Contains(compared.out, `"verdict": "better"`) {
		t.Errorf("keel is not better than Debian's kernel in anything:\n%s", compared.out)
	}
	if r := w.expect(0, nil, "report", b.Experiment, "--format", "benchfmt"); !strings.Contains(r.out, "BenchmarkNbody") {
		t.Errorf("the export holds no nbody:\n%s", r.out)
	}
	id := b.Runs[0].ID
	if r := w.expect(0, nil, "run", "show", id); !strings.Contains(r.out, "qemu-system-x86_64") {
		t.Errorf("run show does not give the command line:\n%s", r.out)
	}
	w.expect(0, nil, "run", "diff", id, b.Runs[1].ID)
	w.expect(0, []string{"exit 0"}, "rerun", id)
}

func TestHostAndGuestAreNotCompared(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	s := w.expect(0, nil, "bench", "-k", "host,keel", "-a", "nbody", "-n", "6", "--warmup", "1")
	if !strings.Contains(s.out, "not-comparable") && !strings.Contains(s.out, "can't be compared") {
		t.Errorf("native times stand beside emulated ones without a word:\n%s", s.out)
	}
}

func TestListsAsJSON(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	var kernels struct {
		Schema  int `json:"schema"`
		Kernels []struct {
			Name         string                       `json:"name"`
			Family       string                       `json:"family"`
			Arch         string                       `json:"arch"`
			Interface    string                       `json:"interface"`
			Version      *string                      `json:"version"`
			Ready        bool                         `json:"ready"`
			Missing      []struct{ Need, Fix string } `json:"missing"`
			Source       string                       `json:"source"`
			Experimental bool                         `json:"experimental"`
		} `json:"kernels"`
	}
	decode(t, w.expect(0, nil, "kernels", "--json").out, &kernels)
	var names []string
	for _, k := range kernels.Kernels {
		names = append(names, k.Name)
	}
	if got := strings.Join(names, " "); got != "host keel linux-cloud linux-generic linux-rt" {
		t.Errorf("kernels: %s", got)
	}
	w.expect(0, nil, "app", "new", "mine")
	if _, err := os.Stat(filepath.Join(w.project, "apps", "mine", "app.toml")); err != nil {
		t.Error(err)
	}
	if s := w.expect(0, nil, "apps"); !strings.Contains(s.out, "mine") {
		t.Errorf("the new app is not listed:\n%s", s.out)
	}
	w.expect(0, []string{"exit 0"}, "boot", "-k", "host", "-a", "mine")
}
