package runner

import (
	"errors"
	"os"
	"path/filepath"
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
	if err := keepNewest(dir, 2); err != nil {
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
