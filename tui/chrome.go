package tui

import (
	"fmt"
	"strconv"
	"strings"

	"slipway/session"
	"slipway/themes"
	"slipway/tui/cells"
	"slipway/tui/keys"
)

// tabRects are where the tabs' names are.
func (m *model) tabRects() [tabs]cells.Rect {
	var rects [tabs]cells.Rect
	x := 0
	for t, name := range tabNames {
		w := len(name) + 3 // a space, the key, a space
		if m.layout.wide {
			w++
		}
		rects[t] = cells.Rect{X: x, Y: 0, W: w, H: 1}
		x += w
	}
	return rects
}

// drawTop draws the tabs and, at the right, what is selected and how it went.
func (m *model) drawTop(c *cells.Canvas) {
	c.Fill(m.layout.top, m.style(themes.Bar))
	end := 0
	for t, r := range m.tabRects() {
		style, number := m.style(themes.Bar), m.style(themes.BarMuted)
		if tab(t) == m.tab {
			style = m.style(themes.TabActive)
			number = style
			c.Fill(r, style)
		}
		x := 1 + c.At(r, 1, 0, strconv.Itoa(t+1)+" ", number)
		c.At(r, x, 0, tabNames[t], style)
		end = r.X + r.W
	}
	right := cells.Rect{X: end + 1, Y: 0, W: m.layout.top.W - end - 2, H: 1}
	parts := m.selection()
	// What is least important goes first where there is no room.
	for len(parts) > 1 && width(joinParts(parts)) > right.W {
		parts = parts[1:]
	}
	spans := joinParts(parts)
	x := max(right.W-width(spans), 0)
	for _, s := range spans {
		x += c.At(right, x, 0, s.text, m.style(s.token).On(m.style(themes.Bar)))
	}
}

// joinParts puts dots between parts.
func joinParts(parts [][]span) []span {
	var spans []span
	for i, p := range parts {
		if i > 0 {
			spans = append(spans, span{" · ", themes.Muted})
		}
		spans = append(spans, p...)
	}
	return spans
}

func width(spans []span) int {
	w := 0
	for _, s := range spans {
		w += cells.Width(s.text)
	}
	return w
}

// selection says which kernels run which app on what, and how the last boots went.
func (m *model) selection() [][]span {
	var parts [][]span
	marked := m.marked()
	switch {
	case len(marked) == 0:
		parts = append(parts, []span{{"no kernel marked", themes.Muted}})
	case len(marked) <= 2 && m.layout.wide || len(marked) == 1:
		parts = append(parts, []span{{strings.Join(marked, " + "), themes.Text}})
	default:
		parts = append(parts, []span{{plural(len(marked), "kernel"), themes.Text}})
	}
	if m.state.App != "" {
		parts = append(parts, []span{{m.state.App, themes.Text}})
	}
	if a := m.state.Accelerator; a.Name != "" {
		part := []span{{a.Name, themes.Text}}
		if a.Reason != "" {
			hint := " ▲"
			if m.layout.wide {
				hint += " no kvm"
			}
			part = append(part, span{hint, themes.Warn})
		}
		parts = append(parts, part)
	}
	if m.state.Instant {
		parts = append(parts, []span{{"instant", themes.Warn}})
	}
	if v := m.verdict(); v != nil {
		parts = append(parts, v)
	}
	return parts
}

// verdict is how the guests are doing, worst first.
func (m *model) verdict() []span {
	var worst *session.Guest
	rank := -1
	for i := range m.state.Guests {
		g := &m.state.Guests[i]
		r := 0
		switch {
		case g.Phase == session.GuestFailed:
			r = 4
		case g.Phase == session.GuestEnded && (g.Outcome != "exit" || g.Status != 0):
			r = 3
		case g.Phase.UnderWay():
			r = 2
		case g.Phase == session.GuestEnded:
			r = 1
		}
		if r > rank {
			worst, rank = g, r
		}
	}
	if worst == nil {
		return nil
	}
	sign, text, token := m.phase(worst)
	if worst.Phase == session.GuestFailed {
		text = "failed"
	}
	name := ""
	if len(m.state.Guests) > 1 && rank != 1 && m.layout.wide {
		name = worst.Kernel + " "
	}
	if len(m.state.Guests) > 1 && rank == 1 || !m.layout.wide {
		text, _, _ = strings.Cut(text, " in ")
	}
	return []span{{sign + " " + name + text, token}}
}

// drawStatus draws the keys that serve here, and what is under way.
func (m *model) drawStatus(c *cells.Canvas) {
	r := m.layout.status
	c.Fill(r, m.style(themes.Bar))
	scope := m.screen().scope()
	if n := len(m.dialogs); n > 0 {
		scope = m.dialogs[n-1].scope()
	}
	room := r.W - 2
	news := cells.Clip(m.news(), room/2-1) // its beginning says what it is about
	if w := cells.Width(news); w > 0 {
		room -= w + 2
		c.Right(r, 0, news+" ", m.style(themes.BarMuted))
	}
	x := 1
	hints := m.keys.Hints(scope)
	if s, ok := m.screen().(typist); ok && s.typing() && len(m.dialogs) == 0 && scope == tabScopes[m.tab] {
		hints = []keys.Binding{{Keys: []string{"enter"}, Hint: "keep the filter"}, {Keys: []string{"esc"}, Hint: "show all"}}
	}
	if scope == "guest" {
		hints = append(hints, m.keys.Hints("prefixed")...)
	}
	for i, b := range hints {
		key := keys.Show(b.Keys[0])
		w := cells.Width(key) + 1 + cells.Width(b.Hint)
		// The last hint is help: it is always there.
		if i < len(hints)-1 && x+w > room-8 {
			continue
		}
		x += c.At(r, x, 0, key, m.style(themes.BarKey))
		x += c.At(r, x, 0, " "+b.Hint, m.style(themes.BarMuted))
		x += 2
	}
}

// news is what goes on in the background, in a few words.
func (m *model) news() string {
	if e := m.state.Experiment; e != nil && e.Running && m.tab != tabCompare {
		switch {
		case e.Waiting != "":
			who, _, more := strings.Cut(e.Waiting, " (")
			if more && !m.layout.wide {
				return "waits: " + who
			}
			return "waits: " + e.Waiting
		case e.Left > 0:
			return fmt.Sprintf("round %d/%d · %s", e.Round, e.Rounds, left(e.Left))
		}
		return fmt.Sprintf("round %d/%d", e.Round, e.Rounds)
	}
	if len(m.state.Problems) > 0 {
		return "! " + plural(len(m.state.Problems), "problem")
	}
	if s := m.state.Save; s != nil && m.layout.wide {
		return fmt.Sprintf("save %d at %s", s.Number, s.At.Local().Format("15:04:05"))
	}
	return ""
}
