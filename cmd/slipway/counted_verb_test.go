package main_test

import (
	"strings"
	"testing"
)

// TestInstructionsAreCountedInAPassOfTheirOwn holds that boots under the plugin have
// counts that repeat and nothing of the host's clock, that timed ones have no counts,
// and that a target that cannot be counted is said and costs nothing.
func TestInstructionsAreCountedInAPassOfTheirOwn(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	s := w.expect(0, []string{"host/hello", "runs without a virtual machine"},
		"bench", "-k", "keel,host", "-a", "hello", "-n", "1", "--warmup", "0", "--count-instructions", "--json")
	var b struct {
		Runs []struct {
			benchRun
			Counted *string `json:"counted"`
		} `json:"runs"`
	}
	decodeLoosely(t, s.out, &b)
	counts := map[float64]int{}
	for _, run := range b.Runs {
		app, counted := run.Metrics["virt/app"]
		if counted != (run.Counted != nil) {
			t.Errorf("run %s of %s: counted %v, metrics %v", run.ID, run.Target, run.Counted, run.Metrics)
		}
		if !counted {
			continue
		}
		counts[app.Values[0]]++
		if total, to := run.Metrics["virt/total"], run.Metrics["virt/to-app"]; *run.Counted != "plugin" || total.Values[0] != to.Values[0]+app.Values[0] || run.Metrics["mem/touched"].Values[0] < 64<<10 {
			t.Errorf("counted by %s: %v", *run.Counted, run.Metrics)
		}
		for name := range run.Metrics {
			if strings.HasPrefix(name, "boot/") || strings.HasPrefix(name, "cpu/") || name == "mem/peak" {
				t.Errorf("a boot under the plugin has %s", name)
			}
		}
	}
	if len(counts) != 1 || len(b.Runs) != 2+6 {
		t.Errorf("%d runs, app instructions %v: want 8 runs, and one value in 6 of them", len(b.Runs), counts)
	}
}

// TestCountingNothingAtAllIsNoSuccess holds that a script sees by the exit status that
// what it asked for was not measured.
func TestCountingNothingAtAllIsNoSuccess(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.expect(3, []string{"no instructions were counted"}, "bench", "-k", "host", "-a", "hello", "-n", "1", "--warmup", "0", "--count-instructions")
}

// TestABootThatGoesWrongYieldsNoSample holds that a guest that crashes, one that hangs,
// one that never ends and one that fails are recorded as such by bench, in every way of
// measuring, and that none of their figures is compared.
func TestABootThatGoesWrongYieldsNoSample(t *testing.T) {
	w := newWorkspace(t)
	const head = "#include <stdio.h>\nint main(void) { printf(\"BenchmarkWrong 1 5 ns/op\\n\"); fflush(stdout); "
	w.app("crashes", head+"*(volatile int *)0x7000000000 = 1; return 0; }", "")
	w.app("halts", head+"__asm__ volatile(\"cli; hlt\"); return 0; }", "timeout = \"30s\"\n")
	w.app("spins", head+"for (volatile int i = 0;; i++) ; }", "timeout = \"1s\"\n")
	w.app("fails", head+"return 3; }", "")
	want := map[string][]string{
		"keel/crashes": {"exit", "panic"}, "keel/halts": {"hang"}, "keel/spins": {"timeout"}, "keel/fails": {"exit"},
	}
	for _, how := range [][]string{nil, {"--virtual", "--timeout", "2s"}} {
		s := w.expect(3, nil, append([]string{"bench", "-k", "keel", "-a", "crashes,halts,spins,fails", "-n", "1", "--warmup", "0", "--json"}, how...)...)
		var b struct {
			Runs       []benchRun `json:"runs"`
			Comparison struct {
				Metrics []struct {
					N [2]int `json:"n"`
				} `json:"metrics"`
			} `json:"comparison"`
		}
		decodeLoosely(t, s.out, &b)
		if len(b.Runs) != len(want) {
			t.Errorf("%v: %d runs, want %d", how, len(b.Runs), len(want))
		}
		for _, run := range b.Runs {
			target, _, _ := strings.Cut(run.Target, " ")
			ok := false
			for _, outcome := range want[target] {
				ok = ok || run.Outcome == outcome
			}
			if !ok || run.Outcome == "exit" && (run.Exit == nil || *run.Exit == 0) {
				t.Errorf("%v: %s ended with %s, %v; want %v", how, run.Target, run.Outcome, run.Exit, want[target])
			}
		}
		for _, m := range b.Comparison.Metrics {
			if m.N != [2]int{} {
				t.Errorf("%v: a failed boot yields samples: %v", how, m)
			}
		}
	}
}

// TestTheLedgerSaysWhatMarkersCost holds that an experiment measures its markers, and
// stores with each phase what the one that ended it costs.
func TestTheLedgerSaysWhatMarkersCost(t *testing.T) {
	w := newWorkspace(t)
	s := w.expect(0, nil, "bench", "-k", "keel", "-a", "hello", "-n", "1", "--warmup", "0", "--json")
	if strings.Contains(s.words, "too busy") {
		t.Skip(s.words)
	}
	var b struct {
		Runs []struct {
			ID     string `json:"id"`
			Phases []struct {
				Name   string  `json:"name"`
				Marker string  `json:"marker"`
				Late   float64 `json:"marker_late"`
				Held   float64 `json:"marker_held"`
			} `json:"phases"`
		} `json:"runs"`
	}
	decodeLoosely(t, s.out, &b)
	if len(b.Runs) != 1 {
		t.Fatalf("%d runs", len(b.Runs))
	}
	for _, p := range b.Runs[0].Phases {
		debugcon, end := strings.HasPrefix(p.Marker, "debugcon"), p.Marker == "process exit"
		if (p.Late > 0) != (debugcon || end) || (p.Held > 0) != debugcon {
			t.Errorf("%+v", p)
		}
	}
	if shown := w.expect(0, nil, "run", "show", b.Runs[0].ID); !strings.Contains(shown.out, "ended by process exit (late ") {
		t.Errorf("run show says:\n%s", shown.out)
	}
}
