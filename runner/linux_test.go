package runner_test

import (
	"slices"
	"strings"
	"testing"

	"slipway/runner"
	"slipway/runner/boot"
)

func TestLinuxsUnknownWordsAreNotTheApps(t *testing.T) {
	t.Parallel()
	y := ours
	v := y.sail(t, y.cloud(t, "musl-static", "n=1", "cmdline=quite nonsense=2"))
	if !strings.HasPrefix(v.console, "argument 0 [musl-static]\nargument 1 [bytes=1000]\n") {
		t.Errorf("the app was given:\n%s", v.console)
	}
}

// cloud works a boot of linux-cloud out, and skips the test where its package
// cannot be had.
func (y *yard) cloud(t *testing.T, app string, params ...string) *runner.Plan {
	t.Helper()
	if testing.Short() {
		t.Skip("seconds for each boot of Linux under TCG, and a download before the first")
	}
	return y.plan(t, "linux-cloud", app, params...)
}

func TestLinuxEndsAsItsAppDoes(t *testing.T) {
	t.Parallel()
	y := ours
	for _, c := range []struct {
		probe  string
		params []string
		status int
	}{
		{"end", []string{"n=255"}, 255},
		{"null-read", nil, 139},
		{"kills-itself", nil, 137},
		{"orphans", nil, 0},
		{"leaves-children", nil, 21},
		{"daemonises", nil, 0},
		{"closes-stdout", nil, 22},
	} {
		t.Run(strings.Join(append([]string{c.probe}, c.params...), " "), func(t *testing.T) {
			v := y.sail(t, y.cloud(t, "musl-static", append(c.params, "do="+c.probe)...))
			if v.Outcome != boot.Exit || v.Status != c.status {
				t.Errorf("%s %d (%s), want %d; console:\n%s", v.Outcome, v.Status, v.Reason, c.status, v.console)
			}
			var phases []string
			for _, p := range v.Phases {
				phases = append(phases, strings.Split(p.Name, "+")...) // read at once on a busy host
			}
			if !slices.Contains(phases, "app") || !slices.Contains(phases, "shutdown") {
				t.Errorf("phases %q: the marks of the app's beginning and end are missing", phases)
			}
		})
	}
}

func TestLinuxPassesTheSameArgumentsAsKeel(t *testing.T) {
	t.Parallel()
	y := ours
	text := "text=  two  words, 'single' \\ $HOME & more=1 "
	linux := y.sail(t, y.cloud(t, "glibc-pie", text, "n=-7"))
	keel := y.sail(t, y.plan(t, "keel", "glibc-pie", text, "n=-7"))
	if linux.console != keel.console || !strings.Contains(keel.console, text) {
		t.Errorf("on Linux, %s %d (%s):\n%q\non keel, %s %d (%s):\n%q",
			linux.Outcome, linux.Status, linux.Reason, linux.console, keel.Outcome, keel.Status, keel.Reason, keel.console)
	}
}

func TestLinuxGivesItsConsoleToTheApp(t *testing.T) {
	t.Parallel()
	y := ours
	v := y.converse(t, y.cloud(t, "musl-static", "do=lines"), "ready\n", "hello\r", "read 6 [hello|]", "\x04")
	v.mustPass(t)
	if !strings.Contains(v.console, "hello\nread 6 [hello|]\n") { // the echo, once
		t.Errorf("%q", v.console)
	}
	v = y.converse(t, y.cloud(t, "musl-static", "do=lines"), "ready\n", "abc\x03")
	if v.Outcome != boot.Exit || v.Status != 130 {
		t.Errorf("ctrl+c: %s %d, want 130: it interrupts the app", v.Outcome, v.Status)
	}
}

// TestAGuestsEndForWantOfMemoryIsOutOfMemory: whether Linux kills the app, which is
// told from one that somebody else has killed, or has nobody left to kill.
func TestAGuestsEndForWantOfMemoryIsOutOfMemory(t *testing.T) {
	t.Parallel()
	y := ours
	for name, c := range map[string]struct {
		change change
		status int
		reason string
	}{
		"the app is killed": {func(*runner.Plan) {}, 137, "the guest's kernel killed the app: Out of memory: Killed process "},
		"PID 1 is the app":  {func(p *runner.Plan) { p.VM.Cmdline = "rdinit=/app " + p.VM.Cmdline }, -1, "Kernel panic - not syncing: System is deadlocked on memory"},
	} {
		t.Run(name, func(t *testing.T) {
			v := y.sail(t, y.cloud(t, "musl-static", "do=starve"), c.change)
			if v.Outcome != boot.OOM || v.Status != c.status || !strings.Contains(v.Reason, c.reason) {
				t.Errorf("%s %d (%s); console:\n%s", v.Outcome, v.Status, v.Reason, v.console)
			}
		})
	}
}

func TestAPanicOfLinuxIsAPanic(t *testing.T) {
	t.Parallel()
	y := ours
	for name, change := range map[string]change{
		"PID 1 is missing": func(p *runner.Plan) { p.VM.Cmdline = "rdinit=/none " + p.VM.Cmdline },
		"PID 1 ends":       func(p *runner.Plan) { p.VM.Cmdline = "rdinit=/app " + p.VM.Cmdline },
	} {
		t.Run(name, func(t *testing.T) {
			v := y.sail(t, y.cloud(t, "musl-static", "do=end", "n=3"), change)
			if v.Outcome != boot.Panic || v.Status != -1 || !strings.Contains(v.Reason, "Kernel panic - not syncing") {
				t.Errorf("%s %d (%s); console:\n%s", v.Outcome, v.Status, v.Reason, v.console)
			}
		})
	}
}

// TestLinuxLosesNothingThatItsAppPrinted: with several CPUs the serial port is still
// at it when the app ends, and a terminal that loses its session is emptied.
func TestLinuxLosesNothingThatItsAppPrinted(t *testing.T) {
	t.Parallel()
	y := ours
	p := y.cloud(t, "musl-static", "do=flood", "bytes=20000", "cpus=4")
	for range 3 {
		whole := y.sail(t, p)
		if whole.mustPass(t); len(whole.console) < 20000 {
			t.Errorf("of 20000 bytes %d came", len(whole.console))
		}
	}
}
