package benchmarks_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"slipway/benchmarks"
)

// TestPipesOfOthersAreRefused holds that a pipe without a writer and a device without an
// end keep nobody waiting.
func TestPipesOfOthersAreRefused(t *testing.T) {
	t.Parallel()
	fifo := filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{fifo, "/dev/zero"} {
		if _, err := compareFiles(t, []string{path}); err == nil || !strings.Contains(err.Error(), "pipe or a device") {
			t.Errorf("results from %s: %v", path, err)
		}
		if _, err := benchmarks.ReadPlan(t.Context(), path); err == nil || !strings.Contains(err.Error(), "pipe or a device") {
			t.Errorf("a plan from %s: %v", path, err)
		}
	}
}

// TestPipesThatWereGivenAreReadAndGivenUp holds that what a shell makes of <(COMMAND) is
// read, and given up with its context.
func TestPipesThatWereGivenAreReadAndGivenUp(t *testing.T) {
	t.Parallel()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	path := fmt.Sprintf("/dev/fd/%d", r.Fd())
	if _, err := w.WriteString(planFile); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	waits := make(chan error, 1)
	go func() {
		_, err := benchmarks.ReadPlan(ctx, path) // the writer stays: it waits for more
		waits <- err
	}()
	cancel()
	if err := <-waits; !errors.Is(err, context.Canceled) {
		t.Errorf("given up with %v", err)
	}
	if _, err := w.WriteString(planFile); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if data, err := benchmarks.ReadPlan(t.Context(), path); err != nil || !strings.HasSuffix(string(data), planFile) {
		t.Errorf("read %q, %v", data, err)
	}
}

// TestPlansThatAreTooMuch holds that no plan takes more than a moment to be refused.
func TestPlansThatAreTooMuch(t *testing.T) {
	t.Parallel()
	for name, plan := range map[string]string{
		"targets":        "schema = 1\n" + strings.Repeat("[[target]]\nkernel = \"keel\"\napp = \"hello\"\n", 20_000),
		"inline targets": "schema = 1\ntarget = [" + strings.Repeat("{},", 200_000) + "]\n",
		"a header":       "schema = 1\n[" + strings.Repeat("a.", 100_000) + "a]\n",
		"a key":          "schema = 1\n" + strings.Repeat(`"=".`, 100_000) + "a = 1\n",
	} {
		if _, err := benchmarks.ParsePlan("plan.toml", []byte(plan), nil); err == nil || !strings.Contains(err.Error(), "more than") {
			t.Errorf("%s: %.200v", name, err)
		}
	}
	path := resultFile(t, "plan.toml", strings.Repeat("# nothing\n", 200_000))
	if _, err := benchmarks.ReadPlan(t.Context(), path); err == nil || !strings.Contains(err.Error(), "1 MiB") {
		t.Errorf("a plan of 2 MB: %v", err)
	}
}
