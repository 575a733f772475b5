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
		i.b.Forget()
		// Boots run with -no-reboot, where a reset is the end.
		if err := i.onReboot(ctx, "reset"); err != nil {
			return err
		}
		err := i.restart(ctx, stood)
		// Whatever became of it: from now on the guest's own reboot is its end again.
		return errors.Join(err, i.onReboot(context.WithoutCancel(ctx), "shutdown"))
	})
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
