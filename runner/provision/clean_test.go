package provision_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"slipway/runner/filelock"
)

// Not in parallel: a child that another test is starting has the marks as well until it
// runs its own program.
func TestWhatSomebodyUsesStays(t *testing.T) {
	p, dir := newProvisioner(t)
	k := builtKernel(t, "cp", "source", "${out}/k.elf")
	first, err := p.Ensure(context.Background(), k, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(k.Dir, "source"), []byte("two"), 0o600); err != nil {
		t.Fatal(err)
	}
	second, err := p.Ensure(context.Background(), k, nil)
	if err != nil {
		t.Fatal(err)
	}
	left := filepath.Join(dir, "mine", ".making-1", "out")
	if err := os.MkdirAll(left, 0o755); err != nil {
		t.Fatal(err)
	}
	mark, err := filelock.Use(filepath.Join(first.Dir, "k.elf"))
	if err != nil {
		t.Fatal(err)
	}
	// Somebody is making a third version.
	unlock, err := filelock.Lock(t.Context(), filepath.Join(dir, "mine", "third.lock"))
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Tidy(); err != nil || !there(left) {
		t.Errorf("what somebody makes was taken away; %v", err)
	}
	unlock()
	if err := p.Tidy(); err != nil || there(left) {
		t.Errorf("what was left half made is still there; %v", err)
	}
	if n, err := p.Versions(); err != nil || n != 2 {
		t.Errorf("%d versions, %v", n, err)
	}
	if used, err := p.Clean(); err != nil || used != 1 || !there(first.Dir) || there(second.Dir) {
		t.Errorf("%d are in use, %v; the one that is used is there: %v, the other: %v", used, err, there(first.Dir), there(second.Dir))
	}
	if err := mark.Close(); err != nil {
		t.Fatal(err)
	}
	if used, err := p.Clean(); err != nil || used != 0 || there(filepath.Join(dir, "mine")) {
		t.Errorf("%d are in use, %v; nobody uses any", used, err)
	}
}

func there(path string) bool {
	_, err := os.Stat(path)
	return !errors.Is(err, os.ErrNotExist)
}
