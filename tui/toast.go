package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"slipway/session"
	"slipway/themes"
	"slipway/tui/cells"
)

// toast is a few words that go away by themselves.
type toast struct {
	level session.Level
	text  string
	until time.Time
}

// toasts are the ones that are seen, and how far the session's notices were read.
type toasts struct {
	seen   uint64
	primed bool
	shown  []toast
}

// toastOver says that a toast's time may be over.
type toastOver struct{}

const (
	maxToasts  = 3
	toastLines = 4
	toastWidth = 56
)

func lifetime(l session.Level) time.Duration {
	if l >= session.Warn {
		return 9 * time.Second
	}
	return 4 * time.Second
}

// say shows a toast of the screen's own.
func (d *desk) say(text string) { d.toast(session.Info, text) }

func (d *desk) toast(level session.Level, text string) {
	d.toasts.shown = append(d.toasts.shown, toast{level, text, d.now().Add(lifetime(level))})
	if n := len(d.toasts.shown); n > maxToasts {
		d.toasts.shown = d.toasts.shown[n-maxToasts:]
	}
}

// readNotices shows what is new. What happened before the workbench opened is
// not news.
func (d *desk) readNotices() {
	for _, n := range d.state.Notices {
		if n.ID > d.toasts.seen {
			d.toasts.seen = n.ID
			if d.toasts.primed {
				d.toast(n.Level, n.Text)
			}
		}
	}
	d.toasts.primed = true
}

// expire takes toasts away whose time is over.
func (d *desk) expire() {
	now := d.now()
	kept := d.toasts.shown[:0]
	for _, t := range d.toasts.shown {
		if t.until.After(now) {
			kept = append(kept, t)
		}
	}
	d.toasts.shown = kept
}

// nextExpiry is a command that wakes the program when the first toast ends.
func (d *desk) nextExpiry() tea.Cmd {
	if len(d.toasts.shown) == 0 {
		return nil
	}
	first := d.toasts.shown[0].until
	for _, t := range d.toasts.shown {
		if t.until.Before(first) {
			first = t.until
		}
	}
	return tea.Tick(max(first.Sub(d.now()), 0)+10*time.Millisecond, func(time.Time) tea.Msg { return toastOver{} })
}

func levelToken(l session.Level) (string, themes.Token) {
	switch l {
	case session.Good:
		return "✔", themes.Good
	case session.Warn:
		return "▲", themes.Warn
	case session.Bad:
		return "✘", themes.Bad
	}
	return "•", themes.Accent
}

// drawToasts draws them in the lower right corner, the newest at the bottom.
func (d *desk) drawToasts(c *cells.Canvas, area cells.Rect) {
	bottom := area.Y + area.H
	widest := 0
	for _, t := range d.toasts.shown {
		for i, l := range cells.Wrap(t.text, min(area.W-8, toastWidth)) {
			if i < toastLines {
				widest = max(widest, cells.Width(l))
			}
		}
	}
	for i := len(d.toasts.shown) - 1; i >= 0; i-- {
		t := d.toasts.shown[i]
		sign, token := levelToken(t.level)
		lines := cells.Wrap(t.text, min(area.W-8, toastWidth))
		lines = lines[:min(len(lines), toastLines)]
		r := cells.Rect{X: area.X + area.W - widest - 5, Y: bottom - len(lines), W: widest + 5, H: len(lines)}
		if r.Y < area.Y || r.X < area.X {
			return
		}
		under := d.style(themes.Panel)
		c.Fill(r, under)
		c.At(r, 1, 0, sign, d.style(token).On(under))
		for y, l := range lines {
			c.At(r, 3, y, l, under)
			c.At(r, 0, y, "▎", d.style(token).On(under))
		}
		bottom = r.Y
	}
}
