package session

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"slipway/runner"
	"slipway/runner/boot"
	"slipway/runner/qemu"
)

// maxTodo bounds what waits to be done to one guest: keys repeat.
const maxTodo = 32

// hands are what a person does to a guest from outside; guarded by guest.mu.
type hands struct {
	todo []func(context.Context) // in the order of the keys
	busy bool                    // somebody does it

	watched bool       // the screen shows what is inside
	asked   bool       // it will be looked at again
	hold    bool       // the next boot waits for a debugger at its first instruction
	insist  bool       // the next boot takes the place of one that is debugged
	held    *boot.Boot // the one that waited so

	debug *debugging // nil before the first

	names   *runner.Names
	namesOf *runner.Image
}

// soon does things to the guest one after the other, in the order of asking.
func (g *guest) soon(work func(context.Context)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.hands.todo) >= maxTodo {
		return
	}
	g.hands.todo = append(g.hands.todo, work)
	if g.hands.busy {
		return
	}
	g.hands.busy = true
	g.s.run(func(ctx context.Context) {
		for {
			g.mu.Lock()
			if len(g.hands.todo) == 0 {
				g.hands.busy = false
				g.mu.Unlock()
				return
			}
			next := g.hands.todo[0]
			g.hands.todo = g.hands.todo[1:]
			g.mu.Unlock()
			next(ctx)
		}
	})
}

// errNotRunning is said where there is nothing to lay hands on.
var errNotRunning = errors.New("it is not running: boot it first")

// inside is the way into the guest that runs now.
func (g *guest) inside() (*qemu.Inside, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.live() {
		return nil, errNotRunning
	}
	return qemu.Into(g.now)
}

// handle does one thing to the guest, and shows what has become of it.
func (g *guest) handle(what string, do func(context.Context, *qemu.Inside) error) {
	g.soon(func(ctx context.Context) {
		guest, err := g.inside()
		if err == nil {
			err = do(ctx, guest)
		}
		if errors.Is(err, boot.ErrEnded) {
			err = errNotRunning
		}
		if err != nil && ctx.Err() == nil {
			g.s.board.notice(Warn, fmt.Sprintf("%s %s: %v", what, g.id, err))
		}
		if err == nil {
			g.touched()
			g.look()
		}
	})
}

// onGuest is a request for one guest; one that is not there asks for nothing.
func (s *Session) onGuest(id string, do func(*guest)) {
	if g := s.guest(id); g != nil {
		do(g)
	}
}

// Pause stops a guest where it is, or lets it go on.
func (s *Session) Pause(id string, on bool) {
	s.onGuest(id, func(g *guest) {
		if on {
			g.handle("pause", func(ctx context.Context, i *qemu.Inside) error { return i.Pause(ctx) })
		} else {
			g.handle("resume", func(ctx context.Context, i *qemu.Inside) error { return i.Resume(ctx) })
		}
	})
}

// Step executes one instruction of a guest, which stands afterwards.
func (s *Session) Step(id string) {
	s.onGuest(id, func(g *guest) {
		g.handle("step", func(ctx context.Context, i *qemu.Inside) error { return i.Step(ctx) })
	})
}

// Reset restarts a guest's machine, in the same QEMU.
func (s *Session) Reset(id string) {
	s.onGuest(id, func(g *guest) {
		g.handle("reset", func(ctx context.Context, i *qemu.Inside) error {
			g.publish(func(v *Guest) { v.Phase = GuestBooting }) // its markers come again
			return i.Reset(ctx)
		})
	})
}

// Snapshot keeps a guest's state, in place of the one that was kept before.
func (s *Session) Snapshot(id string) {
	s.onGuest(id, func(g *guest) {
		g.handle("snapshot of", func(ctx context.Context, i *qemu.Inside) error {
			kept, err := i.Keep(ctx, s.folders.Cache)
			if err != nil {
				return err
			}
			g.publish(func(v *Guest) { v.Snapshot = &Snapshot{Taken: kept.Taken, Size: kept.Size} })
			s.board.notice(Good, fmt.Sprintf("snapshot of %s: %.1f MiB, until this boot ends", g.id, float64(kept.Size)/(1<<20)))
			return nil
		})
	})
}

// Restore sets a guest back to its snapshot.
func (s *Session) Restore(id string) {
	s.onGuest(id, func(g *guest) {
		g.handle("restore", func(ctx context.Context, i *qemu.Inside) error {
			if err := i.Restore(ctx); err != nil {
				return err
			}
			s.board.notice(Good, g.id+" is as it was when the snapshot was taken; its console keeps what it printed since")
			return nil
		})
	})
}

// Monitor runs a line in the monitor of a guest's QEMU and returns what it prints. It
// blocks.
func (s *Session) Monitor(id, line string) (string, error) {
	g := s.guest(id)
	if g == nil {
		return "", fmt.Errorf("monitor of %s: %w", id, errNotRunning)
	}
	guest, err := g.inside()
	if err != nil {
		return "", fmt.Errorf("monitor of %s: %w", id, err)
	}
	text, err := guest.Monitor(s.ctx, line)
	if errors.Is(err, boot.ErrEnded) {
		return text, nil // such as quit
	}
	g.touched()
	g.look()
	return text, err
}

// Inspect shows what is inside a guest from now on, whenever it has stopped or was
// touched, or no longer.
func (s *Session) Inspect(id string, on bool) {
	s.onGuest(id, func(g *guest) {
		g.mu.Lock()
		g.hands.watched = on
		live := g.live()
		g.mu.Unlock()
		if on && live {
			g.look()
		}
	})
}

// look has the inside of the guest looked at again, if anybody watches. Many requests
// are one.
func (g *guest) look() {
	g.mu.Lock()
	wanted := g.hands.watched && !g.hands.asked
	g.hands.asked = g.hands.asked || wanted
	g.mu.Unlock()
	if !wanted {
		return
	}
	g.soon(func(ctx context.Context) {
		g.mu.Lock()
		g.hands.asked = false
		g.mu.Unlock()
		guest, err := g.inside()
		if err != nil {
			if errors.Is(err, qemu.ErrNoMachine) {
				g.s.board.notice(Warn, fmt.Sprintf("look into %s: %v", g.id, err))
			}
			return
		}
		found, err := guest.Inspect(ctx)
		if err != nil {
			if ctx.Err() == nil && !errors.Is(err, boot.ErrEnded) {
				g.s.board.notice(Warn, fmt.Sprintf("%s: %v", g.id, err))
			}
			return
		}
		seen := newInspection(found, g.functions())
		g.publish(func(v *Guest) { v.Inside, v.Touched = seen, true })
	})
}

// functions are the names of what was booted.
func (g *guest) functions() *runner.Names {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.hands.names == nil || g.hands.namesOf != g.image {
		g.hands.names, g.hands.namesOf = g.image.Names(), g.image
	}
	return g.hands.names
}

// paused shows that the guest has stopped or goes on.
func (g *guest) paused(on bool) {
	g.publish(func(v *Guest) { v.Paused, v.Touched = on, true })
	if on {
		g.look()
	}
}

// touched shows that this boot's times are no measurements any more.
func (g *guest) touched() { g.publish(func(v *Guest) { v.Touched = true }) }

func hexadecimal(n uint64) string { return "0x" + strconv.FormatUint(n, 16) }
