package session_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"slipway/session"
)

// A checkout takes an app's folder away and brings it back: its files are shown
// again, whether a kernel is marked or not.
func TestAnAppThatComesBackIsSeenAgain(t *testing.T) {
	t.Parallel()
	s := open(t)
	dir, err := s.NewApp("mine")
	if err != nil {
		t.Fatal(err)
	}
	s.SelectApp("mine")
	// Once a file that is written now is listed, the watcher is at work and nothing
	// else is under way.
	await(t, s, 20*time.Second, "watcher", func(st *session.State) bool { return len(st.Watching) == 1 })
	if err := os.WriteFile(filepath.Join(dir, "new.h"), []byte("/* new */\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	listed := func(st *session.State) bool {
		return slices.ContainsFunc(st.Files, func(f session.File) bool { return f.Path == "new.h" })
	}
	await(t, s, 20*time.Second, "new file", listed)
	away := filepath.Join(t.TempDir(), "mine")
	for range 5 { // the order in which the folder and the catalogue are looked at was left to chance
		if err := os.Rename(dir, away); err != nil {
			t.Fatal(err)
		}
		await(t, s, 20*time.Second, "an app without files", func(st *session.State) bool { return len(st.Files) == 0 })
		if err := os.Rename(away, dir); err != nil {
			t.Fatal(err)
		}
		await(t, s, 20*time.Second, "the files again", listed)
	}
}
