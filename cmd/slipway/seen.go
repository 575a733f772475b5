package main

import (
	"fmt"
	"io"
	"slices"

	"slipway/benchmarks"
	"slipway/session"
)

// seenState prints what is new in a session's state, for watch.
type seenState struct {
	w       io.Writer // what came out
	words   io.Writer // what went wrong, and what is waited for
	notice  uint64
	save    int
	booted  map[string]string // guest -> what was printed of it
	verdict string            // ID of the experiment whose verdicts were printed
	waiting string            // what the timed rounds wait for
	slow    bool              // it was said that guests are emulated
}

func (n *seenState) print(st *session.State) {
	for _, notice := range st.Notices {
		if notice.ID > n.notice {
			n.notice = notice.ID
			fmt.Fprintln(n.words, "slipway:", notice.Text)
		}
	}
	if a := st.Accelerator; a.Name == "tcg" && a.Reason != "" && !n.slow {
		n.slow = true
		fmt.Fprintln(n.words, fellBack(a.Reason))
	}
	if st.Save != nil && st.Save.Number != n.save {
		n.save = st.Save.Number
		fmt.Fprintf(n.w, "save %d: %s\n", n.save, words(st.Save.Files))
	}
	for _, g := range st.Guests {
		n.guest(g)
	}
	if e := st.Experiment; e != nil && e.Waiting != n.waiting {
		n.waiting = e.Waiting
		if n.waiting != "" {
			fmt.Fprintln(n.words, "timing waits:", n.waiting)
		}
	}
	if e := st.Experiment; e != nil && !e.Running && e.ID != "" && e.ID != n.verdict {
		n.verdict = e.ID
		n.verdicts(st, e)
	}
}

func (n *seenState) guest(g session.Guest) {
	if g.Phase != session.GuestEnded {
		return
	}
	if n.booted == nil {
		n.booted = map[string]string{}
	}
	text := fmt.Sprintf("%s: %s %d", g.ID, g.Outcome, g.Status)
	if g.Reason != "" {
		text += " (" + g.Reason + ")"
	}
	if g.Took > 0 {
		text += ", " + benchmarks.FormatValue(g.Took.Seconds(), "sec") + " " + session.Span(g.Origin)
	}
	if key := g.Started.String() + text; n.booted[g.ID] != key {
		n.booted[g.ID] = key
		fmt.Fprintln(n.w, text)
	}
}

// verdicts prints what the timed rounds say, against the last save first. Rounds
// that a newer save ended say so; where none was begun, what is compared is the
// save before.
func (n *seenState) verdicts(st *session.State, e *session.Experiment) {
	if e.Boots < e.Total {
		fmt.Fprintf(n.words, "timing ended after %d of %d boots\n", e.Boots, e.Total)
	}
	if e.Boots == 0 {
		return
	}
	for _, c := range slices.Concat(st.SaveComparisons, []*benchmarks.Comparison{st.Comparison}) {
		if c == nil || len(c.Targets) < 2 {
			continue
		}
		for _, sentence := range c.Words {
			fmt.Fprintln(n.w, " ", sentence)
		}
	}
}
