package benchmarks

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestTimedBootsTakeTurnsOnAHost(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "new", "timing.lock")
	release, err := lockHost(t.Context(), path, "nbody, 2 targets\x1b[31m", func(string) { t.Error("it waited for nobody") })
	if err != nil {
		t.Fatal(err)
	}
	waits, got := make(chan string, 1), make(chan error, 1)
	var second func()
	go func() {
		var err error
		second, err = lockHost(t.Context(), path, "other", func(holder string) { waits <- holder })
		got <- err
	}()
	holder := <-waits
	if !strings.Contains(holder, "another Slipway (process ") || !strings.Contains(holder, ", since ") || !strings.HasSuffix(holder, "nbody, 2 targets) is timing boots on this host") {
		t.Errorf("it waits for %q", holder)
	}
	select {
	case err := <-got:
		t.Fatalf("two have the lock at once (%v)", err)
	default:
	}
	release()
	if err := <-got; err != nil {
		t.Fatal(err)
	}
	second()
}

func TestWaitingForTheHostEndsWithTheContext(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "timing.lock")
	release, err := lockHost(t.Context(), path, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	ctx, cancel := context.WithCancel(t.Context())
	if _, err := lockHost(ctx, path, "", func(string) { cancel() }); ctx.Err() == nil || err == nil {
		t.Errorf("the lock was had: %v", err)
	}
	if held, busy, err := TakeHost(t.Context(), path, "doctor"); held != nil || err != nil || !strings.Contains(busy, "is timing boots") {
		t.Errorf("the host was had a second time: %v, %q, %v", held != nil, busy, err)
	}
	release()
	held, busy, err := TakeHost(t.Context(), path, "doctor")
	if err != nil || busy != "" {
		t.Fatalf("%q, %v", busy, err)
	}
	held()
}

// TestADeadHolderIsNoHolder holds the lock by another process and kills it.
func TestADeadHolderIsNoHolder(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "timing.lock")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "flock", "--close", path, "sh", "-c", "echo held; exec cat") // until its input ends
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Skipf("no flock(1) here: %v", err)
	}
	if _, err := out.Read(make([]byte, 5)); err != nil {
		t.Fatal(err)
	}
	release, err := lockHost(t.Context(), path, "", func(string) {
		if err := cmd.Process.Kill(); err != nil {
			t.Error(err)
		}
	})
	_ = in.Close()
	_ = cmd.Wait()
	if err != nil {
		t.Fatal(err)
	}
	release()
}

func TestALinkInTheLocksPlaceIsNotFollowed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path, victim := filepath.Join(dir, "timing.lock"), filepath.Join(dir, "victim")
	if err := os.WriteFile(victim, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(victim, path); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if _, err := lockHost(ctx, path, "", func(string) {}); err == nil {
		t.Error("it locked what a link points to")
	}
	if text, err := os.ReadFile(victim); err != nil || string(text) != "precious" {
		t.Errorf("the file behind the link: %q, %v", text, err)
	}
}
