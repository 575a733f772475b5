package tui

import (
	"strconv"

	tea "charm.land/bubbletea/v2"

	"slipway/themes"
	"slipway/tui/cells"
)

// View draws the screen, or returns the last one where nothing has changed.
func (m *model) View() tea.View {
	if m.dirty {
		m.drawn, m.dirty = m.draw(), false
	}
	return m.drawn
}

func (m *model) draw() tea.View {
	c := cells.New(m.w, m.h, m.style(themes.Text))
	c.ASCII = m.ascii
	cursor := m.drawOn(c)
	v := tea.NewView(c.String())
	v.AltScreen = true
	v.WindowTitle = "slipway " + m.state.App
	if m.mouse {
		v.MouseMode = tea.MouseModeCellMotion
	}
	if cursor != nil && m.layout.whole.Contains(cursor.X, cursor.Y) {
		v.Cursor = cursor
	}
	return v
}

func (m *model) drawOn(c *cells.Canvas) *tea.Cursor {
	if m.layout.small {
		m.drawTooSmall(c)
		return nil
	}
	cursor := m.screen().Draw(c)
	m.drawTop(c)
	m.drawStatus(c)
	for _, d := range m.dialogs {
		cursor = d.Draw(c, m.layout.body)
	}
	area := m.layout.body
	if m.tab == tabApp {
		area.H -= m.layout.output.H // compiler messages are read, not covered
	}
	m.drawToasts(c, area, cursor)
	return cursor
}

func (m *model) drawTooSmall(c *cells.Canvas) {
	text := "Make me larger (80x24), now " + strconv.Itoa(m.w) + "x" + strconv.Itoa(m.h)
	lines := cells.Wrap(text, max(m.w, 1))
	r := c.Bounds().Center(m.w, len(lines))
	for y, l := range lines {
		c.At(r, max((m.w-cells.Width(l))/2, 0), y, l, m.style(themes.Title))
	}
}
