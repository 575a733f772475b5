package session

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"slipway/runner"
	"slipway/runner/boot"
	"slipway/runner/compiler"
	"slipway/runner/console"
	"slipway/runner/process"
	"slipway/runner/provision"
	"slipway/runner/qemu"
	"slipway/runner/tomlfile"
)

// guest is one marked kernel with the selected app: its images, its console
// and the boot that a person watches.
type guest struct {
	s      *Session
	id     string
	target runner.Target
	screen *console.Terminal

	preparing sync.Mutex // held while a spare is started

	mu       sync.Mutex
	building context.CancelCauseFunc // ends the build under way, nil where there is none
	cloning  context.CancelFunc      // gives up a clone that nobody waits for, nil where none is made
	gone     bool                    // its kernel or app is no longer selected
	awaits   bool                    // its kernel is being fetched: the guest is built when that has ended
	size     process.Size
	image    *runner.Image // of this save
	last     *runner.Image // of the last save before it that did not end badly, nil before the second
	crashed  *runner.Image // its newest boot ended badly, nil where none did
	now      *boot.Boot    // the live boot, nil before the first
	ended    chan struct{} // closed when the live boot's record is stored
	good     bool          // the newest boot ran to the app's end
	failed   bool          // there is no boot of the newest sources
	refused  string        // why the newest build went wrong, "" where it did not
	changed  bool          // the newest build made another image than the one before
	this     *booted       // the newest one that ended well, nil before it
	prior    *booted       // the newest such one of another image
	spare    *qemu.Spare   // boots the next image, nil where there is none
	planned  *runner.Plan  // of the newest boot, nil where QEMU did not accept it: what a spare is made from
	hands    hands
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
func (g *guest) public(settings runner.Settings) Guest {
	return Guest{
		ID: g.id, Kernel: g.target.Kernel, App: g.target.App, Phase: GuestIdle, Screen: g.screen, Status: -1,
		Command: bootCommand(runner.Target{Kernel: g.target.Kernel, App: g.target.App, Settings: settings}),
	}
}

// publish changes what the screen sees of the guest. One that has gone is
// silent: another may bear its ID by now.
func (g *guest) publish(change func(*Guest)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.gone {
		g.s.board.guest(g.id, change)
	}
}

// leave ends the guest for good: a boot that is about to start ends too.
func (g *guest) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.gone = true
	if g.building != nil {
		g.building(errUnselected)
	}
	if g.now != nil {
		g.now.Stop(unselected)
	}
	g.dropSpare()
	if g.hands.debug != nil {
		g.hands.debug.Stop(unselected)
	}
}

const unselected = "its kernel or app is no longer selected"

func (g *guest) left() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.gone
}

// await says that the guest waits for its kernel; see Session.present.
func (g *guest) await() {
	g.mu.Lock()
	g.awaits = true
	g.mu.Unlock()
	g.publish(func(v *Guest) { v.Phase = GuestProvisioning })
}

// served ends the waiting, and says whether there was any.
func (g *guest) served() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	awaited := g.awaits
	g.awaits = false
	return awaited
}

// build makes the guest's image and says whether it could. When it cannot, the
// last good image, boot and results stay.
func (g *guest) build(ctx context.Context) bool {
	if g.left() {
		return false
	}
	g.publish(func(p *Guest) { p.Phase = GuestBuilding })
	g.giveUpClone()
	g.prepareMeanwhile()
	building, over := g.beginBuild(ctx)
	defer over()
	began := time.Now()
	provisioned := false
	target := g.wanted()
	image, err := g.s.runner.Build(building, target, func(p provision.Progress) {
		provisioned = true
		g.s.showProvisioning(g.target.Kernel, p)
	})
	if provisioned {
		g.s.provisioned(g.target.Kernel)
	}
	if err != nil {
		switch why := context.Cause(building); {
		case ctx.Err() != nil || errors.Is(why, errNewer): // nobody waits for it any more
		case why != nil:
			g.fail(Problem{What: fmt.Sprintf("build %s: %v", target, why), Kernel: target.Kernel})
		default:
			g.mu.Lock()
			g.refused = err.Error()
			g.mu.Unlock()
			g.fail(buildProblem(target, err))
		}
		return false
	}
	g.mu.Lock()
	g.changed = g.image != nil && !g.image.SameBoot(image)
	if g.changed && (g.crashed == nil || !g.image.SameBoot(g.crashed)) {
		g.last = g.image
	}
	g.image, g.failed, g.refused = image, false, ""
	g.mu.Unlock()
	g.s.board.clearProblems(g.target.Kernel)
	g.publish(func(p *Guest) {
		p.Built, p.Cached, p.Problem = time.Since(began), image.Cached, nil
	})
	return true
}

// beginBuild gives a build a context that cutBuild ends. over must be called after it.
func (g *guest) beginBuild(ctx context.Context) (_ context.Context, over func()) {
	building, cut := context.WithCancelCause(ctx)
	g.mu.Lock()
	g.building = cut
	if g.gone {
		cut(errUnselected)
	}
	g.mu.Unlock()
	return building, func() {
		g.mu.Lock()
		g.building = nil
		g.mu.Unlock()
		cut(nil)
	}
}

// cutBuild ends the build under way, if there is one: the compiler and all that it has
// started.
func (g *guest) cutBuild(why error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.building != nil {
		g.building(why)
	}
}

// Why a build was ended.
var (
	errStopped    = errors.New("stopped by the user")
	errUnselected = errors.New(unselected)
)

// stale says whether a build would come to something else than the newest one did:
// that one may have read what was there for a moment only. An app that is built by
// a command of its own in its own folder is left out, since every build touches it.
func (g *guest) stale(ctx context.Context) bool {
	g.mu.Lock()
	image, refused, asleep := g.image, g.refused, g.gone || g.awaits
	g.mu.Unlock()
	if asleep || image == nil && refused == "" {
		return false // nothing was built yet
	}
	if a, err := g.s.runner.Catalog().App(g.target.App); err == nil && len(a.Build) > 0 || g.s.mustFetch(g.target.Kernel) {
		return false
	}
	now, err := g.s.runner.Build(ctx, g.wanted(), func(provision.Progress) {})
	if err != nil {
		return ctx.Err() == nil && err.Error() != refused
	}
	return image == nil || refused != "" || !now.SameBoot(image)
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
	var manifest *tomlfile.Error
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
	p.At = g.s.options.Now()
	g.mu.Lock()
	gone, live := g.gone, g.live()
	g.failed = true
	g.mu.Unlock()
	if gone {
		return
	}
	g.publish(func(v *Guest) {
		v.Problem = &p
		switch {
		case !live:
			v.Phase, v.Input = GuestFailed, false
		case v.Phase == GuestBuilding:
			v.Phase = GuestRunning
		}
	})
	g.s.board.problem(p)
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
