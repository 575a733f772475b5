package main_test

import (
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// After a kill or a crash, the shell that the workbench was started from reads lines as
// before: it takes its own settings back, and the rest is put in order for it.
func TestAShellIsUsableAfterTheWorkbenchWasKilled(t *testing.T) {
	t.Parallel()
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("no bash here")
	}
	for _, signal := range []syscall.Signal{syscall.SIGKILL, syscall.SIGABRT} {
		t.Run(signal.String(), func(t *testing.T) {
			t.Parallel()
			w := newWorkspace(t)
			cmd := w.command()
			line := strings.Join(cmd.Args, " ")
			cmd.Path, cmd.Args = bash, []string{"bash", "--norc", "--noprofile", "-i"}
			cmd.Env = append(slices.Clone(w.env), "PS1=ready> ", "HOME="+w.home)
			x := w.startOnTerminal(false, cmd)
			x.await("ready>")
			x.press("clear; " + line + "\r")
			x.await("Nothing is marked yet")
			if err := syscall.Kill(foreground(t, x), signal); err != nil {
				t.Fatal(err)
			}
			x.awaitGone("Nothing is marked yet")
			if signal == syscall.SIGABRT {
				x.await("SIGABRT: abort") // why it crashed is on the screen that stays
				x.await("goroutine ")
			}
			x.press("stty -a | tr ';' '\\n' | grep -cwE -- '-(isig|opost|icrnl|icanon|echo)'; echo over \"$((1+1))\"\r")
			x.await("over 2")
			if !strings.Contains(x.text(), "\n0\nover 2") {
				t.Errorf("the shell's terminal is not in order:\n%s", x.text())
			}
			if s := x.screen.Snapshot(); s.AltScreen || s.Modes.Mouse != 0 || !s.Cursor.Visible {
				t.Errorf("left behind: alternate screen %t, cursor visible %t, modes %+v", s.AltScreen, s.Cursor.Visible, s.Modes)
			}
			x.press("exit\r")
			_ = x.cmd.Wait() // its status is that of what was run last
			w.nothingRuns()
		})
	}
}

// foreground is the process that has the terminal.
func foreground(t *testing.T, x *terminal) int {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "ps", "-o", "tpgid=", "-p", strconv.Itoa(x.cmd.Process.Pid)).Output()
	if err != nil {
		t.Skipf("no ps(1) here: %v", err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(out)))
	if err != nil || pid == x.cmd.Process.Pid {
		t.Fatalf("nothing runs in the foreground: %q", out)
	}
	return pid
}

// awaitGone waits until the main screen is back and a text is on it no more.
func (x *terminal) awaitGone(text string) {
	x.t.Helper()
	deadline := time.After(time.Minute)
	for {
		x.mu.Lock()
		changed := x.changed
		x.mu.Unlock()
		if s := x.screen.Snapshot(); !s.AltScreen && !strings.Contains(strings.Join(s.Text(), "\n"), text) {
			return
		}
		select {
		case <-changed:
		case <-deadline:
			x.t.Fatalf("the screen still shows %q:\n%s", text, x.text())
		}
	}
}
