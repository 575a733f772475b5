package tui

import (
	"context"
	"errors"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"slipway/runner/console"
	"slipway/themes"
	"slipway/tui/cells"
)

// Guest is one guest on the user's own terminal; see Attach.
type Guest struct {
	Screen  *console.Terminal
	Send    func(p []byte)       // keys; must not block
	Resize  func(cols, rows int) // must not block
	Changed <-chan struct{}      // a wake-up when Screen has changed
	Ended   <-chan struct{}      // closed when the boot has ended
}

// Attach shows one guest's console in the user's terminal, without taking the
// whole of it over: what the guest prints stays in the terminal's own scrollback.
// Keys go to the guest until ctrl+], for which left is true. As in the workbench,
// nothing of the guest's reaches the terminal but cells.
func Attach(ctx context.Context, g Guest) (left bool, err error) {
	theme, err := themes.Named("terminal")
	if err != nil {
		return false, err
	}
	m := &attached{guest: g, painter: &consoles{desk: &desk{theme: theme}}}
	last, err := tea.NewProgram(m, tea.WithContext(ctx), tea.WithFPS(changesPerSecond)).Run()
	if last, ok := last.(*attached); ok && last != nil {
		left = last.left
	}
	if errors.Is(err, tea.ErrProgramKilled) && ctx.Err() != nil {
		err = nil // somebody else has ended us
	}
	if err != nil {
		return left, fmt.Errorf("show the console: %w", err)
	}
	return left, nil
}

// attached is the model of Attach.
type attached struct {
	guest   Guest
	painter *consoles
	cols    int
	printed uint64 // lines that have left the screen upwards and were printed
	left    bool
	over    bool
}

// Messages of Attach.
type (
	attachedChanged struct{}
	attachedEnded   struct{}
)

func (m *attached) Init() tea.Cmd { return tea.Batch(m.wait, m.end) }

func (m *attached) wait() tea.Msg {
	select {
	case <-m.guest.Changed:
		return attachedChanged{}
	case <-m.guest.Ended:
		return nil
	}
}

func (m *attached) end() tea.Msg {
	<-m.guest.Ended
	return attachedEnded{}
}

func (m *attached) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.cols = msg.Width
		// A row is left free, so that a full screen does not scroll the terminal.
		m.guest.Resize(max(msg.Width, 1), max(msg.Height-1, 1))
	case attachedChanged:
		return m, tea.Sequence(m.flush(), m.wait)
	case attachedEnded:
		m.over = true
		return m, tea.Sequence(m.flush(), tea.Quit)
	case tea.KeyPressMsg:
		if msg.String() == "ctrl+]" {
			m.left = true
			return m, tea.Quit
		}
		m.guest.Send(guestKey(msg).Encode(m.guest.Screen.Snapshot().Modes))
	case tea.PasteMsg:
		m.guest.Send(console.EncodePaste(msg.Content, m.guest.Screen.Snapshot().Modes))
	}
	return m, nil
}

// flush prints the lines that the guest has scrolled off its screen: they belong
// to the terminal's scrollback from now on.
func (m *attached) flush() tea.Cmd {
	s := m.guest.Screen.Snapshot()
	if s.AltScreen {
		return nil
	}
	m.printed = max(m.printed, s.Dropped)
	from := int(m.printed - s.Dropped)
	if from >= s.Scrollback {
		return nil
	}
	lines := m.guest.Screen.History(from, s.Scrollback-from)
	m.printed += uint64(len(lines))
	if text := m.paint(lines); text != "" {
		return tea.Println(text)
	}
	return nil
}

func (m *attached) paint(lines []console.Line) string {
	if len(lines) == 0 || m.cols == 0 {
		return ""
	}
	canvas := cells.New(m.cols, len(lines), m.painter.style(themes.Text))
	for y, line := range lines {
		m.painter.drawLine(canvas, canvas.Bounds(), y, line)
	}
	rows := strings.Split(canvas.String(), "\n")
	for i := range rows {
		rows[i] = strings.TrimRight(rows[i], " ")
	}
	return strings.Join(rows, "\n")
}

// View is the guest's screen as far as it is used.
func (m *attached) View() tea.View {
	s := m.guest.Screen.Snapshot()
	used := s.Cursor.Y + 1
	if m.over {
		used = 0
	}
	for y, line := range s.Lines {
		if line.Used() > 0 {
			used = max(used, y+1)
		}
	}
	view := tea.NewView(m.paint(s.Lines[:min(used, len(s.Lines))]))
	view.AltScreen = s.AltScreen
	if s.Cursor.Visible && !m.over {
		view.Cursor = tea.NewCursor(s.Cursor.X, s.Cursor.Y)
	}
	return view
}
