package tui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"slipway/benchmarks"
	"slipway/session"
	"slipway/themes"
	"slipway/tui/cells"
)

// drawLedger shows the phases of the focused guest's boot beside those of the
// save before.
func (c *consoles) drawLedger(cv *cells.Canvas) {
	g := c.focused()
	if g == nil {
		return
	}
	inside := c.box(cv, c.layout.ledger, "Ledger · "+g.Kernel, false)
	_, inside = inside.Left(1)
	inside.W = min(inside.W, 44) // figures stay beside their names
	if len(g.Ledger) == 0 {
		c.hint(cv, c.layout.ledger.Inset(1, 1), "The boot's phases show here when it has ended, beside those of the save before.")
		return
	}
	head, rows := inside.Top(1)
	const column = 10 // the widest is "118.0 MiB"
	cv.At(head, head.W-2*column, 0, cells.PadLeft("this", column-1)+cells.PadLeft("last", column), c.style(themes.Muted))
	for i := range g.Ledger {
		if i >= rows.H {
			break
		}
		c.drawLedgerRow(cv, rows, i, &g.Ledger[i], column)
	}
	y := len(g.Ledger) + 1
	for _, l := range c.ledgerNotes(g, inside.W) {
		if y >= rows.H {
			break
		}
		drawSpans(cv, rows, 0, y, c.theme, l)
		y++
	}
}

func (c *consoles) drawLedgerRow(cv *cells.Canvas, r cells.Rect, y int, row *session.LedgerRow, column int) {
	name := themes.Text
	if row.Metric == "boot/total" {
		name = themes.Title
	}
	cv.At(r, 0, y, cells.Clip(row.Name, r.W-2*column), c.style(name))
	this, last := "–", "–"
	if row.This != nil {
		this = benchmarks.FormatValue(*row.This, row.Unit)
	}
	if row.Last != nil {
		last = benchmarks.FormatValue(*row.Last, row.Unit)
	}
	at := r.W - 2*column
	cv.At(r, at, y, cells.PadLeft(this, column-1), c.style(name))
	cv.At(r, at+column-1, y, cells.PadLeft(last, column), c.style(themes.Muted))
	if row.This == nil || row.Last == nil || *row.Last == 0 {
		return
	}
	// One boot against one boot proves nothing: an arrow, no verdict and no colour.
	switch change := *row.This / *row.Last; {
	case change > 1.02:
		cv.At(r, r.W-1, y, "▲", c.style(themes.Text))
	case change < 0.98:
		cv.At(r, r.W-1, y, "▼", c.style(themes.Text))
	}
}

// ledgerNotes are below the figures: how the image came about, what the timed
// rounds say.
func (c *consoles) ledgerNotes(g *session.Guest, w int) [][]span {
	p := newPage(w)
	if g.Phase == session.GuestEnded && g.Outcome != "exit" && len(g.Ledger) > 0 {
		p.text(themes.Warn, "of the last boot that ended well")
	}
	switch {
	case g.Cached:
		p.text(themes.Muted, "image built before")
	case g.Built > 0:
		p.text(themes.Muted, "image built in "+duration(g.Built))
	}
	if n := c.saveVerdict(g); n != "" {
		p.text(themes.Text, n)
	}
	if len(c.state.Watching) > 0 {
		p.text(themes.Muted, "watching "+plural(len(c.state.Watching), "folder"))
	}
	return p.rows
}

// saveVerdict is what timed rounds say about this save against the last.
func (c *consoles) saveVerdict(g *session.Guest) string {
	for i := range c.state.Guests {
		if c.state.Guests[i].ID != g.ID || i >= len(c.state.SaveComparisons) || c.state.SaveComparisons[i] == nil {
			continue
		}
		for _, cell := range c.state.SaveComparisons[i].Cells {
			if cell.Name == "boot/total" || cell.Name == "virt/total" { // no boot has both to be compared in
				text := "save verdict: " + cell.VerdictText()
				if cell.Estimate != nil {
					text += " " + benchmarks.FormatChange(*cell.Estimate)
				}
				return text
			}
		}
	}
	return ""
}

// evidence is all that is known of a guest's boot.
func (c *consoles) evidence(id string) dialog {
	return newViewer(c.desk, id, func(w int) *page {
		const label = 10
		p := newPage(w)
		var g *session.Guest
		for i := range c.state.Guests {
			if c.state.Guests[i].ID == id {
				g = &c.state.Guests[i]
			}
		}
		if g == nil {
			return p
		}
		_, text, token := c.phase(g)
		p.field(label, "outcome", text, token)
		p.field(label, "why", g.Reason, themes.Text)
		p.field(label, "started", ago(g.Started, c.now()), themes.Text)
		if g.Problem != nil {
			p.field(label, "log", g.Problem.Log, themes.Text)
			if out := strings.TrimSpace(g.Problem.Output); out != "" {
				p.heading("Last lines")
				p.text(themes.Text, out)
			}
		}
		p.heading("Phases")
		for _, row := range g.Ledger {
			this := "–"
			if row.This != nil {
				this = benchmarks.FormatValue(*row.This, row.Unit)
			}
			line := fmt.Sprintf("%s %s", cells.Pad(row.Name, 18), cells.PadLeft(this, 10))
			mark := ""
			if row.Marker != "" {
				mark = "  until " + row.Marker
			}
			if room := w - cells.Width(line); cells.Width(mark) > room && mark != "" {
				p.add(span{line, themes.Text})
				line, mark = "", "  "+mark // in a line of its own rather than cut
			}
			p.add(span{line, themes.Text}, span{cells.Clip(mark, max(w-cells.Width(line), 0)), themes.Muted})
		}
		p.heading("Shell command")
		p.text(themes.Accent, g.Command)
		if len(g.QEMU) > 0 {
			p.heading("Process")
			p.text(themes.Text, session.ShellLine(g.QEMU))
		}
		return p
	})
}

// showProcess shows the command line of a guest's process as a shell reads it, and
// copies it.
func (c *consoles) showProcess(g *session.Guest) tea.Cmd {
	if len(g.QEMU) == 0 {
		c.say(g.Kernel + " has not booted yet: b boots it")
		return nil
	}
	line := session.ShellLine(g.QEMU)
	v := newText(c.desk, g.ID+": its process, copied to the clipboard", line)
	v.whole = line
	c.open(v)
	return tea.SetClipboard(line)
}
