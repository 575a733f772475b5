package store

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A small file system in memory is filled to the brim: the history on it stays
// whole, the message says what to do, and after making room it goes on.
func TestADiskThatIsFull(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=2m"); err != nil {
		t.Skipf("mounting a small file system needs more rights: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	s := open(t, dir)
	first := put(t, s, example(), "log")
	if _, err := s.List(Filter{}, 0); err != nil {
		t.Fatal(err)
	}
	ballast := filepath.Join(dir, "ballast")
	f, err := os.Create(ballast)
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
	f.Close()

	p, err := s.Begin()
	if err == nil {
		_, logErr := p.Log().Write(block) // a log that can't be written does not stop a boot
		_, err = p.Commit(example())
		if err == nil {
			t.Fatalf("stored on a full disk (log: %v)", logErr)
		}
	}
	if err := s.Room(); !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "delete runs") {
		t.Errorf("there is room on a full disk: %v", err)
	}
	if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "no space left in "+dir) || !strings.Contains(err.Error(), "SLIPWAY_HOME") {
		t.Errorf("the message is: %v", err)
	}
	for _, s := range []*Store{s, open(t, dir)} {
		if list, err := s.List(Filter{}, 0); err != nil || len(list) != 1 || list[0].ID != first.ID {
			t.Errorf("on the full disk: %+v, %v", list, err)
		}
		if _, err := s.Get(first.ID); err != nil {
			t.Error(err)
		}
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	second := put(t, s, example(), "log")
	list, err := open(t, dir).List(Filter{}, 0)
	if err != nil || len(list) != 2 || list[0].ID != second.ID {
		t.Errorf("with room again: %+v, %v", list, err)
	}
}
