package session_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// What a Slipway that was killed left beside a file goes with the next save of it; what
// may still be on its way, and what is the user's own, stays.
func TestTheNextSaveRemovesWhatAKilledOneLeft(t *testing.T) {
	t.Parallel()
	s := open(t)
	newApp(t, s, "mine", "int main(void) { return 0; }\n")
	dir := filepath.Join(s.Project(), "apps", "mine")
	long := time.Now().Add(-time.Hour)
	for name, stays := range map[string]bool{
		".main.c.0123456789ab.tmp": false, ".main.c.ba9876543210.tmp": true, ".main.c.backup.tmp": true, ".other.c.0123456789ab.tmp": true,
	} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if name != ".main.c.ba9876543210.tmp" { // that one is new
			if err := os.Chtimes(path, long, long); err != nil {
				t.Fatal(err)
			}
		}
		content, err := s.ReadFile("main.c")
		if err == nil {
			_, err = s.WriteFile("main.c", content.Text+"\n", content.Hash)
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, err := os.Lstat(path); (err == nil) != stays {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// To a clock that was put forward, what another Slipway is at looks left over.
func TestWhatIsBeingWrittenStays(t *testing.T) {
	t.Parallel()
	s := open(t)
	newApp(t, s, "mine", "int main(void) { return 0; }\n")
	path := filepath.Join(s.Project(), "apps", "mine", ".main.c.0123456789ab.tmp")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	long := time.Now().Add(-time.Hour)
	if err := errors.Join(os.Chtimes(path, long, long), unix.Flock(int(f.Fd()), unix.LOCK_EX)); err != nil {
		t.Fatal(err)
	}
	save := func() {
		content, err := s.ReadFile("main.c")
		if err == nil {
			_, err = s.WriteFile("main.c", content.Text+"\n", content.Hash)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	save()
	if _, err := os.Lstat(path); err != nil {
		t.Error(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	save()
	if _, err := os.Lstat(path); err == nil {
		t.Error("what nobody is at any more is still there")
	}
}
