package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"slipway/themes"
	"slipway/tui/keys"
)

// model is the root, and the only Bubble Tea model there is.
type model struct {
	*desk
	screens [tabs]screen
	w, h    int

	fixed   *themes.Theme // chosen by name; nil: by the terminal
	depth   themes.Depth
	known   bool // the terminal has told its background
	dark    bool
	mouse   bool
	ascii   bool
	quit    bool // asked once by ctrl+c already
	begun   bool
	touched bool // a key was pressed: from now on the user decides what is shown
	ticks   bool // a tick is under way
	timer   bool // a toast's end is waited for
	held    bool // a guest's frame is waited for
	drawn   tea.View
	dirty   bool
}

func newModel(wb Workbench, table *keys.Table, fixed *themes.Theme, now func() time.Time) *model {
	d := &desk{wb: wb, state: wb.State(), keys: table, now: now}
	m := &model{desk: d, fixed: fixed, mouse: true, dirty: true}
	m.screens = [tabs]screen{newKernels(d), newApp(d), newConsole(d), newCompare(d), newHistory(d)}
	m.chooseTheme()
	d.readNotices()
	return m
}

func (m *model) screen() screen { return m.screens[m.tab] }

// Messages of the root's own.
type (
	changed    struct{} // the session's state has changed
	released   struct{} // a guest's frame can be held back no longer
	ticked     struct{} // a second has passed while something is under way
	viewLoaded map[string]string
	framed     struct{} // the first frame is on the screen
)

// Init draws first and starts the session's work afterwards.
func (m *model) Init() tea.Cmd {
	return tea.Batch(tea.RequestBackgroundColor, m.wait(time.Time{}))
}

// wait waits for the next change, and lets some time pass after the last one.
func (m *model) wait(last time.Time) tea.Cmd {
	changes := m.wb.Changes()
	return func() tea.Msg {
		if _, ok := <-changes; !ok {
			return nil
		}
		if rest := time.Second/changesPerSecond - time.Since(last); rest > 0 && !last.IsZero() {
			timer := time.NewTimer(rest)
			defer timer.Stop()
			<-timer.C
		}
		return changed{}
	}
}

// begin reads what the last start left behind, which decides what is shown first.
// The session's work begins after the first frame has gone out, with the
// renderer's next tick: it would take the time that the frame needs.
func (m *model) begin() tea.Cmd {
	if m.begun {
		return nil
	}
	m.begun = true
	wb := m.wb
	return tea.Batch(
		func() tea.Msg { return viewLoaded(wb.LoadView()) },
		tea.Tick(time.Second/framesPerSecond, func(time.Time) tea.Msg { return framed{} }),
	)
}

// start begins the session's work.
func (m *model) start() tea.Msg {
	m.wb.Start()
	return nil
}

// Update takes a message, changes what is shown and returns what to do.
func (m *model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	before := m.dirty
	m.dirty = true
	cmd := m.receive(msg)
	m.dirty = m.dirty || before
	m.arrange()
	return m, tea.Batch(cmd, m.rouse())
}

// rouse starts the timers that what is shown needs, and none else.
func (m *model) rouse() tea.Cmd {
	var cmds []tea.Cmd
	if m.begun && !m.ticks && m.working() {
		m.ticks = true
		cmds = append(cmds, tea.Tick(time.Second, func(time.Time) tea.Msg { return ticked{} }))
	}
	if !m.held && m.holding() {
		m.held = true
		cmds = append(cmds, tea.Tick(holdTime, func(time.Time) tea.Msg { return released{} }))
	}
	if !m.timer {
		if cmd := m.nextExpiry(); cmd != nil {
			m.timer = true
			cmds = append(cmds, cmd)
		}
	}
	return tea.Batch(cmds...)
}

// holdTime is as long as a guest may hold a frame back, and a little.
const holdTime = 160 * time.Millisecond

// holding reports whether a console that is seen holds a frame back that nobody
// will wake us for.
func (m *model) holding() bool {
	if m.tab != tabConsole {
		return false
	}
	for _, g := range m.state.Guests {
		if g.Screen.Snapshot().Generation != g.Screen.Generation() {
			return true
		}
	}
	return false
}

func (m *model) receive(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.w, m.h = msg.Width, msg.Height
		return m.begin()
	case tea.BackgroundColorMsg:
		m.known, m.dark = true, msg.IsDark()
		m.chooseTheme()
	case tea.ColorProfileMsg:
		m.setProfile(msg.Profile)
	case changed:
		m.state = m.wb.State()
		m.readNotices()
		return tea.Batch(m.wait(time.Now()), m.refresh())
	case framed:
		return m.start
	case ticked:
		m.ticks = false
	case released:
		m.held = false
	case toastOver:
		m.timer = false
		m.expire()
	case goTo:
		return m.show(tab(msg))
	case viewLoaded:
		if !m.touched {
			m.restore(msg)
		}
		return m.refresh()
	case tea.KeyPressMsg:
		return m.key(msg)
	case tea.MouseMotionMsg, tea.MouseReleaseMsg, tea.KeyReleaseMsg:
		m.dirty = false // nothing is shown for these
	case tea.PasteMsg:
		return m.paste(msg.Content)
	case tea.MouseClickMsg:
		return m.click(tea.Mouse(msg))
	case tea.MouseWheelMsg:
		return m.wheel(tea.Mouse(msg))
	default:
		var cmds []tea.Cmd
		for _, s := range m.screens {
			cmds = append(cmds, s.Receive(msg))
		}
		return tea.Batch(cmds...)
	}
	return nil
}

// refresh lets every screen follow the state.
func (m *model) refresh() tea.Cmd {
	var cmds []tea.Cmd
	for _, s := range m.screens {
		cmds = append(cmds, s.Refresh())
	}
	return tea.Batch(cmds...)
}

func (m *model) setProfile(p colorprofile.Profile) {
	switch {
	case p <= colorprofile.ASCII:
		m.depth = themes.NoColor
	case p == colorprofile.ANSI:
		m.depth = themes.FewColors
	default:
		m.depth = themes.ManyColors
	}
	m.chooseTheme()
}

func (m *model) chooseTheme() {
	m.theme = themes.Auto(m.depth, m.known, m.dark)
	if m.fixed != nil && m.depth != themes.NoColor {
		m.theme = m.fixed
	}
}

// nextTheme goes through the built-in themes and back to the terminal's choice.
func (m *model) nextTheme() {
	order := []*themes.Theme{themes.Dark(), themes.Light(), themes.Terminal(), themes.Plain(), nil}
	next := order[0]
	for i, t := range order {
		if t != nil && m.fixed != nil && t.Name == m.fixed.Name {
			next = order[i+1]
		}
	}
	m.fixed = next
	m.chooseTheme()
	name := "chosen by the terminal: "
	if next != nil {
		name = ""
	}
	m.say("theme " + name + m.theme.Name)
}

// arrange lays everything out anew, and tells the screens where that changed it.
func (m *model) arrange() {
	want := wants{guests: len(m.state.Guests), apps: len(m.state.Apps)}
	for _, s := range m.screens {
		s.wants(&want)
	}
	m.layout = arrange(m.w, m.h, want)
	for _, s := range m.screens {
		s.SetSize()
	}
}

// view is what the next start should find again.
func (m *model) view() map[string]string {
	view := map[string]string{"tab": tabScopes[m.tab]}
	if k, ok := m.screens[tabKernels].(*kernels); ok {
		view["kernel"] = k.name
	}
	if c, ok := m.screens[tabCompare].(*compare); ok {
		view["compare-view"] = viewNames[c.view]
		if c.saves {
			view["compare"] = "saves"
		}
	}
	if m.fixed != nil {
		view["theme"] = m.fixed.Name
	}
	return view
}

func (m *model) restore(view map[string]string) {
	for t := range tabs {
		if view["tab"] == tabScopes[t] {
			m.tab = t
		}
	}
	if k, ok := m.screens[tabKernels].(*kernels); ok && m.kernel(view["kernel"]) != nil {
		k.name = view["kernel"]
	}
	if c, ok := m.screens[tabCompare].(*compare); ok {
		c.saves, c.view = view["compare"] == "saves", viewNamed(view["compare-view"])
	}
	if t, err := themes.Named(view["theme"]); err == nil && m.fixed == nil {
		m.fixed = t
		m.chooseTheme()
	}
}
