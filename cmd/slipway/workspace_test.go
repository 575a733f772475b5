package main_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// workspace is a project with a history of its own, used as from a shell.
type workspace struct {
	t         *testing.T
	project   string
	home      string
	temporary string // TMPDIR; every process that a command starts has it in its environment
	env       []string
	program   string              // "" for this test binary
	user      *syscall.Credential // who runs it; nil for whoever runs the test
}

// said is what one command did.
type said struct {
	out, words string // standard output and standard error
	status     int
}

// newWorkspace shares its cache with the other tests of this package, so that
// kernels are built once.
func newWorkspace(t *testing.T) *workspace {
	t.Helper()
	if testing.Short() {
		t.Skip("runs the program")
	}
	w := &workspace{t: t, project: t.TempDir(), home: t.TempDir()}
	cache := filepath.Join(os.TempDir(), "slipway-cmd-test-cache")
	if err := os.MkdirAll(cache, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(cache, filepath.Join(w.home, "cache")); err != nil {
		t.Fatal(err)
	}
	// A temporary folder of its own: its timed boots wait for nobody else's.
	w.temporary = t.TempDir()
	w.env = append(os.Environ(), "SLIPWAY_TEST_PROGRAM=1", "SLIPWAY_HOME="+w.home, "TMPDIR="+w.temporary, "TERM=xterm-256color")
	return w
}

// app writes an app of one C file; more is added to its manifest.
func (w *workspace) app(name, source, more string) {
	w.t.Helper()
	dir := filepath.Join(w.project, "apps", name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		w.t.Fatal(err)
	}
	manifest := "schema = 1\nname = \"" + name + "\"\nabout = \"a test\"\nsources = [\"*.c\"]\n" + more
	for file, text := range map[string]string{"app.toml": manifest, name + ".c": source} {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
			w.t.Fatal(err)
		}
	}
}

func (w *workspace) command(args ...string) *exec.Cmd {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	w.t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, os.Args[0], append([]string{"-C", w.project}, args...)...)
	cmd.Env = w.env
	if w.program != "" {
		cmd.Path, cmd.Dir = w.program, "/"
	}
	if w.user != nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: w.user}
	}
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	return cmd
}

func (w *workspace) run(args ...string) said {
	w.t.Helper()
	cmd := w.command(args...)
	var out, words bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &words
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		w.t.Fatal(err)
	}
	return said{out.String(), words.String(), cmd.ProcessState.ExitCode()}
}

// expect runs a command and checks its status, and that each of the words is said
// on standard error.
func (w *workspace) expect(status int, words []string, args ...string) said {
	w.t.Helper()
	s := w.run(args...)
	if s.status != status {
		w.t.Errorf("slipway %s ended with %d, want %d:\n%s", strings.Join(args, " "), s.status, status, s.words)
	}
	for _, word := range words {
		if !strings.Contains(s.words, word) {
			w.t.Errorf("slipway %s does not say %q but:\n%s", strings.Join(args, " "), word, s.words)
		}
	}
	return s
}

// decode reads JSON into a struct that must have all of its fields.
func decode(t *testing.T, text string, into any) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		t.Fatalf("%v in:\n%s", err, text)
	}
}

// decodeLoosely leaves fields that the struct does not have alone: the contract may
// be extended.
func decodeLoosely(t *testing.T, text string, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), into); err != nil {
		t.Fatalf("%v in:\n%s", err, text)
	}
}
