package main_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"slipway/benchmarks/store"
)

// benchOn starts an experiment on a terminal, and waits until its figures show.
func (w *workspace) benchOn(rounds string) *terminal {
	w.t.Helper()
	x := w.onTerminal(false, "bench", "-k", "host", "-a", "hello,syscalls", "-n", rounds, "--warmup", "1")
	x.await("p pause")
	x.await("spawn to exit")
	return x
}

// Keys steer an experiment on a terminal, which shows its figures meanwhile and is left
// as it was.
func TestKeysSteerABench(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.expect(0, nil, "build", "-k", "host", "-a", "hello,syscalls")
	x := w.benchOn("100000")
	x.press("p")
	x.await("paused")
	history := w.history()
	e := w.onlyExperiment(history)
	count := func() int { // the folders are the truth, and reading them disturbs nobody
		runs, err := filepath.Glob(filepath.Join(w.home, "data", "runs", "[0-9a-z]*"))
		if err != nil {
			t.Fatal(err)
		}
		return len(runs)
	}
	// The lock of the host tells that the boot under way has ended.
	for deadline := time.After(time.Minute); len(w.holders(t, "slipway-timing.lock")) > 0; {
		select {
		case <-time.After(5 * time.Millisecond):
		case <-deadline:
			t.Fatal("the host is held while the bench is paused")
		}
	}
	boots := count()
	w.expect(0, nil, "bench", "-k", "host", "-a", "hello", "-n", "1", "--warmup", "0") // its turn
	if now := count() - 1; now != boots {
		t.Errorf("%d boots were made in a pause", now-boots)
	}
	boots++
	x.press("p")
	for deadline := time.After(time.Minute); count() < boots+4; {
		select {
		case <-time.After(5 * time.Millisecond):
		case <-deadline:
			t.Fatal("it never goes on")
		}
	}
	x.press("s")
	x.await("slipway bench --resume " + e.ID)
	x.end(0)
	if boots := count() - 1; boots%2 != 0 {
		t.Errorf("it stopped within a round, after %d boots of two targets", boots)
	}
	if text := x.text(); strings.Contains(text, "p pause") || !strings.Contains(text, "95 % interval") {
		t.Errorf("the terminal shows:\n%s", text)
	}
	if e, err := history.Experiment(e.ID); err != nil || e.State != store.Stopped {
		t.Errorf("it is %s, %v", e.State, err)
	}
}

// q and ctrl+c end it now; what was measured is shown, and it can be gone on with.
func TestKeysEndABench(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.expect(0, nil, "build", "-k", "host", "-a", "hello,syscalls")
	for _, key := range []string{"q", "\x03"} {
		x := w.benchOn("100000")
		x.press(key)
		x.await("slipway: interrupted")
		x.end(130)
		if !strings.Contains(x.text(), "slipway bench --resume ") {
			t.Errorf("%q: nobody is told how to go on:\n%s", key, x.text())
		}
	}
	w.nothingRuns()
}

// A SIGKILL leaves no terminal without echo.
func TestAKilledBenchLeavesTheTerminalInOrder(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	x := w.benchOn("100000")
	if err := x.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = x.cmd.Wait()
	w.nothingRuns()
	x.inOrder()
}
