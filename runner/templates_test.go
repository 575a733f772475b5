package runner

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// TestOldTemplatesAreForgotten: each is as large as a guest's memory.
func TestOldTemplatesAreForgotten(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for i, name := range []string{".making-1", "used-long-ago", "old", "new"} {
		path := filepath.Join(dir, name)
		used := time.Now().Add(time.Duration(i-4) * time.Hour)
		if err := errors.Join(os.Mkdir(path, 0o755), os.WriteFile(filepath.Join(path, "memory"), nil, 0o600),
			os.Chtimes(path, used, used)); err != nil {
			t.Fatal(err)
		}
	}
	if err := keepNewest(dir, 2, ""); err != nil {
		t.Fatal(err)
	}
	left, err := filepath.Glob(filepath.Join(dir, "*"))
	if half, _ := filepath.Glob(filepath.Join(dir, ".*")); len(half) > 0 {
		t.Errorf("half made, and still there: %q", half)
	}
	if err != nil || len(left) != 2 || filepath.Base(left[0]) != "new" || filepath.Base(left[1]) != "old" {
		t.Errorf("left are %q, %v", left, err)
	}
}

// TestATemplateIsKeptThoughTheClockWasSetBack: those of before seem to be used after it, for years to come.
func TestATemplateIsKeptThoughTheClockWasSetBack(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, used := range map[string]time.Duration{"old": -time.Hour, "of-next-year": 8760 * time.Hour, "of-tomorrow": 24 * time.Hour, "made": time.Minute} {
		path := filepath.Join(dir, name)
		at := time.Now().Add(used)
		if err := errors.Join(os.Mkdir(path, 0o755), os.Chtimes(path, at, at)); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range [][]string{{"made", "old"}, {"made"}} {
		err := keepNewest(dir, len(want), filepath.Join(dir, "made"))
		left, _ := filepath.Glob(filepath.Join(dir, "*"))
		for i, path := range left {
			left[i] = filepath.Base(path)
		}
		if err != nil || !slices.Equal(left, want) {
			t.Errorf("left are %q, %v, want %q", left, err, want)
		}
	}
}
