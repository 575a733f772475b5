package tui

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"slipway/session"
	"slipway/themes"
	"slipway/tui/cells"
)

// drawInside shows registers and code, or the memory map.
func (c *consoles) drawInside(cv *cells.Canvas, g *session.Guest) {
	title := "Inside · " + g.Kernel
	seen := g.Inside
	switch {
	case seen == nil:
	case g.Paused:
		title += " · stands"
	default:
		title += " · as it was " + ago(seen.At, c.now())
	}
	r := c.layout.tool
	inside := c.box(cv, r, title, false).Inset(1, 0)
	if seen == nil {
		text := "Nothing was seen of this boot yet: " + c.keys.Key("console", "pause") + " pauses the guest where it is."
		if !g.Phase.UnderWay() {
			text = "It is not running: " + c.keys.Key("console", "boot") + " boots it, " + c.keys.Key("console", "debug") + " holds it at its first instruction."
		}
		c.hint(cv, r.Inset(1, 1), text)
		return
	}
	p := c.memoryPage(seen, inside.W)
	if c.tools.shown == toolInside {
		p = c.registerPage(seen, inside.W)
	}
	view := &c.tools.inside
	view.height, view.count = inside.H, len(p.rows)
	view.top = min(view.top, max(len(p.rows)-inside.H, 0))
	p.draw(cv, inside, c.theme, view.top)
	_, edge := r.Left(r.W - 1)
	_, edge = edge.Top(1)
	_, edge = edge.Bottom(1)
	view.scrollbar(cv, edge, c.theme)
}

// registerPage has the code beside the registers where there is room for both, else
// below them.
func (c *consoles) registerPage(seen *session.Inspection, w int) *page {
	const beside, codeWidth = 72, 30
	p := newPage(w)
	p.add(span{cells.Clip("next: "+seen.Where, w), themes.Title})
	registers := registerRows(seen.Registers, min(w, beside-codeWidth+2))
	if w < beside {
		p.rows = append(p.rows, registers...)
		p.rows = append(p.rows, nil)
		p.rows = append(p.rows, codeRows(seen, w)...)
	} else {
		left := 0
		for _, row := range registers {
			left = max(left, width(row))
		}
		code := codeRows(seen, w-left-2)
		for y := range max(len(registers), min(len(code), 14)) {
			row := []span{}
			if y < len(registers) {
				row = append(row, registers[y]...)
			}
			if y < len(code) {
				row = append(row, span{strings.Repeat(" ", left+2-width(row)), themes.Text})
				row = append(row, code[y]...)
			}
			p.add(row...)
		}
	}
	for i, where := range seen.Others {
		p.add(span{cells.Clip(fmt.Sprintf("CPU %d at %s", i+1, where), w), themes.Muted})
	}
	return p
}

// shownRegisters are those that a kernel's author looks at; the inspector leaves
// segments, debug and vector registers to gdb and to the monitor.
var shownRegisters = regexp.MustCompile(`^([ER][A-Z][A-Z]|R[0-9]+|[ER]FL|CR[0-9]|EFER|[XW][0-9]+|PC|SP|PSTATE|PSR|pc|x[0-9]+/.*|m[a-z]+|s(?:atp|epc|cause|tval))$`)

// registerRows puts registers into as many columns as fit.
func registerRows(all []session.Register, w int) [][]span {
	var shown []session.Register
	for _, r := range all {
		if shownRegisters.MatchString(r.Name) {
			shown = append(shown, r)
		}
	}
	if len(shown) == 0 {
		return [][]span{{{"no registers were understood: the monitor has them", themes.Muted}}}
	}
	name, value := 0, 0
	for _, r := range shown {
		name, value = max(name, len(r.Name)), max(value, len(r.Value))
	}
	columns := max((w+2)/(name+1+value+2), 1)
	var rows [][]span
	for line := range slices.Chunk(shown, columns) {
		var row []span
		for i, r := range line {
			gap := ""
			if i > 0 {
				gap = "  "
			}
			row = append(row, span{gap + cells.Pad(r.Name, name+1), themes.Muted}, span{cells.PadLeft(r.Value, value), themes.Text})
		}
		rows = append(rows, row)
	}
	return rows
}

// opcodes are the bytes in front of an instruction, which the panel has no room for.
var opcodes = regexp.MustCompile(`^(?:[0-9a-f]{2} )+ *`)

// codeRows are the instructions from the next one on, each function named once.
func codeRows(seen *session.Inspection, w int) [][]span {
	if len(seen.Code) == 0 {
		p := newPage(w)
		p.text(themes.Muted, seen.NoCode)
		return p.rows
	}
	var rows [][]span
	last := ""
	for i, line := range seen.Code {
		function, _, _ := strings.Cut(line.Symbol, "+")
		if function != last && function != "" {
			rows = append(rows, []span{{cells.Clip(line.Symbol+":", w), themes.Accent}})
		}
		last = function
		mark, token := "  ", themes.Text
		if i == 0 {
			mark, token = "▸ ", themes.Key
		}
		text := strings.Join(strings.Fields(opcodes.ReplaceAllString(line.Text, "")), " ")
		rows = append(rows, []span{{mark, token}, {cells.Clip(fmt.Sprintf("%6x  %s", line.Address, text), w-2), token}})
	}
	return rows
}

// memoryPage is the memory map.
func (c *consoles) memoryPage(seen *session.Inspection, w int) *page {
	p := newPage(w)
	what := map[string]string{
		"virtual":  "Virtual memory, by the guest's page tables: from, to, size, user/read/write",
		"physical": "Physical memory, as QEMU maps it (paging is off): from, to, size, what",
	}[seen.Map]
	p.text(themes.Title, what)
	for _, row := range seen.Memory {
		p.add(span{cells.Clip(row, w), themes.Text})
	}
	if seen.More > 0 {
		p.text(themes.Muted, fmt.Sprintf("and %d more: the monitor's info mem has all", seen.More))
	}
	return p
}
