package main_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// nobody is a user who owns nothing else.
const nobody = 65534

// newUsersWorkspace is a workspace of somebody who is not root: root may read and
// write everything, whatever a folder's mode says. Its cache is its own.
func newUsersWorkspace(t *testing.T) *workspace {
	t.Helper()
	w := newWorkspace(t)
	if os.Geteuid() != 0 {
		w.ownCache()
		return w
	}
	// Folders of t.TempDir cannot be entered by others.
	base, err := os.MkdirTemp("", "slipway-user-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(base) })
	w.home, w.project, w.temporary = filepath.Join(base, "home"), filepath.Join(base, "project"), filepath.Join(base, "tmp")
	for _, dir := range []string{base, w.home, w.project, w.temporary} {
		if err := errors.Join(os.MkdirAll(dir, 0o755), os.Chmod(dir, 0o755), os.Chown(dir, nobody, nobody)); err != nil {
			t.Fatal(err)
		}
	}
	w.program = filepath.Join(base, "slipway")
	binary, err := os.ReadFile(os.Args[0])
	if err == nil {
		err = os.WriteFile(w.program, binary, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	w.user = &syscall.Credential{Uid: nobody, Gid: nobody}
	w.env = append(w.env, "SLIPWAY_HOME="+w.home, "TMPDIR="+w.temporary, "HOME="+w.home)
	return w
}

// mode changes what is allowed in a folder or file until the test ends.
func (w *workspace) mode(path string, mode os.FileMode) {
	w.t.Helper()
	info, err := os.Stat(path)
	if err == nil {
		err = os.Chmod(path, mode)
	}
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = os.Chmod(path, info.Mode()) }) // so that it can be removed
}

func TestAHistoryThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	w := newUsersWorkspace(t)
	w.expect(0, nil, "bench", "-k", "host", "-a", "hello", "-n", "1", "--warmup", "0")
	data := filepath.Join(w.home, "data")
	before := w.expect(0, nil, "runs").out
	if err := filepath.Walk(data, func(path string, info os.FileInfo, err error) error {
		if err == nil && info.IsDir() {
			w.mode(path, 0o555)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	why := []string{"not recorded", data, "SLIPWAY_HOME"}
	s := w.expect(0, why, "boot", "-k", "host", "-a", "hello") // the guest is none the worse
	if !strings.Contains(s.out, "Hello") || strings.Count(s.words, "not recorded") != 1 {
		t.Errorf("%s\n%s", s.out, s.words)
	}
	w.expect(2, []string{data, "SLIPWAY_HOME"}, "bench", "-k", "host", "-a", "hello", "-n", "1")
	if after := w.expect(0, nil, "runs").out; after != before {
		t.Errorf("the history was\n%s\nand is\n%s", before, after)
	}
	if s := w.run("doctor"); !strings.Contains(s.out, "can only be read") {
		t.Errorf("doctor does not see it:\n%s", s.out)
	}
}

func TestAHomeThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	w := newUsersWorkspace(t)
	w.mode(w.home, 0o555)
	for _, args := range [][]string{{"boot", "-k", "host", "-a", "hello"}, {"boot", "-k", "keel", "-a", "hello"}} {
		s := w.expect(125, []string{w.home, "permission denied", "SLIPWAY_HOME"}, args...)
		if lines := strings.Count(s.words, "\n"); lines != 1 {
			t.Errorf("slipway %s says %d lines:\n%s", strings.Join(args, " "), lines, s.words)
		}
	}
	w.expect(2, []string{w.home, "SLIPWAY_HOME"}, "runs")
	w.expect(0, nil, "kernels")
	w.expect(0, nil, "apps")
	if s := w.run("doctor"); s.status != 0 || !strings.Contains(s.out, w.home) {
		t.Errorf("doctor ended with %d:\n%s%s", s.status, s.out, s.words)
	}
}

func TestAnAppThatCannotBeRead(t *testing.T) {
	t.Parallel()
	w := newUsersWorkspace(t)
	w.app("mine", "int main(void) { return 0; }\n", "")
	dir := filepath.Join(w.project, "apps", "mine")
	give(t, w, dir)
	source := filepath.Join(dir, "mine.c")
	w.mode(source, 0)
	w.expect(125, []string{"build mine: read " + source + ": permission denied"}, "boot", "-k", "host", "-a", "mine")
	w.mode(dir, 0)
	w.expect(125, []string{"read " + filepath.Join(dir, "app.toml") + ": permission denied"}, "boot", "-k", "host", "-a", "mine")
	w.expect(0, []string{"read " + filepath.Join(dir, "app.toml") + ": permission denied"}, "apps")
	w.mode(filepath.Join(w.project, "apps"), 0)
	w.expect(0, []string{"read " + filepath.Join(w.project, "apps") + ": permission denied"}, "apps")
	w.mode(w.project, 0)
	w.expect(0, []string{"permission denied"}, "apps")
}

// give makes files the user's.
func give(t *testing.T, w *workspace, dir string) {
	t.Helper()
	if w.user == nil {
		return
	}
	if err := filepath.Walk(dir, func(path string, _ os.FileInfo, err error) error {
		return errors.Join(err, os.Chown(path, nobody, nobody))
	}); err != nil {
		t.Fatal(err)
	}
}

// On a full disk the earlier runs stay, the guest goes on, and what is missing is
// said.
func TestAFullDisk(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	data := filepath.Join(w.home, "data")
	if err := os.Mkdir(data, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", data, "tmpfs", 0, "size=1m"); err != nil {
		t.Skipf("mounting a small file system needs more rights: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(data, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	w.expect(0, nil, "boot", "-k", "host", "-a", "hello")
	before := w.expect(0, nil, "runs").out
	fill(t, filepath.Join(data, "ballast"))
	why := []string{"not recorded", "no space left", data, "SLIPWAY_HOME"}
	if s := w.expect(0, why, "boot", "-k", "host", "-a", "hello"); strings.Count(s.words, "\n") != 2 { // and how it ended
		t.Errorf("it says:\n%s", s.words)
	}
	s := w.expect(2, []string{"no space left", data, "SLIPWAY_HOME"}, "bench", "-k", "host", "-a", "hello", "-n", "1")
	if strings.Count(s.words, "slipway:") != 1 {
		t.Errorf("it says:\n%s", s.words)
	}
	if after := w.expect(0, nil, "runs").out; after != before {
		t.Errorf("the history was\n%s\nand is\n%s", before, after)
	}
	if err := os.Remove(filepath.Join(data, "ballast")); err != nil {
		t.Fatal(err)
	}
	w.expect(0, nil, "boot", "-k", "host", "-a", "hello")
	if after := w.expect(0, nil, "runs").out; strings.Count(after, "exit 0") != 2 {
		t.Errorf("with room again the history is\n%s", after)
	}
}

func fill(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	block := make([]byte, 4096)
	for err == nil {
		_, err = f.Write(block)
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestAFullCache(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.ownCache()
	cache := filepath.Join(w.home, "cache")
	if err := syscall.Mount("tmpfs", cache, "tmpfs", 0, "size=1m"); err != nil {
		t.Skipf("mounting a small file system needs more rights: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(cache, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	fill(t, filepath.Join(cache, "ballast"))
	for _, kernel := range []string{"host", "keel"} {
		s := w.expect(125, []string{"no space left", cache, "slipway cache clean"}, "boot", "-k", kernel, "-a", "hello")
		if strings.Count(s.words, "slipway:") != 1 {
			t.Errorf("it says:\n%s", s.words)
		}
	}
	if err := os.Remove(filepath.Join(cache, "ballast")); err != nil {
		t.Fatal(err)
	}
	w.expect(0, nil, "boot", "-k", "host", "-a", "hello")
	if left := unfinished(t, cache); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
