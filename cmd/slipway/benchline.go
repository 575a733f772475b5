package main

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"slipway/benchmarks"
)

// part is a piece of a line that is there whole or not at all: half a figure would be
// taken for another one.
type part struct {
	before string // what parts it from the one before
	text   string
}

// fitting is a line with as many of its parts, from the first on, as have room. Only what
// is wider than the whole line alone is cut.
func fitting(lead string, parts []part, width int) string {
	line := lead
	for i, p := range parts {
		more := line + p.before + p.text
		if i > 0 && ansi.StringWidth(more) > width {
			break
		}
		line = more
	}
	return ansi.Truncate(line, width, "…")
}

// standing is a line on where one target stands.
type standing struct {
	lead    string
	figures []benchmarks.Figure
}

// line has as many figures as there is room for; of the first one at least the value.
func (s standing) line(width int) string {
	var parts []part
	for i, f := range s.figures {
		words := strings.Join(strings.Fields(f.Title+" "+f.Median+" "+f.Change+" "+f.Verdict), " ")
		if i == 0 && ansi.StringWidth(s.lead+"  "+words) > width {
			for j, word := range []string{f.Median, f.Change, f.Verdict} {
				if word != "" {
					parts = append(parts, part{strings.Repeat(" ", max(1, 2-j)), word})
				}
			}
			break
		}
		parts = append(parts, part{[]string{"  ", " · "}[min(i, 1)], words})
	}
	return fitting(s.lead, parts, width)
}
