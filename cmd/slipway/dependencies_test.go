package main_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// cannotUpdate is an apt-get on a machine that has never fetched its package lists, and can't.
const cannotUpdate = `echo "E: network is unreachable" >&2; exit 100`

// What `make run` and `make test` do on machines that lack something. The machine is a folder of commands; its package
// manager is a script that writes down what it was asked and puts the commands there.
// It is not parallel: a command that is being written while another test forks can't be executed ("text file busy").
func TestDependencies(t *testing.T) {
	const (
		asUser    = "echo 1000"
		asRoot    = "echo 0"
		installs  = `echo "apt-get $*"; for p in "$@"; do case $p in qemu-system-x86) put qemu-system-x86_64;; gcc) put gcc;; musl-tools) put musl-gcc;; esac; done`
		cannot    = `echo "E: Unable to locate package" >&2; exit 100`
		openSudo  = `[ "$1" = -n ] && exit 0; exec "$@"`
		askedSudo = `[ "$1" = -n ] && exit 1; echo "sudo was called" >&2; exit 9`
	)
	for name, c := range map[string]struct {
		commands map[string]string
		purpose  string
		ok       bool
		words    []string
		never    string
	}{
		"nothing missing":       {map[string]string{"id": asUser, "apt-get": cannot, "qemu-system-x86_64": "", "gcc": "", "musl-gcc": ""}, "run", true, nil, "apt"},
		"root":                  {map[string]string{"id": asRoot, "apt-get": installs}, "run", true, []string{"Slipway needs qemu-system-x86 gcc musl-tools; running: apt-get install -y --no-install-recommends qemu-system-x86 gcc musl-tools", "apt-get -o DPkg::Lock::Timeout"}, "sudo"},
		"user with sudo":        {map[string]string{"id": asUser, "apt-get": installs, "sudo": openSudo, "gcc": ""}, "run", true, []string{"Slipway needs qemu-system-x86 musl-tools; running: sudo apt-get install"}, "needs gcc"},
		"user, sudo asks":       {map[string]string{"id": asUser, "apt-get": installs, "sudo": askedSudo}, "run", false, []string{"sudo wants a password", "administrator", "apt-get install -y --no-install-recommends qemu-system-x86 gcc musl-tools"}, "sudo was called"},
		"user without sudo":     {map[string]string{"id": asUser, "apt-get": installs}, "test", false, []string{"`make test` needs", "no sudo", "administrator", "tmux shellcheck", "`make build` works without"}, "running:"},
		"apt fails":             {map[string]string{"id": asRoot, "apt-get": cannot}, "run", false, []string{"Unable to locate", "apt could not install", "administrator"}, ""},
		"installed, still none": {map[string]string{"id": asRoot, "apt-get": "exit 0"}, "run", false, []string{"still missing after the installation: qemu-system-x86 gcc musl-tools"}, ""},
		"Fedora":                {map[string]string{"id": asUser, "dnf": ""}, "run", false, []string{"dnf install qemu-system-x86-core gcc musl-gcc"}, "apt-get"},
		"Arch":                  {map[string]string{"id": asUser, "pacman": ""}, "run", false, []string{"pacman -S qemu-system-x86 gcc musl"}, "apt-get"},
		"something else":        {map[string]string{"id": asUser}, "run", false, []string{"its package manager"}, "apt-get"},
		"no lists, no network":  {map[string]string{"id": asRoot, "apt-get": cannotUpdate, "qemu-system-x86_64": "", "gcc": "", "musl-gcc": ""}, "run", true, []string{"Slipway needs apt's package lists", "running: apt-get update", "apt-get update failed"}, "install"},
	} {
		t.Run(name, func(t *testing.T) {
			out, err := runDeps(t, c.purpose, c.commands)
			var exit *exec.ExitError
			if err != nil && !errors.As(err, &exit) {
				t.Fatal(err)
			}
			if (err == nil) != c.ok {
				t.Errorf("exit: %v", err)
			}
			for _, w := range c.words {
				if !strings.Contains(out, w) {
					t.Errorf("does not say %q", w)
				}
			}
			if c.never != "" && strings.Contains(out, c.never) {
				t.Errorf("says %q", c.never)
			}
			if t.Failed() {
				t.Log(out)
			}
		})
	}
}

// runDeps returns what the script says on standard error; on standard output it must say nothing.
func runDeps(t *testing.T, purpose string, commands map[string]string) (string, error) {
	t.Helper()
	machine := t.TempDir()
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("no bash here")
	}
	env, err := exec.LookPath("env")
	if err != nil {
		t.Fatal(err)
	}
	put := "put() { echo '#!" + bash + "' > '" + machine + "'/$1; " + chmod(t) + " +x '" + machine + "'/$1; }\n"
	for name, script := range commands {
		writeCommand(t, filepath.Join(machine, name), "#!"+bash+"\n"+put+script+"\n")
	}
	if err := os.Symlink(env, filepath.Join(machine, "env")); err != nil {
		t.Fatal(err)
	}
	if commands["apt-get"] != cannotUpdate {
		mkdirAll(t, filepath.Join(machine, "var/lib/apt/lists"))
		writeCommand(t, filepath.Join(machine, "var/lib/apt/lists/deb_Packages.lz4"), "")
	}
	mkdirAll(t, filepath.Join(machine, "usr/include"))
	writeCommand(t, filepath.Join(machine, "usr/include/stdio.h"), "")
	cmd := exec.CommandContext(t.Context(), bash, filepath.Join(moduleRoot(t), ".ci", "deps"), purpose)
	cmd.Env = []string{"PATH=" + machine, "SLIPWAY_DEPS_ROOT=" + machine}
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err = cmd.Run()
	if stdout.Len() > 0 {
		t.Errorf("standard output belongs to the demo, but got %q", stdout.String())
	}
	return stderr.String(), err
}

func mkdirAll(t *testing.T, path string) {
	t.Helper()
	if err := os.MkdirAll(path, 0o755); err != nil {
		t.Fatal(err)
	}
}

func chmod(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("chmod")
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func writeCommand(t *testing.T, path, script string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
}
