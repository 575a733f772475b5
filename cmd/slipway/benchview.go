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
	table []standing
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
		head := roundOf(p)
		if p.Look > 0 {
			head += " · " + lookOf(p)
		}
		v.meter.show(head+": "+strings.Join(v.results(p.Runs, p.Round), ", "), "")
	}
}

// results are what the round that is done measured of each target's whole boot, with the
// median of all rounds so far: times, or instructions where the guests' clocks count those.
func (v *benchView) results(runs []store.Run, round int) []string {
	words := make([]string, len(v.plan.Targets))
	for i, t := range v.plan.Targets {
		words[i] = t.ID + " " + result(runs, t.ID, round)
	}
	return words
}

func result(runs []store.Run, target string, round int) string {
	var all []float64
	last, unit := "not booted", "sec"
	for i := range runs {
		r := &runs[i]
		if r.Target.ID != target || r.Warmup || r.InCountPass() {
			continue
		}
		total := r.Total
		if r.Counted == store.ByClock {
			unit = "insns"
			total = stats.Median(r.Metrics["virt/total"].Values)
		}
		text := outcome(r.Outcome, r.Exit)
		if r.OK() && stats.Finite(total) {
			all = append(all, total)
			text = benchmarks.FormatValue(total, unit)
		}
		if r.Round == round {
			last = text
		}
	}
	if round > 1 && len(all) > 0 {
		last += " (median " + benchmarks.FormatValue(stats.Median(all), unit) + ")"
	}
	return last
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
	return fmt.Sprintf("look %d of %d at round %d", p.Look, p.Looks, p.LookAt)
}

// progress says how far the experiment has come, what matters most first.
func (v *benchView) progress() []part {
	p := v.last
	if p.Waiting != "" {
		return []part{{"", "bench: waiting: " + p.Waiting}}
	}
	parts := []part{{"", "bench: " + roundOf(p)}}
	if p.Looks == 0 { // else there would be no room for what matters more
		parts = append(parts, part{", ", fmt.Sprintf("boot %d of %d", p.Done, p.Total)})
	}
	if p.Left > 0 {
		about := "about"
		if p.Looks > 0 {
			about = "at most"
		}
		parts = append(parts, part{", ", fmt.Sprintf("%s %s left", about, span(p.Left))})
	}
	if p.Look > 0 {
		parts = append(parts, part{" · ", lookOf(p)})
	}
	switch {
	case p.Stopping:
		parts = append(parts, part{" · ", "stops after this round"})
	case p.Paused:
		parts = append(parts, part{" · ", "paused"})
	}
	return parts
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
		v.table = append(v.table, standing{"  " + s.Target + strings.Repeat(" ", width-ansi.StringWidth(s.Target)), s.Figures})
	}
	v.again = time.Now().Add(time.Duration(float64(time.Since(began)) / compareShare))
}

// draw draws the block anew.
func (v *benchView) draw() {
	columns, rows, err := term.GetSize(v.file.Fd())
	if err != nil || columns < 2 {
		columns, rows = 80, 24
	}
	lines := []string{fitting("", v.progress(), columns-1)}
	for _, s := range v.table {
		lines = append(lines, s.line(columns-1))
	}
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
