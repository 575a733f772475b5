package main_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Each mistake is told in one sentence that says what, where and what to do.
func TestMistakesOnTheCommandLine(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	for _, c := range []struct {
		status int
		words  string
		args   []string
	}{
		{2, "there is no verb", []string{"frobnicate"}},
		{2, "did you mean 'slipway run show 6b1c'?", []string{"run", "6b1c"}},
		{125, "1M of memory cannot hold the kernel, which is loaded up to", []string{"boot", "-k", "keel", "-a", "hello", "--memory", "1M"}},
		{2, "rounds = 0", []string{"bench", "-k", "keel", "-a", "hello", "-n", "0"}},
		{2, "is not a size", []string{"bench", "-k", "keel", "-a", "hello", "--memory", "1X"}},
		{2, "no kernel was named", []string{"bench", "-a", "hello"}},
		{2, "is not found", []string{"run", "show", "zzz"}},
		{2, "no experiment and no target", []string{"compare", "a", "b"}},
		{125, "did you mean keel?", []string{"boot", "-k", "keeel", "-a", "hello"}},
		{125, "did you mean hello?", []string{"boot", "-k", "keel", "-a", "helo"}},
		{125, "not in the catalogue", []string{"boot", "-k", "keel", "-a", "../hello"}},
		{125, "not a positive duration", []string{"boot", "-k", "keel", "-a", "hello", "--timeout", "-1s"}},
		{125, "at least 1", []string{"boot", "-k", "keel", "-a", "hello", "--cpus", "0"}},
		{125, "nor a parameter of app hello", []string{"boot", "-k", "keel", "-a", "hello", "--set", "colour=red"}},
		{2, "the workbench needs a terminal", nil},
	} {
		s := w.run(c.args...)
		words := strings.ReplaceAll(s.words, "\": not found", "\" is not found")
		if s.status != c.status || !strings.Contains(words, c.words) {
			t.Errorf("slipway %s ended with %d, want %d and %q:\n%s", strings.Join(c.args, " "), s.status, c.status, c.words, s.words)
		}
		if lines := strings.Count(s.words, "\n"); c.args != nil && lines != 1 {
			t.Errorf("slipway %s says %d lines:\n%s", strings.Join(c.args, " "), lines, s.words)
		}
	}
	w.project = filepath.Join(w.project, "none")
	w.expect(2, []string{"none", "choose another with -C"}, "kernels")
}

func TestBrokenManifestsAreToldByLine(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.app("hello", "int main(void) { return 0; }\n", "flavour = 1\n")
	dir := filepath.Join(w.project, ".slipway", "kernels", "mine")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "kernel.toml"), []byte("schema = 1\nname = 7\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := w.expect(0, []string{"app.toml:5", "flavour", "kernel.toml:2"}, "kernels")
	if !strings.Contains(s.out, "mine") || !strings.Contains(s.out, "broken manifest") {
		t.Errorf("the broken kernel is not listed:\n%s", s.out)
	}
	// The user's own hello is broken: the suite's must not run in its place.
	w.expect(125, []string{"app.toml:5", "flavour"}, "boot", "-k", "host", "-a", "hello")
	w.expect(125, []string{"kernel.toml:2"}, "boot", "-k", "mine", "-a", "nbody")
}

func TestAnAppThatDoesNotCompile(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.app("bad", "int main(void) { return x; }\n", "")
	w.expect(125, []string{"bad.c:1", "undeclared"}, "boot", "-k", "host", "-a", "bad")
	w.expect(1, []string{"bad.c:1", "undeclared"}, "build", "-k", "host", "-a", "bad")
	w.expect(1, []string{"bad.c:1", "undeclared"}, "bench", "-k", "host", "-a", "bad", "-n", "2")
}
