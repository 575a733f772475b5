package main_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// kills is how many times the workbench is killed; the soak does it some hundreds of
// times.
func kills() int {
	n, err := strconv.Atoi(os.Getenv("SLIPWAY_KILLS"))
	if err != nil {
		return 20
	}
	return n
}

// An ending is a way in which a workbench ends that nobody has asked to.
type ending struct {
	name   string
	signal syscall.Signal // 0: the terminal is closed
	acts   bool           // the program can tidy up itself
}

// A panic of a goroutine and the host's want of memory end the program as SIGABRT and
// SIGKILL do: on the spot, with no word of its own.
var endings = []ending{
	{"SIGKILL", syscall.SIGKILL, false},
	{"SIGTERM", syscall.SIGTERM, true},
	{"SIGHUP", syscall.SIGHUP, true},
	{"closed terminal", 0, true},
	{"a crash", syscall.SIGABRT, false},
}

// TestAKilledWorkbenchLeavesNothingBehind kills the real workbench at random moments
// of a save: while it builds, boots, and times. SLIPWAY_SEED repeats the moments.
func TestAKilledWorkbenchLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.ownCache()
	w.mine(0)
	w.expect(0, nil, "boot", "-k", "keel", "-a", "mine")
	w.choose()
	seed, err := strconv.ParseUint(os.Getenv("SLIPWAY_SEED"), 10, 64)
	if err != nil {
		seed = rand.Uint64()
	}
	t.Logf("SLIPWAY_SEED=%d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	n, busy := kills(), 0
	for i := range n {
		e := endings[i%len(endings)]
		moment := time.Duration(random.Int64N(int64(900 * time.Millisecond)))
		if w.kill(i+1, e, moment) {
			busy++
		}
		if t.Failed() {
			t.Fatalf("kill %d: %s, %s after the save was asked for", i+1, e.name, moment)
		}
	}
	if t.Logf("%d of %d kills met a compiler or a guest", busy, n); busy < n/4 {
		t.Errorf("only %d of %d kills met a compiler or a guest: the moments tried say little", busy, n)
	}
	// What was left half made in the history and in the cache is found by the next start.
	w.expect(0, nil, "boot", "-k", "keel", "-a", "mine")
	if left := unfinished(t, filepath.Join(w.home, "data")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	w.expect(0, nil, "doctor")
}

// mine writes the app that is saved again and again.
func (w *workspace) mine(save int) {
	w.t.Helper()
	w.app("mine", fmt.Sprintf("#include <stdio.h>\nint main(void) { for (volatile long i = 0; i < 3000000; i++); puts(\"save %d\"); return 0; }\n", save), "")
}

// choose selects keel and the app as a person does, for all later starts.
func (w *workspace) choose() {
	w.t.Helper()
	x := w.onTerminal(false, "-n", "1", "--warmup", "0")
	x.await("Nothing is marked yet")
	x.press(" ")
	x.await("● keel")
	x.press("2")
	x.await("Select an app")
	x.press("/mine\r\r")
	x.await("● mine")
	x.press("3")
	x.await("exit 0 in")
	x.press("\x03\x03")
	x.end(0)
	w.nothingRuns()
}

// kill starts the workbench, has it build and boot a save, and ends it. It says whether
// that met it at work.
func (w *workspace) kill(save int, e ending, moment time.Duration) (busy bool) {
	w.t.Helper()
	w.mine(save)
	before := unfinished(w.t, w.home) // of those that could not tidy up
	x := w.onTerminal(false, "-n", "3")
	x.await("Not booted yet")
	x.press("r")
	<-time.After(moment)          // any moment is right: it is what is tried out
	busy = len(w.processes()) > 3 // more than the workbench, its guard, and that of its terminal
	if e.signal == 0 {
		_ = x.master.Close()
	} else if err := x.cmd.Process.Signal(e.signal); err != nil {
		w.t.Error(err)
	}
	_ = x.cmd.Wait() // how it ended is not asked
	w.nothingRuns()
	if e.signal != 0 {
		x.inOrder()
	}
	w.emptyTemporary()
	for _, dir := range []string{w.home, w.project} {
		for _, path := range sockets(w.t, dir) {
			w.t.Errorf("a socket is left: %s", path)
		}
	}
	for _, path := range unfinished(w.t, w.home) {
		if e.acts && !slices.Contains(before, path) {
			w.t.Errorf("left behind: %s", path)
		}
	}
	return busy
}

// sockets are those below a folder.
func sockets(t *testing.T, dir string) (found []string) {
	t.Helper()
	err := filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		if err == nil && info.Mode()&os.ModeSocket != 0 {
			found = append(found, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
