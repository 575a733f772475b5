package filelock_test

import (
	"os"
	"path/filepath"
	"testing"

	"slipway/runner/filelock"
)

func TestWhoSharesKeepsOutWhoIsAlone(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "lock")
	first, err := filelock.Share(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	second, err := filelock.Share(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	first()
	if _, ok, err := filelock.Try(path); ok || err != nil {
		t.Errorf("alone beside one who shares: %v, %v", ok, err)
	}
	second()
	alone, ok, err := filelock.Try(path)
	if !ok || err != nil {
		t.Fatalf("nobody has it, but: %v, %v", ok, err)
	}
	alone()
}

func TestAFileIsInUseUntilItsMarkIsClosed(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "image")
	if filelock.InUse(path) {
		t.Error("a file that is not there is in use")
	}
	if err := os.WriteFile(path, []byte("x"), 0o400); err != nil {
		t.Fatal(err)
	}
	if filelock.InUse(path) {
		t.Error("nobody uses it")
	}
	mark, err := filelock.Use(path)
	if err != nil {
		t.Fatal(err)
	}
	if !filelock.InUse(path) {
		t.Error("it is marked, but not in use")
	}
	if err := mark.Close(); err != nil || filelock.InUse(path) {
		t.Errorf("after its mark was closed it is in use; %v", err)
	}
}
