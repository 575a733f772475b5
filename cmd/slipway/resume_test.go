package main_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"slipway/benchmarks/store"
)

// steps is an app whose parameter a plan sweeps.
const steps = `#include <slipway.h>
#include <stdio.h>
int main(int argc, char **argv) {
	printf("BenchmarkSteps 1 %ld ns/op\n", slipway_param(argc, argv, "steps", 1));
	return 0;
}
`

// history is the workspace's, opened beside the program.
func (w *workspace) history() *store.Store {
	w.t.Helper()
	s, err := store.Open(filepath.Join(w.home, "data"))
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = s.Close() }) // it was only read
	return s
}

// onlyExperiment is the one that the history has.
func (w *workspace) onlyExperiment(s *store.Store) store.Experiment {
	w.t.Helper()
	all, err := s.Experiments(0)
	if err != nil || len(all) != 1 {
		w.t.Fatalf("%d experiments, %v", len(all), err)
	}
	return all[0]
}

// TestAKilledBenchGoesOnWhereItStopped kills the real program at random moments and has
// it go on, until it comes to its end. SLIPWAY_KILLS and SLIPWAY_SEED do more of it, and
// repeat the moments.
func TestAKilledBenchGoesOnWhereItStopped(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.app("steps", steps, "[params]\nsteps = 1\n")
	seed, err := strconv.ParseUint(os.Getenv("SLIPWAY_SEED"), 10, 64)
	if err != nil {
		seed = rand.Uint64()
	}
	t.Logf("SLIPWAY_SEED=%d", seed)
	random := rand.New(rand.NewPCG(seed, 1))
	const targets, rounds = 3, 40
	args := []string{"bench", "-k", "host", "-a", "steps", "--sweep", "steps=10,20,30", "-n", strconv.Itoa(rounds), "--warmup", "1", "--seed", "7"}
	w.expect(0, nil, "build", "-k", "host", "-a", "steps")
	history := w.history()
	kept := map[string]store.Run{}
	n := min(kills()/2, 10)
	if os.Getenv("SLIPWAY_KILLS") != "" {
		n = kills()
	}
	for i := range n {
		p := w.start(args...)
		if i == 0 {
			p.awaitWords("round 1 of 40") // else there would be nothing to go on with
		}
		<-time.After(time.Duration(random.Int64N(int64(400 * time.Millisecond)))) // any moment is right: it is what is tried out
		p.signal(syscall.SIGKILL)
		e := w.onlyExperiment(history)
		if history.Alive(e.ID) {
			t.Fatalf("kill %d: its process is dead, and it is said to be alive", i+1)
		}
		runs, err := history.Load(store.Filter{Experiment: e.ID})
		if err != nil {
			t.Fatal(err)
		}
		have := map[string]bool{}
		for _, r := range runs {
			have[r.ID] = true
			kept[r.ID] = r
		}
		for id := range kept {
			if !have[id] {
				t.Fatalf("kill %d: run %s, which was finished, is lost", i+1, id)
			}
		}
		if e.State == store.Done {
			t.Logf("it came to its end after %d kills", i)
			break
		}
		args = []string{"bench", "--resume"}
	}
	w.run("bench", "--resume") // status 2 where the last one came to its end before it was killed
	e := w.onlyExperiment(history)
	if e.State != store.Done || e.Seed != 7 || len(e.Resumed) == 0 {
		t.Fatalf("it is %s, seed %d, gone on with %d times", e.State, e.Seed, len(e.Resumed))
	}
	w.wholeOnce(history, e, targets, rounds)
	for _, r := range kept {
		if _, err := history.Get(r.ID); err != nil {
			t.Errorf("run %s, which was finished, is lost: %v", r.ID, err)
		}
	}
	if s := w.expect(0, nil, "compare", e.ID, "--allow-unclear"); !strings.Contains(s.out, "interrupted and gone on with") && !strings.Contains(s.words, "interrupted and gone on with") {
		t.Errorf("nobody is told that it was interrupted:\n%s\n%s", s.out, s.words)
	}
	w.expect(2, []string{"no experiment of this project was interrupted"}, "bench", "--resume")
	w.expect(2, []string{"it came to its end"}, "bench", "--resume", e.ID)
}

// wholeOnce holds that an experiment has each of its boots once, in the order that its
// seed gives, and a warm-up for every time it was begun or gone on with.
func (w *workspace) wholeOnce(history *store.Store, e store.Experiment, targets, rounds int) {
	w.t.Helper()
	runs, err := history.Load(store.Filter{Experiment: e.ID})
	if err != nil {
		w.t.Fatal(err)
	}
	count, warm := map[string]int{}, map[string]int{}
	order := map[int][]string{}
	for _, r := range runs {
		key := fmt.Sprintf("%s round %d", r.Target.ID, r.Round)
		if r.Warmup {
			warm[key]++
			continue
		}
		count[key]++
		order[r.Round] = append(order[r.Round], r.Target.ID)
	}
	if len(count) != targets*rounds {
		w.t.Errorf("%d boots of %d", len(count), targets*rounds)
	}
	for key, n := range count {
		if n != 1 {
			w.t.Errorf("%s was booted %d times", key, n)
		}
	}
	for key, n := range warm {
		if n != 1 {
			w.t.Errorf("warm-up %s was booted %d times", key, n)
		}
	}
	var plan struct{ Targets []struct{ ID string } }
	decodeLoosely(w.t, string(e.Plan), &plan)
	orders := map[string]bool{}
	for _, ids := range order {
		orders[fmt.Sprint(ids)] = true
	}
	if len(plan.Targets) != targets || len(orders) < 4 { // of 6 orders of 3 targets
		w.t.Errorf("%d targets planned, %d orders", len(plan.Targets), len(orders))
	}
}

// An experiment that is cut short and gone on with boots in the very order of one that
// is not.
func TestTheOrderDoesNotDependOnWhereItWasCut(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	args := []string{"bench", "-k", "host", "-a", "hello", "--sweep", "cpus=1,2"}
	w.expect(2, []string{"without a virtual machine"}, args...)
	w.app("steps", steps, "[params]\nsteps = 1\n")
	args = []string{"bench", "-k", "host", "-a", "steps", "--sweep", "steps=1,2,3", "-n", "30", "--warmup", "0", "--seed", "11", "--json"}
	var whole benchOutput
	decodeLoosely(t, w.expect(0, nil, args...).out, &whole)
	p := w.start(args...)
	p.awaitWords("round 3 of 30")
	p.signal(syscall.SIGKILL)
	var cut benchOutput
	decodeLoosely(t, w.expect(0, nil, "bench", "--resume", "--json").out, &cut)
	ids := func(b benchOutput) (list []string) {
		for _, r := range b.Runs {
			list = append(list, fmt.Sprintf("%d %s", r.Round, r.Target))
		}
		return list
	}
	if a, b := ids(whole), ids(cut); !slices.Equal(a, b) {
		t.Errorf("whole: %v\ncut:   %v", a, b)
	}
	if whole.Experiment == cut.Experiment {
		t.Error("the other one was gone on with")
	}
}

// Sources that were changed in between: the experiment goes on with those it began with.
func TestResumeBuildsFromTheSourcesThatWereKept(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.app("mine", "int main(void) { return 0; }\n", "")
	p := w.start("bench", "-k", "host", "-a", "mine", "-n", "1000", "--warmup", "0")
	p.awaitWords("round 2 of 1000")
	if status := p.signal(syscall.SIGTERM); status != 130 || !strings.Contains(p.words.String(), "slipway bench --resume ") {
		t.Errorf("ended with %d:\n%s", status, p.words.String())
	}
	history := w.history()
	e := w.onlyExperiment(history)
	if e.State != store.Stopped {
		t.Errorf("it is %s", e.State)
	}
	began := e.Images[0].Image.Hash
	w.app("mine", "int main(void) { return 3 - 3; /* another program */ }\nconst char more[] = \"more\";\n", "")
	p = w.start("bench", "--resume", e.ID)
	p.awaitWords("it is built from the sources kept in ")
	p.awaitWords("round 9 of 1000")
	p.signal(syscall.SIGINT)
	runs, err := history.Load(store.Filter{Experiment: e.ID})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range runs {
		if r.Image.Hash != began || !r.OK() {
			t.Errorf("round %d booted image %.12s, not %.12s: %s", r.Round, r.Image.Hash, began, r.Outcome)
		}
		if err := os.RemoveAll(history.SourcesPath(r.ID)); err != nil {
			t.Fatal(err)
		}
	}
	w.expect(2, []string{"host/mine is not what it was", "another program", "bring the old sources back"}, "bench", "--resume", e.ID)
}

// Two that go on with the same experiment: one does.
func TestOneOfTwoGoesOn(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	p := w.start("bench", "-k", "host", "-a", "hello", "-n", "100000", "--warmup", "0")
	p.awaitWords("round 2 of 100000")
	e := w.onlyExperiment(w.history())
	w.expect(2, []string{"another Slipway is carrying it out"}, "bench", "--resume", e.ID)
	w.expect(2, []string{"another Slipway is carrying out " + e.ID}, "bench", "--resume")
	p.signal(syscall.SIGKILL)
	w.expect(2, []string{"--resume and --rounds"}, "bench", "--resume", "-n", "3")
	both := []*background{w.start("bench", "--resume"), w.start("bench", "--resume")}
	type end struct{ who, status int }
	ends := make(chan end, 2)
	for i, p := range both {
		go func() { ends <- end{i, p.end()} }()
	}
	loser := <-ends
	if text := both[loser.who].words.String(); loser.status != 2 || !strings.Contains(text, "another Slipway") {
		t.Errorf("the one that lost ended with %d and says:\n%s", loser.status, text)
	}
	winner := both[1-loser.who]
	winner.awaitWords("of 100000: host/hello")
	if err := winner.cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if e := <-ends; e.status != 130 {
		t.Errorf("the one that went on ended with %d and says:\n%s", e.status, winner.words.String())
	}
}
