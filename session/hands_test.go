package session_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"slipway/runner/console"
	"slipway/session"
)

// counts answers each line with the number of those that came.
const counts = `#include <stdio.h>

int main(void)
{
	int c, n = 0;
	puts("ready");
	while ((c = getchar()) != EOF)
		if (c == '\n')
			printf("n=%d\n", ++n);
	return 0;
}
`

// handsLimit is for what takes milliseconds on a quiet machine.
const handsLimit = 60 * time.Second

// counting is a session with one guest that counts and waits for its next line.
func counting(t *testing.T) (*session.Session, string) {
	t.Helper()
	// All is there and selected before the session begins: there is one boot.
	home := t.TempDir()
	app := filepath.Join(home, "project", "apps", "counts")
	if err := errors.Join(
		os.MkdirAll(app, 0o755),
		os.WriteFile(filepath.Join(app, "counts.c"), []byte(counts), 0o600),
		os.WriteFile(filepath.Join(app, "app.toml"), []byte("schema = 1\nname = \"counts\"\nabout = \"lines\"\nsources = [\"*.c\"]\n"), 0o600),
	); err != nil {
		t.Fatal(err)
	}
	s := openIn(t, home)
	s.Mark("keel", true)
	s.SelectApp("counts")
	s.Start()
	awaitText(t, s, "ready", 1)
	return s, "keel/counts"
}

// shows is all that a terminal shows and has shown.
func shows(screen *console.Terminal) string {
	var b strings.Builder
	s := screen.Snapshot()
	for _, lines := range [][]console.Line{screen.History(0, s.Scrollback), s.Lines} {
		for _, line := range lines {
			for x := range line.Used() {
				b.WriteString(line.Cell(x).Text)
			}
			b.WriteByte('\n')
		}
	}
	return b.String()
}

func awaitText(t *testing.T, s *session.Session, text string, times int) {
	t.Helper()
	await(t, s, handsLimit, text, func(st *session.State) bool {
		return len(st.Guests) == 1 && strings.Count(shows(st.Guests[0].Screen), text) >= times
	})
}

func awaitGuest(t *testing.T, s *session.Session, what string, ok func(*session.Guest) bool) session.Guest {
	t.Helper()
	st := await(t, s, handsLimit, what, func(st *session.State) bool { return len(st.Guests) == 1 && ok(&st.Guests[0]) })
	return st.Guests[0]
}

func awaitNotice(t *testing.T, s *session.Session, text string) {
	t.Helper()
	await(t, s, handsLimit, "notice: "+text, func(st *session.State) bool {
		return slices.ContainsFunc(st.Notices, func(n session.Notice) bool { return strings.Contains(n.Text, text) })
	})
}

func awaitDebugger(t *testing.T, s *session.Session, text string) {
	t.Helper()
	await(t, s, handsLimit, "in gdb: "+text, func(st *session.State) bool {
		d := st.Guests[0].Debugger
		return d != nil && strings.Contains(shows(d.Screen), text)
	})
}

func TestHandsOnAGuest(t *testing.T) {
	t.Parallel()
	s, id := counting(t)
	press := func(want string, times int) {
		t.Helper()
		s.Send(id, []byte("\n"))
		awaitText(t, s, want, times)
	}
	press("n=1", 1)

	s.Inspect(id, true)
	s.Pause(id, true)
	g := awaitGuest(t, s, "pause and what is inside", func(g *session.Guest) bool { return g.Paused && g.Inside != nil && g.Inside.Paused })
	if len(g.Inside.Registers) == 0 || len(g.Inside.Code) == 0 || len(g.Inside.Memory) == 0 || g.Inside.Code[0].Symbol == "" {
		t.Errorf("inside: %+v", g.Inside)
	}
	before := g.Inside
	s.Step(id)
	awaitGuest(t, s, "step", func(g *session.Guest) bool {
		return g.Paused && g.Inside.Where != before.Where && g.Inside.At != before.At
	})
	s.Pause(id, false)
	awaitGuest(t, s, "going on", func(g *session.Guest) bool { return !g.Paused })
	press("n=2", 1)

	s.Restore(id)
	awaitNotice(t, s, "no snapshot of this boot")
	s.Snapshot(id)
	awaitGuest(t, s, "snapshot", func(g *session.Guest) bool { return g.Snapshot != nil && g.Snapshot.Size > 0 })
	press("n=3", 1)
	s.Restore(id)
	awaitNotice(t, s, "as it was when the snapshot was taken")
	press("n=3", 2)

	text, err := s.Monitor(id, "info status")
	if err != nil || !strings.Contains(text, "running") {
		t.Errorf("the monitor says %q, %v", text, err)
	}
	s.Reset(id)
	awaitText(t, s, "ready", 2)
	awaitGuest(t, s, "app after the reset", func(g *session.Guest) bool { return g.Phase == session.GuestRunning })
	press("n=1", 2)

	s.Stop(id)
	g = awaitGuest(t, s, "end", func(g *session.Guest) bool { return g.Phase == session.GuestEnded })
	if len(g.Ledger) > 0 || !g.Touched || g.Paused || g.Snapshot != nil {
		t.Errorf("a boot that was touched: %+v", g)
	}
	st := await(t, s, handsLimit, "its run", func(st *session.State) bool { return len(st.Runs) > 0 && st.Runs[0].Interactive })
	record, err := s.RunText(st.Runs[0].ID)
	if err != nil || !strings.Contains(record, "its times are no measurements") || strings.Contains(record, "metric boot/") || strings.Contains(record, "phase ") {
		t.Errorf("the run: %v\n%s", err, record)
	}
	s.Pause(id, true)
	awaitNotice(t, s, "it is not running: boot it first")
}

func needGDB(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("gdb"); err != nil {
		t.Skip("gdb is not on this machine (make deps-test installs it)")
	}
}

func TestDebuggerOnAGuest(t *testing.T) {
	t.Parallel()
	needGDB(t)
	s, id := counting(t)
	s.Debug(id)
	awaitDebugger(t, s, "quit leaves it running")
	awaitGuest(t, s, "pause", func(g *session.Guest) bool { return g.Paused && g.Debugger.Open })
	s.ResizeDebugger(id, 100, 20)
	s.SendDebugger(id, []byte("info registers rip\n"))
	awaitDebugger(t, s, "rip            0x")
	s.Step(id)
	awaitNotice(t, s, "a debugger holds the guest")
	s.Rebuild()
	awaitNotice(t, s, "is debugged: its boot goes on")
	s.CloseDebugger(id)
	awaitGuest(t, s, "the guest alone", func(g *session.Guest) bool { return !g.Paused && !g.Debugger.Open })
	s.Send(id, []byte("\n"))
	awaitText(t, s, "n=1", 1)

	// One that does not run is held at its first instruction.
	s.Stop(id)
	awaitGuest(t, s, "end", func(g *session.Guest) bool { return g.Phase == session.GuestEnded })
	s.Debug(id)
	awaitDebugger(t, s, "c runs it to main")
	s.SendDebugger(id, []byte("c\n"))
	awaitDebugger(t, s, "main () at counts.c:")
	// Booting by hand takes the debugger's guest away, and the debugger with it.
	s.Boot(id)
	awaitGuest(t, s, "the new boot", func(g *session.Guest) bool { return !g.Paused && !g.Debugger.Open && g.Phase == session.GuestRunning })
	s.Debug(id)
	awaitGuest(t, s, "another debugger", func(g *session.Guest) bool { return g.Paused && g.Debugger.Open })
	awaitDebugger(t, s, "quit leaves it running")
	s.SendDebugger(id, []byte("quit\n"))
	awaitGuest(t, s, "the guest alone", func(g *session.Guest) bool { return !g.Paused && !g.Debugger.Open && g.Input })
}

func TestClosingWithADebuggerOpenLeavesNothing(t *testing.T) {
	needGDB(t)
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	s, id := counting(t)
	s.Snapshot(id)
	awaitGuest(t, s, "snapshot", func(g *session.Guest) bool { return g.Snapshot != nil })
	s.Debug(id)
	awaitDebugger(t, s, "quit leaves it running")
	if found := children(t); !strings.Contains(found, "gdb") || !strings.Contains(found, "qemu") {
		t.Fatalf("the children are %q", found)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if found := children(t); strings.Contains(found, "gdb") || strings.Contains(found, "qemu") {
		t.Errorf("there are still %q", found)
	}
	if left, err := os.ReadDir(os.Getenv("XDG_RUNTIME_DIR")); err != nil || len(left) > 0 {
		t.Errorf("there is still %v, %v", left, err)
	}
	if left, err := filepath.Glob(filepath.Join(s.Folders().Cache, ".snapshot*")); err != nil || len(left) > 0 {
		t.Errorf("there is still %v, %v", left, err)
	}
}

// children are the names of this process's.
func children(t *testing.T) string {
	t.Helper()
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, path := range stats {
		stat, err := os.ReadFile(path)
		if err != nil {
			continue // it has just ended
		}
		head, rest, _ := strings.Cut(string(stat), ") ")
		if fields := strings.Fields(rest); len(fields) > 1 && fields[1] == strconv.Itoa(os.Getpid()) {
			_, name, _ := strings.Cut(head, "(")
			names = append(names, name)
		}
	}
	return strings.Join(names, " ")
}
