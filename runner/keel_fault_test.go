package runner_test

import (
	"regexp"
	"strings"
	"syscall"
	"testing"

	"slipway/runner/boot"
)

func TestFaultsOnKeelAreToldWithRegistersAndAddress(t *testing.T) {
	t.Parallel()
	y := ours
	for _, c := range []struct {
		probe  string
		signal syscall.Signal
		says   string // regular expression
	}{
		{"null-read", syscall.SIGSEGV, `keel: page fault reading 0x0 at 0x[0-9a-f]+, vector 14, error 0x0+\n`},
		{"null-write", syscall.SIGSEGV, `keel: page fault writing 0x0 at 0x`},
		{"null-call", syscall.SIGSEGV, `keel: page fault (reading|fetching) 0x0 at 0x0,`},
		{"wild-read", syscall.SIGSEGV, `keel: page fault reading 0xdeadb000 at 0x`},
		{"wild-write", syscall.SIGSEGV, `keel: page fault writing 0xdeadb000 at 0x`},
		{"wilder-read", syscall.SIGSEGV, `keel: general protection fault at 0x`},
		{"divide", syscall.SIGFPE, `keel: divide error at 0x[0-9a-f]+, vector 0,`},
		{"undefined", syscall.SIGILL, `keel: undefined instruction at 0x[0-9a-f]+, vector 6,`},
		{"overflow", syscall.SIGSEGV, `keel: page fault writing 0x[0-9a-f]+ \(the stack is full\) at 0x`},
		{"large-frames", syscall.SIGSEGV, `keel: page fault writing 0x[0-9a-f]+ \(the stack is full\) at 0x`},
		{"aborts", syscall.SIGABRT, `keel: the app sent itself signal 6 \(SIGABRT\) at 0x`},
		{"terminates", syscall.SIGTERM, `keel: the app sent itself signal 15 at 0x`},
	} {
		t.Run(c.probe, func(t *testing.T) {
			v := y.run(t, "do="+c.probe)
			if v.Outcome != boot.Exit || v.Status != 128+int(c.signal) {
				t.Errorf("%s %d, want %d as a shell has it for %v", v.Outcome, v.Status, 128+int(c.signal), c.signal)
			}
			if !regexp.MustCompile(c.says).MatchString(v.console) {
				t.Errorf("it does not say %s:\n%s", c.says, v.console)
			}
			if !regexp.MustCompile(`rip 0x[0-9a-f]{16}  rsp 0x[0-9a-f]{16}`).MatchString(v.console) {
				t.Errorf("registers are missing:\n%s", v.console)
			}
			if _, fault, ok := strings.Cut(v.Reason, ": "); !ok || !strings.Contains(v.console, fault) {
				t.Errorf("the reason %q does not repeat the fault that the console tells:\n%s", v.Reason, v.console)
			}
			if strings.Contains(v.console, "passed") {
				t.Error("the program went on")
			}
			native := y.sail(t, y.plan(t, "host", "musl-static", "do="+c.probe))
			died, status := boot.Exit, v.Status
			if c.signal == syscall.SIGTERM { // which nobody can tell from one that comes from outside
				died, status = boot.Killed, -1
			}
			if native.Outcome != died || native.Status != status || !strings.Contains(native.Reason, c.signal.String()) {
				t.Errorf("on Linux: %s %d (%s); on keel %s %d", native.Outcome, native.Status, native.Reason, v.Outcome, v.Status)
			}
		})
	}
}
