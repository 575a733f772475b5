package main

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"slipway/runner/provision"
)

// meter shows how far long work has come: one line that is redrawn on a
// terminal, one line a step elsewhere.
type meter struct {
	w     io.Writer
	live  bool
	title string

	mu    sync.Mutex
	step  string
	shown time.Time
	drawn bool
}

func newMeter(w io.Writer, plain bool, title string) *meter {
	_, terminal := terminalOf(w)
	return &meter{w: w, title: title, live: terminal && !plain && os.Getenv("TERM") != "dumb"}
}

// provisioning shows a step of provisioning.
func (m *meter) provisioning(p provision.Progress) {
	text := p.Step
	if p.Total > 0 {
		text = fmt.Sprintf("%s %s of %s", p.Step, size(p.Done), size(p.Total))
	}
	m.show(p.Step, text)
}

// show redraws the line, or prints it once for each step.
func (m *meter) show(step, text string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.live {
		if step == m.step && time.Since(m.shown) < 50*time.Millisecond {
			return
		}
		m.shown, m.step, m.drawn = time.Now(), step, true
		fmt.Fprintf(m.w, "\r\x1b[K%s: %s", m.title, text)
		return
	}
	if step != m.step {
		m.step = step
		fmt.Fprintf(m.w, "%s: %s\n", m.title, step)
	}
}

// end leaves the terminal's line clean.
func (m *meter) end() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.drawn {
		fmt.Fprint(m.w, "\r\x1b[K")
		m.drawn = false
	}
}
