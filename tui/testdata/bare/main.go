// Command bare is the least that Bubble Tea can do on a full screen: the floor
// below the workbench's first frame.
package main

import (
	"fmt"
	"os"
	"strings"

	tea "charm.land/bubbletea/v2"
)

type model struct{ w, h int }

func (m model) Init() tea.Cmd { return nil }

func (m model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.w, m.h = msg.Width, msg.Height
	case tea.KeyPressMsg:
		return m, tea.Quit
	}
	return m, nil
}

// View fills the screen; its last row says that it is there.
func (m model) View() tea.View {
	rows := make([]string, m.h)
	for y := range rows {
		rows[y] = strings.Repeat("·", m.w)
	}
	if m.h > 0 {
		rows[m.h-1] = "? help"
	}
	v := tea.NewView(strings.Join(rows, "\n"))
	v.AltScreen = true
	return v
}

func main() {
	if _, err := tea.NewProgram(model{}).Run(); err != nil {
		fmt.Fprintln(os.Stderr, "bare:", err)
		os.Exit(1)
	}
}
