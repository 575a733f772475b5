package provision

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// The newest versions stay, and the one at hand; what was made while the clock was ahead is not the newest for years.
func TestOldVersionsOfAKernelGo(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, hours := range map[string]int{
		"at-hand": 100, "hour-1": 1, "hour-2": 2, "hour-3": 3, "hour-4": 4, "hour-5": 5, "of-next-year": -8760, "of-tomorrow": -24,
	} {
		path := filepath.Join(dir, name)
		made := time.Now().Add(-time.Duration(hours) * time.Hour)
		if err := errors.Join(os.Mkdir(path, 0o755), os.Chtimes(path, made, made)); err != nil {
			t.Fatal(err)
		}
	}
	prune(filepath.Join(dir, "at-hand"))
	left, err := filepath.Glob(filepath.Join(dir, "*"))
	for i, path := range left {
		left[i] = filepath.Base(path)
	}
	if want := []string{"at-hand", "hour-1", "hour-2", "hour-3", "hour-4"}; err != nil || !slices.Equal(left, want) {
		t.Errorf("left are %q, %v, want %q", left, err, want)
	}
}
