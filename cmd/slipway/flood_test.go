package main_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// carry runs a command whose output is too much to keep. It returns how many bytes
// came out and how much memory the program had at most, both in MiB.
func (w *workspace) carry(status int, words string, args ...string) (printed, memory int64) {
	w.t.Helper()
	out, err := os.Create(filepath.Join(w.t.TempDir(), "out"))
	if err != nil {
		w.t.Fatal(err)
	}
	defer out.Close()
	cmd := w.command(args...)
	var said lockedBuffer
	cmd.Stdout, cmd.Stderr = out, &said
	if err := cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = cmd.Wait() // the status is what counts
	}()
	// What the kernel reports afterwards includes the parent's memory.
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for alive := true; alive; {
		select {
		case <-tick.C:
			memory = max(memory, resident(cmd.Process.Pid))
		case <-ended:
			alive = false
		}
	}
	if got := cmd.ProcessState.ExitCode(); got != status || !strings.Contains(said.String(), words) {
		w.t.Errorf("slipway %s ended with %d, want %d and %q:\n%s", strings.Join(args, " "), got, status, words, said.String())
	}
	info, err := out.Stat()
	if err != nil {
		w.t.Fatal(err)
	}
	return info.Size() >> 20, memory >> 20
}

// resident is the most memory that a process has had in bytes; 0 once it is gone.
func resident(pid int) int64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	var kib int64
	if _, err := fmt.Sscan(rest, &kib); err != nil {
		return 0
	}
	return kib << 10
}

// An app that prints a hundred megabytes is carried through whole, in little memory,
// and its log is bounded.
func TestAFloodIsCarriedThrough(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.app("flood", `#include <stdio.h>
#include <string.h>
static char b[1 << 16];
int main(void) {
	memset(b, 'x', sizeof b);
	for (int i = 79; i < 1 << 16; i += 80)
		b[i] = '\n';
	for (int i = 0; i < 1600; i++)
		fwrite(b, 1, sizeof b, stdout);
	return 0;
}
`, "")
	printed, memory := w.carry(0, "exit 0", "boot", "-k", "host", "-a", "flood")
	if printed < 100 || memory > 80 || memory == 0 {
		t.Errorf("%d MiB came through, in %d MiB of memory", printed, memory)
	}
	// A guest prints through a serial port, at a megabyte a second, here without a
	// single line: its time limit ends it, and what came until then stays.
	w.app("endless", "#include <stdio.h>\nint main(void) { for (;;) putchar('x'); }\n", "")
	printed, memory = w.carry(124, "printed; --timeout gives it longer", "boot", "-k", "keel", "-a", "endless", "--timeout", "8s")
	if printed < 1 || memory > 80 {
		t.Errorf("%d MiB came through, in %d MiB of memory", printed, memory)
	}
	var logged int64
	err := filepath.Walk(filepath.Join(w.home, "data"), func(_ string, info os.FileInfo, err error) error {
		if err == nil && info.Mode().IsRegular() {
			logged += info.Size()
		}
		return err
	})
	if err != nil || logged > 80<<20 {
		t.Errorf("the history holds %d MiB of it, %v", logged>>20, err)
	}
}
