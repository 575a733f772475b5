package session_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"slipway/benchmarks/store"
	"slipway/session"
)

// keep stores an experiment of hello on two kernels.
func keep(t *testing.T, s *session.Session, app string, state store.State, second string) string {
	t.Helper()
	history, err := s.Store()
	if err != nil {
		t.Fatal(err)
	}
	targets := []store.Target{{ID: "host/" + app, Kernel: "host", App: app}, {ID: second + "/" + app, Kernel: second, App: app}}
	id, err := history.PutExperiment(store.Experiment{Title: app, Project: s.Project(), State: state, Rounds: 6, Started: time.Now(), Baseline: targets[0].ID, Targets: targets})
	if err != nil {
		t.Fatal(err)
	}
	for round := 1; round <= 6; round++ {
		for i, target := range targets {
			p, err := history.Begin()
			if err != nil {
				t.Fatal(err)
			}
			run := store.Run{
				Target: target, Experiment: id, Round: round, Kind: store.Timed, Outcome: "exit", Exit: new(int), Started: time.Now(),
				Metrics: map[string]store.Metric{"size/image": {Unit: "B", Better: "lower", Values: []float64{float64(1000 * (i + 1))}}},
			}
			if _, err := p.Commit(run); err != nil {
				t.Fatal(err)
			}
		}
	}
	return id
}

func TestAWorkbenchThatOpensShowsTheNewestWholeExperiment(t *testing.T) {
	before := open(t)
	keep(t, before, "hello", store.Done, "keel")
	want := keep(t, before, "hello", store.Done, "keel")
	keep(t, before, "hello", store.Stopped, "keel")
	keep(t, before, "hello", store.Done, "linux-cloud") // of which one kernel is not marked
	other := keep(t, before, "nbody", store.Done, "keel")

	s, err := session.Open(context.Background(), session.Options{Folders: before.Folders()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	s.Mark("host", true)
	s.Mark("keel", true)
	s.SelectApp("hello")
	s.Start()
	st := await(t, s, 20*time.Second, "the newest experiment", func(st *session.State) bool { return st.Opened != nil })
	if o := st.Opened; o.ID != want || o.Asked || o.Comparison.Cell("keel/hello", "size/image", "") == nil || o.Comparison.Baseline != "host/hello" {
		t.Errorf("opened is %+v, want experiment %s", o, want)
	}

	s.OpenExperiment(other)
	st = await(t, s, 20*time.Second, "the experiment that was asked for", func(st *session.State) bool { return st.Opened != nil && st.Opened.ID == other })
	if !st.Opened.Asked {
		t.Error("it is not said that the user asked for it")
	}
	s.OpenExperiment("nonsense")
	await(t, s, 20*time.Second, "the problem", func(st *session.State) bool {
		return len(st.Problems) > 0 && strings.HasPrefix(st.Problems[0].What, "open experiment nonsense: ")
	})

	// Another app's figures are not shown with it.
	s.SelectApp("jitter")
	await(t, s, 20*time.Second, "nothing opened", func(st *session.State) bool { return st.App == "jitter" && st.Opened == nil })
}
