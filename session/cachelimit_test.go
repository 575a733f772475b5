package session_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"slipway/session"
)

// With a limit that not even one image keeps to, saves are still timed against the
// last ones: what is compared is in use. What is not goes.
func TestASmallCacheKeepsWhatIsCompared(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	folders := session.Folders{
		Config: filepath.Join(home, "config"), Cache: filepath.Join(home, "cache"), Data: filepath.Join(home, "data"),
		State: filepath.Join(home, "state"), Project: filepath.Join(home, "project"),
	}
	source := filepath.Join(folders.Apps(), "mine", "mine.c")
	save := func(n int) {
		text := fmt.Sprintf("int main(void) { volatile int n = %d; return n - %d; }\n", n, n)
		if err := os.WriteFile(source, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for path, text := range map[string]string{
		folders.SettingsPath():                          "cache = \"1K\"\n",
		filepath.Join(filepath.Dir(source), "app.toml"): "schema = 1\nname = \"mine\"\n",
	} {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	save(0)
	s, err := session.Open(context.Background(), session.Options{Folders: folders, Rounds: 1, Warmup: session.NoWarmup})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	s.Start()
	s.SelectApp("mine")
	s.Mark("host", true)
	rounds := await(t, s, time.Minute, "first rounds", func(st *session.State) bool { return ended(st) && timed(st) }).Experiment.ID
	const saves = 6
	kept := 0
	for n := 1; n <= saves; n++ {
		save(n)
		st := await(t, s, time.Minute, fmt.Sprintf("rounds of save %d", n), func(st *session.State) bool {
			return st.Save != nil && st.Save.Number == n && st.Save.Ok && ended(st) && timed(st) && st.Experiment.ID != rounds
		})
		rounds = st.Experiment.ID
		if e := st.Experiment; len(st.Problems) > 0 || e.Total != 2 || e.Failed != 0 {
			t.Fatalf("save %d: %+v, %+v, want two boots: its own and the last save's", n, st.Problems, e)
		}
		runtime.GC() // what nobody has is given up
		programs, err := filepath.Glob(filepath.Join(folders.Cache, "images", "apps", "*", "*", "app"))
		if err != nil {
			t.Fatal(err)
		}
		kept = len(programs)
	}
	if kept < 2 || kept > saves-2 {
		t.Errorf("after %d saves the cache has %d programs, want the two that are compared and what is about to go", saves, kept)
	}
}
