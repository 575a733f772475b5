package main_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestBootEndsWithTheGuestsStatus(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.app("status", "#include <stdlib.h>\nint main(int c, char **v) { return c > 1 ? atoi(v[1] + 5) : 0; }\n", "[params]\ncode = 0\n")
	w.app("crash", "int main(void) { *(volatile int *)8 = 1; return 0; }\n", "")
	w.app("forever", "int main(void) { for (;;); }\n", "")
	w.app("silent", "int main(void) { return 0; }\n", "")
	for _, kernel := range []string{"host", "keel"} {
		w.expect(0, []string{"exit 0"}, "boot", "-k", kernel, "-a", "status")
		w.expect(7, []string{"exit 7"}, "boot", "-k", kernel, "-a", "status", "--set", "code=7")
		w.expect(123, nil, "boot", "-k", kernel, "-a", "status", "--set", "code=123")
		w.expect(126, []string{"exit 200"}, "boot", "-k", kernel, "-a", "status", "--set", "code=200")
		w.expect(126, nil, "boot", "-k", kernel, "-a", "crash")
		w.expect(124, []string{"timeout", "1s"}, "boot", "-k", kernel, "-a", "forever", "--timeout", "1s")
		if s := w.expect(0, nil, "boot", "-k", kernel, "-a", "silent"); s.out != "" {
			t.Errorf("a silent app on %s said %q", kernel, s.out)
		}
	}
	var list struct {
		Schema int              `json:"schema"`
		Runs   []map[string]any `json:"runs"`
	}
	decode(t, w.run("runs", "--json").out, &list)
	if len(list.Runs) != 14 {
		t.Errorf("14 boots left %d runs", len(list.Runs))
	}
}

func TestTheAppsOutputIsData(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	s := w.expect(0, []string{"exit 0"}, "boot", "-k", "keel", "-a", "hello")
	if !strings.Contains(s.out, "ello") || strings.Contains(s.words, "ello from") {
		t.Errorf("standard output %q, standard error %q", s.out, s.words)
	}
}

// A guest's escape sequences must not reach whoever reads standard output.
func TestEscapeSequencesOfAGuestStayInside(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.app("rude", `#include <stdio.h>
int main(void) { printf("a\033]0;title\007b\033]52;c;aGk=\007c\033[6nd\n"); return 0; }
`, "")
	if s := w.expect(0, nil, "boot", "-k", "host", "-a", "rude"); strings.ContainsAny(s.out, "\x1b\x07") || !strings.Contains(s.out, "abcd") {
		t.Errorf("it printed %q", s.out)
	}
}

func TestInterruptedBootIsRecordedAndLeavesNothing(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.app("forever", "#include <stdio.h>\nint main(void) { puts(\"up\"); fflush(stdout); for (;;); }\n", "")
	cmd := w.command("boot", "-k", "keel", "-a", "forever")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := out.Read(make([]byte, 1)); err != nil { // the guest is up
		t.Fatal(err)
	}
	if len(w.processes()) < 2 {
		t.Fatalf("only %v runs: the search for what is left would find nothing", w.processes())
	}
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // the status is what counts
	if status := cmd.ProcessState.ExitCode(); status != 130 {
		t.Errorf("ended with %d, want 130", status)
	}
	w.nothingRuns()
	if s := w.run("runs"); !strings.Contains(s.out, "stopped") {
		t.Errorf("the boot is not in the history:\n%s", s.out)
	}
}

func TestWithoutACompilerOrQEMU(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.app("new", "int main(void) { return 0; }\n", "")
	bin := t.TempDir()
	for _, c := range []string{"gcc", "make", "sh", "as", "ld"} {
		if path, err := exec.LookPath(c); err == nil {
			if err := os.Symlink(path, filepath.Join(bin, c)); err != nil {
				t.Fatal(err)
			}
		}
	}
	w.env = append(w.env, "PATH="+bin)
	w.expect(125, []string{"musl-gcc", "install"}, "boot", "-k", "host", "-a", "new")
	w.expect(125, []string{"keel needs qemu-system-x86_64, musl-gcc, which are not here", "(Debian's is qemu-system-x86); ", "(Debian's is musl-tools)"}, "boot", "-k", "keel", "-a", "new")
	if s := w.run("doctor"); !strings.Contains(s.out, "qemu-system-x86") {
		t.Errorf("doctor does not name QEMU:\n%s", s.out)
	}
}
