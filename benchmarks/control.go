package benchmarks

import "sync"

// Control steers an experiment while it is carried out: from keys, a screen or a
// test. The zero value is ready; its methods may be called at any time, from any
// goroutine. What is asked for happens between two boots.
type Control struct {
	mu       sync.Mutex
	paused   bool
	stopping bool
	changed  chan struct{} // closed at the next change; nil while nobody waits
}

// Pause lets the boot under way end and begins no other. The host is free for
// others meanwhile.
func (c *Control) Pause() { c.set(func() { c.paused = true }) }

// Resume goes on after Pause.
func (c *Control) Resume() { c.set(func() { c.paused = false }) }

// StopAfterRound ends the experiment, which can be gone on with, once every
// target has been booted as often as the others.
func (c *Control) StopAfterRound() { c.set(func() { c.stopping, c.paused = true, false }) }

// State says what has been asked for.
func (c *Control) State() (paused, stopping bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.paused, c.stopping
}

func (c *Control) set(change func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	change()
	if c.changed != nil {
		close(c.changed)
		c.changed = nil
	}
}

// change is closed when something else is asked for.
func (c *Control) change() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.changed == nil {
		c.changed = make(chan struct{})
	}
	return c.changed
}
