package main

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/term"

	"slipway/benchmarks"
	"slipway/runner/console"
)

// benchView shows an experiment under way: on a terminal the progress and, under it,
// where the targets stand, redrawn in place; elsewhere a line a round.
type benchView struct {
	w     io.Writer
	plan  benchmarks.Plan
	meter *meter   // lines, where nothing is redrawn; nil on a terminal
	file  *os.File // the terminal

	mu    sync.Mutex
	last  benchmarks.Progress
	shown time.Time
	drawn int // lines of the block on the screen
	table []string
	hint  string // which keys there are, "" for none
}

// redrawn is how often the block is drawn anew at most.
const redrawn = 50 * time.Millisecond

func newBenchView(w io.Writer, plain bool, plan benchmarks.Plan) *benchView {
	v := &benchView{w: w, plan: plan, meter: newMeter(w, plain, "bench")}
	if clean, ok := w.(cleanWriter); ok && v.meter.live {
		v.meter, v.file = nil, clean.File
	}
	return v
}

// show takes note of where the experiment stands.
func (v *benchView) show(p benchmarks.Progress) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.last = p
	for _, warning := range p.Warnings {
		v.erase()
		fmt.Fprintln(v.w, "bench: warning: "+warning)
	}
	if p.RoundDone {
		v.table = v.standings(p)
	}
	if v.meter != nil {
		v.line(p)
		return
	}
	if p.Run == nil || p.RoundDone || len(p.Warnings) > 0 || time.Since(v.shown) >= redrawn {
		v.draw()
	}
}

// line prints a line a round, and one when something else begins.
func (v *benchView) line(p benchmarks.Progress) {
	switch {
	case p.Waiting != "":
		v.meter.show("waiting: "+p.Waiting, "")
	case p.Paused:
		v.meter.show("paused", "")
	case p.Round == 0 && p.Run != nil:
		v.meter.show("warm-up", "")
	case p.RoundDone:
		v.meter.show(roundOf(p)+": "+strings.Join(v.table, ", "), "")
	}
}

func roundOf(p benchmarks.Progress) string {
	if p.Round == 0 {
		return "warm-up"
	}
	return fmt.Sprintf("round %d of %d", p.Round, p.Rounds)
}

// progress is the line that says how far the experiment has come.
func (v *benchView) progress() string {
	p := v.last
	text := fmt.Sprintf("bench: %s, boot %d of %d", roundOf(p), p.Done, p.Total)
	if p.Left > 0 {
		about := "about"
		if p.Looks > 0 {
			about = "at most"
		}
		text += fmt.Sprintf(", %s %s left", about, span(p.Left))
	}
	if p.Look > 0 {
		text += fmt.Sprintf(" · look %d of %d at round %d", p.Look, p.Looks, p.LookAt)
	}
	switch {
	case p.Waiting != "":
		text = "bench: waiting: " + p.Waiting
	case p.Stopping:
		text += " · stops after this round"
	case p.Paused:
		text += " · paused"
	}
	return text
}

// standings say where the targets stand: in a line each on a terminal, in a few words
// elsewhere.
func (v *benchView) standings(p benchmarks.Progress) []string {
	c, err := benchmarks.Compare(p.Runs, benchmarks.Options{Baseline: cmp.Or(v.plan.Baseline, v.plan.Targets[0].ID), Level: p.Level, Swept: v.plan.Swept})
	if err != nil {
		return nil // it fails only without runs
	}
	var lines []string
	standings := c.Standings()
	width := 0
	for _, s := range standings {
		width = max(width, ansi.StringWidth(s.Target))
	}
	for _, s := range standings {
		if v.meter != nil {
			if len(s.Figures) > 0 {
				lines = append(lines, s.Target+" "+s.Figures[0].Median)
			}
			continue
		}
		words := make([]string, len(s.Figures))
		for i, f := range s.Figures {
			words[i] = strings.Join(strings.Fields(f.Title+" "+f.Median+" "+f.Change+" "+f.Verdict), " ")
		}
		lines = append(lines, "  "+s.Target+strings.Repeat(" ", width-ansi.StringWidth(s.Target))+"  "+strings.Join(words, " · "))
	}
	return lines
}

// draw draws the block anew.
func (v *benchView) draw() {
	columns, rows, err := term.GetSize(v.file.Fd())
	if err != nil || columns < 2 {
		columns, rows = 80, 24
	}
	lines := append([]string{v.progress()}, v.table...)
	if most := max(rows-3, 1); len(lines) > most {
		lines = lines[:most]
	}
	if v.hint != "" {
		lines = append(lines, v.hint)
	}
	for i, line := range lines {
		lines[i] = ansi.Truncate(console.Clean([]byte(line)), columns-1, "")
	}
	v.erase()
	_, _ = io.WriteString(v.file, strings.Join(lines, "\n")) // a terminal that has gone needs no progress
	v.drawn, v.shown = len(lines), time.Now()
}

// erase takes the block off the screen.
func (v *benchView) erase() {
	if v.drawn == 0 {
		return
	}
	up := ""
	if v.drawn > 1 {
		up = ansi.CursorUp(v.drawn - 1)
	}
	_, _ = io.WriteString(v.file, up+"\r"+ansi.EraseScreenBelow) // as in draw
	v.drawn = 0
}

// end leaves the terminal clean.
func (v *benchView) end() {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.meter != nil {
		v.meter.end()
		return
	}
	v.erase()
}
