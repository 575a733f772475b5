package gdb

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"slipway/runner/qemu"
)

// Meeting is a socket with a name, in a folder that is ours alone, for as long as a
// debugger has not found it: QEMU serves the one who comes.
type Meeting struct {
	Path     string
	dir      string
	listener *net.UnixListener
}

// folderPrefix begins the name of a meeting's folder; the number of the process that
// made it follows, so that those of processes that were killed are found.
const folderPrefix = "slipway-gdb-"

// maxPath is what a socket's name may have.
const maxPath = 100

// Listen makes a place to meet. It must be closed.
func Listen() (*Meeting, error) {
	base := os.Getenv("XDG_RUNTIME_DIR")
	if info, err := os.Stat(base); base == "" || err != nil || !info.IsDir() {
		base = os.TempDir()
	}
	sweep(base)
	dir, err := os.MkdirTemp(base, folderPrefix+strconv.Itoa(os.Getpid())+"-") // for us alone
	if err != nil {
		return nil, fmt.Errorf("make a place to meet the debugger: %w", err)
	}
	m := &Meeting{dir: dir, Path: filepath.Join(dir, "gdb")}
	if len(m.Path) > maxPath {
		return nil, errors.Join(fmt.Errorf("make a place to meet the debugger: %s is too long for a socket's name: set TMPDIR to a shorter one", m.Path), os.Remove(dir))
	}
	m.listener, err = net.ListenUnix("unix", &net.UnixAddr{Name: m.Path, Net: "unix"})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("make a place to meet the debugger: %w", err), os.Remove(dir))
	}
	return m, nil
}

// sweep removes what processes left that were killed.
func sweep(base string) {
	found, err := filepath.Glob(filepath.Join(base, folderPrefix+"*"))
	if err != nil {
		return
	}
	for _, dir := range found {
		number, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(dir), folderPrefix), "-")
		pid, err := strconv.Atoi(number)
		if err == nil && pid > 1 && errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
			_ = os.RemoveAll(dir) // another user's stays
		}
	}
}

// Join waits for the debugger to come and hands the guest over to it. The place is gone
// afterwards.
func (m *Meeting) Join(ctx context.Context, guest *qemu.Inside) error {
	stop := context.AfterFunc(ctx, func() { _ = m.listener.Close() })
	defer stop()
	conn, err := m.listener.AcceptUnix()
	err = errors.Join(err, m.Close())
	if conn == nil {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return fmt.Errorf("wait for the debugger: %w", err)
	}
	defer func() { _ = conn.Close() }() // QEMU has it
	file, err := conn.File()
	if err != nil {
		return fmt.Errorf("meet the debugger: %w", err)
	}
	defer func() { _ = file.Close() }() // a copy
	return guest.Debug(ctx, file)
}

// gonePoll is how often a debugger that is nobody's child is looked for.
const gonePoll = 300 * time.Millisecond

// Accompany is Join, and takes the guest back when the debugger has gone: it goes on,
// without the debugger's breakpoints. It returns when that is done or the boot has
// ended.
func (m *Meeting) Accompany(ctx context.Context, guest *qemu.Inside) error {
	if err := m.Join(ctx, guest); err != nil {
		return err
	}
	for {
		still, err := guest.Debugged(ctx)
		switch {
		case err != nil:
			return err
		case !still:
			return guest.Undebug(ctx)
		}
		select {
		case <-time.After(gonePoll):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// Close leaves the place. It may be called more than once.
func (m *Meeting) Close() error {
	err := m.listener.Close()
	if errors.Is(err, net.ErrClosed) {
		err = nil
	}
	return errors.Join(err, os.RemoveAll(m.dir))
}
