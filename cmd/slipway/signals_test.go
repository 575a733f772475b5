package main_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// ownCache gives the workspace an empty cache of its own.
func (w *workspace) ownCache() {
	w.t.Helper()
	cache := filepath.Join(w.home, "cache")
	if err := os.Remove(cache); err != nil {
		w.t.Fatal(err)
	}
	if err := os.Mkdir(cache, 0o755); err != nil {
		w.t.Fatal(err)
	}
}

// shadow puts scripts before all other commands.
func (w *workspace) shadow(scripts map[string]string) {
	w.t.Helper()
	dir := w.t.TempDir()
	for name, script := range scripts {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
			w.t.Fatal(err)
		}
	}
	w.env = append(w.env, "PATH="+dir+":"+os.Getenv("PATH"))
}

// awaitProcess waits until a command of this workspace runs.
func (w *workspace) awaitProcess(command string) {
	w.t.Helper()
	deadline := time.After(time.Minute)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !strings.Contains(strings.Join(w.processes(), "\n"), command) {
		select {
		case <-tick.C:
		case <-deadline:
			w.t.Fatalf("%q never runs", command)
		}
	}
}

// unfinished are the files and folders below a folder whose names say that
// somebody was at work on them.
func unfinished(t *testing.T, dir string) []string {
	t.Helper()
	var found []string
	err := filepath.Walk(dir, func(path string, _ os.FileInfo, err error) error {
		name := filepath.Base(path)
		if strings.HasPrefix(name, ".making-") || strings.HasPrefix(name, ".building-") || strings.HasPrefix(name, ".pending-") {
			found = append(found, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestCtrlCWhileAKernelIsFetched(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.ownCache()
	w.shadow(map[string]string{"apt-cache": "sleep 1000", "apt-get": "sleep 1000"})
	p := w.start("kernel", "provision", "linux-cloud")
	w.awaitProcess("sleep 1000")
	if status := p.signal(syscall.SIGINT); status != 130 || p.words.String() != "provision linux-cloud: look linux-image-cloud-amd64 up\nslipway: interrupted\n" {
		t.Errorf("ended with %d:\n%s", status, p.words.String())
	}
	w.nothingRuns()
	if left := unfinished(t, w.home); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestCtrlCWhileAnAppIsBuilt(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.ownCache()
	dir := filepath.Join(w.project, "apps", "slow")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	manifest := "schema = 1\nname = \"slow\"\nabout = \"a test\"\nbuild = [\"sh\", \"-c\", \"sleep 1001; true\"]\nimage = \"out/app\"\n"
	if err := os.WriteFile(filepath.Join(dir, "app.toml"), []byte(manifest), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, verb := range []string{"build", "boot"} {
		p := w.start(verb, "-k", "host", "-a", "slow")
		w.awaitProcess("sleep 1001")
		if status := p.signal(syscall.SIGINT); status != 130 || p.words.String() != "slipway: interrupted\n" {
			t.Errorf("%s ended with %d:\n%s", verb, status, p.words.String())
		}
		w.nothingRuns()
	}
	if left := unfinished(t, w.home); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// What a bench has measured stays, whichever way it is ended.
func TestASignalEndsABenchInOrder(t *testing.T) {
	t.Parallel()
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		t.Run(signal.String(), func(t *testing.T) {
			t.Parallel()
			w := newWorkspace(t)
			p := w.start("bench", "-k", "keel", "-a", "hello", "-n", "1000", "--warmup", "0", "--json")
			p.awaitWords("round 4 of 1000")
			if status := p.signal(signal); status != 130 || !strings.HasSuffix(p.words.String(), "slipway: interrupted\n") {
				t.Errorf("ended with %d:\n%s", status, p.words.String())
			}
			w.nothingRuns()
			var b benchOutput
			decodeLoosely(t, strings.Join(p.seen, "\n"), &b)
			if len(b.Runs) < 3 {
				t.Errorf("it printed %d runs", len(b.Runs))
			}
			var stored benchOutput
			decodeLoosely(t, w.expect(0, nil, "report", b.Experiment, "--format", "json").out, &stored)
			if len(stored.Runs) != len(b.Runs) {
				t.Errorf("it printed %d runs, and %d are stored", len(b.Runs), len(stored.Runs))
			}
			if left := unfinished(t, w.home); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

// Nobody can tidy up after SIGKILL, but the guest must go, and the next start
// tidies up.
func TestAKilledSlipwayTakesItsGuestAlong(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.app("forever", "#include <stdio.h>\nint main(void) { puts(\"up\"); fflush(stdout); for (;;); }\n", "")
	w.expect(0, nil, "boot", "-k", "keel", "-a", "hello")
	p := w.start("boot", "-k", "keel", "-a", "forever")
	p.await("up")
	p.signal(syscall.SIGKILL)
	w.nothingRuns()
	w.expect(0, nil, "boot", "-k", "keel", "-a", "hello")
	if left := unfinished(t, w.home); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if s := w.run("runs"); strings.Count(s.out, "exit 0") != 2 {
		t.Errorf("the history:\n%s", s.out)
	}
}

// As in `slipway runs | head -1`: no words, no guest left.
func TestAClosedPipeEndsIt(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.app("talker", "#include <stdio.h>\nint main(void) { for (;;) puts(\"and another thing\"); }\n", "")
	for _, args := range [][]string{{"kernels"}, {"boot", "-k", "keel", "-a", "talker"}} {
		read, write, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		cmd := w.command(args...)
		var words lockedBuffer
		cmd.Stdout, cmd.Stderr = write, &words
		_ = read.Close() // as head does when it has seen enough
		err = cmd.Start()
		_ = write.Close()
		if err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait() // the state is what counts
		complaints := strings.Count(words.String(), "slipway:") - strings.Count(words.String(), "slipway: emulated by tcg")
		if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || status.Signal() != syscall.SIGPIPE || complaints > 0 {
			t.Errorf("slipway %s: %s\n%s", strings.Join(args, " "), cmd.ProcessState, words.String())
		}
		w.nothingRuns()
	}
}

func TestTwoSlipwaysTakeTurnsInTiming(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	first := w.start("bench", "-k", "keel", "-a", "hello", "-n", "1000", "--warmup", "0")
	first.awaitWords("round 1 of 1000")
	second := w.start("bench", "-k", "keel", "-a", "hello", "-n", "2", "--warmup", "0")
	second.awaitWords("waiting: another Slipway (process ")
	if strings.Contains(second.words.String(), "round") {
		t.Errorf("it does not wait:\n%s", second.words.String())
	}
	if status := first.signal(syscall.SIGINT); status != 130 {
		t.Errorf("the first ended with %d:\n%s", status, first.words.String())
	}
	if status := second.end(); status != 0 {
		t.Errorf("the second ended with %d:\n%s", status, second.words.String())
	}
}

func TestTwoSlipwaysMakeOneKernelOnce(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.ownCache()
	both := []*background{w.start("boot", "-k", "keel", "-a", "hello"), w.start("boot", "-k", "keel", "-a", "hello")}
	for _, p := range both {
		if status := p.end(); status != 0 {
			t.Errorf("ended with %d:\n%s", status, p.words.String())
		}
	}
	made, err := filepath.Glob(filepath.Join(w.home, "cache", "kernels", "keel", "*", "provisioned.json"))
	if err != nil || len(made) != 1 {
		t.Errorf("%d kernels were made, %v", len(made), err)
	}
	if s := w.run("runs"); strings.Count(s.out, "exit 0") != 2 {
		t.Errorf("the history:\n%s", s.out)
	}
}
