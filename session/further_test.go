package session_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"slipway/benchmarks"
	"slipway/benchmarks/store"
	"slipway/session"
)

// roller is an app whose result is as good as drawn by lot, so that no verdict on it is
// ever sure.
func roller(t *testing.T, project, save string) {
	t.Helper()
	source := `#include <stdio.h>
#include <time.h>
const char save[] = "` + save + `";
int main(void)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	printf("BenchmarkRoll 1 %ld ns/op\n", 1 + now.tv_nsec / 1000 * 7919 % 1000);
	return 0;
}
`
	if err := os.WriteFile(filepath.Join(project, "apps", "mine", "mine.c"), []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
}

// asStored fails unless the save's comparison is that of the stored experiment, word for
// word.
func asStored(t *testing.T, s *session.Session, st *session.State) store.Experiment {
	t.Helper()
	history, err := s.Store()
	if err != nil {
		t.Fatal(err)
	}
	e, err := history.Experiment(st.Experiment.ID)
	if err != nil {
		t.Fatal(err)
	}
	shown := st.SaveComparisons[0]
	stored, err := benchmarks.CompareExperiment(history, e, shown.Baseline, []string{"host/mine" + session.LastSave, "host/mine"})
	if err != nil {
		t.Fatal(err)
	}
	if asJSON(t, shown) != asJSON(t, stored) || stored.Baseline != e.Baseline {
		t.Errorf("the screen has level %g, %q, %q; the record %g, %q, %q", shown.Level, shown.Words, shown.Notes, stored.Level, stored.Words, stored.Notes)
	}
	return e
}

// What the screen says when an experiment has ended is what its record says ever after;
// rounds that are added to it become part of it and are judged once, more strictly.
func TestTheScreenSaysWhatTheRecordSays(t *testing.T) {
	s := openFor(t, 0)
	s.Start()
	s.SelectApp("mine")
	roller(t, s.Project(), "first")
	s.Mark("host", true)
	await(t, s, 4*time.Minute, "first rounds", func(st *session.State) bool { return ended(st) && timed(st) })
	roller(t, s.Project(), "second")
	st := await(t, s, 4*time.Minute, "the last look", func(st *session.State) bool {
		return ended(st) && timed(st) && len(st.SaveComparisons) == 1 && st.SaveComparisons[0] != nil
	})
	e := asStored(t, s, st)
	if e.Look != 3 || e.Level != 0.025 || e.Rounds != 40 {
		t.Errorf("a result drawn by lot was sure: %+v", e)
	}
	before := st.SaveComparisons[0]
	s.MoreRounds(3)
	for added := false; !added; {
		st = await(t, s, 4*time.Minute, "added rounds", func(st *session.State) bool {
			added = st.Experiment.Rounds == 43 && timed(st)
			return added || st.Experiment.Added == 3
		})
		if !added && st.SaveComparisons[0] != before {
			t.Error("added rounds were judged before the last of them was done")
			before = st.SaveComparisons[0]
		}
		if !added {
			<-s.Changes()
		}
	}
	again := asStored(t, s, st)
	if again.ID != e.ID || again.Level != e.Level/2 || again.Rounds != 43 || len(again.Added) != 1 || again.State != store.Done {
		t.Errorf("3 rounds were added to %+v: %+v", e, again)
	}
	c := st.SaveComparisons[0]
	if fact := c.Trust[1]; c.Targets[0].Boots != 43 || fact.State != benchmarks.Warning || !strings.Contains(fact.Short, "false alarms up to 7.5 %") {
		t.Errorf("%+v after 3 added rounds: %+v", c.Targets, fact)
	}

	// A workbench that opens shows all of it, from the same side.
	later, err := session.Open(context.Background(), session.Options{Folders: s.Folders()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := later.Close(); err != nil {
			t.Error(err)
		}
	})
	later.Start()
	opened := await(t, later, time.Minute, "the experiment", func(st *session.State) bool { return st.Opened != nil }).Opened
	if a, b := asJSON(t, opened.Comparison), asJSON(t, c); opened.ID != e.ID || opened.Rounds != 43 || a != b {
		t.Errorf("opened again it says %q; it said %q", opened.Comparison.Words, c.Words)
	}
}

func asJSON(t *testing.T, c *benchmarks.Comparison) string {
	t.Helper()
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
