package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"slipway/runner/console"
	"slipway/themes"
	"slipway/tui/cells"
	"slipway/tui/keys"
)

// monitor is the monitor of a guest's QEMU: a line to type, and what came of those
// before.
type monitor struct {
	desk  *desk
	guest string
	line  line
	said  []string // lines of text, the newest last
	past  []string // lines typed
	at    int      // in past while looking back
	back  int      // rows scrolled back
	busy  bool
	rows  int // that were seen at once
}

// maxSaid bounds the text that is kept, in lines.
const maxSaid = 5000

func newMonitor(d *desk, guest string) *monitor { return &monitor{desk: d, guest: guest} }

// monitored is what QEMU has answered.
type monitored struct {
	to   *monitor
	text string
	err  error
}

func (m *monitor) scope() string { return "monitor" }

func (m *monitor) HandleIntent(a keys.Action) tea.Cmd {
	switch a {
	case "close":
		m.desk.close()
	case "accept":
		return m.ask()
	case "previous":
		m.recall(-1)
	case "next":
		m.recall(1)
	case "page-up":
		m.back += max(m.rows-1, 1)
	case "page-down":
		m.back -= max(m.rows-1, 1)
	}
	m.back = min(max(m.back, 0), max(len(m.said)-1, 0))
	return nil
}

func (m *monitor) ask() tea.Cmd {
	text := strings.TrimSpace(m.line.text())
	if text == "" || m.busy {
		return nil
	}
	m.say("(qemu) " + text)
	m.past = append(m.past, text)
	m.at, m.line, m.back, m.busy = len(m.past), line{}, 0, true
	wb, guest := m.desk.wb, m.guest
	return func() tea.Msg {
		answer, err := wb.Monitor(guest, text)
		return monitored{m, answer, err}
	}
}

// answered shows what QEMU says.
func (m *monitor) answered(msg monitored) {
	m.busy = false
	for text := range strings.SplitSeq(strings.Trim(strings.ReplaceAll(msg.text, "\r", ""), "\n"), "\n") {
		m.say(strings.ReplaceAll(console.Clean([]byte(text)), "\t", "    "))
	}
	if msg.err != nil {
		m.say(msg.err.Error())
	}
}

func (m *monitor) say(text string) {
	m.said = append(m.said, text)
	if over := len(m.said) - maxSaid; over > 0 {
		m.said = m.said[over:]
	}
}

// recall brings a line back that was typed before.
func (m *monitor) recall(step int) {
	m.at = min(max(m.at+step, 0), len(m.past))
	text := ""
	if m.at < len(m.past) {
		text = m.past[m.at]
	}
	m.line = newLine(text)
}

func (m *monitor) Type(key tea.KeyPressMsg) tea.Cmd { m.line.Type(key); return nil }
func (m *monitor) Paste(text string)                { m.line.insert(text) }

func (m *monitor) Draw(c *cells.Canvas, area cells.Rect) *tea.Cursor {
	r := area.Center(min(area.W-4, 110), area.H-2)
	inside := m.desk.frame(c, r, "QEMU's monitor · "+m.guest)
	under := m.desk.style(themes.Panel)
	ask, view := inside.Bottom(1)
	m.rows = view.H
	var rows []string
	for _, text := range m.said {
		for cells.Width(text) > view.W {
			var head string
			head, text = cells.Cut(text, view.W)
			rows = append(rows, head)
		}
		rows = append(rows, text)
	}
	m.back = min(m.back, max(len(rows)-view.H, 0))
	first := max(len(rows)-view.H-m.back, 0)
	for y, text := range rows[first:min(first+view.H, len(rows))] {
		style := under
		if strings.HasPrefix(text, "(qemu) ") {
			style = m.desk.style(themes.Key).On(under)
		}
		c.At(view, 0, y, text, style)
	}
	if len(rows) == 0 {
		about := "Commands of QEMU's monitor, such as info status, info mtree, info tlb, x/8xg $sp; help lists them. Using it marks the boot: its times are no measurements."
		for y, text := range cells.Wrap(about, view.W) {
			c.At(view, 0, y, text, m.desk.style(themes.Muted).On(under))
		}
	}
	x := c.At(ask, 0, 0, "(qemu) ", m.desk.style(themes.Key).On(under))
	_, field := ask.Left(x)
	return tea.NewCursor(m.line.draw(c, field, under), ask.Y)
}
