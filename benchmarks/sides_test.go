package benchmarks_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"slipway/benchmarks"
	"slipway/benchmarks/store"
)

// openHistory is a fresh history that the test closes.
func openHistory(t *testing.T) *store.Store {
	t.Helper()
	history, err := store.Open(filepath.Join(t.TempDir(), "data"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := history.Close(); err != nil {
			t.Error(err)
		}
	})
	return history
}

// keepTargets stores an experiment with so many rounds, in which each of the targets,
// KERNEL/APP and words behind, takes so long.
func keepTargets(t *testing.T, history *store.Store, e store.Experiment, seconds map[string]float64, order ...string) string {
	t.Helper()
	e.State, e.Started, e.Baseline = store.Done, time.Now(), order[0]
	e.Targets = nil
	for _, id := range order {
		name, _, _ := strings.Cut(id, " ")
		kernel, app, _ := strings.Cut(name, "/")
		e.Targets = append(e.Targets, store.Target{ID: id, Kernel: kernel, App: app})
	}
	id, err := history.PutExperiment(e)
	if err != nil {
		t.Fatal(err)
	}
	b := newBoots(uint64(e.Rounds))
	for round := 1; round <= e.Rounds; round++ {
		for _, target := range e.Targets {
			b.add(target.Kernel, target.App, round, func(r *store.Run) {
				r.Target.ID, r.Experiment = target.ID, id
				r.Metrics["boot/total"] = sec(seconds[target.ID] * (1 + 0.01*b.random.Float64()))
			})
		}
	}
	for _, run := range b.runs {
		run.ID = ""
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

// baselinesOf is what each target is compared with.
func baselinesOf(c *benchmarks.Comparison) map[string]string {
	found := map[string]string{}
	for i := range c.Cells {
		found[c.Cells[i].Target] = c.BaselineOf(c.Cells[i].Target)
	}
	return found
}

func wantBaselines(t *testing.T, c *benchmarks.Comparison, want map[string]string) {
	t.Helper()
	found := baselinesOf(c)
	for target, base := range want {
		if found[target] != base {
			t.Errorf("%s is compared with %q, want %q", target, found[target], base)
		}
	}
	if len(found) != len(want) {
		t.Errorf("compared are %v, want %v", found, want)
	}
}

// Two experiments are as many comparisons as they share targets: never are samples of
// different targets mixed.
func TestExperimentsAreComparedTargetByTarget(t *testing.T) {
	t.Parallel()
	history := openHistory(t)
	seconds := map[string]float64{"keel/app": 0.1, "linux/app": 2, "other/app": 5, "keel/hello": 0.1}
	old := keepTargets(t, history, store.Experiment{Rounds: 6}, seconds, "keel/app", "linux/app")
	now := keepTargets(t, history, store.Experiment{Rounds: 7}, seconds, "linux/app", "keel/app", "other/app")
	one := keepTargets(t, history, store.Experiment{Rounds: 8}, seconds, "keel/app")
	lone := keepTargets(t, history, store.Experiment{Rounds: 8}, seconds, "keel/hello")

	compare := func(baseline string, names ...string) *benchmarks.Comparison {
		t.Helper()
		c, err := benchmarks.CompareStored(history, names, baseline, "")
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	c := compare("", old, now)
	wantBaselines(t, c, map[string]string{now + ":keel/app": old + ":keel/app", now + ":linux/app": old + ":linux/app"})
	if s := c.Find(now+":keel/app", "boot/total", ""); len(s.Values) != 7 || s.Median > 0.11 {
		t.Errorf("%d boots, median %v: want the 7 of keel alone", len(s.Values), s.Median)
	}
	if notes := strings.Join(c.Notes, "; "); !strings.Contains(notes, "other/app of "+now+" is left out") {
		t.Errorf("notes %q do not say what is left out", notes)
	}
	wantBaselines(t, compare(now, old, now), map[string]string{old + ":keel/app": now + ":keel/app", old + ":linux/app": now + ":linux/app"})
	wantBaselines(t, compare("", one, old), map[string]string{old + ":keel/app": one})
	wantBaselines(t, compare("", one, lone), map[string]string{lone: one}) // one target each: as they are
	wantBaselines(t, compare("", "keel/app", old), map[string]string{old + ":keel/app": "keel/app"})
	wantBaselines(t, compare("", old+":keel", now+":linux/app"), map[string]string{now + ":linux/app": old + ":keel"})

	for _, wrong := range []struct {
		names []string
		says  string
	}{
		{[]string{old, lone}, "none is in both, so name one target of each, such as 'slipway compare " + old + ":keel/app " + lone + "'"},
		{[]string{old, now + ":no/such"}, `has no boot of a target "no/such": it has linux/app, keel/app, other/app`},
	} {
		if _, err := benchmarks.CompareStored(history, wrong.names, "", ""); err == nil || !strings.Contains(err.Error(), wrong.says) {
			t.Errorf("%q: %v, want %q", wrong.names, err, wrong.says)
		}
	}
	if _, err := benchmarks.CompareStored(history, []string{old, now}, "no/such", ""); err == nil || !strings.Contains(err.Error(), "none of the compared sides") {
		t.Errorf("baseline no/such: %v", err)
	}
}

// Another app is not comparable: each has a baseline of its own.
func TestEachAppHasItsBaseline(t *testing.T) {
	t.Parallel()
	history := openHistory(t)
	seconds := map[string]float64{"keel/app": 0.1, "linux/app": 2, "keel/hello": 0.05, "linux/hello": 1.5, "keel/lone": 1}
	id := keepTargets(t, history, store.Experiment{Rounds: 8}, seconds, "keel/app", "linux/hello", "linux/app", "keel/hello", "keel/lone")
	c, err := benchmarks.CompareStored(history, []string{id}, "", "")
	if err != nil {
		t.Fatal(err)
	}
	// An app that only one target has keeps its figures beside the first baseline's.
	wantBaselines(t, c, map[string]string{"linux/app": "keel/app", "linux/hello": "keel/hello", "keel/lone": "keel/app"})
	if c.Baseline != "keel/app" || c.Order != benchmarks.Interleaved {
		t.Errorf("baseline %s, %s", c.Baseline, c.Order)
	}
	found := cell(t, c, "linux/hello", "boot/total")
	if found.Verdict != benchmarks.IsWorse || *found.Medians[0] > 0.06 {
		t.Errorf("%s against %v", found.Verdict, *found.Medians[0])
	}
	if words := strings.Join(c.Words, " "); !strings.Contains(words, "than with keel/hello") || !strings.Contains(words, "than with keel/app") {
		t.Errorf("words %q do not name both baselines", words)
	}
	if c, err = benchmarks.CompareStored(history, []string{id}, "linux/app", ""); err != nil {
		t.Fatal(err)
	}
	wantBaselines(t, c, map[string]string{"keel/app": "linux/app", "keel/hello": "linux/hello", "keel/lone": "linux/app"})
}

// The rounds after a save compare each kernel's image with its last one.
func TestASaveIsComparedWithTheLast(t *testing.T) {
	t.Parallel()
	history := openHistory(t)
	seconds := map[string]float64{"keel/app": 0.1, "keel/app (last save)": 0.2, "linux/app": 2, "linux/app (last save)": 1}
	id := keepTargets(t, history, store.Experiment{Rounds: 6, Saves: true}, seconds, "keel/app", "keel/app (last save)", "linux/app", "linux/app (last save)")
	for _, baseline := range []string{"", "last save"} {
		c, err := benchmarks.CompareStored(history, []string{id}, baseline, "")
		if err != nil {
			t.Fatal(err)
		}
		wantBaselines(t, c, map[string]string{"keel/app": "keel/app (last save)", "linux/app": "linux/app (last save)"})
		if c.Baseline != "keel/app (last save)" {
			t.Errorf("baseline %q is %s", baseline, c.Baseline)
		}
	}
	// Words of an ID that no other has name a baseline too.
	for baseline, want := range map[string]string{"keel/app last save": "keel/app (last save)", "linux/app": "linux/app"} {
		if c, err := benchmarks.CompareStored(history, []string{id}, baseline, ""); err != nil || c.Baseline != want {
			t.Errorf("baseline %q: %+v, %v", baseline, c, err)
		}
	}
	if _, err := benchmarks.CompareStored(history, []string{id}, "save", ""); err == nil || !strings.Contains(err.Error(), "could be keel/app (last save) or linux/app (last save)") {
		t.Errorf("save: %v", err)
	}
}
