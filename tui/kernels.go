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

// kernels is the screen where kernels are found, read about, fetched and marked.
type kernels struct {
	*desk
	list  list
	shown []int // of state.Kernels, those that pass the filter
	name  string
}

func newKernels(d *desk) *kernels {
	k := &kernels{desk: d}
	if len(d.marked()) == 0 {
		// Whoever is here for the first time has come for a unikernel.
		for _, s := range d.state.Kernels {
			if len(s.Missing) == 0 && s.Family == "unikernel" && k.name == "" {
				k.name = s.Name
			}
		}
	}
	k.Refresh()
	return k
}

func (k *kernels) scope() string           { return "kernels" }
func (k *kernels) wants(*wants)            {}
func (k *kernels) SetSize()                { k.list.setHeight(k.layout.kernelList.H - 2) }
func (k *kernels) typing() bool            { return k.list.asking }
func (k *kernels) Receive(tea.Msg) tea.Cmd { return nil }

// Refresh keeps the same kernel selected, wherever it is listed now.
func (k *kernels) Refresh() tea.Cmd {
	k.shown = k.shown[:0]
	at := 0
	for i, kernel := range k.state.Kernels {
		if k.list.passes(kernel.Name, kernel.Family, kernel.Interface, kernel.About, kernel.Arch) {
			if kernel.Name == k.name {
				at = len(k.shown)
			}
			k.shown = append(k.shown, i)
		}
	}
	k.list.count = len(k.shown)
	k.list.move(at)
	k.remember()
	return nil
}

func (k *kernels) remember() {
	if s := k.selected(); s != nil {
		k.name = s.Name
	}
}

func (k *kernels) selected() *session.Kernel {
	if k.list.selected >= len(k.shown) {
		return nil
	}
	return &k.state.Kernels[k.shown[k.list.selected]]
}

func (k *kernels) Type(key tea.KeyPressMsg) tea.Cmd {
	k.list.Type(key)
	return k.Refresh()
}

func (k *kernels) Paste(text string) tea.Cmd {
	k.list.filter.insert(text)
	return k.Refresh()
}

func (k *kernels) HandleIntent(a keys.Action) (tea.Cmd, bool) {
	s := k.selected()
	switch a {
	case "back":
		if k.list.back() {
			return k.Refresh(), true
		}
		return nil, false
	case "mark", "open", "baseline", "provision", "cancel", "remove", "details":
		if s == nil {
			k.say("no kernel is selected")
			return nil, true
		}
	}
	switch a {
	case "mark":
		k.wb.Mark(s.Name, !s.Marked)
	case "open":
		k.wb.Mark(s.Name, true)
		k.tab = tabConsole
		if k.state.App == "" {
			k.tab = tabApp
			k.say(s.Name + " is marked: now select the app that it boots")
		}
	case "baseline":
		k.wb.SetBaseline(s.Name)
	case "provision":
		k.wb.Provision(s.Name)
	case "cancel":
		k.wb.CancelProvision(s.Name)
	case "remove":
		if !s.Provisioned {
			k.say(s.Name + " is not on this machine")
			break
		}
		name := s.Name
		k.ask("Remove "+name+"?", "What was provisioned for "+name+" is deleted. p brings it again; runs and images stay.",
			answer{"n", "keep", nil},
			answer{"y", "remove", func() tea.Cmd { k.wb.RemoveKernel(name); return nil }})
	case "details":
		name := s.Name
		k.open(newViewer(k.desk, name, func(w int) *page {
			if s := k.kernel(name); s != nil {
				return k.details(s, w)
			}
			return newPage(w)
		}))
	default:
		if !k.list.HandleIntent(a) {
			return nil, false
		}
		k.remember()
	}
	return nil, true
}

func (k *kernels) Click(x, y int) tea.Cmd {
	k.list.click(k.layout.kernelList.Inset(1, 1), x, y)
	k.remember()
	return nil
}

func (k *kernels) Wheel(_, _, lines int) tea.Cmd {
	k.list.move(k.list.selected + lines)
	k.remember()
	return nil
}

func (k *kernels) command() string {
	if s := k.selected(); s != nil && s.Command != "" {
		return s.Command
	}
	return "slipway kernels"
}

// readiness says in a word or two whether a kernel can be booted here.
func readiness(s *session.Kernel) (string, themes.Token) {
	switch {
	case s.Broken:
		return "broken manifest", themes.Bad
	case s.Provisioning != nil:
		return coming(s.Provisioning), themes.Accent
	case len(s.Missing) > 0:
		return "lacks " + s.Missing[0].Need, themes.Warn
	case s.Ready:
		return "ready", themes.Good
	}
	return "not here yet", themes.Muted
}

func (k *kernels) Draw(c *cells.Canvas) *tea.Cursor {
	inside := c.Box(k.layout.kernelList, "Kernels", k.style(themes.Border), k.style(themes.Title))
	if len(k.state.Kernels) == 0 {
		p := newPage(inside.W - 2)
		p.text(themes.Muted, "The catalogue is empty. Kernels come with Slipway; your own are folders with a kernel.toml in .slipway/kernels: slipway kernel new NAME makes one.")
		p.draw(c, inside.Inset(1, 0), k.theme, 0)
		return nil
	}
	var hint cells.Rect
	if len(k.marked()) == 0 {
		hint, inside = inside.Bottom(3)
		p := newPage(hint.W - 2)
		p.text(themes.Muted, "Nothing is marked yet. Press enter to boot your first kernel, or space to mark several.")
		p.draw(c, hint.Inset(1, 0), k.theme, 0)
	}
	if len(k.shown) == 0 {
		c.At(inside, 1, 0, "No kernel holds these words.", k.style(themes.Muted))
	}
	cursor := k.list.draw(c, inside, k.theme, true, func(r cells.Rect, n int) { k.drawRow(c, r, &k.state.Kernels[k.shown[n]]) })
	k.drawDetails(c)
	return cursor
}

func (k *kernels) drawRow(c *cells.Canvas, r cells.Rect, s *session.Kernel) {
	sign, token := " ", themes.Muted
	if s.Marked {
		sign, token = "●", themes.Accent
	}
	c.At(r, 1, 0, sign, k.style(token))
	state, stateToken := readiness(s)
	side := 18
	if k.layout.wide {
		side = 20
	}
	name, right := r.Left(r.W - side)
	_, name = name.Left(3)
	x := c.At(name, 0, 0, cells.Clip(s.Name, name.W-1), k.style(themes.Text))
	if at := max(x+2, 15); name.W-at >= 9 {
		c.At(name, at, 0, cells.Clip(s.Family, name.W-at), k.style(themes.Muted))
	}
	x = c.Text(right, cells.Clip(state, side-1), k.style(stateToken))
	if s.Name == k.state.Baseline {
		c.At(right, x, 0, cells.Clip(" · baseline", side-1-x), k.style(themes.Muted))
	}
}

func (k *kernels) drawDetails(c *cells.Canvas) {
	s := k.selected()
	title := ""
	if s != nil {
		title = s.Name
	}
	inside := c.Box(k.layout.kernelDetails, title, k.style(themes.Border), k.style(themes.Title)).Inset(1, 0)
	if s == nil {
		return
	}
	p := k.details(s, inside.W)
	p.draw(c, inside, k.theme, 0)
	if len(p.rows) > inside.H {
		last, _ := inside.Bottom(1)
		c.Fill(last, k.style(themes.Text))
		c.Text(last, "… "+k.keys.Key("kernels", "details")+" shows all", k.style(themes.Muted))
	}
}

// details is all there is to know about a kernel, what is missing first.
func (k *kernels) details(s *session.Kernel, w int) *page {
	const label = 13
	p := newPage(w)
	p.text(themes.Text, s.About)
	if len(s.Missing) > 0 {
		p.heading("Missing on this machine")
		for _, m := range s.Missing {
			p.item("▲", themes.Warn, m.Need, themes.Text)
			if m.Fix != "" {
				p.item(" ", themes.Muted, "$ "+m.Fix, themes.Accent)
			}
		}
	}
	if pr := s.Provisioning; pr != nil {
		p.heading("Coming: " + pr.Step)
		if filled, rest := bar(pr.Done, pr.Total, min(w-12, 40)); filled+rest != "" {
			p.add(span{filled, themes.Accent}, span{rest, themes.Border}, span{fmt.Sprintf(" %d %%", pr.Done*100/pr.Total), themes.Muted})
			p.add(span{fmt.Sprintf("%s of %s · x stops it", bytes(pr.Done), bytes(pr.Total)), themes.Muted})
		} else {
			p.add(span{clock(k.now().Sub(pr.Started)) + " · x stops it", themes.Muted})
		}
	}
	p.blank()
	state, token := readiness(s)
	p.field(label, "state", state, token)
	kind := s.Family
	if s.Experimental {
		kind += ", experimental"
	}
	p.field(label, "family", kind, themes.Text)
	p.field(label, "interface", s.Interface, themes.Text)
	p.field(label, "arch", s.Arch, themes.Text)
	p.field(label, "version", s.Version, themes.Text)
	p.field(label, "machine", strings.Join(s.Machines, ", "), themes.Text)
	p.field(label, "memory", s.Memory, themes.Text)
	p.field(label, "licence", s.Licence, themes.Text)
	p.field(label, "homepage", s.Homepage, themes.Text)
	if s.Origin != "builtin" {
		p.field(label, "from", map[string]string{"user": "your own kernels", "project": "this project"}[s.Origin], themes.Text)
	}
	if len(s.Limits) > 0 {
		p.heading("Limits")
		for _, l := range s.Limits {
			p.item("·", themes.Muted, l, themes.Text)
		}
	}
	k.machine(p, label)
	return p
}

// machine says what guests run on here, and why it is not faster.
func (k *kernels) machine(p *page, label int) {
	a := k.state.Accelerator
	p.heading("This machine")
	if a.Name == "" {
		p.text(themes.Muted, "Whether KVM works here is being tried out.")
		return
	}
	p.field(label, "accelerator", a.Name, themes.Text)
	if a.Reason != "" {
		p.item("▲", themes.Warn, a.Reason, themes.Text)
	}
	for _, e := range a.Evidence {
		p.item(" ", themes.Muted, e, themes.Muted)
	}
	for _, f := range a.Fixes {
		p.item(" ", themes.Muted, f, themes.Muted)
	}
}
