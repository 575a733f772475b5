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
	"slipway/benchmarks/stats"
	"slipway/benchmarks/store"
	"slipway/runner/console"
)

// benchView shows an experiment under way: on a terminal the progress and, under it,
// where the targets stand, redrawn in place; elsewhere a line a round.
type benchView struct {
	w     io.Writer
	plan  benchmarks.Plan
	bands benchmarks.Bands
	meter *meter   // lines, where nothing is redrawn; nil on a terminal
	file  *os.File // the terminal

	mu    sync.Mutex
	last  benchmarks.Progress
	shown time.Time
	drawn int // lines of the block on the screen
	table []string
	again time.Time // when the targets may be compared anew
	hint  string    // which keys there are, "" for none
}

// redrawn is how often the block is drawn anew at most.
const redrawn = 50 * time.Millisecond

func newBenchView(w io.Writer, plain bool, plan benchmarks.Plan, bands benchmarks.Bands) *benchView {
	v := &benchView{w: w, plan: plan, bands: bands, meter: newMeter(w, plain, "bench")}
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
	if v.meter != nil {
		v.line(p)
		return
	}
	if p.RoundDone {
		v.compare(p)
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
	case p.Counting:
		v.meter.show(roundOf(p), "")
	case p.RoundDone:
		v.meter.show(roundOf(p)+lookOf(p)+": "+strings.Join(v.medians(p.Runs), ", "), "")
	}
}

// medians are those of the targets' whole boots, as far as they went well: their times,
// or their instructions where the guests' clocks count those.
func (v *benchView) medians(runs []store.Run) []string {
	totals, unit := map[string][]float64{}, "sec"
	for i := range runs {
		r := &runs[i]
		total := r.Total
		if r.Counted == store.ByClock {
			unit = "insns"
			total = stats.Median(r.Metrics["virt/total"].Values)
		}
		if r.OK() && !r.Warmup && !r.InCountPass() && stats.Finite(total) {
			totals[r.Target.ID] = append(totals[r.Target.ID], total)
		}
	}
	words := make([]string, len(v.plan.Targets))
	for i, t := range v.plan.Targets {
		words[i] = t.ID + " no boot went well"
		if values := totals[t.ID]; len(values) > 0 {
			words[i] = t.ID + " " + benchmarks.FormatValue(stats.Median(values), unit)
		}
	}
	return words
}

func roundOf(p benchmarks.Progress) string {
	switch {
	case p.Round == 0:
		return "warm-up"
	case p.Counting:
		return fmt.Sprintf("counting instructions, round %d of %d", p.Round, p.Rounds)
	}
	return fmt.Sprintf("round %d of %d", p.Round, p.Rounds)
}

// lookOf says when the experiment looks at its data next, where it does.
func lookOf(p benchmarks.Progress) string {
	if p.Look == 0 {
		return ""
	}
	return fmt.Sprintf(" · look %d of %d at round %d", p.Look, p.Looks, p.LookAt)
}

// progress is the line that says how far the experiment has come.
func (v *benchView) progress() string {
	p := v.last
	text := "bench: " + roundOf(p)
	if p.Looks == 0 { // else there would be no room for what matters more
		text += fmt.Sprintf(", boot %d of %d", p.Done, p.Total)
	}
	if p.Left > 0 {
		about := "about"
		if p.Looks > 0 {
			about = "at most"
		}
		text += fmt.Sprintf(", %s %s left", about, span(p.Left))
	}
	text += lookOf(p)
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

// compareShare is the part of an experiment's time that comparisons may take while it
// runs: of many targets they take longer than a round.
const compareShare = 0.05

// compare says where the targets stand, in a line each.
func (v *benchView) compare(p benchmarks.Progress) {
	began := time.Now()
	if began.Before(v.again) {
		return
	}
	so := store.Experiment{Baseline: cmp.Or(v.plan.Baseline, v.plan.Targets[0].ID), Level: p.Level, Swept: v.plan.Swept}
	for _, t := range v.plan.Targets {
		so.Targets = append(so.Targets, store.Target{ID: t.ID})
	}
	c, err := benchmarks.CompareRuns(so, p.Runs, "", nil)
	if err != nil {
		return // it fails only without runs
	}
	v.table = nil
	standings := c.WithBands(v.bands).Standings()
	width := 0
	for _, s := range standings {
		width = max(width, ansi.StringWidth(s.Target))
	}
	for _, s := range standings {
		words := make([]string, len(s.Figures))
		for i, f := range s.Figures {
			words[i] = strings.Join(strings.Fields(f.Title+" "+f.Median+" "+f.Change+" "+f.Verdict), " ")
		}
		v.table = append(v.table, "  "+s.Target+strings.Repeat(" ", width-ansi.StringWidth(s.Target))+"  "+strings.Join(words, " · "))
	}
	v.again = time.Now().Add(time.Duration(float64(time.Since(began)) / compareShare))
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
