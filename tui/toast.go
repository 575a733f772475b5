package tui

import (
	"slices"
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
	toastLines = 2
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
// not news, and a toast would only cover what the screen itself tells.
func (d *desk) readNotices() {
	for _, n := range d.state.Notices {
		if n.ID > d.toasts.seen {
			d.toasts.seen = n.ID
			if d.toasts.primed && !d.tells(n) {
				d.toast(n.Level, n.Text)
			}
		}
	}
	d.toasts.primed = true
}

// tells reports whether the screen in front shows the problem of a notice in place:
// among the build's messages, or in the guest's pane.
func (d *desk) tells(n session.Notice) bool {
	return n.Kernel != "" && (d.tab == tabApp || d.tab == tabConsole) &&
		slices.ContainsFunc(d.state.Guests, func(g session.Guest) bool { return g.Kernel == n.Kernel && g.Problem != nil })
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

// drawToasts draws them in the lower right corner, the newest at the bottom; in the
// upper one where somebody types in the lower half.
func (d *desk) drawToasts(c *cells.Canvas, area cells.Rect, cursor *tea.Cursor) {
	bottom := area.Y + area.H
	widest, height := 0, 0
	for _, t := range d.toasts.shown {
		lines := t.lines(area.W)
		height += len(lines)
		for _, l := range lines {
			widest = max(widest, cells.Width(l))
		}
	}
	if cursor != nil && cursor.Y >= area.Y+area.H/2 && height < area.H/2 {
		bottom = area.Y + 1 + height
	}
	for i := len(d.toasts.shown) - 1; i >= 0; i-- {
		t := d.toasts.shown[i]
		sign, token := levelToken(t.level)
		lines := t.lines(area.W)
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

// lines are a toast's words in an area of a width: as few as tell what it is about.
func (t *toast) lines(w int) []string {
	lines := cells.Wrap(t.text, min(w-8, toastWidth))
	if len(lines) > toastLines {
		lines = lines[:toastLines]
		lines[toastLines-1] = cells.Clip(lines[toastLines-1]+" …", min(w-8, toastWidth))
	}
	return lines
}
