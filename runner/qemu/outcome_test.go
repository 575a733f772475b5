package qemu

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"slipway/runner/boot"
	"slipway/runner/process"
)

// TestAGuestsEndIsNamed has a guest end in every way that a machine has.
func TestAGuestsEndIsNamed(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, machine, does string
		exit                Exit
		args                []string
		outcome             boot.Outcome
		status              int
		reason              string
	}{
		{
			name: "exit marker", machine: "microvm", does: "e9=@slipway_exit_3 port=16",
			exit: Exit{By: ByDebugcon}, outcome: boot.Exit, status: 3, reason: "returned 3",
		},
		{
			name: "exit marker 0", machine: "microvm", does: "e9=@slipway_exit_0 port=16",
			exit: Exit{By: ByDebugcon}, outcome: boot.Exit, status: 0,
		},
		{
			name: "a status of more than seven bits", machine: "microvm", does: "e9=@slipway_exit_4711 port=16",
			exit: Exit{By: ByDebugcon}, outcome: boot.Exit, status: 4711, reason: "returned 4711",
		},
		{
			name: "the first exit marker wins", machine: "microvm", does: "e9=@slipway_exit_5 e9=@slipway_exit_0 port=16",
			exit: Exit{By: ByDebugcon}, outcome: boot.Exit, status: 5, reason: "returned 5",
		},
		{
			name: "an exit marker before a triple fault", machine: "microvm", does: "e9=@slipway_exit_0 triple",
			exit: Exit{By: ByDebugcon}, outcome: boot.Exit, status: 0,
		},
		{
			name: "debug exit port", machine: "microvm", does: "port=9",
			exit: Exit{By: ByProcess}, outcome: boot.Exit, status: 19, reason: "returned 19",
		},
		{
			name: "debug exit port without a marker", machine: "microvm", does: "port=16",
			exit: Exit{By: ByDebugcon}, outcome: boot.Unknown, status: -1, reason: "without an exit marker",
		},
		{
			name: "debug exit port with a status of its own", machine: "microvm", does: "port=9",
			exit: Exit{By: ByDebugcon}, outcome: boot.Exit, status: 9, reason: "returned 9",
		},
		{
			name: "exit line", machine: "microvm", does: "say=status:_7 port=16",
			exit: Exit{Line: `^status: (\d+)$`}, outcome: boot.Exit, status: 7, reason: "returned 7",
		},
		{
			name: "exit line without an end of line", machine: "microvm", does: "put=status:_7 port=16",
			exit: Exit{Line: `^status: (\d+)$`}, outcome: boot.Exit, status: 7, reason: "returned 7",
		},
		{
			name: "power off", machine: "pc", does: "off",
			exit: Exit{By: ByProcess}, outcome: boot.Exit, status: 0,
		},
		{
			name: "power off without a status", machine: "pc", does: "off",
			exit: Exit{By: ByDebugcon}, outcome: boot.Unknown, status: -1, reason: "powered off without saying its status",
		},
		{
			name: "reboot", machine: "pc", does: "reset",
			exit: Exit{By: ByDebugcon}, outcome: boot.Reset, status: -1, reason: "reboot or a triple fault",
		},
		{
			name: "triple fault", machine: "microvm", does: "triple",
			exit: Exit{By: ByDebugcon}, outcome: boot.Reset, status: -1, reason: "reboot or a triple fault",
		},
		{
			name: "pvpanic", machine: "pc", does: "pvpanic", args: []string{"-device", "pvpanic"},
			exit: Exit{By: ByDebugcon}, outcome: boot.Panic, status: -1, reason: "pvpanic",
		},
		{
			name: "panic on the console", machine: "microvm", does: "say=Kernel_panic_-_not_syncing:_no_init_found triple",
			exit: Exit{By: ByDebugcon}, outcome: boot.Panic, status: -1, reason: "Kernel panic - not syncing: no init found",
		},
		{
			name: "out of memory", machine: "microvm", does: "say=Kernel_panic_-_not_syncing:_Out_of_memory:_no_killable_processes triple",
			exit: Exit{By: ByDebugcon}, outcome: boot.OOM, status: -1, reason: "Out of memory",
		},
		{
			name: "fault marker", machine: "microvm", does: "e9=@slipway_fault_page_fault_at_0x0 port=16",
			exit: Exit{By: ByDebugcon}, outcome: boot.Panic, status: -1, reason: "page fault at 0x0",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := testGuest(t, test.machine, test.does)
			c.Exit, c.Args = test.exit, test.args
			for _, transport := range []process.Transport{process.Pipe, process.PTY} {
				r := wait(t, begin(t, c, boot.Options{Transport: transport}))
				expect(t, r, test.outcome, test.status, test.reason)
			}
		})
	}
}

// TestAQEMUThatDoesNotRunTheGuestSaysWhy looks for QEMU's own words in the reason.
func TestAQEMUThatDoesNotRunTheGuestSaysWhy(t *testing.T) {
	t.Parallel()
	text := filepath.Join(t.TempDir(), "text")
	if err := os.WriteFile(text, []byte(strings.Repeat("no kernel\n", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name    string
		change  func(*Config)
		outcome boot.Outcome
		reason  string
	}{
		{"a machine type that is none", func(c *Config) { c.Machine = "starship" }, boot.QEMURefused, "starship"},
		{"an argument that is none", func(c *Config) { c.Args = []string{"-warp", "9"} }, boot.QEMURefused, "-warp"},
		{"a device that is none", func(c *Config) { c.Args = []string{"-device", "tricorder"} }, boot.QEMURefused, "tricorder"},
		{"more memory than the host can map", func(c *Config) { c.Memory = 1 << 50 }, boot.QEMURefused, "memory"},
		{"a kernel that is not there", func(c *Config) { c.Kernel = "/nonexistent/kernel" }, boot.Unbootable, "/nonexistent/kernel"},
		{"an empty kernel", func(c *Config) { c.Kernel = "/dev/null" }, boot.Unbootable, "/dev/null"},
		{"a kernel of text", func(c *Config) { c.Kernel = text }, boot.Unbootable, ""},
		{"an initrd that is not there", func(c *Config) { c.Initrd = "/nonexistent/initrd" }, boot.Unbootable, "/nonexistent/initrd"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := testGuest(t, "pc", "port=16")
			test.change(&c)
			r := wait(t, begin(t, c, boot.Options{}))
			if r.Outcome != test.outcome || r.Status != -1 || r.Reason == "" || !strings.Contains(r.Reason, test.reason) {
				t.Errorf("ended with %s, status %d, %q; want %s and %q\nstderr: %s", r.Outcome, r.Status, r.Reason, test.outcome, test.reason, r.Stderr)
			}
		})
	}
}

func TestAQEMUThatIsMissingSaysHowToGetIt(t *testing.T) {
	t.Parallel()
	_, err := Probe(t.Context(), spawner(t), "qemu-system-pdp11", "", "auto")
	if err == nil || !strings.Contains(err.Error(), "apt install") {
		t.Errorf("error %v; want one that says what to install", err)
	}
}

// TestASignalFromOutsideIsToldFromACrash sends QEMU what others might.
func TestASignalFromOutsideIsToldFromACrash(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		signal  syscall.Signal
		by      string
		outcome boot.Outcome
		reason  string
	}{
		{syscall.SIGKILL, ByDebugcon, boot.Killed, "killed from outside"},
		{syscall.SIGTERM, ByDebugcon, boot.Killed, "ended from outside"},
		// QEMU takes SIGTERM for a wish and returns 0, which is not the guest's status.
		{syscall.SIGTERM, ByProcess, boot.Killed, "ended from outside"},
		{syscall.SIGSEGV, ByDebugcon, boot.QEMUCrash, "signal 11"},
		{syscall.SIGABRT, ByProcess, boot.QEMUCrash, "signal 6"},
	} {
		t.Run(test.signal.String()+" "+test.by, func(t *testing.T) {
			t.Parallel()
			c := testGuest(t, "microvm", "spin")
			c.Exit = Exit{By: test.by}
			b := running(t, c, boot.Options{})
			if err := syscall.Kill(b.PID(), test.signal); err != nil {
				t.Fatal(err)
			}
			expect(t, wait(t, b), test.outcome, -1, test.reason)
		})
	}
}

func TestAHaltedGuestIsAHangLongBeforeItsTimeLimit(t *testing.T) {
	t.Parallel()
	needTime(t)
	r := wait(t, begin(t, testGuest(t, "microvm", "hang"), boot.Options{Timeout: patience}))
	expect(t, r, boot.Hang, -1, "halted with interrupts off at 0x1")
	if r.Total > patience/2 {
		t.Errorf("seen after %s", r.Total)
	}
	if !strings.Contains(r.Registers, "HLT=1") {
		t.Errorf("no registers of a dead guest: %q", r.Registers)
	}
}

func TestAGuestThatNeverEndsIsTimedOutWithItsPlace(t *testing.T) {
	t.Parallel()
	needTime(t)
	for _, test := range []struct{ does, reason string }{
		{"spin", "running without any progress at 0x1"},
		{"count", "running at 0x1"},
		{"idle", "idle, waiting for an interrupt at 0x1"},
	} {
		t.Run(test.does, func(t *testing.T) {
			t.Parallel()
			r := wait(t, begin(t, testGuest(t, "microvm", test.does), boot.Options{Timeout: 3 * time.Second}))
			expect(t, r, boot.Timeout, -1, test.reason)
			if !strings.Contains(r.Reason, "3s") || r.Registers == "" {
				t.Errorf("reason %q and registers %q do not say enough", r.Reason, r.Registers)
			}
		})
	}
}

// TestAGuestThatSaysNothingForASettableTimeHangs: its last words and its registers are
// kept, and one that says a word now and then does not hang.
func TestAGuestThatSaysNothingForASettableTimeHangs(t *testing.T) {
	t.Parallel()
	needTime(t)
	for _, test := range []struct{ does, reason string }{
		{"say=the_last_word spin", "not a word for 400ms: running without any progress at 0x1"},
		{"say=the_last_word count", "not a word for 400ms: running at 0x1"},
		{"say=the_last_word idle", "not a word for 400ms: idle, waiting for an interrupt at 0x1"},
	} {
		t.Run(test.does, func(t *testing.T) {
			t.Parallel()
			r := wait(t, begin(t, testGuest(t, "microvm", test.does), boot.Options{Timeout: patience, Hang: 400 * time.Millisecond}))
			expect(t, r, boot.Hang, -1, test.reason)
			if !slices.Equal(r.LastLines, []string{"the last word"}) || !strings.Contains(r.Registers, "RIP=") {
				t.Errorf("kept are the lines %q and the registers %q", r.LastLines, r.Registers)
			}
		})
	}
	t.Run("answers", func(t *testing.T) {
		t.Parallel()
		var b *boot.Boot
		ready := make(chan struct{})
		began, told := time.Now(), false
		b = begin(t, testGuest(t, "microvm", "say=ready echo port=16"), boot.Options{
			Timeout: patience, Hang: 2 * time.Second,
			Console: func(_ time.Duration, _ []byte) { // every answer leads to the next question, for longer than the limit
				<-ready
				switch {
				case time.Since(began) < 3*time.Second:
					_, _ = b.Write([]byte("?\n"))
				case !told:
					told = true
					_, _ = b.Write([]byte("\nquit\n"))
				}
			},
		})
		close(ready)
		expect(t, wait(t, b), boot.Unknown, -1, "without an exit marker")
	})
}

// needTime leaves out what takes more than a second.
func needTime(t testing.TB) {
	t.Helper()
	if testing.Short() {
		t.Skip("takes seconds")
	}
}
