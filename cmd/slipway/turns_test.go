package main_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// While another Slipway times boots, the workbench boots for whoever watches, says on the
// screen what its timed rounds wait for, and has its turn afterwards. No guest inherits
// the lock: it would hold it after its Slipway has gone.
func TestTheWorkbenchSaysWhatItsTimingWaitsFor(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	other := w.start("bench", "-k", "keel", "-a", "hello", "-n", "100000", "--warmup", "0")
	other.awaitWords("round 1 of 100000")
	guests := 0
	for guests == 0 {
		for _, holder := range w.holders(t, "slipway-timing.lock") {
			if strings.HasPrefix(holder, "qemu-system") {
				t.Errorf("a guest has the lock: %s", holder)
			}
		}
		guests = strings.Count(strings.Join(w.processes(), "\n"), "qemu-system")
	}
	if len(w.holders(t, "slipway-timing.lock")) != 1 {
		t.Errorf("the lock is held by %q", w.holders(t, "slipway-timing.lock"))
	}
	x := w.onTerminal(false, "-n", "1", "--warmup", "0")
	x.await("Nothing is marked yet")
	x.press(" ")
	x.await("● keel")
	x.press("2")
	x.await("Select an app")
	x.press("\r")
	x.await("● hello")
	x.press("3")
	x.await("waits: another Slipway")
	if status := other.signal(syscall.SIGINT); status != 130 {
		t.Errorf("the other ended with %d:\n%s", status, other.words.String())
	}
	x.press("4")
	x.await("1 round")
	x.press("\x03\x03")
	x.end(0)
	w.nothingRuns()
}

// holders are the command lines of this workspace's processes that have a file open.
func (w *workspace) holders(t *testing.T, name string) (found []string) {
	t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/fd/*")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(w.temporary, name)
	for _, file := range files {
		if target, err := os.Readlink(file); err != nil || target != path {
			continue
		}
		if line, err := os.ReadFile(filepath.Join(file, "..", "..", "cmdline")); err == nil {
			found = append(found, strings.ReplaceAll(string(line), "\x00", " "))
		}
	}
	return found
}
