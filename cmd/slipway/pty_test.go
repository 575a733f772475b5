package main_test

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"

	"slipway/runner/console"
)

// terminal is the program on a terminal of its own, which is read through an
// emulator.
type terminal struct {
	t      *testing.T
	cmd    *exec.Cmd
	master *os.File
	slave  *os.File // kept open, to see what the terminal is left as
	before unix.Termios
	screen *console.Terminal
	read   chan struct{} // closed when the program has closed its side

	mu      sync.Mutex
	raw     bytes.Buffer
	changed chan struct{} // replaced and closed by every read
}

// onTerminal starts the program on a terminal of 80x24. A mute terminal answers no
// queries, as a serial line or an expect script does not.
func (w *workspace) onTerminal(mute bool, args ...string) *terminal {
	w.t.Helper()
	return w.startOnTerminal(mute, w.command(args...))
}

func (w *workspace) startOnTerminal(mute bool, cmd *exec.Cmd) *terminal {
	w.t.Helper()
	master, slave, err := pty.Open()
	if err != nil {
		w.t.Fatal(err)
	}
	if err := pty.Setsize(master, &pty.Winsize{Rows: 24, Cols: 80}); err != nil {
		w.t.Fatal(err)
	}
	term := &terminal{t: w.t, cmd: cmd, master: master, slave: slave, read: make(chan struct{}), changed: make(chan struct{})}
	reply := func(p []byte) { _, _ = master.Write(p) } // a program that has ended needs no answer
	if mute {
		reply = nil
	}
	term.screen = console.New(console.Options{Cols: 80, Rows: 24, Reply: reply})
	term.before = term.settings()
	term.cmd.Stdin, term.cmd.Stdout, term.cmd.Stderr = slave, slave, slave
	term.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := term.cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	go term.follow()
	w.t.Cleanup(func() {
		_ = term.cmd.Process.Kill() // it has ended, unless the test has failed
		_ = slave.Close()
		_ = master.Close()
		<-term.read
	})
	return term
}

func (x *terminal) follow() {
	defer close(x.read)
	buffer := make([]byte, 32<<10)
	for {
		n, err := x.master.Read(buffer)
		if n > 0 {
			x.mu.Lock()
			x.raw.Write(buffer[:n])
			x.mu.Unlock()
			_, _ = x.screen.Write(buffer[:n]) // it takes anything
			x.mu.Lock()
			close(x.changed)
			x.changed = make(chan struct{})
			x.mu.Unlock()
		}
		if err != nil {
			return
		}
	}
}

// settings are what stty(1) shows.
func (x *terminal) settings() unix.Termios {
	x.t.Helper()
	settings, err := unix.IoctlGetTermios(int(x.slave.Fd()), unix.TCGETS)
	if err != nil {
		x.t.Fatal(err)
	}
	return *settings
}

// text is what is on the screen and has scrolled off it.
func (x *terminal) text() string {
	s := x.screen.Snapshot()
	var b strings.Builder
	for _, line := range x.screen.History(0, s.Scrollback) {
		b.WriteString(line.Text() + "\n")
	}
	return b.String() + strings.Join(s.Text(), "\n")
}

func (x *terminal) bytes() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.raw.String()
}

// await waits until the screen shows a text.
func (x *terminal) await(text string) {
	x.t.Helper()
	deadline := time.After(time.Minute)
	for {
		x.mu.Lock()
		changed := x.changed
		x.mu.Unlock()
		if strings.Contains(x.text(), text) {
			return
		}
		select {
		case <-changed:
		case <-deadline:
			x.t.Fatalf("the screen never shows %q but:\n%s", text, x.text())
		}
	}
}

func (x *terminal) press(keys string) {
	x.t.Helper()
	if _, err := io.WriteString(x.master, keys); err != nil {
		x.t.Fatal(err)
	}
}

// end waits for the program, and holds that the terminal is as it was: settings,
// screen, cursor, mouse.
func (x *terminal) end(status int) {
	x.t.Helper()
	_ = x.cmd.Wait() // the status is what counts
	if got := x.cmd.ProcessState.ExitCode(); got != status {
		x.t.Errorf("ended with %d, want %d:\n%s", got, status, x.text())
	}
	if x.settings() != x.before {
		x.t.Error("the terminal's settings are not what they were: a shell would be unusable")
	}
	x.inOrder()
}

// inOrder waits until the terminal is as it was before the program began: what it wrote
// last may still be on its way, and where it was killed, somebody else has to do it.
func (x *terminal) inOrder() {
	x.t.Helper()
	tick := time.NewTicker(5 * time.Millisecond) // nothing tells of a change of the settings
	defer tick.Stop()
	for deadline := time.After(10 * time.Second); ; {
		x.mu.Lock()
		changed := x.changed
		x.mu.Unlock()
		s := x.screen.Snapshot()
		settings := x.settings() == x.before
		if settings && !s.AltScreen && s.Cursor.Visible && !s.Modes.BracketedPaste && s.Modes.Mouse == 0 && !s.Modes.Focus {
			return
		}
		select {
		case <-changed:
		case <-tick.C:
		case <-deadline:
			x.t.Errorf("left behind: settings as before %t, alternate screen %t, cursor visible %t, modes %+v", settings, s.AltScreen, s.Cursor.Visible, s.Modes)
			return
		}
	}
}

// nothingRuns waits until no process is left that this workspace's commands started.
func (w *workspace) nothingRuns() {
	w.t.Helper()
	deadline := time.After(10 * time.Second)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		left := w.processes()
		if len(left) == 0 {
			return
		}
		select {
		case <-tick.C:
		case <-deadline:
			w.t.Fatalf("still running: %s", strings.Join(left, "; "))
		}
	}
}

// processes are the command lines of all that runs with this workspace's TMPDIR, or one in it.
func (w *workspace) processes() []string {
	environments, err := filepath.Glob("/proc/[0-9]*/environ")
	if err != nil {
		w.t.Fatal(err)
	}
	var found []string
	for _, path := range environments {
		environment, err := os.ReadFile(path)
		if err != nil || !bytes.Contains(environment, []byte("TMPDIR="+w.temporary+"\x00")) && !bytes.Contains(environment, []byte("TMPDIR="+w.temporary+"/")) {
			continue // gone, or somebody else's
		}
		if line, err := os.ReadFile(filepath.Join(filepath.Dir(path), "cmdline")); err == nil && len(line) > 0 {
			found = append(found, strings.ReplaceAll(string(line), "\x00", " "))
		}
	}
	return found
}
