package runner

import (
	"context"
	"fmt"
	"path/filepath"

	"slipway/runner/qemu"
)

// pluginsPart is the folder of the cache that holds plugins of QEMU's.
const pluginsPart = "plugins"

// CountInstructions has a planned boot's instructions counted by a plugin in QEMU, or
// under KVM, which runs them unseen, its exits to the host. That makes it slower: its
// times say nothing. The error wraps qemu.ErrNoCounter where this
// boot cannot be counted.
func (r *Runner) CountInstructions(ctx context.Context, p *Plan) error {
	t := p.Image.Target
	switch {
	case p.Host != nil:
		return fmt.Errorf("count the instructions of %s: %w: it runs without a virtual machine", t, qemu.ErrNoCounter)
	case p.Accelerator.Name == qemu.KVM:
		p.VM.CountExits = true
		return nil
	case t.Settings.Virtual:
		return fmt.Errorf("count the instructions of %s: %w: its clock counts them", t, qemu.ErrNoCounter)
	}
	file, err := qemu.MakeCounter(ctx, r.spawner, p.VM.Binary, filepath.Join(r.cache, pluginsPart))
	if err != nil {
		return fmt.Errorf("count the instructions of %s: %w", t, err)
	}
	p.VM.Counter = file
	p.slow()
	return nil
}

// slowdown is how many times longer a boot may take than its app says when instructions
// are counted: -icount costs Debian's kernel a factor of 4 on a quiet host.
const slowdown = 10

// slow gives a boot in which instructions are counted more of the host's time, unless
// the user has said how much.
func (p *Plan) slow() {
	s := p.Image.Target.Settings
	if s.Timeout == 0 {
		p.Timeout *= slowdown
	}
	if s.Hang == 0 {
		p.Hang *= slowdown
	}
}
