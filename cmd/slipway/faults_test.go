package main_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// emptyTemporary holds that nothing lies in the workspace's TMPDIR but the lock of
// timed boots, which stays.
func (w *workspace) emptyTemporary() {
	w.t.Helper()
	entries, err := os.ReadDir(w.temporary)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() != "slipway-timing.lock" {
			w.t.Errorf("left behind: %s", filepath.Join(w.temporary, e.Name()))
		}
	}
}

// However few files it may open, a boot ends well or says what is missing, and leaves
// nothing behind. The guest is built before: a compiler needs files of its own.
func TestTooFewFilesMayBeOpened(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.expect(0, nil, "boot", "-k", "keel", "-a", "hello")
	failed, well := 0, 0
	for most := 14; most <= 44; most += 2 {
		cmd := w.command("boot", "-k", "keel", "-a", "hello", "--plain")
		cmd.Args = append([]string{"sh", "-c", `ulimit -n "$0" && exec "$@"`, strconv.Itoa(most)}, cmd.Args...)
		cmd.Path = "/bin/sh"
		var words lockedBuffer
		cmd.Stderr = &words
		_ = cmd.Run() // the status is what counts
		text := words.String()
		switch status := cmd.ProcessState.ExitCode(); {
		case status == 0 && strings.Contains(text, "exit 0"):
			well++
		case status == 125 && strings.Contains(text, "too many open files: let this shell open more: ulimit -n "):
			failed++
		case status == 125 && strings.Contains(text, "qemu-refused: "): // QEMU has the same limit, and says so
			failed++
		default:
			t.Errorf("with %d files it ended with %d:\n%s", most, status, text)
		}
		w.nothingRuns()
		w.emptyTemporary()
	}
	if failed < 3 || well < 3 {
		t.Errorf("%d boots failed and %d went well: the limits tried say little", failed, well)
	}
}

// With a full TMPDIR, KVM can't be tried and a compiler can't work; what is built
// already boots all the same, and nothing is lost but the words that say so.
func TestAFullTemporaryFolder(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.ownCache()
	w.expect(0, nil, "boot", "-k", "keel", "-a", "hello")
	if err := syscall.Mount("tmpfs", w.temporary, "tmpfs", 0, "size=64k"); err != nil {
		t.Skipf("mounting a small file system needs more rights: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(w.temporary, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	ballast := filepath.Join(w.temporary, "ballast")
	fill(t, ballast)
	w.app("mine", "int main(void) { return 0; }\n", "")
	w.expect(125, []string{"build keel/mine", "No space left on device"}, "boot", "-k", "keel", "-a", "mine")
	if err := os.RemoveAll(filepath.Join(w.home, "cache", "accelerators")); err != nil { // nothing is known of KVM
		t.Fatal(err)
	}
	s := w.expect(0, []string{"exit 0"}, "boot", "-k", "keel", "-a", "hello")
	if _, err := os.Stat("/dev/kvm"); err == nil && !strings.Contains(s.words, "emulated by tcg, not run by kvm: KVM could not be tried: ") {
		t.Errorf("it does not say why it is emulated:\n%s", s.words)
	}
	w.nothingRuns()
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	w.emptyTemporary()
	if list := w.expect(0, nil, "runs").out; strings.Count(list, "exit 0") != 2 {
		t.Errorf("the history:\n%s", list)
	}
}
