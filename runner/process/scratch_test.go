package process_test

import (
	"os"
	"path/filepath"
	"testing"
)

// Not parallel: TMPDIR belongs to the whole process.
func TestTheScratchFolderIsThereWhenItIsAskedFor(t *testing.T) {
	system := filepath.Join(t.TempDir(), "tmp")
	if err := os.Mkdir(system, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", system)
	sp := spawner(t)
	dir := sp.Scratch()
	if filepath.Dir(dir) != system {
		t.Fatalf("it is %q", dir)
	}
	if err := os.Remove(dir); err != nil { // as a tidy system does after some days
		t.Fatal(err)
	}
	if info, err := os.Stat(sp.Scratch()); err != nil || !info.IsDir() {
		t.Errorf("it is not made again: %v", err)
	}
	if err := os.RemoveAll(system); err != nil {
		t.Fatal(err)
	}
	if dir := sp.Scratch(); dir != "" {
		t.Errorf("it is %q, where there can be none", dir)
	}
}
