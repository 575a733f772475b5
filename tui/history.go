package tui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"slipway/session"
	"slipway/tui/cells"
	"slipway/tui/keys"
)

// history is the screen with every run.
type history struct {
	*desk
	list  list
	shown []int // of state.Runs, those that pass the filter, in the order
	id    string
	of    *session.Run // first of the runs that shown was made from
	count int

	words string // that filter was made of
	want  session.RunFilter
	wrong string // what is wrong with the words, "" for nothing
	order session.RunOrder
	by    session.RunOrder // that shown is sorted by

	marked map[string]bool // IDs
	first  string          // run that the next one is set against
}

// runText is the answer to asking for a text about runs.
type runText struct {
	title, text string
	err         error
}

func newHistory(d *desk) *history {
	h := &history{desk: d, marked: map[string]bool{}}
	h.Refresh()
	return h
}

func (h *history) scope() string { return "history" }
func (h *history) wants(*wants)  {}
func (h *history) SetSize()      { h.list.setHeight(h.layout.runs.H - 2) }
func (h *history) typing() bool  { return h.list.asking }

// Refresh keeps the run selected that the user went to; on the first row it follows
// the newest. Ten thousand runs are filtered and sorted only when runs, filter or order
// have changed.
func (h *history) Refresh() tea.Cmd {
	var first *session.Run
	if len(h.state.Runs) > 0 {
		first = &h.state.Runs[0]
	}
	if first == h.of && len(h.state.Runs) == h.count && h.words == h.list.filter.text() && h.by == h.order && first != nil {
		return nil
	}
	if first != h.of || len(h.state.Runs) != h.count {
		h.forgetGone()
	}
	h.readFilter()
	h.of, h.count, h.by = first, len(h.state.Runs), h.order
	h.shown = h.shown[:0]
	all := h.state.Runs
	for i := range all {
		if h.want.Match(&all[i]) {
			h.shown = append(h.shown, i)
		}
	}
	if h.order != (session.RunOrder{}) { // the history's own is there already
		h.order.Sort(all, h.shown)
	}
	at := h.list.selected
	if h.id != "" {
		if n := slices.IndexFunc(h.shown, func(i int) bool { return all[i].ID == h.id }); n >= 0 {
			at = n
		}
	}
	h.list.count = len(h.shown)
	h.list.move(at)
	h.remember()
	return nil
}

// forgetGone takes marks away from runs that are there no longer.
func (h *history) forgetGone() {
	if len(h.marked) == 0 {
		return
	}
	gone := h.marked
	h.marked = map[string]bool{}
	for i := range h.state.Runs {
		if id := h.state.Runs[i].ID; gone[id] {
			h.marked[id] = true
		}
	}
}

// readFilter makes a filter of what was typed. A term that is wrong, or not whole yet, is
// left out of it and told.
func (h *history) readFilter() {
	var err error
	h.words, h.wrong = h.list.filter.text(), ""
	if h.want, err = session.ParseRunFilter(h.words, h.now()); err != nil {
		h.wrong = err.Error()
	}
}

// remember notes the selected run; none on the first row of all, which is whatever
// is the newest.
func (h *history) remember() {
	h.id = ""
	if r := h.selected(); r != nil && (h.list.selected > 0 || h.words != "" || !h.order.Newest()) {
		h.id = r.ID
	}
}

func (h *history) selected() *session.Run {
	if h.list.selected < len(h.shown) {
		return &h.state.Runs[h.shown[h.list.selected]]
	}
	return nil
}

// chosen are the runs that a change is for: the marked ones, newest first, else the
// selected one.
func (h *history) chosen() []*session.Run {
	var runs []*session.Run
	for i := range h.state.Runs {
		if r := &h.state.Runs[i]; h.marked[r.ID] {
			runs = append(runs, r)
		}
	}
	if r := h.selected(); len(runs) == 0 && r != nil {
		runs = append(runs, r)
	}
	return runs
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
	switch a {
	case "open", "compare", "experiment", "diff", "mark", "note", "tags", "pin", "rerun", "delete":
		if h.selected() == nil {
			h.say("no run is selected")
			return nil, true
		}
		return h.act(a, h.selected()), true
	case "sort":
		columns := session.RunColumns()
		at := max(slices.Index(columns, h.order.Column), 0)
		h.sortBy(session.RunOrder{Column: columns[(at+1)%len(columns)]})
	case "reverse":
		h.sortBy(session.RunOrder{Column: h.order.Column, Reverse: !h.order.Reverse})
	case "undo":
		h.wb.UndoDelete()
	case "trash":
		return askTrash(h.desk), true
	case "back":
		return nil, h.back()
	default:
		if !h.list.HandleIntent(a) {
			return nil, false
		}
		h.remember()
	}
	return nil, true
}

// sortBy sorts the list. A run that the user went to stays the selected one; on the first
// row it is the first of the new order that is looked for.
func (h *history) sortBy(o session.RunOrder) {
	if o.Newest() {
		o = session.RunOrder{} // which is what the history has
	}
	h.id = ""
	if r := h.selected(); r != nil && h.list.selected > 0 {
		h.id = r.ID
	}
	h.order = o
	h.Refresh()
}

// back takes away what was asked for last: the remembered run, the marks, the filter.
func (h *history) back() bool {
	switch {
	case h.first != "" && !h.list.asking:
		h.first = ""
	case len(h.marked) > 0 && !h.list.asking:
		clear(h.marked)
	case h.list.back():
		h.Refresh()
	default:
		return false
	}
	return true
}

// Receive shows the details that were asked for.
func (h *history) Receive(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case runText:
		if msg.err != nil {
			h.toast(session.Bad, msg.err.Error())
			return nil
		}
		h.open(newText(h.desk, msg.title, msg.text))
	case runDiffed:
		if msg.err != nil {
			h.toast(session.Bad, msg.err.Error())
			return nil
		}
		h.open(newRunDiff(h.desk, msg.diff))
	case trashed:
		if msg.err != nil {
			h.toast(session.Bad, msg.err.Error())
			return nil
		}
		h.open(newTrash(h.desk, msg.runs))
	}
	return nil
}

func (h *history) Click(x, y int) tea.Cmd {
	head, rows := h.layout.runs.Top(2)
	if y == head.Y && head.Contains(x, y) {
		if column := h.columns(head.W).at(x - head.X); column != "" {
			o := session.RunOrder{Column: column}
			o.Reverse = o.String() == h.order.String()
			h.sortBy(o)
		}
		return nil
	}
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
	if h.words == "" && h.order == (session.RunOrder{}) {
		if r := h.selected(); r != nil {
			return "slipway run show " + r.ID
		}
		return "slipway runs"
	}
	command := []string{"slipway", "runs"}
	if h.words != "" && h.wrong == "" {
		command = append(command, "--filter", h.words)
	}
	if h.order != (session.RunOrder{}) {
		command = append(command, "--sort="+h.order.String())
	}
	return session.ShellLine(command)
}

// at is the column at a place of the heading, "" between two.
func (t runColumns) at(x int) string {
	if x < t[0].x {
		return "pinned"
	}
	for i, c := range t {
		if c.w > 0 && x >= c.x && x < c.x+c.w {
			return columnNames[i]
		}
	}
	return ""
}

// runColumns are where a run's columns begin, and how wide they are.
type runColumns [9]struct{ x, w int }

var columnNames = [9]string{"when", "kernel", "app", "outcome", "total", "kind", "accel", "image", "note"}

// totalColumn is the one with figures, which are aligned at their right ends.
const totalColumn = 4

func (h *history) columns(w int) runColumns {
	widths := [9]int{10, 14, 12, 14, 10, 9, 0, 0, 0}
	if w >= wideWidth {
		widths = [9]int{10, 14, 18, 14, 10, 8, 6, 8, 0}
	}
	var t runColumns
	x := 4
	for i, width := range widths {
		if i == len(widths)-1 {
			width = max(w-x-1, 0)
		}
		t[i].x, t[i].w = x, width
		if width > 0 {
			x += width + 1
			if i == totalColumn {
				x++ // right-aligned figures would lean on what follows
			}
		}
	}
	if t[8].w < 8 {
		t[8].w = 0 // no room for a word
	}
	return t
}

// area is where the rows are.
func (h *history) area() (head, rule, rows cells.Rect) {
	head, rest := h.layout.runs.Top(1)
	rule, rows = rest.Top(1)
	return head, rule, rows
}
