package main_test

import (
	"bufio"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestBootWaitsForADebugger takes the boot over with the very command line that it
// prints.
func TestBootWaitsForADebugger(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("gdb"); err != nil {
		t.Skip("gdb is not on this machine (make deps-test installs it)")
	}
	w := newWorkspace(t)
	runtime := t.TempDir()
	w.env = append(w.env, "XDG_RUNTIME_DIR="+runtime)
	// The time limit is over long before the debugger lets it go.
	cmd := w.command("boot", "-k", "keel", "-a", "hello", "--gdb", "--timeout", "100ms")
	var out strings.Builder
	cmd.Stdout = &out
	words, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(words)
	said, command := "", ""
	for command == "" && lines.Scan() {
		said += lines.Text() + "\n"
		if strings.Contains(lines.Text(), "gdb -q ") {
			command = lines.Text()
		}
	}
	debugger := exec.Command("sh", "-c", command)
	debugger.Stdin = strings.NewReader("c\nprint $rip == &main\nquit\n")
	answer, err := debugger.CombinedOutput()
	if err != nil || !strings.Contains(string(answer), "main () at hello.c:") {
		t.Errorf("gdb: %v\n%s", err, answer)
	}
	for lines.Scan() {
		said += lines.Text() + "\n"
	}
	_ = cmd.Wait() // the status is what counts
	if status := cmd.ProcessState.ExitCode(); status != 0 && status != 124 || !strings.Contains(said, "held at its first instruction") {
		t.Errorf("it ended with %d:\n%s", status, said)
	}
	w.nothingRuns()
	if left, err := filepath.Glob(filepath.Join(runtime, "*")); err != nil || len(left) > 0 {
		t.Errorf("it has left %q, %v", left, err)
	}
	w.expect(125, []string{"runs without a virtual machine"}, "boot", "-k", "host", "-a", "hello", "--gdb")
}
