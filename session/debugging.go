package session

import (
	"context"
	"errors"
	"fmt"
	"time"

	"slipway/runner/boot"
	"slipway/runner/console"
	"slipway/runner/gdb"
	"slipway/runner/process"
	"slipway/runner/qemu"
)

// debugging is gdb on one boot of a guest.
type debugging struct {
	*gdb.Debugger
	screen *console.Terminal
}

// The debugger's size before its pane has said its own.
var firstDebugSize = process.Size{Cols: 78, Rows: 10}

// Debug opens gdb on a guest, which stands until gdb lets it go. One that does not run
// is booted, and held at its first instruction. Where gdb is open it stays.
func (s *Session) Debug(id string) {
	s.onGuest(id, func(g *guest) {
		g.soon(func(ctx context.Context) {
			if err := g.debug(ctx); err != nil {
				g.noDebugger(ctx, err)
			}
		})
	})
}

// noDebugger says why gdb could not be opened.
func (g *guest) noDebugger(ctx context.Context, err error) {
	if ctx.Err() != nil {
		return
	}
	g.publish(func(v *Guest) { v.NoDebugger++ })
	g.s.board.notice(Warn, fmt.Sprintf("debug %s: %v", g.id, err))
}

func (g *guest) debug(ctx context.Context) error {
	g.mu.Lock()
	open, live := g.hands.debug, g.live()
	g.mu.Unlock()
	if open.open() {
		if live {
			return nil
		}
		open.Stop("its guest has ended") // what it shows is of no use to the next boot
		if err := open.Wait(); err != nil {
			return err
		}
	}
	if _, err := gdb.Program(g.arch()); err != nil {
		return err
	}
	if live {
		guest, err := g.inside()
		if err != nil {
			return err
		}
		return g.attach(ctx, guest, false)
	}
	if k, err := g.s.runner.Catalog().Kernel(g.target.Kernel); err == nil && k.Boot.Machine == "" {
		return qemu.ErrNoMachine
	}
	g.mu.Lock()
	g.hands.hold = true
	g.mu.Unlock()
	g.s.loop.ask(request{kernels: []string{g.target.Kernel}})
	return nil
}

func (g *guest) arch() string {
	if k, err := g.s.runner.Catalog().Kernel(g.target.Kernel); err == nil {
		return k.Arch
	}
	return ""
}

// holds says whether the boot that starts now is to wait for a debugger, once.
func (g *guest) holds() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	hold := g.hands.hold
	g.hands.hold = false
	return hold
}

// keepsDebugging says whether the live boot is debugged and is not to be replaced: a
// save must not take what is being looked at away.
func (g *guest) keepsDebugging() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	insist := g.hands.insist || g.hands.hold
	g.hands.insist = false
	if insist || !g.live() {
		return false
	}
	return g.hands.held == g.now || g.hands.debug.open()
}

// closeDebugger ends one whose guest has ended, before the next boot begins.
func (g *guest) closeDebugger() {
	g.mu.Lock()
	open := g.hands.debug
	g.mu.Unlock()
	if open.open() {
		open.Stop("its guest has ended")
	}
}

// open says whether the debugger runs.
func (d *debugging) open() bool {
	if d == nil {
		return false
	}
	select {
	case <-d.Done():
		return false
	default:
		return true
	}
}

// replace lets the next boot take the place of one that is debugged.
func (g *guest) replace() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.hands.insist = true
}

// attachHeld opens gdb on a boot that has just started and waits for it. Where that
// fails the boot is not left waiting.
func (g *guest) attachHeld() {
	g.mu.Lock()
	g.hands.held = g.now
	g.mu.Unlock()
	g.soon(func(ctx context.Context) {
		guest, err := g.inside()
		if err != nil {
			return // it has ended, which is shown
		}
		if err := g.attach(ctx, guest, true); err != nil {
			g.noDebugger(ctx, errors.Join(err, guest.Resume(ctx)))
		}
	})
}

// attach starts gdb and follows it to its end.
func (g *guest) attach(ctx context.Context, guest *qemu.Inside, atStart bool) error {
	g.mu.Lock()
	image, size := g.image, firstDebugSize
	if old := g.hands.debug; old != nil {
		s := old.screen.Snapshot()
		size = process.Size{Cols: s.Cols, Rows: s.Rows}
	}
	g.mu.Unlock()
	screen := console.New(console.Options{Cols: size.Cols, Rows: size.Rows, Reply: func(p []byte) { g.sendDebugger(p) }})
	d, err := g.s.runner.Debug(ctx, gdb.Options{
		Arch: image.Kernel.Arch, Guest: guest, Symbols: g.s.runner.Symbols(ctx, image), AtStart: atStart, Size: size,
		Console: func(_ time.Duration, p []byte) {
			_, _ = screen.Write(p)
			g.s.board.ping()
		},
	})
	if err != nil {
		return err
	}
	g.mu.Lock()
	g.hands.debug = &debugging{d, screen}
	if g.gone {
		d.Stop(unselected)
	}
	g.mu.Unlock()
	g.publish(func(v *Guest) { v.Debugger = &Debugger{Screen: screen, Open: true} })
	g.s.run(func(ctx context.Context) {
		err := d.Wait()
		g.publish(func(v *Guest) {
			if v.Debugger.Screen == screen { // else another one has taken its place
				v.Debugger = &Debugger{Screen: screen}
			}
		})
		if err != nil && ctx.Err() == nil {
			g.s.board.notice(Warn, fmt.Sprintf("%s: %v", g.id, err))
		}
	})
	return nil
}

// CloseDebugger ends gdb; its guest goes on.
func (s *Session) CloseDebugger(id string) {
	s.onGuest(id, func(g *guest) {
		g.mu.Lock()
		defer g.mu.Unlock()
		if g.hands.debug != nil {
			g.hands.debug.Stop("the user closed it")
		}
	})
}

// SendDebugger types into gdb.
func (s *Session) SendDebugger(id string, p []byte) {
	s.onGuest(id, func(g *guest) { g.sendDebugger(p) })
}

func (g *guest) sendDebugger(p []byte) {
	g.mu.Lock()
	d := g.hands.debug
	g.mu.Unlock()
	if d == nil {
		return
	}
	if _, err := d.Write(p); errors.Is(err, boot.ErrFull) {
		g.s.board.notice(Warn, "gdb does not read its keyboard: keys are dropped")
	}
}

// ResizeDebugger tells gdb the size of its pane.
func (s *Session) ResizeDebugger(id string, cols, rows int) {
	s.onGuest(id, func(g *guest) {
		g.mu.Lock()
		d := g.hands.debug
		g.mu.Unlock()
		if d == nil {
			return
		}
		d.screen.Resize(cols, rows)
		_ = d.Resize(process.Size{Cols: cols, Rows: rows}) // one that has just ended has no terminal
		s.board.ping()
	})
}
