package session_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"slipway/session"
)

// What was timed with a disk's old content says nothing of the new one.
func TestAChangedDiskIsTimedAgainstTheOldOne(t *testing.T) {
	t.Parallel()
	s := open(t)
	disk := filepath.Join(t.TempDir(), "a.img")
	write := func(text string) {
		if err := os.WriteFile(disk, append([]byte(text), make([]byte, 4096)...), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("one")
	if err := s.ConfigureText("accel=tcg disks=" + disk); err != nil {
		t.Fatal(err)
	}
	s.Mark("keel", true)
	s.SelectApp("hello")
	first := ""
	timed := func(st *session.State) bool {
		return st.Experiment != nil && !st.Experiment.Running && st.Experiment.Round > 0 && st.Experiment.ID != first
	}
	st := await(t, s, time.Minute, "end of the timed rounds", timed)
	first = st.Experiment.ID
	if st.SaveComparisons != nil && st.SaveComparisons[0] != nil {
		t.Error("there is nothing to compare with yet")
	}
	write("two")
	s.BootAll()
	st = await(t, s, time.Minute, "rounds with both disks", timed)
	if st.Experiment.Boots != 2*(2+1) || len(st.SaveComparisons) != 1 || st.SaveComparisons[0] == nil {
		t.Errorf("%d boots, comparisons of saves %v", st.Experiment.Boots, st.SaveComparisons)
	}
}
