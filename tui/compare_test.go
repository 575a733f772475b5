package tui

import (
	"testing"
	"time"

	"slipway/benchmarks"
	"slipway/benchmarks/store"
	"slipway/session"
)

func TestStoredExperimentsAreCompared(t *testing.T) {
	t.Parallel()
	state := busy()
	for i := range state.Runs {
		state.Runs[i].Experiment = map[bool]string{true: "x42"}[i > 0]
	}
	d := drive(t, state, 80, 24)
	d.press("5", "c")
	d.shows("belongs to no experiment")
	d.press("down", "c")
	d.asked("open experiment x42")
	d.send(changed{})
	d.shows("Comparison", "stored 2026-", "20 rounds", "spawn to exit")
	d.press("esc")
	d.hides("stored 2026-")
	d.press("s", "s")
	d.shows("stored 2026-")
}

// A workbench that was just opened has nothing of today's; what the history knows of
// the selection is shown until it has.
func TestTheNewestStoredExperimentIsShownFirst(t *testing.T) {
	t.Parallel()
	state := busy()
	known := state.Comparison
	state.Comparison, state.SaveComparisons, state.Experiment = nil, nil, nil
	d := drive(t, state, 80, 24)
	d.press("4")
	d.shows("The first timed rounds have not ended yet")
	d.wb.change(func(s *session.State) {
		s.Opened = &session.Opened{ID: "x1", At: noon.Add(-48 * time.Hour), Rounds: 20, State: "done", Comparison: known}
	})
	d.send(changed{})
	d.shows("figures of 2026-", "from the history: timed rounds bring today's", "spawn to exit", "stored 2026-")
	d.wb.change(func(s *session.State) {
		s.Guests[0].Phase, s.Guests[0].Outcome, s.Guests[0].Status = session.GuestEnded, "exit", 139
	})
	d.send(changed{})
	d.shows("from the history: keel ended with exit 139: not timed")
	d.wb.change(func(s *session.State) { s.Comparison = known })
	d.send(changed{})
	d.hides("from the history")
	d.hides("stored 2026-")
	d.shows("keel ended with exit 139: not timed")
}

// One kernel alone has figures too, if nothing to be compared with.
func TestOneTargetAloneShowsItsMedians(t *testing.T) {
	t.Parallel()
	state := busy()
	var alone []store.Run
	for round := range 6 {
		alone = append(alone, store.Run{
			ID: string(rune('a' + round)), Target: store.Target{ID: "keel/nbody", Kernel: "keel", App: "nbody"}, Round: round + 1, Kind: store.Timed,
			Outcome: "exit", Exit: new(int), Metrics: map[string]store.Metric{"boot/total": {Unit: "sec", Values: []float64{0.1 + float64(round)/1000}}},
		})
	}
	c, err := benchmarks.Compare(alone, benchmarks.Options{})
	if err != nil {
		t.Fatal(err)
	}
	state.Comparison = c
	d := drive(t, state, 80, 24)
	d.press("4")
	d.shows("spawn to exit", "102 ms", "[100 ms, 105 ms]", "6 boots", "Mark a second kernel")
	d.press("enter", "down", "t")
	d.shows("Can these numbers be trusted?")
}

// Another target's figures may come first in the order of marking: what is looked
// at stays.
func TestTheSaveThatIsLookedAtStays(t *testing.T) {
	t.Parallel()
	s := busy()
	keel, linux := comparison("last", []string{"last", "this"}, 8), comparison("linux-cloud", []string{"linux-cloud", "linux-rt"}, 8)
	s.SaveComparisons = []*benchmarks.Comparison{nil, keel}
	d := drive(t, s, 120, 40)
	d.press("4", "s")
	d.shows("This save against the last", "last · nbody")
	d.wb.change(func(s *session.State) { s.SaveComparisons = []*benchmarks.Comparison{linux, keel} })
	d.send(changed{})
	d.shows("last · nbody", "2 of 2")
	d.press("left")
	d.shows("linux-cloud · nbody", "1 of 2")
}
