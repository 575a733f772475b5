package qemu

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"

	"slipway/runner/process"
)

func TestTheCounterIsBuiltOnceAndLoaded(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles a plugin")
	}
	sp := process.NewSpawner()
	defer sp.Close()
	dir := t.TempDir()
	file, err := MakeCounter(context.Background(), sp, "qemu-system-x86_64", dir)
	if errors.Is(err, ErrNoCounter) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	before, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", onlyQEMU(t))
	again, err := MakeCounter(context.Background(), sp, "qemu-system-x86_64", dir)
	after, statErr := os.Stat(file)
	if err != nil || statErr != nil || again != file || !after.ModTime().Equal(before.ModTime()) {
		t.Errorf("asked again: %s, %v, %v", again, err, statErr)
	}
	if _, err := MakeCounter(context.Background(), sp, "qemu-system-x86_64", t.TempDir()); !errors.Is(err, ErrNoCounter) {
		t.Errorf("without a compiler: %v", err)
	}
}

// onlyQEMU is a folder with QEMU and no compiler.
func onlyQEMU(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	real, err := find("qemu-system-x86_64")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(real, dir+"/qemu-system-x86_64"); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestAQEMUWithoutPluginsIsNoFailure holds that what cannot count says so in its error.
func TestAQEMUWithoutPluginsIsNoFailure(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles a plugin")
	}
	sp := process.NewSpawner()
	defer sp.Close()
	dir := t.TempDir()
	fake := dir + "/qemu-system-x86_64"
	script := "#!/bin/sh\necho 'qemu-system-x86_64: -plugin: invalid option' >&2\nexit 1\n"
	if err := os.WriteFile(fake, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	_, err := MakeCounter(context.Background(), sp, fake, dir)
	if !errors.Is(err, ErrNoCounter) {
		t.Errorf("got %v", err)
	}
}

// TestACompilerThatNeverEndsIsGivenUp holds that it ends with the time it was given, and
// that the error says that another attempt would take as long.
func TestACompilerThatNeverEndsIsGivenUp(t *testing.T) {
	sp := process.NewSpawner()
	defer sp.Close()
	dir := onlyQEMU(t)
	if err := os.WriteFile(dir+"/cc", []byte("#!/bin/sh\nwhile :; do :; done\n"), 0o700); err != nil { //nolint:gosec // a program
		t.Fatal(err)
	}
	t.Setenv("PATH", dir)
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	_, err := MakeCounter(ctx, sp, "qemu-system-x86_64", t.TempDir())
	if slow := (*CounterTimeout)(nil); !errors.As(err, &slow) || !errors.Is(err, ErrNoCounter) {
		t.Errorf("it ends with %v", err)
	}
}
