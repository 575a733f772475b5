package tui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"slipway/session"
	"slipway/themes"
	"slipway/tui/cells"
)

func (h *history) Draw(c *cells.Canvas) *tea.Cursor {
	head, rule, rows := h.area()
	t := h.columns(head.W)
	h.drawHead(c, head, t)
	h.drawRule(c, rule)
	switch {
	case !h.state.RunsLoaded && len(h.state.Runs) == 0:
		h.hint(c, rows, "Reading the history.")
	case len(h.state.Runs) == 0:
		h.hint(c, rows.Inset(1, 1), "No run yet. Every boot becomes a run and stays here: mark a kernel (1), select an app (2), and watch it boot (3).")
	case len(h.shown) == 0:
		h.hint(c, rows.Inset(1, 1), "No run is like that: esc shows all again.")
	}
	cursor := h.list.draw(c, rows, h.theme, true, func(r cells.Rect, n int) { h.drawRun(c, r, &h.state.Runs[h.shown[n]], t) })
	h.drawFilterHelp(c, rows)
	return cursor
}

// drawHead draws the headings; the one that the list is sorted by has an arrow.
func (h *history) drawHead(c *cells.Canvas, head cells.Rect, t runColumns) {
	for i, name := range columnNames {
		if t[i].w == 0 {
			continue
		}
		token := themes.Muted
		if h.order.Column == name || h.order.Column == "" && name == "when" {
			name, token = name+arrow(h.order), themes.Accent
		}
		text := cells.Pad(name, t[i].w)
		if i == totalColumn {
			text = cells.PadLeft(name, t[i].w)
		}
		c.At(head, t[i].x, 0, text, h.style(token))
	}
}

// arrow says which way a column goes: times and what is newest first go down.
func arrow(o session.RunOrder) string {
	down := o.Column == "" || o.Column == "when" || o.Column == "experiment" || o.Column == "pinned"
	if down != o.Reverse {
		return "▼"
	}
	return "▲"
}

// drawRule draws the line under the headings, with what a person has added to the
// selected run or what is wrong with the filter, and how many runs there are.
func (h *history) drawRule(c *cells.Canvas, rule cells.Rect) {
	c.HLine(rule, 0, h.style(themes.Border))
	right := 0
	if len(h.state.Runs) > 0 {
		text := plural(len(h.shown), "run")
		if len(h.shown) < len(h.state.Runs) {
			text = fmt.Sprintf("%d of %s", len(h.shown), plural(len(h.state.Runs), "run"))
		}
		if o := h.order; o.Column != "" && !h.seen(o.Column) {
			text += " by " + o.Column + arrow(o)
		}
		if n := len(h.marked); n > 0 {
			text = fmt.Sprintf("%d marked · %s", n, text)
		}
		edge := rule
		edge.W -= 2
		right = c.Right(edge, 0, " "+text+" ", h.style(themes.Muted)) + 4
	}
	var spans []span
	if r := h.selected(); h.wrong != "" {
		spans = []span{{h.wrong, themes.Warn}}
	} else if r != nil {
		if s := r.Settings(); s != "" {
			spans = []span{{s + "  ", themes.Muted}}
		}
		spans = append(spans, remarks(r)...)
	}
	if len(spans) > 0 {
		_, place := rule.Left(2)
		place.W = max(place.W-right, 0)
		spans = append([]span{{" ", themes.Muted}}, spans...)
		drawSpans(c, place, 0, 0, h.theme, clipSpans(append(spans, span{" ", themes.Muted}), place.W))
	}
}

// seen reports whether a column is on the screen.
func (h *history) seen(name string) bool {
	for i, c := range h.columns(h.layout.runs.W) {
		if columnNames[i] == name && c.w > 0 {
			return true
		}
	}
	return false
}

// remarks are the tags and the note of a run.
func remarks(r *session.Run) []span {
	var spans []span
	for _, t := range r.Tags {
		spans = append(spans, span{"#" + t + " ", themes.Accent})
	}
	if r.Note != "" {
		spans = append(spans, span{strings.TrimSpace(r.Note), themes.Text})
	}
	return spans
}

// clipSpans shortens pieces of text to w cells in all.
func clipSpans(spans []span, w int) []span {
	var kept []span
	for _, s := range spans {
		s.text = cells.Clip(s.text, w)
		if s.text == "" {
			break
		}
		kept, w = append(kept, s), w-cells.Width(s.text)
	}
	return kept
}

// drawFilterHelp says beside the filter what can be asked for.
func (h *history) drawFilterHelp(c *cells.Canvas, rows cells.Rect) {
	if foot, _ := rows.Bottom(1); h.list.asking && h.list.filter.text() == "" {
		c.Right(foot, 0, "words, kernel: app: outcome: tag: note: pinned:yes since:2d total:>1s ", h.style(themes.Muted))
	}
}

func (h *history) drawRun(c *cells.Canvas, r cells.Rect, run *session.Run, t runColumns) {
	switch {
	case run.ID == h.first:
		c.At(r, 1, 0, "≠", h.style(themes.Accent))
	case h.marked[run.ID]:
		c.At(r, 1, 0, "●", h.style(themes.Accent))
	}
	if run.Pinned {
		c.At(r, 2, 0, "◆", h.style(themes.Accent))
	}
	sign, word, token := outcome(run.Outcome, run.Status)
	put := func(i int, text string, k themes.Token) {
		if t[i].w > 0 {
			c.At(r, t[i].x, 0, cells.Clip(text, t[i].w), h.style(k))
		}
	}
	put(0, ago(run.Started, h.now()), themes.Muted)
	put(1, run.Kernel, themes.Text)
	put(2, appText(run, t[2].w), themes.Text)
	put(3, sign+" "+word, token)
	total := ""
	if run.Total > 0 {
		total = duration(run.Total)
	}
	c.At(r, t[totalColumn].x, 0, cells.PadLeft(total, t[totalColumn].w), h.style(themes.Text))
	put(5, run.Kind, themes.Muted)
	put(6, run.Accel, themes.Muted)
	put(7, run.Image[:min(len(run.Image), t[7].w)], themes.Muted)
	if t[8].w > 0 {
		drawSpans(c, r, t[8].x, 0, h.theme, clipSpans(remarks(run), t[8].w))
	}
}

// appText is the app of a run and what was set, in w cells: the last save's is told in a
// word where there is no room for two.
func appText(run *session.Run, w int) string {
	text := strings.TrimSpace(run.App + " " + run.Settings())
	if cells.Width(text) > w {
		if app, last := strings.CutSuffix(text, session.LastSave); last {
			return cells.Clip(app, w-5) + " last"
		}
	}
	return text
}
