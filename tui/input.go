package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"slipway/session"
	"slipway/tui/keys"
)

// key gives a key to whatever has the keys now.
func (m *model) key(k tea.KeyPressMsg) tea.Cmd {
	if k.String() != "ctrl+c" {
		m.quit = false
	}
	m.touched = true
	if m.layout.small {
		// What can't be seen must not be asked for. Leaving is always possible.
		if k.String() == "ctrl+c" {
			if m.quit {
				return tea.Quit
			}
			m.quit = true
		}
		return nil
	}
	if m.quit && len(m.dialogs) > 0 && k.String() == "ctrl+c" { // it asks whether to quit
		return tea.Quit
	}
	if n := len(m.dialogs); n > 0 {
		top := m.dialogs[n-1]
		if a, ok := m.keys.Find(top.scope(), k.String()); ok {
			return top.HandleIntent(a)
		}
		if k.String() == "ctrl+c" {
			m.close()
			return nil
		}
		return top.Type(k)
	}
	if s, ok := m.screen().(typist); ok && s.typing() {
		return s.Type(k)
	}
	if a, ok := m.keys.Find(m.screen().scope(), k.String()); ok {
		return m.act(m.screen().scope(), a)
	}
	return nil
}

// act does what was asked for: the screen's own first, then everybody's.
func (m *model) act(scope string, a keys.Action) tea.Cmd {
	if m.screen().scope() == scope {
		if cmd, ok := m.screen().HandleIntent(a); ok {
			return cmd
		}
	}
	switch a {
	case "help":
		m.open(newHelp(m.desk, m.screen().scope()))
	case "palette":
		m.open(newPalette(m.desk, m.commands()))
	case "tab-kernels", "tab-app", "tab-console", "tab-compare", "tab-history":
		for t := range tabs {
			if string(a) == "tab-"+tabScopes[t] || t == tabKernels && a == "tab-kernels" {
				return m.show(t)
			}
		}
	case "tab-next":
		return m.show((m.tab + 1) % tabs)
	case "tab-previous":
		return m.show((m.tab + tabs - 1) % tabs)
	case "problems":
		m.open(newProblems(m.desk))
	case "command":
		m.showCommand()
		return tea.SetClipboard(m.screen().command())
	case "mouse":
		m.mouse = !m.mouse
		if m.mouse {
			m.say("the mouse serves Slipway")
		} else {
			m.say("the mouse serves your terminal: drag selects text; M takes it back")
		}
	case "theme":
		m.nextTheme()
	case "redraw":
		return tea.ClearScreen
	case "escape":
		cmd, _ := m.screen().HandleIntent("back")
		return cmd
	case "back":
		return m.askToQuit()
	case "quit":
		if m.quit {
			return tea.Quit
		}
		m.quit = true
		return m.askToQuit()
	}
	return nil
}

func (m *model) showCommand() {
	m.say("copied: " + m.screen().command())
}

// askToQuit says what would end.
func (m *model) askToQuit() tea.Cmd {
	running := 0
	for _, g := range m.state.Guests {
		if g.Phase == session.GuestBooting || g.Phase == session.GuestRunning {
			running++
		}
	}
	var ends []string
	if running > 0 {
		ends = append(ends, plural(running, "guest")+" will be stopped.")
	}
	if e := m.state.Experiment; e != nil && e.Running {
		ends = append(ends, "The timed rounds end; what was measured is stored.")
	}
	text := strings.Join(ends, " ")
	if text == "" {
		text = "Nothing is running."
	}
	if a, ok := m.screens[tabApp].(*app); ok && a.file != nil && a.file.editor.Dirty() {
		text += " " + a.file.path + " has changes that are not saved: they would be lost."
	}
	m.ask("Quit Slipway?", text,
		answer{"y", "quit", func() tea.Cmd { return tea.Quit }},
		answer{"n", "stay", nil})
	return nil
}

// goTo is a screen's wish that another tab be shown.
type goTo tab

// show goes to a tab.
func (m *model) show(t tab) tea.Cmd {
	m.tab = t
	if t == tabHistory {
		m.wb.RefreshRuns() // another Slipway may have noted or deleted some
	}
	m.arrange()
	return nil
}

func (m *model) paste(text string) tea.Cmd {
	if n := len(m.dialogs); n > 0 {
		m.dialogs[n-1].Paste(text)
		return nil
	}
	if s, ok := m.screen().(typist); ok && s.typing() {
		return s.Paste(text)
	}
	return nil
}

func (m *model) click(at tea.Mouse) tea.Cmd {
	if len(m.dialogs) > 0 || at.Button != tea.MouseLeft {
		return nil
	}
	if at.Y == 0 {
		for t, r := range m.tabRects() {
			if r.Contains(at.X, at.Y) {
				return m.show(tab(t))
			}
		}
		return nil
	}
	if s, ok := m.screen().(pointed); ok {
		return s.Click(at.X, at.Y)
	}
	return nil
}

func (m *model) wheel(at tea.Mouse) tea.Cmd {
	lines := 0
	switch at.Button {
	case tea.MouseWheelUp:
		lines = -3
	case tea.MouseWheelDown:
		lines = 3
	}
	if n := len(m.dialogs); n > 0 {
		for range 3 {
			m.dialogs[n-1].HandleIntent(map[bool]keys.Action{true: "up", false: "down"}[lines < 0])
		}
		return nil
	}
	if s, ok := m.screen().(pointed); ok && lines != 0 {
		return s.Wheel(at.X, at.Y, lines)
	}
	return nil
}
