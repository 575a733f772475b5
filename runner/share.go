package runner

import (
	"context"
	"fmt"
	"os"

	"slipway/runner/catalog"
	"slipway/runner/qemu"
	"slipway/runner/virtiofs"
)

// shareDaemon is the program that serves a share to the kernel, "" where QEMU itself
// does or there is none.
func shareDaemon(s qemu.Share, k *catalog.Kernel) (string, error) {
	if s.Path == "" || k.QEMU.Share != catalog.VirtioFS {
		return "", nil
	}
	program, err := virtiofs.Find()
	if err != nil {
		return "", fmt.Errorf("share %s: kernel %s takes it by virtiofs: %w", s.Path, k.Name, err)
	}
	return program, nil
}

// planShare completes a share by what serves it, which is shown to work here before
// anything is booted.
func (r *Runner) planShare(ctx context.Context, s qemu.Share, k *catalog.Kernel) (_ qemu.Share, err error) {
	if s.Daemon, err = shareDaemon(s, k); err != nil || s.Daemon == "" {
		return s, err
	}
	err = virtiofs.Prove(ctx, r.spawner, virtiofs.Share{Program: s.Daemon, Folder: s.Path, Writable: s.Writable})
	if err != nil {
		return s, fmt.Errorf("share %s: %w", s.Path, err)
	}
	return s, nil
}

// SharesFolders says what serves folders to kernels that take them by virtiofs, or why
// none can be shared with them on this machine.
func (r *Runner) SharesFolders(ctx context.Context) (program string, err error) {
	if program, err = virtiofs.Find(); err != nil {
		return "", err
	}
	dir, err := os.MkdirTemp(r.spawner.Scratch(), "share-")
	if err != nil {
		return "", fmt.Errorf("try a share: %w", err)
	}
	defer func() { _ = os.Remove(dir) }() // the scratch folder goes with us
	return program, virtiofs.Prove(ctx, r.spawner, virtiofs.Share{Program: program, Folder: dir})
}

// shareWords tell a kernel on its command line that it is given a share, and how.
func shareWords(s qemu.Share) string {
	switch {
	case s.Path == "":
		return ""
	case s.Writable:
		return "slipway.share=rw"
	}
	return "slipway.share=ro"
}
