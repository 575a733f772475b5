package session_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"slipway/session"
)

// documentedKernel writes the example of docs/kernels.md into the project.
func documentedKernel(t *testing.T, s *session.Session) (dir string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "docs", "kernels.md"))
	if err != nil {
		t.Fatal(err)
	}
	dir = filepath.Join(s.Project(), ".slipway", "kernels", "mine")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]string{"kernel.toml": "toml", "mine.S": "asm"} {
		found := regexp.MustCompile("(?s)```" + block + "\n(.*?)```").FindSubmatch(text)
		if found == nil {
			t.Fatalf("docs/kernels.md has no %s", block)
		}
		if err := os.WriteFile(filepath.Join(dir, name), found[1], 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// A kernel developer's mistake leads to its place in the kernel's own source, which
// is edited like an app's, and mending it boots the kernel.
func TestAKernelThatDoesNotAssembleLeadsToItsLine(t *testing.T) {
	if testing.Short() {
		t.Skip("boots a guest")
	}
	s := open(t)
	dir := documentedKernel(t, s)
	source := filepath.Join(dir, "mine.S")
	good, err := os.ReadFile(source)
	if err != nil {
		t.Fatal(err)
	}
	bad := strings.Replace(string(good), "movb\t$0x10, %al", "movz\t$0x10, %al", 1)
	if err := os.WriteFile(source, []byte(bad), 0o600); err != nil {
		t.Fatal(err)
	}
	before, _, _ := strings.Cut(bad, "movz")
	line := strings.Count(before, "\n") + 1

	await(t, s, 20*time.Second, "the kernel", func(st *session.State) bool { return guestKernel(st, "mine") })
	s.Mark("mine", true)
	s.SelectApp("hello")
	st := await(t, s, time.Minute, "the problem", func(st *session.State) bool {
		return len(st.Guests) == 1 && st.Guests[0].Problem != nil && len(st.Guests[0].Problem.Jumps) > 0
	})
	if j := st.Guests[0].Problem.Jumps[0]; j.File != source || j.Line != line || j.Severity != "error" {
		t.Errorf("it leads to %+v, want %s:%d", j, source, line)
	}
	content, err := s.ReadFile(source)
	if err != nil || content.Text != bad || content.Path != source || content.ReadOnly {
		t.Fatalf("%+v, %v", content, err)
	}
	if _, err := s.WriteFile(source, string(good), content.Hash); err != nil {
		t.Fatal(err)
	}
	// The request that selected the app may come after the save was made: then the
	// mended kernel boots once more in its own place.
	st = await(t, s, time.Minute, "the mended kernel's boot", func(st *session.State) bool {
		return ended(st) && st.Guests[0].Outcome != "stopped"
	})
	if g := st.Guests[0]; g.Outcome != "exit" || g.Status != 0 || g.Problem != nil {
		t.Errorf("%s %d (%s), problem %v", g.Outcome, g.Status, g.Reason, g.Problem)
	}
	for _, outside := range []string{"/etc/passwd", filepath.Join(dir, "..", "..", "..", "secret")} {
		if _, err := s.ReadFile(outside); err == nil {
			t.Errorf("%s was read", outside)
		}
	}
}

// A save in the folder of a kernel that others extend builds and boots those, too.
func TestASaveOfWhatAKernelExtendsBootsIt(t *testing.T) {
	if testing.Short() {
		t.Skip("boots guests")
	}
	s := open(t)
	dir := documentedKernel(t, s)
	derived := filepath.Join(filepath.Dir(dir), "derived")
	if err := os.MkdirAll(derived, 0o755); err != nil {
		t.Fatal(err)
	}
	text := "schema = 1\nname = \"derived\"\nextends = \"mine\"\nabout = \"The same with less memory\"\n[boot]\nmemory = \"24M\"\n"
	if err := os.WriteFile(filepath.Join(derived, "kernel.toml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	await(t, s, 20*time.Second, "the kernel", func(st *session.State) bool { return guestKernel(st, "derived") })
	s.Mark("derived", true)
	s.SelectApp("hello")
	st := await(t, s, time.Minute, "its boot", func(st *session.State) bool { return ended(st) && st.Guests[0].Outcome != "stopped" })
	if g := st.Guests[0]; g.Outcome != "exit" || g.Status != 0 {
		t.Fatalf("%s %d (%s), problem %v", g.Outcome, g.Status, g.Reason, g.Problem)
	}

	source := filepath.Join(dir, "mine.S")
	good, err := os.ReadFile(source)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(source, []byte(strings.Replace(string(good), "Hello from", "movz nothing\n", 1)+"\n\tmovz\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	st = await(t, s, time.Minute, "the problem", func(st *session.State) bool {
		return st.Guests[0].Problem != nil && len(st.Guests[0].Problem.Jumps) > 0
	})
	if j := st.Guests[0].Problem.Jumps[0]; j.File != source {
		t.Errorf("it leads to %s, want %s", j.File, source)
	}
	if err := os.WriteFile(source, []byte(strings.Replace(string(good), "exit 0", "exit 9", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	await(t, s, time.Minute, "the boot of what was saved", func(st *session.State) bool { return ended(st) && st.Guests[0].Status == 9 })
}

func guestKernel(st *session.State, name string) bool {
	for _, k := range st.Kernels {
		if k.Name == name {
			return true
		}
	}
	return false
}

// A marked kernel whose folder is taken away stays in the list until its mark is
// taken away too.
func TestAMarkedKernelThatGoesStaysInSight(t *testing.T) {
	t.Parallel()
	s := open(t)
	dir := documentedKernel(t, s)
	has := func(broken bool) func(*session.State) bool {
		return func(st *session.State) bool {
			return slices.ContainsFunc(st.Kernels, func(k session.Kernel) bool { return k.Name == "mine" && k.Broken == broken })
		}
	}
	await(t, s, 20*time.Second, "the kernel", has(false))
	s.Mark("mine", true)
	if err := os.Rename(dir, filepath.Join(t.TempDir(), "mine")); err != nil {
		t.Fatal(err)
	}
	await(t, s, 20*time.Second, "the kernel that has gone", has(true))
	s.Mark("mine", false)
	await(t, s, 20*time.Second, "a list without it", func(st *session.State) bool { return !has(true)(st) && !has(false)(st) })
}
