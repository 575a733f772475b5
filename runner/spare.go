package runner

import (
	"context"
	"fmt"

	"slipway/runner/boot"
	"slipway/runner/qemu"
)

// CanHold says whether a QEMU for the plan can be started before its image is made. A
// machine with devices cannot: it opens files that may be others by then, and ports
// that its predecessor has not closed yet. One that a debugger holds has no hurry.
func (p *Plan) CanHold() bool {
	i := p.Image
	return p.Host == nil && !p.VM.Held && p.VM.Devices.None() &&
		len(i.Kernel.QEMU.Extra) == 0 && len(i.App.QEMU.Extra) == 0 && len(i.Target.Settings.QEMU) == 0
}

// Spare starts a QEMU that waits to boot the plan's target again, with whatever image
// a later build makes; see Plan.Take. The plan must be one that CanHold.
func (r *Runner) Spare(ctx context.Context, p *Plan, o boot.Options) (*qemu.Spare, error) {
	if !p.CanHold() {
		return nil, fmt.Errorf("start a machine for %s beforehand: it has none, or one with devices", p.Image.Target)
	}
	o.CPUs = p.CPUs
	return qemu.StartSpare(ctx, r.spawner, p.VM, o)
}

// Take makes a Spare boot this plan where it can, and says whether it can: the plan
// has the Spare's nonce then. A Spare that is nil boots nothing.
func (p *Plan) Take(s *qemu.Spare) bool {
	if !p.Fits(s) {
		return false
	}
	p.VM, _ = s.Adopt(p.VM, p.handover, p.CPUs)
	p.spare = s
	return true
}

// Fits says whether a Spare can boot this plan.
func (p *Plan) Fits(s *qemu.Spare) bool {
	if s == nil || !p.CanHold() {
		return false
	}
	_, ok := s.Adopt(p.VM, p.handover, p.CPUs)
	return ok
}

// Origin says what the time of the plan's boot will count from.
func (p *Plan) Origin() boot.Origin {
	switch {
	case p.spare == nil:
		return boot.Spawned
	case p.spare.Resumed():
		return boot.Resumed
	}
	return boot.Prestarted
}
