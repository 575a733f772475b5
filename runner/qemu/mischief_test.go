package qemu

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"slipway/runner/boot"
)

// mischief makes this test's own program a QEMU that misbehaves: it runs a real one
// and sits between its monitor and ours.
const mischief = "SLIPWAY_TEST_MISCHIEF"

// misbehave is that program; it returns its exit status.
func misbehave(kind string, args []string) int {
	ours := os.NewFile(qmpFD, "monitor")
	switch kind { // those that need no QEMU behind them
	case "says nothing":
		_, _ = io.Copy(io.Discard, ours)
		return 0
	case "never stops talking":
		junk := bytes.Repeat([]byte("{\"event\": "), 1<<10)
		for {
			if _, err := ours.Write(junk); err != nil {
				return 0
			}
		}
	case "hangs up":
		_ = ours.Close()
		for { // blocking for ever is a deadlock in Go's eyes
			_ = syscall.Pause()
		}
	case "gives up":
		fmt.Fprintln(os.Stderr, testQEMU+": warning: this host is odd\n"+testQEMU+": the host is full")
		return 1
	case "ends well, and does nothing":
		return 0
	case "is stopped":
		_ = syscall.Kill(os.Getpid(), syscall.SIGSTOP)
		return 0
	}
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return 99
	}
	near, far := os.NewFile(uintptr(fds[0]), "near"), os.NewFile(uintptr(fds[1]), "far")
	cmd := exec.Command(testQEMU, args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.ExtraFiles = []*os.File{far, os.NewFile(markersFD, "markers")}
	if err := cmd.Start(); err != nil {
		return 99
	}
	_ = far.Close()
	go func() { _, _ = io.Copy(near, ours) }()
	pass(kind, near, ours)
	_ = cmd.Wait() // its status is ours
	return cmd.ProcessState.ExitCode()
}

// pass hands QEMU's messages on, with something done to them.
func pass(kind string, from io.Reader, to io.Writer) {
	lines := bufio.NewReader(from)
	for n := 0; ; n++ {
		line, err := lines.ReadString('\n')
		switch kind {
		case "is slow":
			<-time.After(100 * time.Millisecond)
		case "talks rubbish":
			line = "\x00\xff{]\n{\"id\": 7777, \"return\": {}}\n{\"id\": \"one\"}\n[]\nnull\n{\"event\": 3}\n" + line + "\n\n"
		case "answers twice":
			line += line
		case "answers in pieces":
			for _, b := range []byte(line) {
				_, _ = to.Write([]byte{b})
			}
			line = ""
		case "dies after its greeting":
			if n == 1 {
				_ = syscall.Kill(0, syscall.SIGKILL) // QEMU as well: the group is ours
			}
		}
		if _, werr := io.WriteString(to, line); werr != nil || err != nil {
			return
		}
	}
}

// naughty is a QEMU program of that kind.
func naughty(t *testing.T, kind string) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), testQEMU)
	script := fmt.Sprintf("#!/bin/sh\n%s='%s' exec %s \"$@\"\n", mischief, kind, self)
	syscall.ForkLock.RLock() // a child forked now would keep the program open for writing, and so from being run
	defer syscall.ForkLock.RUnlock()
	if err := os.WriteFile(path, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestAQEMUThatMisbehavesIsEndedAndNamed has a real guest behind each that can have
// one: what harms nothing changes nothing, and the rest ends soon, with a reason.
func TestAQEMUThatMisbehavesIsEndedAndNamed(t *testing.T) {
	t.Parallel()
	needTime(t)
	const short = 2 * time.Second
	for kind, want := range map[string]struct {
		outcome boot.Outcome
		status  int
		reason  string
	}{
		"is slow":                     {boot.Exit, 3, "returned 3"},
		"talks rubbish":               {boot.Exit, 3, "returned 3"},
		"answers twice":               {boot.Exit, 3, "returned 3"},
		"answers in pieces":           {boot.Exit, 3, "returned 3"},
		"says nothing":                {boot.Timeout, -1, "not done within 2s: QEMU does not answer"},
		"is stopped":                  {boot.Timeout, -1, "not done within 2s: QEMU does not answer"},
		"never stops talking":         {boot.QEMUCrash, -1, "QEMU closed its monitor"},
		"hangs up":                    {boot.QEMUCrash, -1, "QEMU closed its monitor"},
		"gives up":                    {boot.QEMURefused, -1, "qemu-system-x86_64: the host is full"},
		"ends well, and does nothing": {boot.Unknown, -1, "QEMU returned 0 without saying why"},
		"dies after its greeting":     {boot.Killed, -1, "killed from outside"},
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			does := "e9=@slipway_exit_3 port=16"
			if want.outcome == boot.Killed {
				does = "spin" // it must not be done before
			}
			c := testGuest(t, "microvm", does)
			c.Binary = naughty(t, kind)
			limit := patience
			if want.outcome == boot.Timeout {
				limit = short
			}
			r := wait(t, begin(t, c, boot.Options{Timeout: limit}))
			expect(t, r, want.outcome, want.status, want.reason)
			if r.Total > short+10*time.Second {
				t.Errorf("it took %s to end", r.Total)
			}
			nobodyRuns(t, c.Binary)
		})
	}
}

// nobodyRuns waits until no process has a word on its command line.
func nobodyRuns(t *testing.T, word string) {
	t.Helper()
	deadline, tick := time.After(patience), time.NewTicker(5*time.Millisecond)
	defer tick.Stop()
	for {
		left := ""
		lines, err := filepath.Glob("/proc/[0-9]*/cmdline")
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range lines {
			if line, err := os.ReadFile(path); err == nil && bytes.Contains(line, []byte(word)) {
				left = strings.ReplaceAll(string(line), "\x00", " ")
			}
		}
		if left == "" {
			return
		}
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("still running: %s", left)
		}
	}
}

// TestAStoppedQEMUEndsAllTheSame stops the process under a guest that runs: it takes
// no wish and no SIGTERM any more.
func TestAStoppedQEMUEndsAllTheSame(t *testing.T) {
	t.Parallel()
	needTime(t)
	b := running(t, testGuest(t, "microvm", "spin"), boot.Options{})
	if err := syscall.Kill(b.PID(), syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	b.Stop("enough")
	expect(t, wait(t, b), boot.Stopped, -1, "enough")
}
