package qemu

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"slipway/runner/boot"
	"slipway/runner/process"
)

const testQEMU = "qemu-system-x86_64"

// patience is for what takes milliseconds on a quiet machine.
const patience = 60 * time.Second

// buildGuest assembles testdata/guest once.
var buildGuest = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "slipway-guest-")
	if err != nil {
		return "", err
	}
	elf := filepath.Join(dir, "guest.elf")
	out, err := exec.Command("gcc", "-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror", "-Wno-main",
		"-ffreestanding", "-fno-pic", "-no-pie", "-fno-stack-protector", "-mcmodel=small", "-mno-red-zone", "-mgeneral-regs-only",
		"-nostdlib", "-static", "-Wl,--build-id=none,-Ttext=0x100000,-z,max-page-size=4096,-e,start",
		"-o", elf, "testdata/guest/entry.S", "testdata/guest/guest.c").CombinedOutput()
	if err != nil {
		return "", errors.New(string(out) + err.Error())
	}
	return elf, nil
})

func TestMain(m *testing.M) {
	if kind := os.Getenv(mischief); kind != "" {
		os.Exit(misbehave(kind, os.Args[1:]))
	}
	status := m.Run()
	if elf, err := buildGuest(); err == nil {
		_ = os.RemoveAll(filepath.Dir(elf))
	}
	os.Exit(status)
}

// testGuest is a machine whose guest does what words say; see guest.c.
func testGuest(t testing.TB, machine string, words ...string) Config {
	t.Helper()
	elf, err := buildGuest()
	if err != nil {
		t.Fatal(err)
	}
	return Config{
		Binary: testQEMU, Machine: machine, Memory: 16 << 20, Kernel: elf, Cmdline: strings.Join(words, " "), Exit: Exit{By: ByDebugcon},
	}
}

// spawner is closed when the test ends.
func spawner(t testing.TB) *process.Spawner {
	t.Helper()
	sp := process.NewSpawner()
	t.Cleanup(sp.Close)
	return sp
}

// begin starts a boot that the test's end stops.
func begin(t testing.TB, c Config, opt boot.Options) *boot.Boot {
	t.Helper()
	b, err := Start(t.Context(), spawner(t), c, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		b.Stop("the test is over")
		b.Wait()
	})
	return b
}

// wait fails the test where a boot does not end.
func wait(t testing.TB, b *boot.Boot) boot.Result {
	t.Helper()
	select {
	case <-b.Done():
	case <-time.After(patience):
		t.Fatalf("the boot has not ended within %s", patience)
	}
	return b.Wait()
}

// running returns a boot whose guest has said on the marker port that it runs.
func running(t testing.TB, c Config, opt boot.Options) *boot.Boot {
	t.Helper()
	c.Cmdline = "e9=@slipway_boot " + c.Cmdline
	up := make(chan struct{})
	opt.OnMarker = func(name string, _ time.Duration) {
		if name == boot.MarkBoot {
			close(up)
		}
	}
	b := begin(t, c, opt)
	select {
	case <-up:
	case <-b.Done():
		t.Fatalf("the guest ended before it ran: %+v", b.Wait())
	case <-time.After(patience):
		t.Fatal("the guest does not run")
	}
	return b
}

// expect compares an outcome, a status and a part of the reason.
func expect(t testing.TB, r boot.Result, outcome boot.Outcome, status int, reason string) {
	t.Helper()
	if r.Outcome != outcome || r.Status != status || !strings.Contains(r.Reason, reason) || reason == "" && r.Reason != "" {
		t.Errorf("ended with %s, status %d, %q; want %s, %d, %q\nstderr: %s\nconsole: %q",
			r.Outcome, r.Status, r.Reason, outcome, status, reason, r.Stderr, r.LastLines)
	}
	var sum time.Duration
	for _, p := range r.Phases {
		if p.Duration < 0 {
			t.Errorf("phase %s took %s", p.Name, p.Duration)
		}
		sum += p.Duration
	}
	if sum != r.Total {
		t.Errorf("the phases take %s, the boot %s: %+v", sum, r.Total, r.Phases)
	}
}
