package main_test

import (
	"strings"
	"syscall"
	"testing"
)

// echo says what it is told, and ends with 7 at the word quit.
const echo = `#include <stdio.h>
#include <string.h>
int main(void) {
	char line[100];
	puts("ready");
	fflush(stdout);
	while (fgets(line, sizeof line, stdin)) {
		printf("told: %s", line);
		fflush(stdout);
		if (!strncmp(line, "quit", 4))
			return 7;
	}
	return 0;
}
`

func TestKeysGoToTheGuestAndItsStatusComesBack(t *testing.T) {
	t.Parallel()
	for _, kernel := range []string{"host", "keel"} {
		t.Run(kernel, func(t *testing.T) {
			t.Parallel()
			w := newWorkspace(t)
			w.app("echo", echo, "")
			x := w.onTerminal(false, "boot", "-k", kernel, "-a", "echo")
			x.await("ready")
			x.press("hello\r")
			x.await("told: hello")
			x.press("quit\r")
			x.await("exit 7")
			x.end(7)
			w.nothingRuns()
		})
	}
}

func TestCtrlBracketLeavesTheGuest(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.app("echo", echo, "")
	x := w.onTerminal(false, "boot", "-k", "keel", "-a", "echo")
	x.await("ready")
	x.press("still here\r")
	x.await("still here")
	x.press("\x1d")
	x.await("ctrl+]")
	x.end(130)
	w.nothingRuns()
	if s := w.run("runs"); !strings.Contains(s.out, "stopped") || !strings.Contains(s.out, "watched") {
		t.Errorf("the boot is not in the history:\n%s", s.out)
	}
}

func TestCtrlCIsTheGuests(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.app("echo", echo, "")
	x := w.onTerminal(false, "boot", "-k", "keel", "-a", "echo")
	x.await("ready")
	x.press("\x03")
	x.await("interrupt")
	x.end(126) // the guest's status is above 123
	w.nothingRuns()
}

func TestAClosedTerminalEndsTheGuest(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.app("echo", echo, "")
	x := w.onTerminal(false, "boot", "-k", "keel", "-a", "echo")
	x.await("ready")
	if err := x.cmd.Process.Signal(syscall.SIGHUP); err != nil { // what the kernel sends when the window closes
		t.Fatal(err)
	}
	x.end(130)
	w.nothingRuns()
	if s := w.run("runs"); !strings.Contains(s.out, "stopped") {
		t.Errorf("the boot is not in the history:\n%s", s.out)
	}
}

// Asking the terminal for its colours takes seconds on one that does not answer,
// and eats what was typed ahead.
func TestAnErrorAsksTheTerminalNothing(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	x := w.onTerminal(true, "kernel", "show", "kell")
	x.await("did you mean keel?")
	x.end(2)
	if strings.Contains(x.bytes(), "\x1b") {
		t.Errorf("it wrote %q", x.bytes())
	}
}

func TestADumbTerminalGetsPlainWords(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.env = append(w.env, "TERM=dumb")
	for _, c := range []struct {
		status int
		shows  string
		args   []string
	}{
		{2, "needs a terminal", nil},
		{0, "Kernels and apps:", []string{"--help"}},
		{0, "Hello from a program", []string{"boot", "-k", "host", "-a", "hello"}},
	} {
		x := w.onTerminal(true, c.args...)
		x.await(c.shows)
		x.end(c.status)
		if strings.Contains(x.bytes(), "\x1b") {
			t.Errorf("slipway %s wrote %q", strings.Join(c.args, " "), x.bytes())
		}
	}
}

func TestTheWorkbenchOpensAndQuits(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	x := w.onTerminal(false)
	x.await("linux-cloud")
	x.press("\x03")
	x.await("Quit Slipway?")
	x.press("\x03")
	x.end(0)
	w.nothingRuns()

	x = w.onTerminal(false)
	x.await("linux-cloud")
	if err := x.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	x.end(130)
	w.nothingRuns()
}
