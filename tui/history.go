package tui

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"slipway/session"
	"slipway/themes"
	"slipway/tui/cells"
	"slipway/tui/keys"
)

// history is the screen with every run.
type history struct {
	*desk
	list  list
	shown []int // of state.Runs, those that pass the filter
	id    string
	of    *session.Run // first of the runs that shown was made from
	count int
	words string
	first string // run that the next one is set against
}

// runText is the answer to asking for a text about runs.
type runText struct {
	title, text string
	err         error
}

func newHistory(d *desk) *history {
	h := &history{desk: d}
	h.Refresh()
	return h
}

func (h *history) scope() string { return "history" }
func (h *history) wants(*wants)  {}
func (h *history) SetSize()      { h.list.setHeight(h.layout.runs.H - 2) }
func (h *history) typing() bool  { return h.list.asking }

// Refresh keeps the run selected that the user went to; on the first row it follows
// the newest. Ten thousand runs are filtered only when
// runs or filter have changed.
func (h *history) Refresh() tea.Cmd {
	var first *session.Run
	if len(h.state.Runs) > 0 {
		first = &h.state.Runs[0]
	}
	if first == h.of && len(h.state.Runs) == h.count && h.words == h.list.filter.text() && first != nil {
		return nil
	}
	h.of, h.count, h.words = first, len(h.state.Runs), h.list.filter.text()
	h.shown = h.shown[:0]
	at := h.list.selected
	for i := range h.state.Runs {
		r := &h.state.Runs[i]
		if h.words == "" || h.list.passes(r.ID, r.Experiment, r.Kernel, r.App, r.Outcome, r.Note, r.Accel, r.Image, r.Kind) {
			if r.ID == h.id {
				at = len(h.shown)
			}
			h.shown = append(h.shown, i)
		}
	}
	h.list.count = len(h.shown)
	h.list.move(at)
	h.remember()
	return nil
}

// remember notes the selected run; none on the first row of all, which is whatever
// is the newest.
func (h *history) remember() {
	h.id = ""
	if r := h.selected(); r != nil && (h.list.selected > 0 || h.words != "") {
		h.id = r.ID
	}
}

func (h *history) selected() *session.Run {
	if h.list.selected < len(h.shown) {
		return &h.state.Runs[h.shown[h.list.selected]]
	}
	return nil
}

func (h *history) Type(key tea.KeyPressMsg) tea.Cmd {
	h.list.Type(key)
	return h.Refresh()
}

func (h *history) Paste(text string) tea.Cmd {
	h.list.filter.insert(text)
	return h.Refresh()
}

func (h *history) HandleIntent(a keys.Action) (tea.Cmd, bool) {
	r := h.selected()
	switch a {
	case "open", "compare", "diff", "note", "pin", "rerun", "delete":
		if r == nil {
			h.say("no run is selected")
			return nil, true
		}
	}
	switch a {
	case "open":
		wb, id := h.wb, r.ID
		return func() tea.Msg {
			text, err := wb.RunText(id)
			return runText{"Run " + id, text, err}
		}, true
	case "compare":
		if r.Experiment == "" {
			h.say("this boot belongs to no experiment: timed ones do")
			return nil, true
		}
		h.wb.OpenExperiment(r.Experiment)
		return func() tea.Msg { return goTo(tabCompare) }, true
	case "diff":
		return h.diff(r.ID), true
	case "note":
		id := r.ID
		h.open(&prompt{
			desk: h.desk, title: "Note on " + id, about: "An empty line takes the note away.", line: newLine(r.Note),
			done: func(text string) tea.Cmd { h.wb.NoteRun(id, text); return nil },
		})
	case "pin":
		h.wb.PinRun(r.ID, !r.Pinned)
	case "rerun":
		h.wb.Rerun(r.ID)
	case "delete":
		h.wb.DeleteRun(r.ID)
	case "undo":
		h.wb.UndoDelete()
	case "back":
		if h.list.back() {
			return h.Refresh(), true
		}
		return nil, false
	default:
		if !h.list.HandleIntent(a) {
			return nil, false
		}
		h.remember()
	}
	return nil, true
}

// diff remembers the first run and sets the second against it.
func (h *history) diff(id string) tea.Cmd {
	first := h.first
	switch first {
	case "":
		h.first = id
		h.say("run " + id + " is remembered: m on another run shows what differs")
		return nil
	case id:
		h.first = ""
		h.say("run " + id + " is no longer remembered")
		return nil
	}
	h.first = ""
	wb := h.wb
	return func() tea.Msg {
		text, err := wb.RunDiff(first, id)
		return runText{"What differs", text, err}
	}
}

// Receive shows the details that were asked for.
func (h *history) Receive(msg tea.Msg) tea.Cmd {
	if msg, ok := msg.(runText); ok {
		if msg.err != nil {
			h.toast(session.Bad, msg.err.Error())
			return nil
		}
		h.open(newText(h.desk, msg.title, msg.text))
	}
	return nil
}

func (h *history) Click(x, y int) tea.Cmd {
	_, rows := h.layout.runs.Top(2)
	h.list.click(rows, x, y)
	h.remember()
	return nil
}

func (h *history) Wheel(_, _, lines int) tea.Cmd {
	h.list.move(h.list.selected + lines)
	h.remember()
	return nil
}

func (h *history) command() string {
	if r := h.selected(); r != nil {
		return "slipway run show " + r.ID
	}
	return "slipway runs"
}

func (h *history) Draw(c *cells.Canvas) *tea.Cursor {
	head, rest := h.layout.runs.Top(1)
	rule, rows := rest.Top(1)
	c.HLine(rule, 0, h.style(themes.Border))
	t := h.columns(head.W)
	for i, name := range []string{"when", "kernel", "app", "outcome", "total", "kind", "accel", "image", "note"} {
		if t[i].w > 0 {
			text := cells.Pad(name, t[i].w)
			if i == 4 {
				text = cells.PadLeft(name, t[i].w)
			}
			c.At(head, t[i].x, 0, text, h.style(themes.Muted))
		}
	}
	if len(h.state.Runs) > 0 {
		text := fmt.Sprintf(" %s ", plural(len(h.shown), "run"))
		if len(h.shown) < len(h.state.Runs) {
			text = fmt.Sprintf(" %d of %s ", len(h.shown), plural(len(h.state.Runs), "run"))
		}
		edge := rule
		edge.W -= 2
		c.Right(edge, 0, text, h.style(themes.Muted))
	}
	switch {
	case !h.state.RunsLoaded && len(h.state.Runs) == 0:
		h.hint(c, rows, "Reading the history.")
	case len(h.state.Runs) == 0:
		h.hint(c, rows.Inset(1, 1), "No run yet. Every boot becomes a run and stays here: mark a kernel (1), select an app (2), and watch it boot (3).")
	case len(h.shown) == 0:
		h.hint(c, rows.Inset(1, 1), "No run holds these words: esc shows all again.")
	}
	return h.list.draw(c, rows, h.theme, true, func(r cells.Rect, n int) { h.drawRun(c, r, &h.state.Runs[h.shown[n]], t) })
}

// runColumns are where a run's columns begin, and how wide they are.
type runColumns [9]struct{ x, w int }

func (h *history) columns(w int) runColumns {
	widths := [9]int{10, 14, 12, 14, 10, 9, 0, 0, 0}
	if w >= wideWidth {
		widths = [9]int{10, 16, 14, 16, 10, 8, 5, 8, 0}
	}
	var t runColumns
	x := 3
	for i, width := range widths {
		if i == 8 {
			width = max(w-x-1, 0)
		}
		t[i].x, t[i].w = x, width
		if width > 0 {
			x += width + 1
			if i == 4 {
				x++ // right-aligned figures would lean on what follows
			}
		}
	}
	return t
}

func (h *history) drawRun(c *cells.Canvas, r cells.Rect, run *session.Run, t runColumns) {
	switch {
	case run.ID == h.first:
		c.At(r, 1, 0, "≠", h.style(themes.Accent))
	case run.Pinned:
		c.At(r, 1, 0, "◆", h.style(themes.Accent))
	}
	sign, word, token := outcome(run.Outcome, run.Status)
	put := func(i int, text string, k themes.Token) {
		if t[i].w > 0 {
			c.At(r, t[i].x, 0, cells.Clip(text, t[i].w), h.style(k))
		}
	}
	put(0, ago(run.Started, h.now()), themes.Muted)
	put(1, run.Kernel, themes.Text)
	put(2, run.App, themes.Text)
	put(3, sign+" "+word, token)
	c.At(r, t[4].x, 0, cells.PadLeft(duration(run.Total), t[4].w), h.style(themes.Text))
	put(5, run.Kind, themes.Muted)
	put(6, run.Accel, themes.Muted)
	put(7, run.Image, themes.Muted)
	put(8, run.Note, themes.Text)
}
