package tui

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"slipway/benchmarks/store"
)

// home is a user's home with a project in it, on which nothing was done yet.
type home struct {
	t       testing.TB
	dir     string
	project string
	tmp     string
}

// newHome shares its cache with the other tests of this package, so that kernels
// are fetched and built once.
func newHome(t testing.TB) *home {
	t.Helper()
	h := &home{t: t, dir: t.TempDir(), project: t.TempDir()}
	cache := filepath.Join(os.TempDir(), "slipway-tui-test-cache")
	if err := os.MkdirAll(cache, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(cache, filepath.Join(h.dir, "cache")); err != nil {
		t.Fatal(err)
	}
	return h
}

// slipway is the real program, run in the project.
func (h *home) slipway(args ...string) *exec.Cmd {
	h.t.Helper()
	cmd := exec.Command(program(h.t, "slipway/cmd/slipway"), args...)
	cmd.Dir = h.project
	// A folder for temporary files of its own: timed boots take their turns host-wide, by a lock that lies there.
	cmd.Env = append(os.Environ(), "SLIPWAY_HOME="+h.dir, "TMPDIR="+h.temporary(), "XDG_RUNTIME_DIR=", "TERM=xterm-256color", "COLORTERM=truecolor")
	return cmd
}

// temporary is the program's folder for temporary files.
func (h *home) temporary() string {
	h.t.Helper()
	if h.tmp == "" {
		h.tmp = h.t.TempDir()
	}
	return h.tmp
}

// fill puts runs into the history, as the program itself does.
func (h *home) fill(runs int) {
	h.t.Helper()
	history, err := store.Open(filepath.Join(h.dir, "data"))
	if err != nil {
		h.t.Fatal(err)
	}
	began := time.Now().Add(-time.Duration(runs) * time.Minute)
	for i := range runs {
		pending, err := history.Begin()
		if err != nil {
			h.t.Fatal(err)
		}
		ok := 0
		_, err = pending.Commit(store.Run{
			Target: store.Target{ID: "keel/nbody", Kernel: "keel", App: "nbody"}, Kind: store.Timed, Round: i%10 + 1,
			Started: began.Add(time.Duration(i) * time.Minute), Outcome: "exit", Exit: &ok, Total: 0.09,
			Metrics: map[string]store.Metric{"boot/total": {Unit: "sec", Values: []float64{0.09}}},
		})
		if err != nil {
			h.t.Fatal(err)
		}
	}
	if err := history.Close(); err != nil {
		h.t.Fatal(err)
	}
}

// left lists the processes that have to do with this home.
func (h *home) left() []string {
	h.t.Helper()
	commands, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		h.t.Fatal(err)
	}
	var found []string
	for _, file := range commands {
		if line, err := os.ReadFile(file); err == nil && (strings.Contains(string(line), h.dir) || strings.Contains(string(line), h.project)) {
			found = append(found, strings.ReplaceAll(string(line), "\x00", " "))
		}
	}
	return found
}

// TestTheMainJobAtATerminal is what the program exists for, done by a person: the
// real program in a real terminal, real kernels, a real edit.
func TestTheMainJobAtATerminal(t *testing.T) {
	if testing.Short() {
		t.Skip("boots Debian's kernel under TCG")
	}
	h := newHome(t)
	p := sit(t, 80, 24, h.slipway("-n", "2"))

	p.sees("Kernels", "Nothing is marked yet")
	p.presses("space") // keel is selected on the first day
	p.sees("● keel")
	p.presses("down", "space")
	p.sees("● linux-cloud")

	p.presses("2")
	p.sees("Select an app")
	p.presses("down", "down", "down", "enter")
	p.sees("● nbody", "nbody.c", "of the suite")

	bothEnd := func(text string) {
		t.Helper()
		p.waits("both guests end and say "+text, func(screen string) bool {
			return strings.Count(screen, "✔ exit 0 in") == 2 && strings.Count(screen, text) >= 2
		})
	}
	p.presses("3")
	bothEnd("BenchmarkNbody")
	p.resizes(120, 40)
	bothEnd("energy -0.169")
	p.sees("Ledger · keel", "to exit")
	p.resizes(80, 24)

	p.presses("4")
	p.sees("Comparison", "against keel", "2 rounds", "spawn to exit", "linux-cloud", "run order")
	p.resizes(120, 40)
	p.sees("share of boots done by then", "2 rounds")

	p.presses("2", "enter", "ctrl+f")
	p.types(`energy "`)
	p.presses("enter")
	p.types("new ")
	p.sees("not saved")
	p.presses("ctrl+s")
	p.sees("copied to ./apps/nbody")
	p.seesNoMore("not saved", " saving ")
	if saved, err := os.ReadFile(filepath.Join(h.project, "apps", "nbody", "nbody.c")); err != nil || !strings.Contains(string(saved), "new energy") {
		t.Errorf("the change is not in the project: %v", err)
	}
	p.presses("esc")
	p.sees("enter open")
	p.presses("3")
	bothEnd("new energy -0.169")

	p.presses("4", "s")
	p.sees("This save against the last", "of 2", "last save", "this save", "2 rounds")
	p.presses("left") // the figures that came first are the ones that are looked at
	p.sees("keel · nbody", "1 of 2", "spawn to exit")
	p.presses("right")
	p.sees("linux-cloud · nbody", "2 of 2", "spawn to exit")
	p.presses("v", "v", "v", "v", "v")
	p.sees("[trend]", "linux-cloud save 2 of 2")
	p.presses("c")
	p.sees("What save 2 of 2 changed", "image")
	p.presses("esc")
	p.seesNoMore("What save")
	p.presses("esc")
	p.sees("[overview]")
	p.resizes(80, 24)
	p.sees("This save against the last", "last save", "this save")

	p.presses("5")
	p.sees("linux-cloud", "keel", "held", "timed", "warm-up", "exit 0")

	p.presses("q")
	p.sees("Quit Slipway?", "Nothing is running")
	p.presses("y")
	p.leaves()
	if left := h.left(); len(left) > 0 {
		t.Errorf("still running: %q", left)
	}

	p = sit(t, 120, 40, h.slipway("-n", "2"))
	p.sees("keel + linux-cloud · nbody", "when", "held", "timed") // the tab it was left on
	p.presses("1")
	p.sees("● keel", "● linux-cloud", "baseline")
	p.presses("2")
	p.sees("● nbody", "yours", "nbody.c")
	p.presses("3")
	p.sees("Not booted yet")
	p.presses("4")
	p.sees("from the history", "stored ", "2 rounds", "linux-cloud")
	p.presses("s")
	p.sees("This save against the last", "There is no save of another image")
	p.presses("ctrl+c")
	p.sees("Quit Slipway?")
	p.presses("ctrl+c")
	p.leaves()
	if left := h.left(); len(left) > 0 {
		t.Errorf("still running after the second start: %q", left)
	}
}
