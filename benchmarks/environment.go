package benchmarks

import (
	"context"
	"os/exec"
	"runtime"
	"strings"

	"slipway/benchmarks/store"
	"slipway/runner"
	"slipway/runner/process"
)

// ReadEnvironment describes this host and the project's sources as they are
// now. It asks git, where the project is in a repository; what cannot be read is
// left empty.
func ReadEnvironment(ctx context.Context, sp *process.Spawner, project, version string) store.Environment {
	h := runner.ReadHost()
	e := store.Environment{
		Host: h.Name, CPU: h.CPU, Cores: h.Cores, HostKernel: h.Kernel, Governor: h.Governor, Load: &h.Load,
		Slipway: version, Go: runtime.Version(),
	}
	git := func(args ...string) (string, bool) {
		out, _, err := sp.Output(ctx, exec.CommandContext(ctx, "git", append([]string{"-C", project}, args...)...))
		return strings.TrimSpace(string(out)), err == nil
	}
	if commit, ok := git("rev-parse", "HEAD"); ok {
		e.Commit = commit
		changes, ok := git("status", "--porcelain", "--untracked-files=normal")
		e.Dirty = !ok || changes != ""
	}
	return e
}
