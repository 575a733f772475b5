package session

import (
	"context"
	"fmt"
	"time"

	"slipway/runner"
	"slipway/runner/boot"
	"slipway/runner/process"
	"slipway/runner/qemu"
)

// A boot that somebody waits for has the host to itself until it is calm: it has
// ended, or its app has run for a while, or it took so long that nobody waits.
const (
	calmAfter  = time.Second
	calmAtMost = 10 * time.Second
)

// awaitCalm returns when other work does not hold a boot up any more. running is
// closed when its app runs.
func awaitCalm(b *boot.Boot, running <-chan struct{}) {
	most := time.NewTimer(calmAtMost)
	defer most.Stop()
	select {
	case <-b.Done():
		return
	case <-most.C:
		return
	case <-running:
	}
	calm := time.NewTimer(calmAfter)
	defer calm.Stop()
	select {
	case <-b.Done():
	case <-most.C:
	case <-calm.C:
	}
}

// spareLimit bounds a QEMU's start that nobody waits for.
const spareLimit = 5 * time.Second

// prepare starts the QEMU that will boot the guest's next image, unless one is held
// that can, and returns when it is ready. Timed rounds begin after it. In instant mode
// its kernel has booted; where none has so far, that is done where mayBoot allows it.
func (g *guest) prepare(ctx context.Context, plan *runner.Plan, mayBoot bool) {
	g.preparing.Lock()
	defer g.preparing.Unlock()
	if g.s.options.NoSpare || !plan.CanHold() {
		return
	}
	resume := g.s.resumes(plan) && (mayBoot || g.s.runner.HasTemplate(plan))
	if !g.wantsSpare(plan, resume) {
		return
	}
	spare := g.makeSpare(ctx, plan, resume)
	if spare == nil {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.gone || g.s.ctx.Err() != nil {
		g.s.discard(spare)
		return
	}
	g.spare = spare
	g.s.run(func(ctx context.Context) { g.keep(ctx, spare) })
}

// makeSpare starts a QEMU to be held, nil where that cannot be.
func (g *guest) makeSpare(ctx context.Context, plan *runner.Plan, resume bool) *qemu.Spare {
	options := boot.Options{Transport: process.PTY}
	if resume {
		spare, err := g.s.clone(ctx, g, plan, options)
		if err == nil || ctx.Err() != nil {
			return spare
		}
		g.s.instant.Store(false)
		g.s.board.update(func(st *State) { st.Instant = false })
		g.s.board.notice(Warn, fmt.Sprintf("instant mode is off: %v", err))
	}
	ctx, cancel := context.WithTimeout(ctx, spareLimit)
	defer cancel()
	spare, err := g.s.runner.Spare(ctx, plan, options)
	if err == nil {
		return spare
	}
	if ctx.Err() == nil { // it had its time, and the session goes on
		g.s.noSpare(err)
	}
	return nil
}

// prepareAfter is prepare for the plan of a boot under way, when it is calm. A QEMU
// that did not accept the plan is not tried again.
func (g *guest) prepareAfter(ctx context.Context, b *boot.Boot, running <-chan struct{}, plan *runner.Plan) {
	awaitCalm(b, running)
	select {
	case <-b.Done():
		result := b.Wait()
		g.doubt(plan, result) // before another is resumed from the same template
		switch result.Outcome {
		case boot.QEMURefused, boot.QEMUCrash, boot.Unbootable:
			plan = nil
		}
	default:
	}
	g.mu.Lock()
	g.planned = plan
	g.mu.Unlock()
	if plan != nil && g.s.instant.Load() && plan.Image.Kernel.Boot.Handover != "" && !plan.CanResume() && !plan.VM.Held {
		g.s.board.notice(Info, fmt.Sprintf("%s is booted in full: %v", g.id, runner.ErrWholeOnly))
	}
	if plan != nil {
		g.prepare(ctx, plan, true)
	}
}

// prepareMeanwhile is prepare for the newest plan that QEMU accepted, beside a build.
func (g *guest) prepareMeanwhile() {
	g.mu.Lock()
	plan := g.planned
	g.mu.Unlock()
	if plan != nil {
		g.s.run(func(ctx context.Context) { g.prepare(ctx, plan, false) })
	}
}

// keep drops a spare that nobody has taken by the end of the session, or that
// somebody else has ended.
func (g *guest) keep(ctx context.Context, spare *qemu.Spare) {
	select {
	case <-spare.Gone():
	case <-ctx.Done():
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.spare == spare {
		g.dropSpare()
	}
}

// wantsSpare drops a spare that could not boot the plan's machine or is of the other
// kind, and says whether there is none.
func (g *guest) wantsSpare(plan *runner.Plan, resume bool) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.gone || g.s.sparesFail.Load() {
		return false
	}
	if g.spare == nil {
		return true
	}
	if g.spare.Resumed() == resume && plan.Fits(g.spare) {
		return false
	}
	g.dropSpare()
	return true
}

// takeSpare makes the spare boot the plan, where there is one that can. One that is
// being started is waited for: it began before another would.
func (g *guest) takeSpare(plan *runner.Plan) {
	g.preparing.Lock()
	defer g.preparing.Unlock()
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.spare == nil {
		return
	}
	if g.spare.Resumed() == g.s.resumes(plan) && g.spare.Answers(g.s.ctx) && plan.Take(g.spare) {
		g.spare = nil
		return
	}
	g.dropSpare()
}

// dropSpare ends the spare, if there is one. The caller holds the lock.
func (g *guest) dropSpare() {
	if g.spare != nil {
		g.s.discard(g.spare)
		g.spare = nil
	}
}

// discard ends a spare in the background.
func (s *Session) discard(spare *qemu.Spare) {
	s.work.Go(func() {
		if err := spare.Close(); err != nil {
			s.board.notice(Warn, fmt.Sprintf("end a QEMU that was started beforehand: %v", err))
		}
	})
}

// noSpare says once why boots begin with QEMU's own start, and tries no more.
func (s *Session) noSpare(err error) {
	if !s.sparesFail.Swap(true) {
		s.board.notice(Info, fmt.Sprintf("each save waits for QEMU to start: %v", err))
	}
}
