package tui

import (
	"testing"

	"slipway/benchmarks"
	"slipway/session"
)

func TestTimedRoundsAreSteeredFromCompare(t *testing.T) {
	t.Parallel()
	state := busy()
	state.Experiment = &session.Experiment{ID: "x", Round: 3, Rounds: 40, Running: true, Boots: 6, Total: 80, LookAt: 10}
	d := drive(t, state, 80, 24)
	d.press("4")
	d.shows("round 3 of 40 · look at 10")
	d.press("p")
	d.asked("pause experiment true")
	d.wb.change(func(s *session.State) { e := *s.Experiment; e.Paused = true; s.Experiment = &e })
	d.send(changed{})
	d.shows("paused in round 3 of 40 · p goes on")
	d.press("p")
	d.asked("pause experiment false")
	d.press("S")
	d.asked("stop after round")
	d.wb.change(func(s *session.State) { e := *s.Experiment; e.Paused, e.Stopping = false, true; s.Experiment = &e })
	d.send(changed{})
	d.shows("round 3 of 40 · stops after it")
}

// One key runs as many rounds as the selected cell lacks; ten where nobody knows.
func TestMoreRoundsAreThoseThatWouldSettleTheCell(t *testing.T) {
	t.Parallel()
	state := busy()
	d := drive(t, state, 120, 40)
	d.press("4", "+")
	d.asked("rounds 10")
	cell := d.m.screens[tabCompare].(*compare).cell()
	lacks := 37
	cell.Verdict, cell.RoundsNeeded = benchmarks.Unclear, &lacks
	d.press("+")
	d.asked("rounds 37")
	far := benchmarks.MostRounds + 1
	cell.RoundsNeeded = &far
	d.press("+")
	d.asked("rounds 10")
}
