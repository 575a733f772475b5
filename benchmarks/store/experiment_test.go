package store

import (
	"errors"
	"testing"
	"time"
)

func TestExperiments(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	e := Experiment{Title: "nbody", Started: time.Unix(1, 0).UTC(), State: Running, Seed: 42, Rounds: 20, Warmup: 2, Targets: []Target{{ID: "keel/nbody"}}}
	id, err := s.PutExperiment(e)
	if err != nil {
		t.Fatal(err)
	}
	e.ID, e.State = id, Done
	if _, err := s.PutExperiment(e); err != nil {
		t.Fatal(err)
	}
	got, err := s.Experiment(id[len(id)-5:])
	if err != nil || got.State != Done || got.Seed != 42 {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := s.Experiment("nothing"); !errors.Is(err, ErrNotFound) {
		t.Errorf("%v", err)
	}
	if _, err := s.PutExperiment(Experiment{ID: "../evil"}); err == nil {
		t.Error("an ID that leads out of the folder was taken")
	}
	if list, err := s.Experiments(10); err != nil || len(list) != 1 {
		t.Error(list, err)
	}
}
