package session_test

import (
	"testing"
	"time"

	"slipway/session"
)

// What ended badly when it was watched is not timed: a crash is no sample, and ten
// more of them tell nothing.
func TestWhatEndsBadlyIsNotTimed(t *testing.T) {
	t.Parallel()
	s := open(t)
	source := func(body string) string { return "#include <stdio.h>\nint main(void) { " + body + " }\n" }
	newApp(t, s, "risky", source(`puts("first"); return 0;`))
	s.Mark("host", true)
	first := await(t, s, time.Minute, "first rounds", func(st *session.State) bool { return ended(st) && timed(st) }).Experiment.ID

	write := func(body string) {
		t.Helper()
		content, err := s.ReadFile("main.c")
		if err == nil {
			_, err = s.WriteFile("main.c", source(body), content.Hash)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	write(`puts("second"); __builtin_trap();`)
	await(t, s, time.Minute, "crash", func(st *session.State) bool { return ended(st) && st.Guests[0].Status > 128 })
	s.MoreRounds(2) // nor when they are asked for
	write(`puts("third"); return 0;`)
	st := await(t, s, time.Minute, "next rounds", func(st *session.State) bool {
		return ended(st) && timed(st) && st.Experiment.ID != "" && st.Experiment.ID != first && st.Guests[0].Status == 0
	})
	rounds := map[string]int{}
	for _, r := range st.Runs {
		if r.Interactive {
			continue
		}
		rounds[r.Experiment]++
		if r.Outcome != "exit" || r.Status != 0 {
			t.Errorf("run %s was timed and ended with %s %d", r.ID, r.Outcome, r.Status)
		}
	}
	if len(rounds) != 2 {
		t.Errorf("two images that end well were timed in %d experiments: %v", len(rounds), rounds)
	}
}
