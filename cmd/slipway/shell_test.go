package main_test

import (
	"os/exec"
	"strings"
	"testing"
)

func TestHelpGoesWhereItIsAskedFor(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	for _, args := range [][]string{{"--help"}, {"help"}, {"boot", "--help"}, {"help", "boot"}, {"kernel"}} {
		s := w.expect(0, nil, args...)
		if !strings.Contains(s.out, "Usage:") || !strings.Contains(s.out, "Examples:") || s.words != "" || strings.Contains(s.out, "\x1b") {
			t.Errorf("slipway %s prints:\n%s\nand says:\n%s", strings.Join(args, " "), s.out, s.words)
		}
	}
	// Asked for nothing, it is words: the status says that nothing was done.
	if s := w.expect(2, []string{"Usage:", "slipway demo", "the workbench needs a terminal"}); s.out != "" {
		t.Errorf("it prints:\n%s", s.out)
	}
	if s := w.expect(0, nil, "--version"); !strings.HasPrefix(s.out, "slipway version 0.") {
		t.Errorf("it prints %q", s.out)
	}
	x := w.onTerminal(false, "boot", "--help")
	x.await("--memory")
	x.end(0)
}

func TestAShellCompletesNames(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.app("mine", "int main(void) { return 0; }\n", "")
	w.expect(0, nil, "bench", "-k", "host", "-a", "mine", "-n", "1", "--warmup", "0")
	id := strings.Fields(w.run("runs").out)[9] // behind the headings
	for _, c := range []struct {
		want string
		args []string
	}{
		{"keel\t", []string{"boot", "-k", "ke"}},
		{"host,keel\t", []string{"bench", "-k", "host,"}},
		{"mine\t", []string{"boot", "-a", ""}},
		{"linux-cloud\t", []string{"kernel", "provision", ""}},
		{"tcg", []string{"boot", "--accel", ""}},
		{"benchfmt", []string{"report", "--format", ""}},
		{id + "\thost/mine", []string{"run", "show", ""}},
		{"host/mine", []string{"compare", ""}},
		{"provision\t", []string{"kernel", "p"}},
	} {
		// The project is given as it stands on the line that is completed.
		s := w.expect(0, nil, append([]string{"__complete", "-C", w.project}, c.args...)...)
		if !strings.Contains(s.out, c.want) {
			t.Errorf("slipway %s is completed to:\n%s", strings.Join(c.args, " "), s.out)
		}
	}
	if bash, err := exec.LookPath("bash"); err == nil {
		script := w.expect(0, nil, "completion", "bash").out
		if out, err := exec.CommandContext(t.Context(), bash, "-n", "-c", script).CombinedOutput(); err != nil {
			t.Errorf("bash does not take the completion: %v\n%s", err, out)
		}
	}
}
