package qemu

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"slipway/runner/boot"
	"slipway/runner/process"
)

// counterSource is the plugin that counts instructions.
//
//go:embed plugin/count.c
var counterSource []byte

// ErrNoCounter is wrapped where a QEMU's instructions cannot be counted here.
var ErrNoCounter = errors.New("instructions cannot be counted here")

// Versions of QEMU's plugin interface that the plugin can be built for. A QEMU loads
// those of a range of its own: 7.2 up to 1, 9.0 from 2 on, 9.1 from 3 on with what this
// plugin asks of it.
const (
	firstPluginAPI = 1
	lastPluginAPI  = 5
)

// counterLimit bounds building the plugin and trying it.
const counterLimit = 30 * time.Second

// CounterTimeout says that the plugin was not there in time: a compiler or a QEMU that
// does not end. It is an ErrNoCounter, and another attempt would take as long.
type CounterTimeout struct{ What string }

func (e *CounterTimeout) Error() string {
	return fmt.Sprintf("%v: %s did not end within %s", ErrNoCounter, e.What, counterLimit)
}

func (e *CounterTimeout) Unwrap() error { return ErrNoCounter }

// MakeCounter builds the plugin that counts instructions, unless it is in the folder
// dir already, and returns its file once the QEMU program has loaded it. The error wraps
// ErrNoCounter where there is no compiler, or a QEMU without plugins.
func MakeCounter(ctx context.Context, sp *process.Spawner, binary, dir string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, counterLimit)
	defer cancel()
	var last error
	for api := firstPluginAPI; api <= lastPluginAPI; api++ {
		file, err := buildCounter(ctx, sp, dir, api)
		if err != nil {
			return "", err
		}
		if last = tryCounter(ctx, sp, binary, file); last == nil {
			return file, nil
		}
		if !strings.Contains(last.Error(), "API version") {
			break // it is no question of versions
		}
	}
	return "", last
}

// buildCounter compiles the plugin for a version of the interface.
func buildCounter(ctx context.Context, sp *process.Spawner, dir string, api int) (string, error) {
	sum := sha256.Sum256(counterSource)
	name := fmt.Sprintf("count-%x-%d", sum[:8], api)
	file := filepath.Join(dir, name+".so")
	if _, err := os.Stat(file); err == nil {
		return file, nil
	}
	cc, err := exec.LookPath("cc")
	if err != nil {
		return "", fmt.Errorf("%w: a C compiler is needed for QEMU's plugin (Debian: apt install gcc): %w", ErrNoCounter, err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("build QEMU's plugin: %w", err)
	}
	work, err := os.MkdirTemp(dir, ".making-")
	if err != nil {
		return "", fmt.Errorf("build QEMU's plugin: %w", err)
	}
	defer func() { _ = os.RemoveAll(work) }() // a leftover is swept with the cache
	source, made := filepath.Join(work, "count.c"), filepath.Join(work, "count.so")
	if err := os.WriteFile(source, counterSource, 0o600); err != nil {
		return "", fmt.Errorf("build QEMU's plugin: %w", err)
	}
	//nolint:noctx // Output ends the whole group with ctx
	cmd := exec.Command(cc, fmt.Sprintf("-DAPI=%d", api), "-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror",
		"-fPIC", "-shared", "-fvisibility=hidden", "-o", made, source)
	if _, errs, err := sp.Output(ctx, cmd); err != nil {
		if errors.Is(err, context.DeadlineExceeded) {
			return "", &CounterTimeout{cc + ", which builds QEMU's plugin,"}
		}
		return "", fmt.Errorf("%w: build QEMU's plugin: %w: %s", ErrNoCounter, err, complaint(string(errs)))
	}
	return file, os.Rename(made, file)
}

// tryCounter has QEMU load the plugin without a guest.
func tryCounter(ctx context.Context, sp *process.Spawner, binary, file string) error {
	path, err := find(binary)
	if err != nil {
		return err
	}
	page, theirs, err := memoryFile()
	if err != nil {
		return fmt.Errorf("make a page for QEMU's plugin: %w", err)
	}
	defer func() { _, _ = page.Close(), theirs.Close() }() // nothing was written by us
	if err := page.Truncate(counterPage); err != nil {
		return fmt.Errorf("make a page for QEMU's plugin: %w", err)
	}
	//nolint:noctx // Output ends the whole group with ctx
	cmd := exec.Command(path, "-nodefaults", "-no-user-config", "-display", "none", "-machine", "none", "-accel", "tcg",
		"-plugin", counterArgument(file, 3), "-monitor", "stdio")
	cmd.Stdin = strings.NewReader("quit\n")
	cmd.ExtraFiles = []*os.File{theirs}
	if _, errs, err := sp.Output(ctx, cmd); err != nil {
		if errors.Is(err, context.DeadlineExceeded) {
			return &CounterTimeout{path + ", which loads the plugin,"}
		}
		return fmt.Errorf("%w: %s does not load a plugin: %s", ErrNoCounter, path, complaint(string(errs)))
	}
	return nil
}

// counterPage is the size of what the plugin shares with us.
const counterPage = 4096

// counterArgument is the value of -plugin.
func counterArgument(file string, fd int) string { return fmt.Sprintf("%s,fd=%d", escape(file), fd) }

// readCounter reads the counts at the guest's signposts: boot, app, exit, as count.c
// numbers them. A guest that shows no exit has executed what it has when it is gone.
func readCounter(page *os.File) (boot.Counts, error) {
	var words [5]int64 // all that was executed; at no signpost; at boot, app and exit
	raw := make([]byte, 8*len(words))
	if _, err := page.ReadAt(raw, 0); err != nil {
		return boot.Counts{}, fmt.Errorf("read the plugin's counts: %w", err)
	}
	for i := range words {
		words[i] = int64(binary.NativeEndian.Uint64(raw[8*i:]))
	}
	c := boot.Counts{Boot: words[2], App: words[3], Exit: words[4]}
	if c.Exit == 0 {
		c.Exit = words[0]
	}
	return c, nil
}
