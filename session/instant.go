package session

import (
	"context"
	"fmt"

	"slipway/runner"
	"slipway/runner/boot"
	"slipway/runner/qemu"
)

// instantFlag ends the command that boots a guest in instant mode.
const instantFlag = " --instant"

// SetInstant turns instant mode on or off: the boots that a person watches then resume
// a kernel that has booted already, where it can be, and hand it the app. Such a boot
// is marked and gives no times of a boot; timed rounds boot in full. Turned on, the
// kernels that can be resumed are booted, the last time in full.
func (s *Session) SetInstant(on bool) {
	var able []string
	if on {
		for _, g := range s.guestsOf(nil) {
			if k, err := s.runner.Catalog().Kernel(g.target.Kernel); err == nil && k.Boot.Handover != "" {
				able = append(able, k.Name)
			}
		}
		if len(able) == 0 {
			s.board.notice(Warn, "no marked kernel can be resumed with an app: mark one such as linux-cloud first")
			return
		}
	}
	if s.options.NoSpare && on {
		s.board.notice(Warn, "instant mode holds a machine ready: spare = false in settings.toml forbids that")
		return
	}
	if s.instant.Swap(on) == on {
		return
	}
	s.board.update(func(st *State) { st.Instant = on })
	s.saveSelection()
	if on {
		s.loop.ask(request{kernels: able})
		return
	}
	s.board.notice(Info, "instant mode is off: every boot is a boot")
	for _, g := range s.guestsOf(nil) {
		g.mu.Lock()
		if g.spare != nil && g.spare.Resumed() {
			g.dropSpare()
		}
		g.mu.Unlock()
	}
}

// clone resumes the guest's kernel and holds it. A kernel that has to boot for that
// takes seconds, and is given up for a save.
func (s *Session) clone(ctx context.Context, g *guest, plan *runner.Plan, options boot.Options) (*qemu.Spare, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	g.mu.Lock()
	g.cloning = cancel
	g.mu.Unlock()
	defer func() {
		g.mu.Lock()
		g.cloning = nil
		g.mu.Unlock()
	}()
	if !s.runner.HasTemplate(plan) {
		s.board.notice(Info, fmt.Sprintf("%s boots once more, out of sight, to be resumed from then on", plan.Image.Kernel.Name))
	}
	spare, err := s.runner.Clone(ctx, plan, options)
	if err != nil && ctx.Err() != nil {
		return nil, nil //nolint:nilnil // given up: the next calm moment tries again
	}
	return spare, err
}

// resumes says whether the plan's app is to be handed to a kernel that has booted.
func (s *Session) resumes(plan *runner.Plan) bool { return s.instant.Load() && plan.CanResume() }

// doubt has a kernel booted anew for instant mode after an instant boot that ended as none
// should.
func (g *guest) doubt(plan *runner.Plan, result boot.Result) {
	switch forgot, err := g.s.runner.Doubt(plan, result); {
	case err != nil:
		g.s.board.notice(Warn, fmt.Sprintf("forget what is kept of %s for instant mode: %v", g.target.Kernel, err))
	case forgot:
		g.s.board.notice(Info, g.target.Kernel+" is booted anew for instant mode, in case what was kept of it is damaged")
	}
}

// giveUpClone ends the making of a clone: a save does not wait for it.
func (g *guest) giveUpClone() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.cloning != nil {
		g.cloning()
	}
}
