package runner

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"slipway/runner/boot"
	"slipway/runner/catalog"
	"slipway/runner/filelock"
	"slipway/runner/qemu"
)

// ErrNotInstant is returned for a target whose kernel cannot wait for an app when it
// has booted.
var ErrNotInstant = errors.New("its kernel cannot be handed an app when it has booted: its kernel.toml has no [boot] handover")

// ErrWholeOnly is returned for a machine that is booted in full though its kernel could
// be handed an app.
var ErrWholeOnly = errors.New("a machine with devices, extra arguments of QEMU, counted time or a debugger that waits for it is booted in full")

// notInstant says why the plan's kernel cannot be handed an app.
func (p *Plan) notInstant() error {
	if p.Host == nil && p.Image.Kernel.Boot.Handover != "" {
		return ErrWholeOnly
	}
	return ErrNotInstant
}

// templateNonce stands on a template's command line. Its markers go to a port of
// their own; the machines resumed from it have a nonce each.
const templateNonce = "template"

// planHandover works out how the plan's app is handed to its kernel when that has
// booted; nil where it cannot be.
func (r *Runner) planHandover(image *Image, p *Plan) (*qemu.Handover, error) {
	k := image.Kernel
	if k.Boot.Handover == "" || image.Target.Settings.Virtual || !p.CanHold() { // counted time does not outlive its machine
		return nil, nil //nolint:nilnil // there is nothing, and nothing is wrong
	}
	vars := placeholders(image, templateNonce)
	vars["handover"], vars["quiet"] = k.Boot.Handover, k.Boot.Quiet // nobody reads what it prints
	cmdline, err := catalog.ExpandCommandLine(k.Boot.Cmdline, vars, []string{"handover"}, image.Target.Settings.Cmdline)
	if err != nil {
		return nil, err
	}
	machine := p.VM
	machine.Cmdline, machine.Nonce = cmdline, templateNonce
	return &qemu.Handover{Machine: machine, App: image.Image.App, Arguments: p.Arguments}, nil
}

// CanHold says whether a QEMU for the plan can be started before its image is made. A
// machine with devices cannot: it opens files that may be others by then, and ports
// that its predecessor has not closed yet. One that a debugger holds has no hurry.
func (p *Plan) CanHold() bool {
	i := p.Image
	return p.Host == nil && !p.VM.Held && p.VM.Devices.None() &&
		len(i.Kernel.QEMU.Extra) == 0 && len(i.App.QEMU.Extra) == 0 && len(i.Target.Settings.QEMU) == 0
}

// CanResume says whether the plan's kernel can be resumed and handed the app, rather
// than booted.
func (p *Plan) CanResume() bool { return p.handover != nil }

// templateDir names the folder of the template for a plan by all that went into it.
func (r *Runner) templateDir(p *Plan) (string, error) {
	machine := p.handover.Machine
	machine.Initrd = ""
	all, err := json.Marshal([]any{"template 1", machine, p.Image.Ready.Hash, p.Accelerator.QEMU})
	if err != nil {
		return "", fmt.Errorf("name the template of %s: %w", p.Image.Target, err)
	}
	sum := sha256.Sum256(all)
	return filepath.Join(r.cache, TemplatesPart, p.Image.Kernel.Name+"-"+hex.EncodeToString(sum[:8])), nil
}

// HasTemplate says whether Clone would begin at once.
func (r *Runner) HasTemplate(p *Plan) bool {
	if p.handover == nil {
		return false
	}
	dir, err := r.templateDir(p)
	if err == nil {
		_, err = os.Stat(dir)
	}
	return err == nil
}

// Clone resumes the plan's kernel from where it had booted and waits for an app, and
// holds it until Plan.Take hands one over. Where that kernel was not booted so far on
// such a machine it is first, which takes as long as its boot. A boot of it gives no
// figures of a boot's.
func (r *Runner) Clone(ctx context.Context, p *Plan, o boot.Options) (*qemu.Spare, error) {
	if p.handover == nil {
		return nil, fmt.Errorf("resume %s: %w", p.Image.Target, p.notInstant())
	}
	dir, err := r.ensureTemplate(ctx, p)
	if err != nil {
		return nil, fmt.Errorf("resume %s: %w", p.Image.Target, r.explain(err))
	}
	o.CPUs = p.CPUs
	spare, err := qemu.StartClone(ctx, r.spawner, *p.handover, p.VM.Nonce, dir, o)
	if err == nil || ctx.Err() != nil {
		return spare, err
	}
	// It is damaged: once more, with one that is made anew.
	if gone := os.RemoveAll(dir); gone != nil {
		return nil, errors.Join(err, gone)
	}
	if dir, err = r.ensureTemplate(ctx, p); err != nil {
		return nil, fmt.Errorf("resume %s: %w", p.Image.Target, r.explain(err))
	}
	return qemu.StartClone(ctx, r.spawner, *p.handover, p.VM.Nonce, dir, o)
}

// Doubt forgets the template of a boot that was resumed from it and ended as none should:
// the app may be at fault, or what was kept is damaged, and making it anew costs one
// boot. It says whether it did.
func (r *Runner) Doubt(p *Plan, result boot.Result) (forgot bool, err error) {
	switch result.Outcome {
	case boot.Exit, boot.Stopped, boot.Killed, boot.OOM:
		return false, nil
	}
	if result.Origin != boot.Resumed || result.Touched != "" || p.handover == nil {
		return false, nil
	}
	dir, err := r.templateDir(p)
	if err == nil {
		err = os.RemoveAll(dir)
	}
	return err == nil, err
}

// ensureTemplate makes the plan's template where there is none; what two ask for at
// once is made once.
func (r *Runner) ensureTemplate(ctx context.Context, p *Plan) (string, error) {
	dir, err := r.templateDir(p)
	if err != nil {
		return "", err
	}
	if r.HasTemplate(p) {
		now := time.Now()
		return dir, os.Chtimes(dir, now, now) // the oldest are forgotten
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return "", err
	}
	unlock, err := filelock.Lock(ctx, r.templatesLock())
	if err != nil {
		return "", err
	}
	defer unlock()
	if r.HasTemplate(p) {
		return dir, nil
	}
	if err := qemu.MakeTemplate(ctx, r.spawner, *p.handover, dir); err != nil {
		return "", err
	}
	return dir, keepNewest(filepath.Dir(dir), MaxTemplates)
}

// templatesLock is held by whoever makes a template, or deletes some. One is made at a
// time: two would only be in each other's way.
func (r *Runner) templatesLock() string { return filepath.Join(r.cache, TemplatesPart+".lock") }

// tidyTemplates removes what was left half made, unless somebody is at it.
func (r *Runner) tidyTemplates(keep int) error {
	dir := filepath.Join(r.cache, TemplatesPart)
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	unlock, ok, err := filelock.Try(r.templatesLock())
	if err != nil || !ok {
		return err
	}
	defer unlock()
	return keepNewest(dir, keep)
}

// TemplatesPart is the folder of the cache with the machines whose kernel has booted,
// and MaxTemplates how many of them are kept; each is as large as what its guest's
// memory holds.
const (
	TemplatesPart = "templates"
	MaxTemplates  = 4
)

// keepNewest removes all folders in dir but the n that were used last, and what was left
// half made: the caller holds the lock. A machine that was resumed from one keeps what it has mapped.
func keepNewest(dir string, n int) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	var templates []fs.FileInfo
	for _, e := range entries {
		info, statErr := e.Info()
		switch {
		case statErr != nil || !info.IsDir():
		case strings.HasPrefix(e.Name(), "."): // whoever was at it has been killed
			err = errors.Join(err, os.RemoveAll(filepath.Join(dir, e.Name())))
		default:
			templates = append(templates, info)
		}
	}
	slices.SortFunc(templates, func(a, b fs.FileInfo) int { return b.ModTime().Compare(a.ModTime()) })
	for _, t := range templates[min(n, len(templates)):] {
		err = errors.Join(err, os.RemoveAll(filepath.Join(dir, t.Name())))
	}
	return err
}
