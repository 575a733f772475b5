package session_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"slipway/session"
)

// stuckApp is an app whose build never ends, and says when it has begun.
func stuckApp(t *testing.T, s *session.Session) {
	t.Helper()
	dir, err := s.NewApp("stuck")
	if err != nil {
		t.Fatal(err)
	}
	manifest := "schema = 1\nname = \"stuck\"\nabout = \"never done\"\nbuild = [\"sh\", \"-c\", \"exec sleep 100000\"]\nimage = \"out/app\"\n"
	if err := os.WriteFile(filepath.Join(dir, "app.toml"), []byte(manifest), 0o600); err != nil {
		t.Fatal(err)
	}
	s.SelectApp("stuck")
	s.Mark("host", true)
	await(t, s, time.Minute, "build", func(st *session.State) bool {
		return len(st.Guests) == 1 && st.Guests[0].Phase == session.GuestBuilding
	})
}

// TestABuildThatNeverEndsIsStopped: by hand, and by whoever chooses another app.
func TestABuildThatNeverEndsIsStopped(t *testing.T) {
	t.Parallel()
	s := open(t)
	stuckApp(t, s)
	s.Stop("host/stuck")
	await(t, s, time.Minute, "end of the build", func(st *session.State) bool { // a touch that came late begins another
		p := st.Guests[0].Problem
		return p != nil && strings.Contains(p.What, "stopped by the user")
	})
	s.Rebuild()
	await(t, s, time.Minute, "second build", func(st *session.State) bool { return st.Guests[0].Phase == session.GuestBuilding })
	s.SelectApp("hello")
	await(t, s, time.Minute, "boot of another app", ended)
}

// TestACorrectedBuildCommandIsNotWaitedFor: the old one goes on for ever.
func TestACorrectedBuildCommandIsNotWaitedFor(t *testing.T) {
	if testing.Short() {
		t.Skip("a newer save waits for seconds until a build under way is given up")
	}
	t.Parallel()
	s := open(t)
	stuckApp(t, s)
	content, err := s.ReadFile("app.toml")
	if err == nil {
		_, err = s.WriteFile("app.toml", strings.Replace(content.Text, "exec sleep 100000", "mkdir -p out; echo 'int main(void) { return 0; }' >out/m.c; gcc -static -o out/app out/m.c", 1), content.Hash)
	}
	if err != nil {
		t.Fatal(err)
	}
	await(t, s, time.Minute, "boot of what the corrected command makes", func(st *session.State) bool {
		return ended(st) && st.Guests[0].Outcome == "exit" && st.Guests[0].Status == 0
	})
}
