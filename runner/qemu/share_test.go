package qemu

import (
	"errors"
	"strings"
	"syscall"
	"testing"
	"time"

	"slipway/runner/boot"
	"slipway/runner/process"
	"slipway/runner/virtiofs"
)

// sharing is a machine with a share that a daemon serves to a guest that does what words
// say, and has no driver for it.
func sharing(t testing.TB, machine string, words ...string) Config {
	t.Helper()
	daemon, err := virtiofs.Find()
	if err != nil {
		t.Skip(err)
	}
	c := testGuest(t, machine, words...)
	c.Devices.Share = Share{Path: t.TempDir(), Daemon: daemon}
	return c
}

// daemonOf is the process that serves a machine's share.
func daemonOf(t testing.TB, b *boot.Boot) *virtiofs.Daemon {
	t.Helper()
	m, ok := b.Controller().(*machine)
	if !ok || m.share == nil {
		t.Fatal("nobody serves the share")
	}
	return m.share.daemon
}

// noneLeft says whether a process and all that it has started have gone.
func noneLeft(group int) bool { return errors.Is(syscall.Kill(-group, 0), syscall.ESRCH) }

// goes waits for that: who outlived its parent is reaped by process 1, which tells nobody.
func goes(t testing.TB, group int) {
	t.Helper()
	deadline, tick := time.After(patience), time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for !noneLeft(group) {
		select {
		case <-deadline:
			t.Fatal("the daemon is still there")
		case <-tick.C:
		}
	}
}

func TestAShareIsServedWhileItsGuestRuns(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*Config){
		"microvm": func(c *Config) { c.Machine = "microvm" },
		"q35":     func(c *Config) { c.Machine = "q35" },
		"NUMA":    func(c *Config) { c.CPUs, c.Devices.NUMA = 2, 2 },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := sharing(t, "pc", "idle")
			change(&c)
			b := running(t, c, boot.Options{})
			d := daemonOf(t, b)
			if noneLeft(d.PID()) {
				t.Fatal("nobody serves the share")
			}
			inside, err := Into(b)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := inside.Keep(t.Context(), t.TempDir()); !errors.Is(err, ErrServed) {
				t.Errorf("a snapshot was taken: %v", err)
			}
			// It goes even where it cannot notice that its guest has.
			if err := process.KillGroup(d.PID(), syscall.SIGSTOP); err != nil {
				t.Fatal(err)
			}
			b.Stop("enough")
			expect(t, wait(t, b), boot.Stopped, -1, "enough")
			goes(t, d.PID())

			c.Cmdline = "say=hello e9=@slipway_exit_0 port=16"
			b = begin(t, c, boot.Options{})
			expect(t, wait(t, b), boot.Exit, 0, "")
			goes(t, daemonOf(t, b).PID())
		})
	}
}

// A guest would wait for ever for the daemon's answer.
func TestADaemonThatDiesEndsTheBoot(t *testing.T) {
	t.Parallel()
	b := running(t, sharing(t, "microvm", "idle"), boot.Options{})
	if err := syscall.Kill(daemonOf(t, b).PID(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	expect(t, wait(t, b), boot.QEMUCrash, -1, "nobody serves the share any more: virtiofsd was ended by signal 9 (killed)")
}

// What QEMU does not like is not taken for the daemon's fault, and the other way round.
func TestWhoRefusesAShareIsNamed(t *testing.T) {
	t.Parallel()
	c := sharing(t, "microvm", "idle")
	c.Args = []string{"-device", "tricorder"}
	expect(t, wait(t, begin(t, c, boot.Options{})), boot.QEMURefused, -1, "tricorder")

	c = sharing(t, "microvm", "idle")
	c.Devices.Share.Daemon = "/no/virtiofsd"
	r := wait(t, begin(t, c, boot.Options{}))
	expect(t, r, boot.QEMURefused, -1, "the share cannot be served: virtiofsd ended with status 127: ")
	if !strings.Contains(r.Reason, "/no/virtiofsd: not found") {
		t.Errorf("what it said is missing: %s", r.Reason)
	}
}

func TestAShareByADaemonOnTheCommandLine(t *testing.T) {
	t.Parallel()
	served := everything
	served.Devices.Share.Daemon = "/d"
	line := served.CommandLine()
	if line[0] != "sh" || !strings.Contains(strings.Join(line, " "), " /s nosuid,nodev,ro /d "+testQEMU+" -nodefaults ") {
		t.Errorf("no shell starts both: %q", line)
	}
	own := served.underSlipway()
	for name, line := range map[string][]string{"by hand": line, "under Slipway": own} {
		text := strings.Join(line, " ")
		for want, is := range map[string]bool{
			"memory-backend-memfd,id=slipway-node0,size=32M,share=on": true, "memory-backend-ram": false, "virtio-9p": false,
			"vhost-user-fs-pci,chardev=slipway-share0,tag=share": true,
			"socket,id=slipway-share0,path=share.sock":           name == "by hand",
			"socket,id=slipway-share0,fd=5":                      name != "by hand",
		} {
			if strings.Contains(text, want) != is {
				t.Errorf("%s: %q is there: %v; want %v in %s", name, want, !is, is, text)
			}
		}
	}
	served.Devices.NUMA = 1
	if text := strings.Join(served.underSlipway(), " "); !strings.Contains(text, "pc,memory-backend=slipway-ram0") ||
		!strings.Contains(text, "memory-backend-memfd,id=slipway-ram0,size=64M,share=on") {
		t.Errorf("its memory is not shared: %s", text)
	}
	served.Memory = 0
	if err := served.check(); err == nil || !strings.Contains(err.Error(), "the size of which is not given") {
		t.Errorf("memory of no size: %v", err)
	}
}
