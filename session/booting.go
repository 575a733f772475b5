package session

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"slipway/benchmarks"
	"slipway/benchmarks/store"
	"slipway/runner"
	"slipway/runner/boot"
	"slipway/runner/process"
)

// booted is a boot that ran to the app's end, and what was booted.
type booted struct {
	image  *runner.Image
	result boot.Result
	plan   *runner.Plan
}

// reboot ends the boot that is shown and starts one of the newest image.
func (g *guest) reboot(environment func() store.Environment) {
	g.mu.Lock()
	image, before, ended := g.image, g.now, g.ended
	g.mu.Unlock()
	if image == nil {
		return
	}
	if g.keepsDebugging() {
		g.s.board.notice(Warn, g.id+" is debugged: its boot goes on; booting it by hand takes the new image")
		g.publish(func(v *Guest) { v.Phase = GuestRunning })
		return
	}
	if before != nil {
		before.Stop("a newer image boots in its place")
		<-ended
	}
	g.closeDebugger()
	plan, err := g.s.runner.Plan(g.s.ctx, image, runner.Watched)
	if err == nil {
		plan.VM.Held = g.holds() && plan.Host == nil
		err = g.start(plan, environment)
	}
	if err == nil && plan.VM.Held {
		g.attachHeld()
	}
	if err != nil && g.s.ctx.Err() == nil {
		g.fail(Problem{What: err.Error(), Kernel: g.target.Kernel})
	}
}

// start carries out a planned boot on the guest's console. environment is asked
// when the boot has ended: git may take longer to answer than the boot does.
func (g *guest) start(plan *runner.Plan, environment func() store.Environment) error {
	g.takeSpare(plan)
	g.s.showAccelerator(plan.Accelerator)
	history, err := g.s.Store()
	if err != nil {
		g.s.board.notice(Warn, fmt.Sprintf("this boot is not recorded: %v", err))
	}
	recording := benchmarks.Record(history, plan, benchmarks.RecordOptions{Interactive: true})
	// A reset gives each boot a fresh screen, as a terminal that was just
	// switched on; what came before stays in the scrollback.
	g.screen.Reset()
	g.publish(func(v *Guest) {
		v.Phase, v.Started, v.Outcome, v.Reason, v.Status, v.Took = GuestBooting, time.Now(), "", "", -1, 0
		v.QEMU, v.Input, v.Problem, v.Origin = plan.CommandLine(), true, nil, plan.Origin()
		v.Command = strings.TrimSuffix(v.Command, instantFlag)
		if v.Origin == boot.Resumed {
			v.Command += instantFlag
		}
		v.Paused, v.Touched, v.Inside, v.Snapshot = false, false, nil, nil
		if plan.Host != nil {
			v.Phase = GuestRunning // a process has no phase before its app
		}
	})
	running := make(chan struct{})
	b, err := g.s.runner.Start(g.s.ctx, plan, g.bootOptions(recording, running))
	if err != nil {
		return errors.Join(err, recording.Abandon())
	}
	ended := make(chan struct{})
	g.mu.Lock()
	g.now, g.ended = b, ended
	if g.gone {
		b.Stop(unselected)
	}
	g.mu.Unlock()
	calm := make(chan struct{})
	g.s.run(func(ctx context.Context) {
		defer close(calm)
		g.prepareAfter(ctx, b, running, plan)
		environment()
	})
	g.s.run(func(context.Context) {
		defer close(ended)
		result := b.Wait()
		// Shown first: a long log takes seconds to read through and to sync.
		g.showEnd(plan, result)
		<-calm
		recording.Surround(environment())
		g.finish(recording, result)
	})
	return nil
}

// bootOptions connect a boot with the guest's console and its record.
// running is closed when the app runs.
func (g *guest) bootOptions(recording *benchmarks.Recording, running chan<- struct{}) boot.Options {
	g.mu.Lock()
	defer g.mu.Unlock()
	var first sync.Once // a guest that is set back says so again
	return boot.Options{
		Transport: process.PTY,
		Size:      g.size,
		Log:       recording.Log(),
		Console: func(_ time.Duration, p []byte) {
			_, _ = g.screen.Write(p)
			g.s.board.ping()
		},
		OnPause: g.paused,
		OnMarker: func(name string, _ time.Duration) {
			if name == boot.MarkApp {
				first.Do(func() { close(running) })
				g.publish(func(v *Guest) { v.Phase = GuestRunning })
			}
		},
	}
}

// showEnd shows the outcome and the ledger of a boot that has ended.
func (g *guest) showEnd(plan *runner.Plan, result boot.Result) {
	g.mu.Lock()
	g.good = result.Outcome == boot.Exit && result.Status == 0
	switch {
	case g.good:
		g.crashed = nil
	case result.Outcome != boot.Stopped:
		g.crashed = plan.Image
	}
	if result.Outcome == boot.Exit && result.Touched == "" { // else its times say nothing
		if g.this != nil && !g.this.image.SameBoot(plan.Image) {
			g.prior = g.this
		}
		g.this = &booted{plan.Image, result, plan}
	}
	rows, failed := ledger(g.this, g.prior), g.failed
	g.mu.Unlock()
	g.publish(func(v *Guest) {
		v.Phase, v.Outcome, v.Status, v.Reason, v.Input = GuestEnded, string(result.Outcome), result.Status, result.Reason, false
		v.Ledger, v.Took = rows, result.Total
		v.Paused, v.Snapshot = false, nil
		if failed { // a newer build went wrong meanwhile: its problem stands
			v.Phase = GuestFailed
		}
	})
}

// finish stores a boot that has ended, and tells what went wrong where to read on.
func (g *guest) finish(recording *benchmarks.Recording, result boot.Result) {
	run, err := recording.Finish(result)
	log := ""
	if err != nil {
		g.s.board.problem(Problem{What: err.Error(), Kernel: g.target.Kernel})
	} else {
		g.s.addRun(run)
		log = g.s.logPath(run.ID)
	}
	g.mu.Lock()
	failed, gone := g.failed, g.gone
	g.mu.Unlock()
	if failed || result.Outcome == boot.Exit || result.Outcome == boot.Stopped {
		return
	}
	problem := Problem{
		At: g.s.options.Now(), Kernel: g.target.Kernel, What: fmt.Sprintf("boot %s: %s: %s", g.id, result.Outcome, result.Reason),
		Command: result.Args, Output: strings.Join(append(slices.Clone(result.LastLines), strings.TrimSpace(result.Registers)), "\n"), Log: log,
	}
	g.publish(func(v *Guest) { v.Problem = &problem })
	if !gone {
		g.s.board.problem(problem)
	}
}

// wait blocks until the live boot has ended and is stored; false when ctx ended
// before.
func (g *guest) wait(ctx context.Context) bool {
	g.mu.Lock()
	ended := g.ended
	g.mu.Unlock()
	if ended == nil {
		return true
	}
	select {
	case <-ended:
		return true
	case <-ctx.Done():
		return false
	}
}

// stop ends the live boot.
func (g *guest) stop(reason string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.now != nil {
		g.now.Stop(reason)
	}
}

// live says whether a boot is under way. The caller holds the lock.
func (g *guest) live() bool {
	if g.now == nil {
		return false
	}
	select {
	case <-g.now.Done():
		return false
	default:
		return true
	}
}
