package qemu

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"slipway/runner/boot"
	"slipway/runner/process"
)

// A template is a folder with a machine whose kernel has booted and waits for an app:
// its memory, which those that are resumed from it map and do not change, and the
// state of everything else.
const (
	templateMemory = "memory"
	templateState  = "state"
)

// resumable is the machine with its memory in a template's file, shared with it or
// copied where it is written to, and with the memory that takes an app, imageFD.
func (c Config) resumable(memory string, shared bool) []string {
	share := map[bool]string{true: "on", false: "off"}[shared]
	size := strconv.FormatInt(c.Memory, 10)
	c.Machine += ",memory-backend=" + ownID("ram", 0)
	return append(append([]string{c.Binary}, c.machine()...),
		"-object", fmt.Sprintf("memory-backend-file,id=%s,size=%s,mem-path=%s,share=%s", ownID("ram", 0), size, escape(memory), share),
		// Not shared in QEMU's eyes, so that it is part of the state: the machine that
		// is resumed maps a file of its own there. Nobody writes to it but we do.
		"-object", fmt.Sprintf("memory-backend-file,id=%s,size=%d,mem-path=%s,share=off", ownID("handover", 0), handoverSize, imagePlace),
		"-device", "ivshmem-plain,master=on,memdev="+ownID("handover", 0))
}

// MakeTemplate boots the machine until its kernel waits for an app, and keeps it as
// it is then in the folder dir, whole or not at all. It takes as long as a boot does.
func MakeTemplate(ctx context.Context, sp *process.Spawner, h Handover, dir string) (err error) {
	c := h.Machine
	if err := c.check(); err != nil {
		return err
	}
	if c.Memory <= 0 {
		return fmt.Errorf("make a template for %s: the size of its memory is not given", c.Binary)
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return fmt.Errorf("make a template: %w", err)
	}
	if err := roomFor(filepath.Dir(dir), c.Memory, "a template"); err != nil {
		return err
	}
	temporary, err := os.MkdirTemp(filepath.Dir(dir), ".making-")
	if err != nil {
		return fmt.Errorf("make a template: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(temporary)) }() // empty when it was renamed
	if err := saveReady(ctx, sp, c, temporary); err != nil {
		return fmt.Errorf("make a template: %w", err)
	}
	if err := os.RemoveAll(dir); err != nil { // half of one
		return fmt.Errorf("make a template: %w", err)
	}
	return os.Rename(temporary, dir)
}

// saveReady boots the machine and saves it when its kernel is ready.
func saveReady(ctx context.Context, sp *process.Spawner, c Config, dir string) error {
	rules, err := c.rules()
	if err != nil {
		return err
	}
	line := append(c.resumable(filepath.Join(dir, templateMemory), true), c.connected()...)
	inherited, err := inherit()
	if err != nil {
		return err
	}
	defer func() { _ = inherited.memory.Close() }() // no app is put there
	m := newMachine(c, inherited.conn)
	ready := make(chan struct{})
	b, err := boot.Start(ctx, sp, boot.Spec{
		Args: line, Files: inherited.files, Markers: inherited.markers, Rules: rules, Controller: m,
	}, boot.Options{Timeout: templateLimit, OnMarker: func(name string, _ time.Duration) {
		if name == boot.MarkReady {
			close(ready)
		}
	}})
	if err != nil {
		return err
	}
	select {
	case <-ready:
		err = m.save(ctx, filepath.Join(dir, templateState))
	case <-b.Done():
		r := b.Wait()
		return fmt.Errorf("the kernel did not get ready for an app: %s: %s", r.Outcome, r.Reason)
	}
	b.Stop("it is saved")
	if r := b.Wait(); err == nil && r.Outcome != boot.Stopped {
		err = fmt.Errorf("QEMU ended as it was saved: %s: %s", r.Outcome, r.Reason)
	}
	return err
}

// templateLimit bounds a boot of which a template is made, and saving it.
const templateLimit = 2 * time.Minute

// save stops the machine and writes its state without its memory, which lies in a
// file already.
func (m *machine) save(ctx context.Context, file string) error {
	m.mu.Lock()
	m.hands.touched = true // the STOP that comes is ours
	m.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, templateLimit)
	defer cancel()
	if err := m.client.do(ctx, "stop", nil, nil); err != nil {
		return err
	}
	if err := m.ignoreShared(ctx); err != nil {
		return err
	}
	if err := m.client.do(ctx, "migrate", map[string]string{"uri": "exec:cat > " + quoted(file)}, nil); err != nil {
		return err
	}
	return m.awaitMigration(ctx)
}

// load reads the state of a machine that was started to wait for it.
func (m *machine) load(ctx context.Context, file string) error {
	if err := m.ignoreShared(ctx); err != nil {
		return err
	}
	if err := m.client.do(ctx, "migrate-incoming", map[string]string{"uri": "exec:cat " + quoted(file)}, nil); err != nil {
		return err
	}
	return m.awaitMigration(ctx)
}

// quoted is a path for the shell that QEMU starts.
func quoted(path string) string { return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'" }

// ignoreShared leaves memory that lies in a file out of a migration. It is the same on
// both sides, or neither understands the other.
func (m *machine) ignoreShared(ctx context.Context) error {
	type capability struct {
		Capability string `json:"capability"`
		State      bool   `json:"state"`
	}
	return m.client.do(ctx, "migrate-set-capabilities", map[string][]capability{
		"capabilities": {{"x-ignore-shared", true}},
	}, nil)
}

// awaitMigration asks until it is over: QEMU tells by an event only where another
// capability is set, and that it began before one could be awaited is not sure.
func (m *machine) awaitMigration(ctx context.Context) error {
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for {
		var state struct {
			Status string `json:"status"`
			Error  string `json:"error-desc"`
		}
		if err := m.client.do(ctx, "query-migrate", nil, &state); err != nil {
			return err
		}
		switch state.Status {
		case "completed":
			return nil
		case "failed", "cancelled":
			return fmt.Errorf("QEMU could not save or resume the machine: %s %s", state.Status, state.Error)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("save or resume the machine: %w", context.Cause(ctx))
		}
	}
}
