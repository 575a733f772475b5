package tui

import (
	"strings"
	"testing"
	"time"

	"slipway/session"
)

// However narrow the screen, no word of the head is cut, and what is left to be done goes
// before what is compared.
func TestTheHeadOfCompareLeavesWordsOut(t *testing.T) {
	t.Parallel()
	state := busy()
	state.Experiment = &session.Experiment{ID: "x", Round: 7, Rounds: 40, Running: true, Boots: 14, Total: 160, LookAt: 10, Left: 3 * time.Minute}
	for w, want := range map[int]string{
		120: "round 7 of 40 · look at 10 · about 3 min left", 80: "3 min left",
	} {
		d := drive(t, state, w, 24)
		d.press("4")
		d.shows(want)
		for _, line := range strings.Split(d.screen(), "\n") {
			if strings.Contains(line, "7 of 40") && strings.Contains(line, "…") {
				t.Errorf("a word is cut at %d columns: %s", w, line)
			}
		}
	}
}

// While rounds are added the verdicts are those of before, and the head says when others come.
func TestTheHeadOfCompareTellsOfAddedRounds(t *testing.T) {
	t.Parallel()
	state := busy()
	state.Experiment = &session.Experiment{ID: "x", Round: 42, Rounds: 50, Added: 10, Running: true, Boots: 84, Total: 100}
	d := drive(t, state, 80, 24)
	d.press("4")
	d.shows("round 42 of 50 · judged then")
}
