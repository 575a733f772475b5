package session

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"slipway/benchmarks"
	"slipway/runner"
	"slipway/runner/boot"
	"slipway/runner/catalog"
	"slipway/runner/compiler"
	"slipway/runner/console"
	"slipway/runner/process"
	"slipway/runner/provision"
)

// guest is one marked kernel with the selected app: its images, its console
// and the boot that a person watches.
type guest struct {
	s      *Session
	id     string
	target runner.Target
	screen *console.Terminal

	mu      sync.Mutex
	size    process.Size
	image   *runner.Image // of this save
	last    *runner.Image // of the save before it, nil before the second
	now     *boot.Boot    // the live boot, nil before the first
	ended   chan struct{} // closed when the live boot's record is stored
	good    bool          // the newest boot ran to the app's end
	failed  bool          // there is no boot of the newest sources
	changed bool          // the newest build made another image than the one before
	this    *boot.Result
	prior   *boot.Result
}

// The console's size before a pane has said its own.
var firstSize = process.Size{Cols: 80, Rows: 24}

func newGuest(s *Session, kernel, app string) *guest {
	g := &guest{s: s, id: kernel + "/" + app, target: runner.Target{Kernel: kernel, App: app}, size: firstSize}
	g.screen = console.New(console.Options{
		Cols: firstSize.Cols, Rows: firstSize.Rows,
		Reply: func(p []byte) { g.send(p) },
	})
	return g
}

// public is what the screen sees of the guest at first.
func (g *guest) public() Guest {
	return Guest{
		ID: g.id, Kernel: g.target.Kernel, App: g.target.App, Phase: GuestIdle, Screen: g.screen, Status: -1,
		Command: "slipway boot -k " + g.target.Kernel + " -a " + g.target.App,
	}
}

// build makes the guest's image and says whether it could. When it cannot, the
// last good image, boot and results stay.
func (g *guest) build(ctx context.Context) bool {
	g.s.board.guest(g.id, func(p *Guest) { p.Phase = GuestBuilding })
	began := time.Now()
	image, err := g.s.runner.Build(ctx, g.target, func(p provision.Progress) { g.s.showProvisioning(g.target.Kernel, p) })
	g.s.provisioned(g.target.Kernel)
	if err != nil {
		if ctx.Err() == nil {
			g.fail(buildProblem(g.target, err))
		}
		return false
	}
	g.mu.Lock()
	g.changed = g.image != nil && g.image.Hash != image.Hash
	if g.changed {
		g.last = g.image
	}
	g.image, g.failed = image, false
	g.mu.Unlock()
	g.s.board.clearProblems(g.target.Kernel)
	g.s.board.guest(g.id, func(p *Guest) {
		p.Built, p.Cached, p.Problem = time.Since(began), image.Cached, nil
	})
	return true
}

// fresh says whether the newest build made another image than the one before.
func (g *guest) fresh() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.changed
}

// buildProblem turns the error of a build into what the user needs to mend it.
func buildProblem(t runner.Target, err error) Problem {
	p := Problem{What: fmt.Sprintf("build %s: %v", t, err), Kernel: t.Kernel}
	var manifest *catalog.Error
	if errors.As(err, &manifest) && manifest.Line > 0 {
		p.Jumps = []Jump{{File: filepath.Base(manifest.File), Line: manifest.Line, Severity: "error", Message: manifest.Message}}
	}
	var failed *compiler.Error
	if errors.As(err, &failed) {
		p.Command = failed.Command
		p.Output = string(failed.Output)
		for _, d := range failed.Diagnostics {
			p.Jumps = append(p.Jumps, Jump{File: d.File, Line: d.Line, Column: d.Column, Severity: d.Severity, Message: d.Message})
		}
	}
	return p
}

// fail shows why there is no newer boot. One that still runs goes on, and is
// shown until it ends.
func (g *guest) fail(p Problem) {
	g.mu.Lock()
	g.failed = true
	live := g.live()
	g.mu.Unlock()
	g.s.board.guest(g.id, func(v *Guest) {
		v.Problem = &p
		switch {
		case !live:
			v.Phase = GuestFailed
		case v.Phase == GuestBuilding:
			v.Phase = GuestRunning
		}
	})
	g.s.board.problem(p)
}

// live says whether a boot is under way. The caller holds the lock.
func (g *guest) live() bool {
	if g.ended == nil {
		return false
	}
	select {
	case <-g.ended:
		return false
	default:
		return true
	}
}

// reboot ends the boot that is shown and starts one of the newest image.
func (g *guest) reboot() {
	g.mu.Lock()
	image, before, ended := g.image, g.now, g.ended
	g.mu.Unlock()
	if image == nil {
		return
	}
	if before != nil {
		before.Stop("a newer image boots in its place")
		<-ended
	}
	plan, err := g.s.runner.Plan(g.s.ctx, image)
	if err == nil {
		err = g.start(plan)
	}
	if err != nil && g.s.ctx.Err() == nil {
		g.fail(Problem{What: err.Error(), Kernel: g.target.Kernel})
	}
}

// start carries out a planned boot on the guest's console.
func (g *guest) start(plan *runner.Plan) error {
	g.s.showAccelerator(plan.Accelerator)
	history, err := g.s.Store()
	if err != nil {
		g.s.board.notice(Warn, fmt.Sprintf("this boot is not recorded: %v", err))
	}
	recording := benchmarks.Record(history, plan, benchmarks.RecordOptions{
		Interactive: true, Environment: g.s.environment(g.s.ctx),
	})
	g.mu.Lock()
	size := g.size
	g.mu.Unlock()
	// A reset gives each boot a fresh screen, as a terminal that was just
	// switched on; what came before stays in the scrollback.
	g.screen.Reset()
	options := boot.Options{
		Transport: process.PTY,
		Size:      size,
		Log:       recording.Log(),
		Console: func(_ time.Duration, p []byte) {
			_, _ = g.screen.Write(p)
			g.s.board.ping()
		},
		OnMarker: func(name string, _ time.Duration) {
			if name == "app" {
				g.s.board.guest(g.id, func(v *Guest) { v.Phase = GuestRunning })
			}
		},
	}
	started := time.Now()
	b, err := g.s.runner.Start(g.s.ctx, plan, options)
	if err != nil {
		return errors.Join(err, recording.Abandon())
	}
	ended := make(chan struct{})
	g.mu.Lock()
	g.now, g.ended = b, ended
	g.mu.Unlock()
	g.s.board.guest(g.id, func(v *Guest) {
		v.Phase, v.Started, v.Outcome, v.Reason, v.Status = GuestBooting, started, "", "", -1
		v.QEMU, v.Input, v.Problem = plan.CommandLine(), true, nil
	})
	g.s.run(func(context.Context) {
		defer close(ended)
		result := b.Wait()
		g.finish(plan, recording, result)
	})
	return nil
}

// finish stores a boot that has ended and shows its outcome and ledger.
func (g *guest) finish(plan *runner.Plan, recording *benchmarks.Recording, result boot.Result) {
	run, err := recording.Finish(result)
	log := ""
	if err != nil {
		g.s.board.problem(Problem{What: err.Error(), Kernel: g.target.Kernel})
	} else {
		g.s.addRun(run)
		log = g.s.logPath(run.ID)
	}
	g.mu.Lock()
	g.good = result.Outcome == boot.Exit
	if result.Outcome == boot.Exit {
		g.prior, g.this = g.this, &result
	}
	this, prior, failed := g.this, g.prior, g.failed
	sizes := ledgerSizes{this: plan.Image.Size}
	if g.last != nil {
		sizes.last = g.last.Size
	}
	g.mu.Unlock()
	g.s.board.guest(g.id, func(v *Guest) {
		v.Phase, v.Outcome, v.Status, v.Reason, v.Input = GuestEnded, string(result.Outcome), result.Status, result.Reason, false
		v.Ledger = ledger(this, prior, sizes)
		if failed { // a newer build went wrong meanwhile: its problem stands
			v.Phase = GuestFailed
			return
		}
		if result.Outcome != boot.Exit && result.Outcome != boot.Stopped {
			v.Problem = &Problem{
				At: time.Now(), Kernel: g.target.Kernel, What: result.Reason, Command: result.Args,
				Output: strings.Join(result.LastLines, "\n"), Log: log,
			}
		}
	})
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

// send hands keys or an emulator's reply to the guest; a guest that does not
// read loses them rather than block anybody.
func (g *guest) send(p []byte) {
	g.mu.Lock()
	b := g.now
	g.mu.Unlock()
	if b == nil {
		return
	}
	if _, err := b.Write(p); errors.Is(err, boot.ErrFull) {
		g.s.board.notice(Warn, g.id+" does not read its keyboard: keys are dropped")
	}
}

// resize gives the console and the guest's terminal a new size.
func (g *guest) resize(size process.Size) {
	g.mu.Lock()
	changed := g.size != size
	g.size = size
	b := g.now
	g.mu.Unlock()
	if !changed {
		return
	}
	g.screen.Resize(size.Cols, size.Rows)
	if b != nil {
		_ = b.Resize(size) // a guest that has just ended has no terminal: nothing is lost
	}
	g.s.board.ping()
}
