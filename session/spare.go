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
// that can, and returns when it is ready. Timed rounds begin after it.
func (g *guest) prepare(ctx context.Context, plan *runner.Plan) {
	g.preparing.Lock()
	defer g.preparing.Unlock()
	if g.s.options.NoSpare || plan.Host != nil || !g.wantsSpare(plan) {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, spareLimit)
	defer cancel()
	spare, err := g.s.runner.Spare(ctx, plan, boot.Options{Transport: process.PTY})
	if err != nil {
		if ctx.Err() == nil { // it had its time, and the session goes on
			g.s.noSpare(err)
		}
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

// prepareAfter is prepare for the plan of a boot under way, when it is calm. A QEMU
// that did not accept the plan is not tried again.
func (g *guest) prepareAfter(ctx context.Context, b *boot.Boot, running <-chan struct{}, plan *runner.Plan) {
	awaitCalm(b, running)
	select {
	case <-b.Done():
		switch b.Wait().Outcome {
		case boot.QEMURefused, boot.QEMUCrash, boot.Unbootable:
			plan = nil
		}
	default:
	}
	g.mu.Lock()
	g.planned = plan
	g.mu.Unlock()
	if plan != nil {
		g.prepare(ctx, plan)
	}
}

// prepareMeanwhile is prepare for the newest plan that QEMU accepted, beside a build.
func (g *guest) prepareMeanwhile() {
	g.mu.Lock()
	plan := g.planned
	g.mu.Unlock()
	if plan != nil {
		g.s.run(func(ctx context.Context) { g.prepare(ctx, plan) })
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

// wantsSpare drops a spare that could not boot the plan's machine, and says whether
// there is none.
func (g *guest) wantsSpare(plan *runner.Plan) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.gone || g.s.sparesFail.Load() {
		return false
	}
	if g.spare == nil {
		return true
	}
	if _, ok := g.spare.Adopt(plan.VM, plan.CPUs); ok {
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
	if plan.Take(g.spare) {
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
