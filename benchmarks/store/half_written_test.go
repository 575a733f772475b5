package store

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Files that a killed process did not come to name go when the next one begins a run;
// those that may still be on their way stay.
func TestWhatWasHalfWrittenIsSwept(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	put(t, open(t, dir), example(), "log")
	long := time.Now().Add(-time.Hour)
	left := map[string]bool{} // path: stays
	for _, folder := range []string{"", runsDir, experimentsDir} {
		left[filepath.Join(dir, folder, ".new-123")] = false
		left[filepath.Join(dir, folder, ".new-456")] = true
	}
	for path, stays := range left {
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if !stays {
			if err := os.Chtimes(path, long, long); err != nil {
				t.Fatal(err)
			}
		}
	}
	put(t, open(t, dir), example(), "log")
	for path, stays := range left {
		if _, err := os.Lstat(path); (err == nil) != stays {
			t.Errorf("%s: %v", path, err)
		}
	}
}
