package runner_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"slipway/runner"
	"slipway/runner/boot"
	"slipway/runner/console"
	"slipway/runner/gdb"
	"slipway/runner/process"
	"slipway/runner/qemu"
)

// debugging is a debugger at work, and what it has printed.
type debugging struct {
	*gdb.Debugger
	guest *boot.Boot

	mu   sync.Mutex
	text string
	more chan struct{}
}

func (d *debugging) hear(_ time.Duration, p []byte) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.text += string(p)
	select {
	case d.more <- struct{}{}:
	default:
	}
}

// until waits for all texts, and returns what was printed up to then.
func (d *debugging) until(t *testing.T, texts ...string) string {
	t.Helper()
	deadline := time.After(30 * time.Second)
	for {
		d.mu.Lock()
		all := console.Clean([]byte(d.text)) // gdb's colours are not what is looked for
		d.mu.Unlock()
		missing := ""
		for _, text := range texts {
			if !strings.Contains(all, text) {
				missing = text
			}
		}
		if missing == "" {
			return all
		}
		select {
		case <-d.more:
		case <-deadline:
			t.Fatalf("the debugger has not printed %q:\n%s", missing, all)
		}
	}
}

func (d *debugging) say(t *testing.T, line string) {
	t.Helper()
	d.mu.Lock()
	d.text = ""
	d.mu.Unlock()
	if _, err := d.Write([]byte(line + "\n")); err != nil {
		t.Fatal(err)
	}
}

// debug boots a target that is held at its start, with a debugger on it.
func (y *yard) debug(t *testing.T, p *runner.Plan) *debugging {
	t.Helper()
	if _, err := exec.LookPath("gdb"); err != nil {
		t.Skip("gdb is not on this machine (make deps-test installs it)")
	}
	p.VM.Held = true
	b, err := y.runner.Start(t.Context(), p, boot.Options{Transport: process.PTY})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		b.Stop("the test is over")
		b.Wait()
	})
	inside, err := qemu.Into(b)
	if err != nil {
		t.Fatal(err)
	}
	d := &debugging{guest: b, more: make(chan struct{}, 1)}
	d.Debugger, err = y.runner.Debug(t.Context(), gdb.Options{
		Arch: "x86_64", Guest: inside, Symbols: y.runner.Symbols(t.Context(), p.Image), AtStart: true,
		Size: process.Size{Cols: 100, Rows: 30}, Console: d.hear,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		d.Stop("the test is over")
		if err := d.Wait(); err != nil {
			t.Error(err)
		}
	})
	return d
}

// places are the folders of meetings that this process has left.
func places(t *testing.T) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(os.TempDir(), "slipway-gdb-*"))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestDebuggerStopsAtMain(t *testing.T) {
	t.Setenv("XDG_RUNTIME_DIR", "")
	t.Setenv("TMPDIR", t.TempDir())
	y := ours
	d := y.debug(t, y.plan(t, "keel", "lines"))
	d.until(t, "stands at its first instruction. c runs it to main")
	if left := places(t); len(left) > 0 {
		t.Errorf("a debugger has come, and still there is %q", left)
	}
	d.say(t, "info breakpoints")
	d.until(t, "hw breakpoint", "in main at lines.c:")
	d.say(t, "c")
	d.until(t, "Breakpoint 1", "main () at lines.c:7", `puts("from main")`) // the source line
	d.say(t, "info registers rip")
	d.until(t, "<main>")
	d.say(t, "info symbol kernel_main")
	d.until(t, "kernel_main in section .text of", "keel.elf.debug")
	d.say(t, "list kernel_main")
	d.until(t, "kernel_main(") // keel's own source
	d.say(t, "nonsense")
	d.until(t, `Undefined command: "nonsense"`) // which it says on standard error
	d.say(t, "list doubled")
	d.until(t, "return n + n;")
	d.say(t, "quit")
	if err := d.Wait(); err != nil {
		t.Error(err)
	}
	if r := d.guest.Wait(); r.Outcome != boot.Exit || r.Status != 0 || !strings.Contains(r.Touched, "held") {
		t.Errorf("behind the debugger: %s %d %s, touched %q", r.Outcome, r.Status, r.Reason, r.Touched)
	}
}

func TestDebuggerThatIsKilledLetsTheGuestGo(t *testing.T) {
	t.Parallel()
	y := ours
	d := y.debug(t, y.plan(t, "keel", "lines"))
	d.until(t, "c runs it to main")
	d.say(t, "hbreak kernel_main")
	d.until(t, "Hardware assisted breakpoint 2")
	if err := process.KillGroup(d.PID(), 9); err != nil {
		t.Fatal(err)
	}
	if err := d.Wait(); err != nil {
		t.Error(err)
	}
	if r := d.guest.Wait(); r.Outcome != boot.Exit || r.Status != 0 {
		t.Errorf("it ends with %s %d %s", r.Outcome, r.Status, r.Reason)
	}
}

func TestDebuggerEndsBehindItsGuest(t *testing.T) {
	t.Parallel()
	y := ours
	d := y.debug(t, y.plan(t, "keel", "lines"))
	d.until(t, "c runs it to main")
	d.guest.Stop("the test ends it")
	d.guest.Wait()
	d.say(t, "quit")
	if err := d.Wait(); err != nil {
		t.Error(err)
	}
}

func TestDebuggerFindsMainAmongLinuxsPrograms(t *testing.T) {
	t.Parallel()
	y := ours
	d := y.debug(t, y.cloud(t, "lines"))
	text := d.until(t, "c runs it to main")
	if !strings.Contains(text, "-cloud-amd64-dbg brings them") && !strings.Contains(text, "vmlinux-") {
		t.Errorf("nothing is said of the kernel's symbols:\n%s", text)
	}
	d.say(t, "c")
	d.until(t, "Breakpoint 1", "main () at lines.c:7")
	d.say(t, "print $cs & 3") // user mode
	d.until(t, "$1 = 3")
	d.say(t, "c") // had it been init's main, which lies at the same address, the app's would come now
	if text := d.until(t, "Remote "); strings.Contains(text, "Breakpoint 1,") {
		t.Errorf("it has stopped in another program before:\n%s", text)
	}
	d.say(t, "quit")
	if r := d.guest.Wait(); r.Outcome != boot.Exit || r.Status != 0 {
		t.Errorf("behind the debugger: %s %d %s", r.Outcome, r.Status, r.Reason)
	}
}

func TestSymbolsAreThoseOfTheImage(t *testing.T) {
	t.Parallel()
	y := ours
	p := y.plan(t, "keel", "lines")
	before := p.Image.Hash
	s := y.runner.Symbols(t.Context(), p.Image)
	if s.Main == 0 || len(s.Missing) > 0 || s.App == p.Image.Image.App || !strings.HasSuffix(s.Kernel, "keel.elf.debug") {
		t.Errorf("symbols: %+v", s)
	}
	if again := y.plan(t, "keel", "lines"); again.Image.Hash != before {
		t.Error("the symbols have changed the image")
	}
	// An app with a build command of its own, without -g.
	s = y.runner.Symbols(t.Context(), y.plan(t, "keel", "musl-static").Image)
	if s.Main == 0 || len(s.Missing) != 1 || !strings.Contains(s.Missing[0], "-g") {
		t.Errorf("symbols of a build command's app: %+v", s)
	}
	s = y.runner.Symbols(t.Context(), y.plan(t, "keel", "musl-pie").Image)
	if s.Main != 0 || !strings.Contains(strings.Join(s.Missing, "; "), "position-independent") {
		t.Errorf("symbols of a position-independent app: %+v", s)
	}
}

func TestWhereThereIsNoDebuggerItsPackageIsNamed(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, err := gdb.Program("x86_64")
	var missing *gdb.MissingError
	if !errors.As(err, &missing) || !strings.Contains(err.Error(), "install the package gdb") {
		t.Errorf("it says %v", err)
	}
}

func TestAMeetingThatNobodyComesToLeavesNothing(t *testing.T) {
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	dead := filepath.Join(os.Getenv("XDG_RUNTIME_DIR"), "slipway-gdb-4194304-x") // a number that no process has
	if err := os.Mkdir(dead, 0o700); err != nil {
		t.Fatal(err)
	}
	m, err := gdb.Listen()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if err := m.Join(ctx, nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("it says %v", err)
	}
	if left, err := os.ReadDir(os.Getenv("XDG_RUNTIME_DIR")); err != nil || len(left) > 0 {
		t.Errorf("it has left %v, %v", left, err)
	}
}
