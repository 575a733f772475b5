package session

import (
	"slices"

	"slipway/runner"
)

// Configure gives the guests of all marked kernels other settings and boots them with
// those. They hold until the workbench is closed; parameters go with their app.
func (s *Session) Configure(settings runner.Settings) {
	s.mu.Lock()
	s.settings = settings
	s.mu.Unlock()
	s.showSettings()
	s.loop.ask(request{})
}

// ConfigureText is Configure for a line as a person types it: KEY=VALUE ... What a
// marked kernel or the app cannot have is refused, and everything stays as it is.
func (s *Session) ConfigureText(line string) error {
	settings, err := runner.ParseSettingsLine(line)
	if err != nil {
		return err
	}
	for _, g := range s.guestsOf(nil) {
		t := g.target
		t.Settings = settings
		if err := s.runner.Check(t); err != nil {
			return err
		}
	}
	s.Configure(settings)
	return nil
}

// showSettings shows the settings, and the commands that do the same.
func (s *Session) showSettings() {
	settings := s.configured()
	s.board.update(func(st *State) {
		st.Settings = settings.Line()
		st.Guests = slices.Clone(st.Guests)
		for i := range st.Guests {
			g := &st.Guests[i]
			g.Command = bootCommand(runner.Target{Kernel: g.Kernel, App: g.App, Settings: settings})
		}
	})
}

func (s *Session) configured() runner.Settings {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.settings
}

// wanted is what the guest is built and booted as now.
func (g *guest) wanted() runner.Target {
	t := g.target
	t.Settings = g.s.configured()
	return t
}

// bootCommand is the shell command that boots a target.
func bootCommand(t runner.Target) string {
	return runner.ShellLine(append([]string{"slipway", "boot", "-k", t.Kernel, "-a", t.App}, t.Settings.Flags()...))
}
