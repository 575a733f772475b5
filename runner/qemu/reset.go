package qemu

import (
	"context"
	"errors"
	"strings"
	"time"
)

// Reset restarts the machine, as its reset button does. The guest stands afterwards
// if it stood before: at its first instruction, or in its firmware's first ones.
func (i *Inside) Reset(ctx context.Context) error {
	return i.with(ctx, resetLimit, "reset the guest", "it was reset", func(ctx context.Context) error {
		stood := i.Stopped()
		if err := i.stop(ctx); err != nil {
			return err
		}
		i.m.hands.unfollow() // an earlier reset must not have the last word
		i.m.hands.work.Wait()
		i.b.Forget()
		// Boots run with -no-reboot, where a reset is the end.
		if err := i.onReboot(ctx, "reset"); err != nil {
			return err
		}
		err := i.restart(ctx, stood)
		if err == nil && i.m.config.resetsTwice() {
			following, cancel := context.WithCancel(context.WithoutCancel(ctx)) // ended by the next reset, or with the client
			i.m.hands.unfollow = cancel
			i.m.hands.work.Go(func() { i.pastFirmware(following) })
			return nil
		}
		// From now on the guest's own reboot is its end again.
		return errors.Join(err, i.onReboot(context.WithoutCancel(ctx), "shutdown"))
	})
}

// pastFirmware makes the guest's own reboot its end again once it has said something:
// until then it is the firmware that resets the machine, now and then twice, when the
// CPU gets to its next way of doing so before QEMU has followed the first. A guest
// that resets again and again without a word is at its end, too.
func (i *Inside) pastFirmware(following context.Context) {
	const (
		look       = 10 * time.Millisecond
		mostResets = 6
	)
	before, resets := i.b.Heard(), i.resets()
	tick := time.NewTicker(look)
	defer tick.Stop()
	for len(i.b.Marks()) == 0 && i.b.Heard() == before && i.resets() < resets+mostResets {
		select {
		case <-tick.C:
		case <-following.Done():
			return
		case <-i.m.client.done:
			return
		}
	}
	ctx, cancel := context.WithTimeout(following, handLimit)
	defer cancel()
	_ = i.onReboot(ctx, "shutdown") // it fails where QEMU has gone
}

func (i *Inside) resets() int {
	i.m.mu.Lock()
	defer i.m.mu.Unlock()
	return i.m.hands.resets
}

func (i *Inside) onReboot(ctx context.Context, action string) error {
	return i.m.client.do(ctx, "set-action", map[string]string{"reboot": action}, nil)
}

// firmwareLimit is how long SeaBIOS may take until it resets the machine again.
const firmwareLimit = 3 * time.Second

// restart resets a guest that stands, and lets it go unless it is to stand.
func (i *Inside) restart(ctx context.Context, stand bool) error {
	select {
	case <-i.m.hands.reset: // of an earlier one that nobody waited for
	default:
	}
	if err := i.m.client.do(ctx, "system_reset", nil, nil); err != nil {
		return err
	}
	if err := i.awaitReset(ctx); err != nil {
		return err
	}
	if stand && !i.m.config.resetsTwice() {
		return nil
	}
	if err := i.cont(ctx); err != nil || !i.m.config.resetsTwice() {
		return err
	}
	again, cancel := context.WithTimeout(ctx, firmwareLimit)
	defer cancel()
	if err := i.awaitReset(again); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return err // else it is another firmware, that has gone on
	}
	if stand {
		return i.stop(ctx)
	}
	return nil
}

func (i *Inside) awaitReset(ctx context.Context) error {
	select {
	case <-i.m.hands.reset:
		return nil
	case <-i.m.client.done:
		return i.m.client.failure()
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// resetsTwice says whether the machine's firmware is SeaBIOS as PCs have it. It finds
// itself run already after a reset, puts its own memory right, and resets the machine
// once more.
func (c Config) resetsTwice() bool {
	name, _, _ := strings.Cut(c.Machine, ",")
	return c.x86() && name != "microvm" && name != "isapc" && name != "none"
}
