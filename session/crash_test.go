package session_test

import (
	"strings"
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

// A parameter in app.toml changes what a boot does and not one byte of the image: the
// save is compared with the last one like any other.
func TestASaveOfAParameterIsCompared(t *testing.T) {
	t.Parallel()
	s := open(t)
	newApp(t, s, "mine", "#include <slipway.h>\nint main(int argc, char **argv) { slipway_result(\"Work\", 1, (double)slipway_param(argc, argv, \"rounds\", 1), \"ns/op\"); return 0; }\n")
	s.Mark("host", true)
	await(t, s, time.Minute, "first rounds", func(st *session.State) bool { return ended(st) && timed(st) })
	content, err := s.ReadFile("app.toml")
	if err == nil {
		_, err = s.WriteFile("app.toml", strings.Replace(content.Text, "rounds = 1000", "rounds = 4000", 1), content.Hash)
	}
	if err != nil || !strings.Contains(content.Text, "rounds = 1000") {
		t.Fatalf("%v in:\n%s", err, content.Text)
	}
	st := await(t, s, time.Minute, "comparison with the last save", func(st *session.State) bool {
		return ended(st) && timed(st) && len(st.SaveComparisons) == 1 && st.SaveComparisons[0] != nil
	})
	cell := st.SaveComparisons[0].Cell("host/mine", "Work", "ns/op")
	if cell == nil || cell.Medians[0] == nil || cell.Medians[1] == nil || *cell.Medians[0] != 1000 || *cell.Medians[1] != 4000 {
		t.Errorf("this save against the last: %+v", cell)
	}
	for _, n := range st.Notices {
		if strings.Contains(n.Text, "the same image") {
			t.Errorf("it says %q", n.Text)
		}
	}
}
