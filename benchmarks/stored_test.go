package benchmarks_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"slipway/benchmarks"
	"slipway/benchmarks/store"
)

// keep stores an experiment of both kernels with as many rounds, in which keel
// takes so long.
func keep(t *testing.T, history *store.Store, state store.State, rounds int, keel float64) string {
	t.Helper()
	return keepIn(t, history, "", state, rounds, keel)
}

// keepIn is keep in a project.
func keepIn(t *testing.T, history *store.Store, project string, state store.State, rounds int, keel float64) string {
	t.Helper()
	began := time.Now()
	id, err := history.PutExperiment(store.Experiment{State: state, Rounds: rounds, Started: began, Project: project, Baseline: "linux/app"})
	if err != nil {
		t.Fatal(err)
	}
	b := newBoots(uint64(rounds))
	b.rounds(rounds, 0.01, map[string]float64{"linux": 1, "keel": keel}, nil)
	for _, run := range b.runs {
		run.ID, run.Experiment = "", id
		w, err := history.Begin()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Commit(run); err != nil {
			t.Fatal(err)
		}
	}
	return id
}

func TestATargetStandsForItsNewestWholeExperiment(t *testing.T) {
	t.Parallel()
	history, err := store.Open(filepath.Join(t.TempDir(), "data"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := history.Close(); err != nil {
			t.Error(err)
		}
	}()
	keep(t, history, store.Done, 7, 0.9)
	whole := keep(t, history, store.Done, 8, 0.5)
	cut := keep(t, history, store.Stopped, 2, 3)

	c, err := benchmarks.CompareStored(history, []string{"linux/app", "keel/app"}, "", "")
	if err != nil {
		t.Fatal(err)
	}
	found := cell(t, c, "keel/app", "boot/total")
	if found.N != [2]int{8, 8} || found.Verdict != benchmarks.IsBetter || c.Order != benchmarks.Interleaved {
		t.Errorf("%d boots, %s, %s; want the 8 of %s, better, interleaved", found.N, found.Verdict, c.Order, whole)
	}
	notes := strings.Join(c.Notes, "; ")
	if !strings.Contains(notes, whole) || !strings.Contains(notes, cut) {
		t.Errorf("notes %q do not say that %s is taken, and not %s", notes, whole, cut)
	}

	// By its ID the one that was cut short is compared all the same.
	if c, err = benchmarks.CompareStored(history, []string{cut}, "", ""); err != nil || cell(t, c, "keel/app", "boot/total").N != [2]int{2, 2} || c.Baseline != "linux/app" {
		t.Errorf("%+v, %v", c, err)
	}
	// Two experiments are compared target by target, and not interleaved.
	c, err = benchmarks.CompareStored(history, []string{cut, whole}, "", "")
	if err != nil || c.Order != benchmarks.NotInterleaved || len(c.Targets) != 4 || c.Baseline != cut+":linux/app" {
		t.Errorf("%+v, %v", c, err)
	}
	// Another project's app of that name is taken only where this one has none.
	keepIn(t, history, "/elsewhere", store.Done, 1, 0.5)
	for project, want := range map[string]int{"": 8, "/elsewhere": 1} {
		if c, err = benchmarks.CompareStored(history, []string{"linux/app", "keel/app"}, "", project); err != nil || cell(t, c, "keel/app", "boot/total").N != [2]int{want, want} {
			t.Errorf("project %q: %+v, %v", project, c, err)
		}
	}
	if _, err = benchmarks.CompareStored(history, []string{"linux/app"}, "", ""); err == nil || !strings.Contains(err.Error(), "name a second one") {
		t.Errorf("one target alone: %v", err)
	}
	if _, err = benchmarks.CompareStored(history, []string{"linux/app", "no/such"}, "", ""); err == nil || !strings.Contains(err.Error(), `"no/such" is no file, no experiment and no target`) {
		t.Errorf("no/such: %v", err)
	}
}
