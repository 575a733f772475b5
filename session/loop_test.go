package session_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"slipway/session"
)

// open returns a started session on empty folders.
func open(t *testing.T) *session.Session {
	t.Helper()
	home := t.TempDir()
	if err := os.Mkdir(filepath.Join(home, "project"), 0o755); err != nil {
		t.Fatal(err)
	}
	s := openIn(t, home)
	s.Start()
	return s
}

// openIn is open with a project folder that is there already; the session is not started.
func openIn(t *testing.T, home string) *session.Session {
	t.Helper()
	project := filepath.Join(home, "project")
	s, err := session.Open(context.Background(), session.Options{
		Rounds: 2, Warmup: 1,
		Folders: session.Folders{
			Config: filepath.Join(home, "config"), Cache: cacheFolder(t), Data: filepath.Join(home, "data"),
			State: filepath.Join(home, "state"), Project: project,
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// cacheFolder is shared by the tests of this package, so that kernels are
// provisioned once.
func cacheFolder(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(os.TempDir(), "slipway-session-test-cache")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	return dir
}

// await waits until the state is as wanted, and fails with what it is instead.
func await(t *testing.T, s *session.Session, limit time.Duration, what string, ok func(*session.State) bool) *session.State {
	t.Helper()
	deadline := time.After(limit)
	for {
		st := s.State()
		if ok(st) {
			return st
		}
		select {
		case <-s.Changes():
		case <-deadline:
			for _, g := range st.Guests {
				t.Logf("%s: %s %s %d %s %+v", g.ID, g.Phase, g.Outcome, g.Status, g.Reason, g.Problem)
			}
			t.Fatalf("after %s still no %s; problems %+v; experiment %+v; comparison %+v; saves %v", limit, what, st.Problems, st.Experiment, st.Comparison != nil, st.SaveComparisons)
		}
	}
}

func ended(st *session.State) bool {
	if len(st.Guests) == 0 {
		return false
	}
	for _, g := range st.Guests {
		if g.Phase != session.GuestEnded {
			return false
		}
	}
	return true
}

// timed says whether timed rounds have been carried out.
func timed(st *session.State) bool {
	return st.Experiment != nil && !st.Experiment.Running && st.Experiment.Round == st.Experiment.Rounds
}

// TestMainJob is what the program exists for: choose kernels and an app, save
// an edit, see both boot and both compared, side by side and against the last save.
func TestMainJob(t *testing.T) {
	if testing.Short() {
		t.Skip("boots Debian's kernel under TCG")
	}
	s := open(t)
	s.SelectApp("nbody")
	s.Mark("linux-cloud", true)
	s.Mark("keel", true)
	await(t, s, 4*time.Minute, "first comparison", func(st *session.State) bool {
		return ended(st) && timed(st) && st.Comparison != nil
	})
	s.MoreRounds(6) // a verdict needs six, and one on added rounds is stricter
	st := await(t, s, 4*time.Minute, "verdict", func(st *session.State) bool {
		cell := st.Comparison.Cell("keel/nbody", "boot/total", "")
		return timed(st) && cell != nil && cell.N == [2]int{8, 8}
	})
	for _, g := range st.Guests {
		if g.Outcome != "exit" || g.Status != 0 {
			t.Errorf("%s ended with %s %d: %s", g.ID, g.Outcome, g.Status, g.Reason)
		}
		if text := strings.Join(g.Screen.Snapshot().Text(), "\n"); !strings.Contains(text, "BenchmarkNbody") {
			t.Errorf("the console of %s shows no result:\n%s", g.ID, text)
		}
		if len(g.Ledger) == 0 {
			t.Errorf("%s has no ledger", g.ID)
		}
	}
	if cell := st.Comparison.Cell("keel/nbody", "boot/total", ""); cell == nil || cell.Verdict != "better" {
		t.Errorf("keel against Debian's kernel in boot/total: %+v", cell)
	}

	content, err := s.ReadFile("nbody.c")
	if err != nil {
		t.Fatal(err)
	}
	edited := content.Text + "\nconst char saved[] = \"another image\";\n"
	if _, err := s.WriteFile("nbody.c", edited, content.Hash); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(s.Project(), "apps", "nbody", "nbody.c")); err != nil {
		t.Fatalf("editing an app of the suite did not copy it into the project: %v", err)
	}
	st = await(t, s, 4*time.Minute, "verdict on the save", func(st *session.State) bool {
		return st.Save != nil && st.Save.Ok && ended(st) && timed(st) &&
			len(st.SaveComparisons) == 2 && st.SaveComparisons[0] != nil && st.SaveComparisons[1] != nil
	})
	for i, c := range st.SaveComparisons {
		if c.Cell(st.Guests[i].ID, "boot/total", "") == nil {
			t.Errorf("no verdict on boot/total of %s against the last save", st.Guests[i].ID)
		}
	}
}

// TestFailedBuildKeepsTheLastGoodResults breaks the program and mends it again.
func TestFailedBuildKeepsTheLastGoodResults(t *testing.T) {
	if testing.Short() {
		t.Skip("boots a guest")
	}
	s := open(t)
	s.SelectApp("hello")
	s.Mark("keel", true)
	s.Mark("host", true)
	before := await(t, s, time.Minute, "first comparison", func(st *session.State) bool { return ended(st) && timed(st) && st.Comparison != nil })
	content, err := s.ReadFile("hello.c")
	if err != nil {
		t.Fatal(err)
	}
	broken := strings.Replace(content.Text, "int main", "nonsense main", 1)
	hash, err := s.WriteFile("hello.c", broken, content.Hash)
	if err != nil {
		t.Fatal(err)
	}
	st := await(t, s, time.Minute, "compiler error", func(st *session.State) bool {
		return st.Save != nil && len(st.Guests) == 2 && st.Guests[0].Phase == session.GuestFailed && st.Guests[0].Outcome != ""
	})
	g := st.Guests[0]
	if g.Problem == nil || len(g.Problem.Jumps) == 0 || g.Problem.Jumps[0].File != "hello.c" || g.Problem.Jumps[0].Line == 0 {
		t.Fatalf("the compiler's message leads nowhere: %+v", g.Problem)
	}
	if g.Outcome != before.Guests[0].Outcome || len(g.Ledger) == 0 {
		t.Errorf("the last good results are gone: %+v", g)
	}
	if text := strings.Join(g.Screen.Snapshot().Text(), "\n"); !strings.Contains(text, "Hello") {
		t.Errorf("the last good boot's console is gone:\n%s", text)
	}
	s.SetBaseline("host")
	if st = s.State(); st.Comparison == nil || st.Comparison.Baseline != "host/hello" {
		t.Error("the last good comparison can't be looked at from the other side any more")
	}
	if _, err := s.WriteFile("hello.c", content.Text, hash); err != nil {
		t.Fatal(err)
	}
	await(t, s, time.Minute, "mended boot", func(st *session.State) bool { return ended(st) && len(st.Problems) == 0 })
}

// TestWriteFileSeesAnotherEditorsSave must not lose what somebody else wrote.
func TestWriteFileSeesAnotherEditorsSave(t *testing.T) {
	s := open(t)
	s.SelectApp("hello")
	dir, err := s.CopyApp("hello")
	if err != nil {
		t.Fatal(err)
	}
	content, err := s.ReadFile("hello.c")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "hello.c"), []byte("int main(void) { return 7; }\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = s.WriteFile("hello.c", "int main(void) { return 8; }\n", content.Hash)
	var conflict *session.ConflictError
	if !errors.As(err, &conflict) {
		t.Fatalf("writing over another editor's save gave %v, want a ConflictError", err)
	}
	if !strings.Contains(conflict.Now.Text, "return 7") {
		t.Errorf("the conflict does not carry what is on disk: %+v", conflict.Now)
	}
	if _, err := s.WriteFile("../../escape.c", "", ""); err == nil {
		t.Error("a path out of the app's folder was written")
	}
}

// TestABrokenManifestIsNotReplacedByTheSuites must never boot and judge an app that
// the user did not write.
func TestABrokenManifestIsNotReplacedByTheSuites(t *testing.T) {
	if testing.Short() {
		t.Skip("boots a guest")
	}
	s := open(t)
	s.SelectApp("hello")
	s.Mark("keel", true)
	await(t, s, time.Minute, "first boot", ended)
	dir, err := s.CopyApp("hello")
	if err != nil {
		t.Fatal(err)
	}
	manifest, err := s.ReadFile("app.toml")
	if err != nil {
		t.Fatal(err)
	}
	hash, err := s.WriteFile("app.toml", manifest.Text+"flavour = 1\n", manifest.Hash)
	if err != nil {
		t.Fatal(err)
	}
	st := await(t, s, time.Minute, "failed build", func(st *session.State) bool {
		return len(st.Guests) == 1 && st.Guests[0].Phase == session.GuestFailed
	})
	p := st.Guests[0].Problem
	if p == nil || !strings.Contains(p.What, "flavour") || len(p.Jumps) == 0 || p.Jumps[0].File != "app.toml" {
		t.Errorf("the broken manifest is told as %+v", p)
	}
	if len(st.Files) == 0 {
		t.Error("the app's files can't be seen any more")
	}
	now, err := s.ReadFile("app.toml")
	if err != nil || now.Hash != hash || !strings.Contains(now.Text, "flavour") {
		t.Errorf("the editor sees %+v, %v, not what is in %s", now, err, dir)
	}
	if _, err := s.WriteFile("app.toml", manifest.Text, now.Hash); err != nil {
		t.Fatalf("mending it: %v", err)
	}
	await(t, s, time.Minute, "mended boot", func(st *session.State) bool { return ended(st) && len(st.Problems) == 0 })
}
