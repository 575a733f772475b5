package store

import (
	"errors"
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

// A clock that was put forward makes all that is on its way look left over. What somebody
// is at stays, and gets its name.
func TestWhatIsUnderWayIsNotSweptByAClockPutForward(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	run := put(t, s, example(), "log")
	pending, err := s.Begin()
	if err != nil {
		t.Fatal(err)
	}
	ahead := func() time.Time { return time.Now().Add(87600 * time.Hour) }
	sweeping, done := make(chan struct{}), make(chan error, 1)
	go func() {
		for {
			other, err := Open(dir)
			if err == nil {
				other.now = ahead
				_, err = other.ownWriter()
				err = errors.Join(err, other.Close())
			}
			select {
			case <-sweeping:
				done <- err
				return
			default:
			}
			if err != nil {
				done <- err
				return
			}
		}
	}()
	for range 200 {
		if err := s.Note(run.ID, "again"); err != nil {
			t.Error(err)
			break
		}
		if _, err := s.PutExperiment(Experiment{State: Done}); err != nil {
			t.Error(err)
			break
		}
	}
	close(sweeping)
	if err := <-done; err != nil {
		t.Error(err)
	}
	if _, err := pending.Commit(example()); err != nil {
		t.Errorf("a run under way was swept: %v", err)
	}
}
