package runner

import (
	"context"
	"errors"
	"fmt"
	"os"

	"slipway/runner/boot"
	"slipway/runner/catalog"
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

// CanResume says whether the plan's kernel can be resumed and handed the app, rather
// than booted.
func (p *Plan) CanResume() bool { return p.handover != nil }

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
