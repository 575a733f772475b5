package boot

import (
	"context"
	"errors"
	"sync"
	"syscall"
	"time"

	"slipway/runner/process"
)

// ladder ends a process: quit, SIGTERM, SIGKILL. It belongs to the supervisor's
// goroutine.
type ladder struct {
	rung  int // 0 = not begun
	grace <-chan time.Time
	quit  chan error // answer of a Quit under way
}

// begin starts the ladder unless it was begun.
func (l *ladder) begin(ctx context.Context, b *Boot, work *sync.WaitGroup) {
	if l.rung > 0 {
		return
	}
	l.rung = 1
	l.grace = time.After(quitGrace)
	answer := make(chan error, 1)
	l.quit = answer
	work.Go(func() {
		// The boot's context may be what ended it; the clean end still gets its time.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), quitGrace)
		defer cancel()
		answer <- b.spec.Controller.Quit(ctx)
	})
}

// asked takes the answer of Quit: refused means the next rung now.
func (l *ladder) asked(b *Boot, err error) {
	l.quit = nil
	if errors.Is(err, ErrNoQuit) && l.rung == 1 {
		l.climb(b)
	}
}

// climb goes to the next rung.
func (l *ladder) climb(b *Boot) {
	l.rung++
	if l.rung == 2 {
		b.signal(syscall.SIGTERM)
		l.grace = time.After(termGrace)
		return
	}
	b.signal(syscall.SIGKILL)
	l.grace = nil
}

// signal reaches the whole group, unless the process was reaped: then its
// number may be somebody else's.
func (b *Boot) signal(s syscall.Signal) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.reaped {
		_ = process.KillGroup(b.PID(), s) // gone already is what we want
	}
}
