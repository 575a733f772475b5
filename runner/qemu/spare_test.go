package qemu

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"slipway/runner/boot"
)

// spareFor starts a spare of a guest that the test's end closes where it was not used.
func spareFor(t *testing.T, c Config, opt boot.Options) *Spare {
	t.Helper()
	s, err := StartSpare(t.Context(), spawner(t), c, opt)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// bootSpare lets a spare boot a machine to its end.
func bootSpare(t *testing.T, s *Spare, c Config, opt boot.Options) boot.Result {
	t.Helper()
	adopted, ok := s.Adopt(c, nil, opt.CPUs)
	if !ok {
		t.Fatalf("the spare does not take %+v", c)
	}
	b, err := s.Boot(t.Context(), adopted, nil, opt)
	if err != nil {
		t.Fatal(err)
	}
	return b.Wait()
}

// TestASpareBootsTheNextImage has a QEMU that was started with one image in mind boot
// another one, under the nonce that it was started with.
func TestASpareBootsTheNextImage(t *testing.T) {
	t.Parallel()
	first := testGuest(t, "microvm", "nonce=aaaa", "say=first", "e9=@slipway_exit_0", "port=16")
	first.Nonce, first.Kernel = "aaaa", filepath.Join(t.TempDir(), "not-built-yet")
	s := spareFor(t, first, boot.Options{})

	next := testGuest(t, "microvm", "nonce=bbbb", "say=first", "e9=@slipway_exit_0", "port=16")
	next.Nonce = "bbbb"
	adopted, ok := s.Adopt(next, nil, nil)
	if !ok || adopted.Nonce != "aaaa" || !strings.Contains(adopted.Cmdline, "nonce=aaaa") || adopted.Kernel != next.Kernel {
		t.Fatalf("it takes the next image: %v, as %+v", ok, adopted)
	}
	var console strings.Builder
	r := bootSpare(t, s, next, boot.Options{Log: &console})
	if r.Outcome != boot.Exit || r.Status != 0 || !strings.Contains(console.String(), "first") {
		t.Errorf("it ended with %s %d %s and said %q", r.Outcome, r.Status, r.Reason, console.String())
	}
	if r.Origin != boot.Prestarted || !strings.Contains(r.Phases[0].Marker, "started beforehand") {
		t.Errorf("the result does not tell that QEMU was there before: %+v", r)
	}
	shown := strings.Join(r.Args, " ")
	if !strings.Contains(shown, next.Kernel) || strings.Contains(shown, imagePlace) || strings.Contains(shown, "preconfig") {
		t.Errorf("by hand one would run %s", shown)
	}
}

// TestASpareTakesNoOtherMachine holds that a spare boots what it was started for, or
// nothing.
func TestASpareTakesNoOtherMachine(t *testing.T) {
	t.Parallel()
	c := testGuest(t, "microvm", "say=hello")
	c.Nonce = "aaaa"
	s := spareFor(t, c, boot.Options{})
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if _, ok := s.Adopt(c, nil, nil); ok {
			t.Error("a closed spare takes a machine")
		}
	}()
	if _, ok := s.Adopt(c, nil, nil); !ok {
		t.Fatal("it does not take what it was started for")
	}
	for name, change := range map[string]func(*Config){
		"memory":       func(c *Config) { c.Memory *= 2 },
		"machine":      func(c *Config) { c.Machine = "pc" },
		"CPUs":         func(c *Config) { c.CPUs = 2 },
		"command line": func(c *Config) { c.Cmdline += " more" },
		"arguments":    func(c *Config) { c.Args = []string{"-device", "pvpanic"} },
		"an initrd":    func(c *Config) { c.Initrd = c.Kernel },
		"virtual time": func(c *Config) { c.Virtual = true },
	} {
		other := c
		change(&other)
		if _, ok := s.Adopt(other, nil, nil); ok {
			t.Errorf("it takes a machine with another %s", name)
		}
	}
	if _, ok := s.Adopt(c, nil, []int{0}); ok {
		t.Error("it takes a machine that is pinned to a CPU")
	}
}

// TestASpareThatHasGone: whoever ends it costs nobody a boot.
func TestASpareThatHasGone(t *testing.T) {
	t.Parallel()
	c := testGuest(t, "microvm", "say=hello")
	s := spareFor(t, c, boot.Options{})
	adopted, _ := s.Adopt(c, nil, nil)
	if err := syscall.Kill(s.held.PID(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-s.Gone()
	if _, ok := s.Adopt(c, nil, nil); ok {
		t.Error("it takes a machine")
	}
	if _, err := s.Boot(t.Context(), adopted, nil, boot.Options{}); !errors.Is(err, boot.ErrEnded) {
		t.Errorf("it boots with %v", err)
	}
}

// TestASpareThatDoesNotAnswer is found out before a boot waits for it.
func TestASpareThatDoesNotAnswer(t *testing.T) {
	t.Parallel()
	s := spareFor(t, testGuest(t, "microvm", "say=hello"), boot.Options{})
	if !s.Answers(t.Context()) {
		t.Error("one that is well does not answer")
	}
	if err := syscall.Kill(s.held.PID(), syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	if s.Answers(t.Context()) {
		t.Error("one that was stopped answers")
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// TestASparesImageIsNamedByItsPath: QEMU knows it by a number.
func TestASparesImageIsNamedByItsPath(t *testing.T) {
	t.Parallel()
	c := testGuest(t, "microvm")
	c.Kernel = filepath.Join(t.TempDir(), "app.elf")
	if err := os.WriteFile(c.Kernel, []byte("not a kernel\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	r := bootSpare(t, spareFor(t, c, boot.Options{}), c, boot.Options{})
	if (r.Outcome != boot.Unbootable && r.Outcome != boot.QEMURefused) || strings.Contains(r.Reason, imagePlace) {
		t.Errorf("it ended with %s: %s", r.Outcome, r.Reason)
	}

	s := spareFor(t, c, boot.Options{})
	adopted, _ := s.Adopt(c, nil, nil)
	if err := os.Remove(c.Kernel); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Boot(t.Context(), adopted, nil, boot.Options{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("an image that is gone boots with %v", err)
	}
	<-s.Gone()
}

// TestAQEMUThatCannotBeHeld says why.
func TestAQEMUThatCannotBeHeld(t *testing.T) {
	t.Parallel()
	c := testGuest(t, "no-such-machine", "say=hello")
	if _, err := StartSpare(t.Context(), spawner(t), c, boot.Options{}); err == nil {
		t.Error("QEMU is held with a machine that it does not have")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := StartSpare(ctx, spawner(t), testGuest(t, "microvm"), boot.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("started for nobody: %v", err)
	}
}
