package session_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
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

// A checkout takes the folder of a marked app away and brings it back with other
// sources: they are built, though the catalogue knew of no such app in between.
func TestAnAppThatComesBackChangedIsBuilt(t *testing.T) {
	t.Parallel()
	s := open(t)
	source := func(line string) []byte {
		return []byte("#include <stdio.h>\nint main(void) { puts(\"" + line + "\"); return 0; }\n")
	}
	newApp(t, s, "mine", string(source("before")))
	s.Mark("host", true)
	says := func(line string) func(st *session.State) bool {
		return func(st *session.State) bool {
			return ended(st) && strings.Contains(strings.Join(st.Guests[0].Screen.Snapshot().Text(), "\n"), line)
		}
	}
	await(t, s, time.Minute, "first boot", says("before"))
	dir, away := filepath.Join(s.Project(), "apps", "mine"), filepath.Join(t.TempDir(), "mine")
	if err := os.Rename(dir, away); err != nil {
		t.Fatal(err)
	}
	st := await(t, s, time.Minute, "a catalogue without it", func(st *session.State) bool {
		return len(st.Guests) == 1 && st.Guests[0].Phase == session.GuestFailed
	})
	if st.Guests[0].Problem == nil {
		t.Error("nothing says why it failed")
	}
	if err := os.WriteFile(filepath.Join(away, "main.c"), source("after"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(away, dir); err != nil {
		t.Fatal(err)
	}
	await(t, s, time.Minute, "boot of what came back", says("after"))
}

// A file is touched and is as it was; the build in between read something else. It
// is built again, and where the build was right nothing is.
func TestWhatABuildMisreadIsBuiltAgain(t *testing.T) {
	t.Parallel()
	s := open(t)
	newApp(t, s, "mine", "int main(void) { return 0; }\n")
	s.Mark("host", true)
	first := await(t, s, time.Minute, "first rounds", func(st *session.State) bool { return ended(st) && timed(st) }).Guests[0].Started
	path := filepath.Join(s.Project(), "apps", "mine", "main.c")
	touch := func() {
		t.Helper()
		if err := errors.Join(os.Rename(path, path+"~"), os.Rename(path+"~", path)); err != nil {
			t.Fatal(err)
		}
	}
	touch()
	s.Misread("host/mine")
	touch()
	st := await(t, s, time.Minute, "second boot", func(st *session.State) bool { return ended(st) && st.Guests[0].Started.After(first) })
	if st.Save == nil || st.Save.Number != 1 {
		t.Errorf("the round counts as save %+v, want the first", st.Save)
	}
}

// The folder goes in the moment in which its app is selected: nobody spins meanwhile,
// and what comes back is built.
func TestAnAppThatGoesWhenItIsSelectedIsBuiltWhenItIsBack(t *testing.T) {
	t.Parallel()
	s := open(t)
	dir, err := s.NewApp("mine")
	if err != nil {
		t.Fatal(err)
	}
	s.Mark("host", true)
	away := filepath.Join(t.TempDir(), "mine")
	if err := os.Rename(dir, away); err != nil {
		t.Fatal(err)
	}
	s.SelectApp("mine") // by a catalogue that still has it
	await(t, s, time.Minute, "failure", func(st *session.State) bool {
		return len(st.Guests) == 1 && st.Guests[0].Phase == session.GuestFailed
	})
	reads, last := 0, s.Runner().Catalog()
	for over := time.After(200 * time.Millisecond); ; {
		select {
		case <-over:
			over = nil
		case <-s.Changes():
		}
		if now := s.Runner().Catalog(); now != last {
			reads, last = reads+1, now
		}
		if over == nil {
			break
		}
	}
	if reads > 10 {
		t.Errorf("the manifests were read %d times while nothing happened", reads)
	}
	if err := os.Rename(away, dir); err != nil {
		t.Fatal(err)
	}
	await(t, s, time.Minute, "boot of what came back", func(st *session.State) bool { return ended(st) && st.Guests[0].Status == 0 })
}
