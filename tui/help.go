package tui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"slipway/session"
	"slipway/themes"
	"slipway/tui/cells"
	"slipway/tui/keys"
)

// newHelp lists the keys that serve in a scope.
func newHelp(d *desk, scope string) *viewer {
	return newViewer(d, "Keys", func(w int) *page {
		p := newPage(w)
		for _, s := range d.keys.Help(scope) {
			p.heading(s.Title)
			for _, b := range s.Bindings {
				shown := make([]string, len(b.Keys))
				for i, k := range b.Keys {
					shown[i] = keys.Show(k)
				}
				for i, l := range cells.Wrap(b.Does, max(w-20, 10)) {
					label := strings.Join(shown, " ")
					if i > 0 {
						label = ""
					}
					p.add(span{cells.Pad(label, 18) + "  ", themes.Key}, span{l, themes.Text})
				}
			}
			if s.Name == "history" {
				p.blank()
				p.text(themes.Muted, session.FilterIs)
				for _, k := range session.FilterKeys() {
					p.field(20, k[0], k[1], themes.Text)
				}
				p.text(themes.Muted, session.FilterSigns)
			}
			if s.Name == "guest" {
				p.text(themes.Muted, "Every other key goes to the guest, ctrl+c and function keys included.")
			}
		}
		return p
	})
}

// problems shows what went wrong, newest first, one at a time.
type problems struct {
	*viewer
	at int
}

func newProblems(d *desk) *problems {
	p := &problems{}
	p.viewer = newViewer(d, "Problems", p.page)
	return p
}

func (p *problems) scope() string { return "problems" }

func (p *problems) HandleIntent(a keys.Action) tea.Cmd {
	n := max(len(p.desk.state.Problems), 1)
	switch a {
	case "jump":
		p.at = min(p.at+1, n-1)
	case "jump-back":
		p.at = max(p.at-1, 0)
	default:
		return p.viewer.HandleIntent(a)
	}
	p.viewer.made, p.viewer.list.top = nil, 0
	return nil
}

func (p *problems) page(w int) *page {
	all := p.desk.state.Problems
	p.viewer.title = "Problems"
	made := newPage(w)
	if len(all) == 0 {
		made.text(themes.Muted, "Nothing stands in the way. A build that fails, a guest that can't start or a full disk shows here, with command, output and log.")
		return made
	}
	p.at = min(p.at, len(all)-1)
	p.viewer.title = fmt.Sprintf("Problem %d of %d", p.at+1, len(all))
	explain(made, all[p.at], p.desk)
	return made
}

// explain writes all there is about a problem.
func explain(p *page, problem session.Problem, d *desk) {
	p.item("✘", themes.Bad, problem.What, themes.Text)
	p.blank()
	p.field(9, "at", ago(problem.At, d.now()), themes.Muted)
	p.field(9, "kernel", problem.Kernel, themes.Text)
	if len(problem.Command) > 0 {
		p.field(9, "command", strings.Join(problem.Command, " "), themes.Text)
	}
	p.field(9, "log", problem.Log, themes.Text)
	if out := strings.Trim(problem.Output, "\n"); strings.TrimSpace(out) != "" {
		p.heading("Output")
		p.verbatim(themes.Text, out)
	}
}
