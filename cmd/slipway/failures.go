package main

import (
	"fmt"
	"io"
	"slices"

	"slipway/benchmarks"
	"slipway/benchmarks/store"
)

// tellFailures says of each target how many boots went wrong and why the last one
// did. It reports whether a target has no boot that went well: then there is
// nothing to judge it by.
func tellFailures(words io.Writer, runs []store.Run) (hopeless bool) {
	type tally struct {
		boots, bad int
		last       store.Run
	}
	tallies := map[string]*tally{}
	var order []string
	for _, r := range runs {
		t := tallies[r.Target.ID]
		if t == nil {
			t = &tally{}
			tallies[r.Target.ID] = t
			order = append(order, r.Target.ID)
		}
		t.boots++
		if !r.OK() {
			t.bad, t.last = t.bad+1, r
		}
	}
	for _, id := range order {
		t := tallies[id]
		if t.bad == 0 {
			continue
		}
		fmt.Fprintf(words, "slipway: %d of %d boots of %s went wrong, the last one with %s: see 'slipway run show %s --console'\n",
			t.bad, t.boots, id, howItEnded(t.last), t.last.ID)
		hopeless = hopeless || t.bad == t.boots
	}
	return hopeless
}

// howItEnded is a run's outcome with its reason.
func howItEnded(r store.Run) string {
	text := outcome(r.Outcome, r.Exit)
	if r.Reason != "" {
		text += " (" + r.Reason + ")"
	}
	return text
}

// benchStatus is 3 where a target cannot be judged at all, and where instructions were
// to be counted and none were.
func benchStatus(words io.Writer, e benchmarks.Finished, count bool) int {
	status := statusDone
	if tellFailures(words, e.Runs) {
		status = statusUnclear
	}
	counted := func(r store.Run) bool { return r.Counted != "" }
	if count && e.Record.State == store.Done && !slices.ContainsFunc(e.Runs, counted) {
		fmt.Fprintln(words, "slipway: no instructions were counted: not one of the targets can be counted here")
		status = statusUnclear
	}
	return status
}
