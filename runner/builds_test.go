package runner_test

import (
	"context"
	"os/exec"
	"strings"
	"testing"

	"slipway/runner"
	"slipway/runner/boot"
)

// The ways in which an app may be built, each booted on a kernel that runs it.
func TestAppsOfAllKindsAreBuiltAndBoot(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		app, tool, kernel, says string
		status                  int
	}{
		{"build-cxx", "g++", "keel", "built as C++ on 2 shelves", 41},
		{"build-make", "make", "keel", "built by make", 42},
		{"build-cmake", "cmake", "keel", "built by CMake", 43},
		{"build-rust", "rustc", "keel", "built by rustc", 44},
		{"build-go", "go", "linux-cloud", "built by go", 45},
		{"build-nolibc", "musl-gcc", "keel", "built without a library", 46},
		{"build-image", "ld", "keel", "built by an assembler", 47},
	} {
		t.Run(c.app, func(t *testing.T) {
			t.Parallel()
			if _, err := exec.LookPath(c.tool); err != nil {
				t.Skipf("%s is not here", c.tool)
			}
			var p *runner.Plan
			if c.kernel == "keel" {
				p = ours.plan(t, c.kernel, c.app)
			} else {
				p = ours.cloud(t, c.app)
			}
			v := ours.sail(t, p)
			if v.Outcome != boot.Exit || v.Status != c.status || !strings.Contains(v.console, c.says+"\n") {
				t.Errorf("%s %d (%s), want %d; console:\n%s", v.Outcome, v.Status, v.Reason, c.status, v.console)
			}
		})
	}
}

// A Go program on keel would end in a page of registers.
func TestKeelSaysThatItRunsNoGo(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("go is not here")
	}
	_, err := ours.runner.Build(context.Background(), runner.Target{Kernel: "keel", App: "build-go"}, nil)
	if err == nil || !strings.Contains(err.Error(), "it is a Go program, and kernel keel runs none") {
		t.Errorf("it says %v", err)
	}
}
