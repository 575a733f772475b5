package virtiofs

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"slipway/runner/process"
)

// ErrNoWalls is returned where this machine does not let virtiofsd be shut in.
var ErrNoWalls = errors.New("virtiofsd cannot be shut in with the folder alone: it takes namespaces of users and mounts, " +
	"which containers and some distributions forbid (sysctl user.max_user_namespaces, kernel.unprivileged_userns_clone, kernel.apparmor_restrict_unprivileged_userns)")

// proofLimit bounds a proof, which takes some 10 ms on a quiet machine.
const proofLimit = 10 * time.Second

// Prove shuts virtiofsd in with the folder as for a guest, and has it say its version
// instead of serving.
func Prove(ctx context.Context, sp *process.Spawner, s Share) error {
	if err := s.alone(); err != nil {
		return err
	}
	line := s.shut("--version")
	ctx, cancel := context.WithTimeout(ctx, proofLimit)
	defer cancel()
	_, words, err := sp.Output(ctx, exec.Command(line[0], line[1:]...)) //nolint:noctx // Output ends the whole group with ctx
	if err == nil || ctx.Err() != nil {
		return err
	}
	if said := strings.TrimSpace(string(words)); said != "" {
		return fmt.Errorf("%w: %s", ErrNoWalls, strings.Join(strings.Fields(said), " "))
	}
	return fmt.Errorf("%w: %w", ErrNoWalls, err)
}

// alone refuses a folder with another file system below it: Linux lets nobody but root
// separate them, and what is mounted there would not be read-only with the rest.
func (s Share) alone() error {
	folder, err := filepath.EvalSymlinks(s.Folder)
	if err != nil {
		return err
	}
	mounts, err := os.Open("/proc/self/mountinfo")
	if err != nil {
		return fmt.Errorf("look for what is mounted below it: %w", err)
	}
	defer func() { _ = mounts.Close() }() // it was only read
	inside := strings.TrimSuffix(folder, "/") + "/"
	for lines := bufio.NewScanner(mounts); lines.Scan(); {
		const mountPoint = 4 // as proc(5) has it
		if fields := strings.Fields(lines.Text()); len(fields) > mountPoint && strings.HasPrefix(unescape.Replace(fields[mountPoint]), inside) {
			return fmt.Errorf("%s is mounted below it: share a folder that lies on one file system", unescape.Replace(fields[mountPoint]))
		}
	}
	return nil
}

// unescape reads what the kernel writes into mountinfo for characters that part its fields.
var unescape = strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`)
