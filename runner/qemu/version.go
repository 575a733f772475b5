package qemu

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"

	"slipway/runner/process"
)

// versionLimit bounds "--version", which takes 20 ms on a quiet machine.
const versionLimit = 10 * time.Second

// ErrNoQEMU is wrapped where the QEMU program is not installed.
var ErrNoQEMU = errors.New("QEMU is not installed")

// Version asks a QEMU program for its version, such as 7.2.22.
func Version(ctx context.Context, sp *process.Spawner, binary string) (string, error) {
	path, err := find(binary)
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, versionLimit)
	defer cancel()
	out, errs, err := sp.Output(ctx, exec.Command(path, "--version")) //nolint:noctx // Output ends the whole group with ctx
	if err != nil {
		return "", fmt.Errorf("ask %s for its version: %w (it said: %s)", path, err, complaint(string(errs)))
	}
	_, rest, found := strings.Cut(string(out), "version ")
	if fields := strings.Fields(rest); found && len(fields) > 0 {
		return fields[0], nil
	}
	return "", fmt.Errorf("ask %s for its version: it is no QEMU, it said %.80q", path, out)
}

// find looks a QEMU program up and says how to get it.
func find(binary string) (string, error) {
	path, err := exec.LookPath(binary)
	if err != nil {
		return "", fmt.Errorf("%w: %w: install it with your package manager (Debian: apt install %s)", ErrNoQEMU, err, debianPackage(binary))
	}
	return path, nil
}

// debianPackage is where Debian has a QEMU program.
func debianPackage(binary string) string {
	for suffix, name := range map[string]string{
		"-x86_64": "qemu-system-x86", "-i386": "qemu-system-x86",
		"-arm": "qemu-system-arm", "-aarch64": "qemu-system-arm",
	} {
		if strings.HasSuffix(binary, suffix) {
			return name
		}
	}
	return "qemu-system-misc"
}
