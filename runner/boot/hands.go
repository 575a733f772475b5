package boot

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// hands is what a person does to a boot from outside: a guest that is held by hand
// is neither silent nor late, and times of a boot that ever was are no measurements.
type hands struct {
	touched string    // what was done, each way once, "" where nothing was
	since   time.Time // held from then on; zero while it is not
	before  time.Duration
}

// held is how long the guest has been held in all.
func (h *hands) held() time.Duration {
	if h.since.IsZero() {
		return h.before
	}
	return h.before + time.Since(h.since)
}

// Touch notes that somebody has laid hands on the guest: its times are no
// measurements from now on. Each reason is kept once, see Result.Touched; callers have
// a handful of them.
func (b *Boot) Touch(reason string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.hands.touched == "":
		b.hands.touched = reason
	case !slices.Contains(strings.Split(b.hands.touched, ", "), reason):
		b.hands.touched += ", " + reason
	}
}

// Hold stops the clocks that end a boot (silence, Options.Timeout, the grace after
// the last marker) or lets them go on. It returns at once; saying it twice does
// nothing.
func (b *Boot) Hold(on bool) {
	b.mu.Lock()
	changed := on == b.hands.since.IsZero()
	switch {
	case changed && on:
		b.hands.since = time.Now()
	case changed:
		b.hands.before = b.hands.held()
		b.hands.since = time.Time{}
		b.seen.lastByte = time.Since(b.start)
	}
	b.mu.Unlock()
	if changed {
		wake(b.handsMoved)
	}
}

// Paused tells whoever started the boot that the guest has stopped or goes on; see
// Options.OnPause.
func (b *Boot) Paused(paused bool) {
	if b.opt.OnPause != nil {
		b.opt.OnPause(paused)
	}
}

// Forget takes markers back, because the guest was set back to before them: they
// will come again. No name means all of them.
func (b *Boot) Forget(names ...string) {
	if len(names) == 0 {
		names = []string{MarkBoot, MarkApp, MarkExit, MarkFault}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	marks := make(map[string]mark, len(b.seen.line.marks)) // readers of findings hold the old one
	for name, m := range b.seen.line.marks {
		marks[name] = m
	}
	for _, name := range names {
		delete(marks, name)
		switch name {
		case MarkExit:
			b.seen.exit, b.seen.status = false, 0
		case MarkFault:
			b.seen.fault = ""
		}
	}
	b.seen.line.marks = marks
}

// Controller is what the boot was started with, for those who know its kind.
func (b *Boot) Controller() Controller { return b.spec.Controller }

func (b *Boot) touched() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.hands.touched
}

func (b *Boot) isHeld() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return !b.hands.since.IsZero()
}

// left is what remains of the time limit; what the guest was held does not count.
func (b *Boot) left() time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.opt.Timeout + b.hands.held() - time.Since(b.start)
}

// Heard is how many bytes the guest has written to its console.
func (b *Boot) Heard() int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.seen.consoleN
}

// Marks are the names of the markers that have come.
func (b *Boot) Marks() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Collect(maps.Keys(b.seen.line.marks))
}
