package tui

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"slipway/session"
)

// held is a workbench whose second guest stands and was looked into.
func held() *session.State {
	s := busy()
	g := &s.Guests[1]
	g.Paused, g.Touched = true, true
	g.Inside = &session.Inspection{
		At: noon, Paused: true, Where: "0x401030 main", Map: "virtual",
		Memory: []string{"000000400000-000000408000     32K ur-", "000000408000-000000409000      4K urw"}, More: 7,
		Code: []session.CodeLine{
			{Address: 0x401030, Symbol: "main", Text: "48 83 ec 08              subq     $8, %rsp"},
			{Address: 0x401034, Symbol: "main+0x4", Text: "e8 17 00 00 00           callq    0x401050"},
			{Address: 0x401050, Symbol: "puts", Text: "c3                       retq"},
		},
	}
	for i, name := range []string{
		"RAX", "RBX", "RCX", "RDX", "RSI", "RDI", "RBP", "RSP", "R8", "R9", "R10", "R11", "R12", "R13", "R14", "R15", "RIP", "RFL",
		"ES", "CR0", "CR2", "CR3", "CR4", "DR0", "EFER", "XMM00",
	} {
		g.Inside.Registers = append(g.Inside.Registers, session.Register{Name: name, Value: fmt.Sprintf("%016x", 0x1000*i)})
	}
	return s
}

// atTheGuest is a person who looks at the second guest of the Console screen.
func atTheGuest(t *testing.T, w, h int) *driver {
	t.Helper()
	d := drive(t, held(), w, h)
	d.press("3", "n")
	return d
}

const debugged = "linux-cloud/nbody"

func withDebugger(open bool) func(*session.State) {
	screen := terminal("Breakpoint 1, main () at nbody.c:7\r\n(gdb) ")
	return func(s *session.State) { s.Guests[1].Debugger = &session.Debugger{Screen: screen, Open: open} }
}

func TestGoldenTools(t *testing.T) {
	t.Parallel()
	for _, size := range []struct{ w, h int }{{80, 24}, {120, 40}} {
		for name, keys := range map[string][]string{"inside": {"x"}, "memory": {"x", "x"}, "gdb": {"g"}, "monitor": {"m"}} {
			screen := fmt.Sprintf("console-%s-%dx%d", name, size.w, size.h)
			t.Run(screen, func(t *testing.T) {
				t.Parallel()
				d := atTheGuest(t, size.w, size.h)
				d.wb.change(withDebugger(true))
				d.settle()
				d.press(keys...)
				if name == "monitor" {
					d.typed("info status")
					d.press("enter")
				}
				golden(t, screen, d.screen())
			})
		}
	}
}

func TestHandsByKeys(t *testing.T) {
	t.Parallel()
	d := atTheGuest(t, 80, 24)
	d.shows("‖ paused")
	for _, c := range []struct{ key, want string }{
		{"p", "pause " + debugged + " false"},
		{"s", "step " + debugged},
		{"R", "reset " + debugged},
		{"S", "snapshot " + debugged},
		{"u", "restore " + debugged},
		{"X", "close debugger " + debugged},
		{"x", "inspect " + debugged + " true"},
	} {
		d.press(c.key)
		d.asked(c.want)
	}
	d.shows("Inside · linux-cloud · stands", "next: 0x401030 main", "RSP", "▸ 401030  subq $8, %rsp")
	d.press("x")
	d.shows("by the guest's page tables", "000000400000-000000408000", "and 7 more")
	d.press("N") // the other guest is looked into
	d.asked("inspect " + debugged + " false")
	d.asked("inspect keel/nbody true")
	d.press("x")
	d.hides("page tables")
	d.asked("inspect keel/nbody false")

	// The same while keys go to the guest, behind the prefix.
	d = atTheGuest(t, 80, 24)
	d.press("enter", "ctrl+]", "s", "ctrl+]", "x")
	d.asked("step " + debugged)
	d.shows("next: 0x401030 main", "keys go to the guest")
	d.press("s")
	d.asked("send " + debugged + ` "s"`)
	d.press("ctrl+]", "q", "q")
	d.hides("next: 0x401030")
}

func TestMonitorByKeys(t *testing.T) {
	t.Parallel()
	d := atTheGuest(t, 80, 24)
	d.press("m")
	d.typed("info status")
	d.press("enter")
	d.asked("monitor " + debugged + " info status")
	d.shows("(qemu) info status", "VM status: running")
	d.press("up")
	d.typed(" again")
	d.press("enter")
	d.asked("monitor " + debugged + " info status again")
	d.press("esc")
	d.hides("QEMU's monitor")
}

func TestDebuggerByKeys(t *testing.T) {
	t.Parallel()
	d := atTheGuest(t, 80, 24)
	d.press("g")
	d.asked("debug " + debugged)
	d.shows("gdb · linux-cloud", "comes to the guest", "keys go to gdb")
	d.press("c")
	d.shows("gdb is not there yet")
	d.wb.change(withDebugger(true))
	d.settle()
	d.shows("Breakpoint 1, main () at nbody.c:7", "‖ stands in gdb")
	d.asked("resize debugger " + debugged + " 78x11")
	d.press("c", "enter")
	d.asked("send debugger " + debugged + ` "c"`)
	d.asked("send debugger " + debugged + ` "\r"`)
	d.press("ctrl+]", "ctrl+]")
	d.asked("send debugger " + debugged + ` "\x1d"`)
	d.press("ctrl+]", "g", "a") // the keys are the guest's, gdb stays in sight
	d.asked("send " + debugged + ` "a"`)
	d.shows("Breakpoint 1", "keys go to the guest")
	d.press("ctrl+]", "g", "b")
	d.asked("send debugger " + debugged + ` "b"`)
	d.wb.change(withDebugger(false)) // quit
	d.settle()
	d.hides("keys go to")
	d.hides("Breakpoint 1")
	d.press("?")
	d.shows("Keys")
	d.press("esc")

	// Where gdb can't be opened the keys are Slipway's again.
	d.press("g")
	d.shows("keys go to gdb")
	d.wb.change(func(s *session.State) { s.Guests[1].NoDebugger++ })
	d.settle()
	d.hides("keys go to gdb")

	// One whose guest has ended is replaced, and the keys wait for the new one.
	d.wb.change(withDebugger(true))
	d.wb.change(func(s *session.State) { s.Guests[1].Phase = session.GuestEnded })
	d.settle()
	d.wb.calls = nil
	d.press("g")
	d.asked("debug " + debugged)
	d.wb.change(func(s *session.State) { s.Guests[1].Debugger = &session.Debugger{Screen: s.Guests[1].Debugger.Screen} })
	d.settle()
	d.shows("keys go to gdb")
	d.wb.change(withDebugger(true))
	d.settle()
	d.press("c")
	d.asked("send debugger " + debugged + ` "c"`)
}

const countsLines = `#include <stdio.h>

int main(void)
{
	int c, n = 0;
	puts("type lines");
	while ((c = getchar()) != EOF)
		if (c == '\n')
			printf("n=%d\n", ++n);
	return 0;
}
`

// atCounts is a person before a guest that counts lines, in the real program.
func atCounts(t *testing.T, cols, rows int) (*home, *person) {
	t.Helper()
	h := newHome(t)
	dir := filepath.Join(h.project, "apps", "counts")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"counts.c": countsLines, "app.toml": "schema = 1\nname = \"counts\"\nabout = \"counts lines\"\nsources = [\"*.c\"]\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p := sit(t, cols, rows, h.slipway())
	p.sees("Nothing is marked yet")
	p.presses("space")
	p.sees("● keel")
	p.presses("2", "enter")
	p.sees("● counts")
	p.presses("3")
	p.sees("● running", "│type lines", "enter type") // the editor shows these words too
	return h, p
}

// TestLookInsideAtATerminal does by keys what there is to do to a guest, with the real
// program and a real guest, at both sizes.
func TestLookInsideAtATerminal(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the program and boots keel several times")
	}
	if _, err := exec.LookPath("gdb"); err != nil {
		t.Skip("gdb is not on this machine (make deps-test installs it)")
	}
	for _, size := range []struct{ cols, rows int }{{80, 24}, {120, 40}} {
		t.Run(fmt.Sprintf("%dx%d", size.cols, size.rows), func(t *testing.T) {
			t.Parallel()
			h, p := atCounts(t, size.cols, size.rows)
			p.presses("p", "x")
			p.sees("‖ paused", "Inside · keel · stands", "RIP", "▸")
			p.presses("x")
			p.sees("by the guest's page tables")
			p.presses("x", "m")
			p.sees("Commands of QEMU's monitor")
			p.types("info status")
			p.presses("enter")
			p.sees("VM status: paused")
			p.presses("esc")
			p.seesNoMore("QEMU's monitor")
			p.presses("p")
			p.seesNoMore("‖ paused")
			p.presses("enter", "enter")
			p.sees("n=1")
			p.presses("ctrl+]", "S")
			p.sees("snapshot of keel/counts")
			p.presses("enter")
			p.sees("n=2")
			p.presses("ctrl+]", "u")
			p.sees("as it was when the snapshot was taken")
			p.presses("enter")
			p.waits("n=2 comes again", func(screen string) bool { return strings.Count(screen, "n=2") == 2 })
			p.presses("ctrl+]", "g")
			p.sees("(gdb)", "quit leaves it running", "keys go to gdb")
			p.types("info registers rip")
			p.presses("enter")
			p.sees("rip            0x")
			p.types("quit")
			p.presses("enter")
			p.seesNoMore("gdb · keel", "‖")
			p.presses("k")
			p.sees("stopped")
			p.presses("g")
			p.sees("c runs it", "keys go to gdb")
			p.types("c")
			p.presses("enter")
			p.sees("main () at counts.c:6", `puts("type lines");`)
			p.presses("ctrl+]", "q", "ctrl+c", "ctrl+c")
			p.leaves()
			if left := h.left(); len(left) > 0 {
				t.Errorf("still running: %q", left)
			}
		})
	}
}

func TestAKilledWorkbenchLeavesNoDebugger(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the program and boots keel")
	}
	if _, err := exec.LookPath("gdb"); err != nil {
		t.Skip("gdb is not on this machine (make deps-test installs it)")
	}
	h, p := atCounts(t, 80, 24)
	p.presses("S", "g")
	p.sees("quit leaves it running", "keys go to gdb")
	if left := strings.Join(h.left(), "\n"); !strings.Contains(left, "qemu-system") || !strings.Contains(left, "gdb -q") {
		t.Fatalf("these run: %s", left)
	}
	if err := p.cmd.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-p.ended
	deadline := time.Now().Add(patience)
	for len(h.left()) > 0 {
		if time.Now().After(deadline) {
			t.Fatalf("still running: %q", h.left())
		}
	}
	for _, pattern := range []string{filepath.Join(h.temporary(), "slipway-gdb-*"), filepath.Join(h.dir, "cache", ".snapshot*")} {
		if found, err := filepath.Glob(pattern); err != nil || len(found) > 0 {
			t.Errorf("still there: %q, %v", found, err)
		}
	}
}
