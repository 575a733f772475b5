package main_test

import (
	"bufio"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"slipway/benchmarks/store"
)

// experimentKills is how many experiments are killed; the soak kills 200.
func experimentKills() int {
	n, err := strconv.Atoi(os.Getenv("SLIPWAY_EXPERIMENT_KILLS"))
	if err != nil {
		return 6
	}
	return n
}

// under is what a round's line tells: in round N of one target, N boots are done.
var under = regexp.MustCompile(`round (\d+) of `)

// TestAKilledExperimentLosesNoFinishedRun kills real experiments at random moments. What
// had been said to be done must be there and whole, and nothing half-written beside it.
func TestAKilledExperimentLosesNoFinishedRun(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.app("ok", "#include <stdio.h>\nint main(void) { puts(\"BenchmarkOk 1 5 ns/op\"); return 0; }\n", "")
	w.expect(0, nil, "boot", "-k", "host", "-a", "ok")
	seed, err := strconv.ParseUint(os.Getenv("SLIPWAY_SEED"), 10, 64)
	if err != nil {
		seed = rand.Uint64()
	}
	t.Logf("SLIPWAY_SEED=%d", seed)
	random := rand.New(rand.NewPCG(seed, 1))
	done, n := 1, experimentKills()
	for range n {
		done += w.killExperiment(1+random.IntN(12), time.Duration(random.Int64N(int64(8*time.Millisecond))))
	}
	w.expect(0, nil, "boot", "-k", "host", "-a", "ok") // writing sweeps what the dead left
	if left := unfinished(t, filepath.Join(w.home, "data")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	stored := w.wholeHistory()
	if stored < done+1 {
		t.Errorf("%d runs were done and %d are stored", done+1, stored)
	}
	t.Logf("%d kills, %d runs done, %d stored", n, done+1, stored)
}

// killExperiment kills one in a round, a moment after the round began, and returns how
// many boots were known to be done.
func (w *workspace) killExperiment(round int, moment time.Duration) (done int) {
	w.t.Helper()
	cmd := w.command("bench", "-k", "host", "-a", "ok", "-n", "100000", "--warmup", "0")
	words, err := cmd.StderrPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		w.t.Fatal(err)
	}
	lines := bufio.NewScanner(words)
	for done < round && lines.Scan() {
		if m := under.FindStringSubmatch(lines.Text()); m != nil {
			done, _ = strconv.Atoi(m[1])
		}
	}
	<-time.After(moment) // any moment is right: it is what is tried out
	if err := cmd.Process.Signal(syscall.SIGKILL); err != nil {
		w.t.Error(err)
	}
	for lines.Scan() { // what it had said before it died
		if m := under.FindStringSubmatch(lines.Text()); m != nil {
			done, _ = strconv.Atoi(m[1])
		}
	}
	_ = cmd.Wait() // killed, as it should be
	if done < round {
		w.t.Fatalf("the experiment came to round %d", done)
	}
	w.nothingRuns()
	return done
}

// wholeHistory reads every run and every experiment, holds that the index says what the
// folders say, and that one made anew says the same, byte for byte. It counts the runs.
func (w *workspace) wholeHistory() int {
	w.t.Helper()
	data := filepath.Join(w.home, "data")
	history, err := store.Open(data)
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() {
		if err := history.Close(); err != nil {
			w.t.Error(err)
		}
	}()
	if problems, err := history.Unreadable(); err != nil || len(problems) > 0 {
		w.t.Errorf("half written: %v, %v", problems, err)
	}
	folders, err := filepath.Glob(filepath.Join(data, "runs", "????????????"))
	if err != nil {
		w.t.Fatal(err)
	}
	list, err := history.List(store.Filter{}, 0)
	if err != nil || len(list) != len(folders) {
		w.t.Errorf("%d runs are listed and %d are there, %v", len(list), len(folders), err)
	}
	records, err := filepath.Glob(filepath.Join(data, "experiments", "*.json"))
	if err != nil {
		w.t.Fatal(err)
	}
	if experiments, err := history.Experiments(0); err != nil || len(experiments) != len(records) {
		w.t.Errorf("%d experiments can be read of %d, %v", len(experiments), len(records), err)
	}
	before := w.expect(0, nil, "runs", "--json", "-n", "0").out
	indexes, err := filepath.Glob(filepath.Join(data, "index-*"))
	if err != nil || len(indexes) == 0 {
		w.t.Fatalf("no index: %v", err)
	}
	for _, path := range indexes {
		if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
			w.t.Fatal(err)
		}
	}
	if after := w.expect(0, nil, "runs", "--json", "-n", "0").out; after != before {
		w.t.Errorf("the index made anew lists other runs than the old one:\n%s\n%s", before, after)
	}
	return len(list)
}

// Two Slipways that write and one that reads, all of the same history.
func TestTwoExperimentsAtOnceAndAReader(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.app("ok", "int main(void) { return 0; }\n", "")
	w.expect(0, nil, "build", "-k", "host", "-a", "ok")
	const each = 15
	var wg sync.WaitGroup
	experiments := make([]string, 2)
	for i := range experiments {
		// With a temporary folder of its own it does not wait for the other's boots.
		cmd := w.command("bench", "-k", "host", "-a", "ok", "-n", strconv.Itoa(each), "--warmup", "0", "--json")
		cmd.Env = slices.Concat(w.env, []string{"TMPDIR=" + t.TempDir()})
		wg.Go(func() {
			out, err := cmd.Output()
			if err != nil {
				t.Errorf("an experiment: %v", err)
				return
			}
			var made struct {
				Experiment string `json:"experiment"`
			}
			decodeLoosely(t, string(out), &made)
			experiments[i] = made.Experiment
		})
	}
	for seen, last := 0, -1; seen != last || seen < 2*each; {
		var list struct {
			Runs []struct {
				ID string `json:"id"`
			} `json:"runs"`
		}
		decodeLoosely(t, w.expect(0, nil, "runs", "--json", "-n", "0").out, &list)
		if last = seen; len(list.Runs) < last {
			t.Errorf("%d runs were listed, and then %d", last, len(list.Runs))
		}
		if seen = len(list.Runs); seen > 0 {
			w.expect(0, nil, "run", "show", list.Runs[0].ID)
		}
		if t.Failed() {
			break
		}
	}
	wg.Wait()
	if n := w.wholeHistory(); n != 2*each {
		t.Errorf("%d runs are stored, want %d", n, 2*each)
	}
	w.run("compare", experiments[0], experiments[1])
}

// A disk that fills up in the middle ends an experiment with a sentence; what was stored
// before is whole, listed and compared.
func TestADiskThatFillsDuringAnExperiment(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.app("ok", "int main(void) { return 0; }\n", "")
	w.expect(0, nil, "build", "-k", "host", "-a", "ok")
	data := filepath.Join(w.home, "data")
	if err := os.MkdirAll(data, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", data, "tmpfs", 0, "size=1m"); err != nil {
		t.Skipf("mounting a small file system needs more rights: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(data, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	s := w.expect(2, []string{"no space left", data, "SLIPWAY_HOME", "earlier runs are safe"}, "bench", "-k", "host", "-a", "ok", "-n", "1000", "--warmup", "0", "--json")
	if n := strings.Count(s.words, "slipway:"); n != 2 || !strings.Contains(s.words, "--resume") { // what is wrong, and how to go on
		t.Errorf("it says:\n%s", s.words)
	}
	var made struct {
		Experiment string `json:"experiment"`
		Runs       []any  `json:"runs"`
	}
	decodeLoosely(t, s.out, &made)
	if left := unfinished(t, data); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if n := w.wholeHistory(); n != len(made.Runs) || n == 0 {
		t.Errorf("%d runs are stored of %d that were done", n, len(made.Runs))
	}
	if s := w.expect(0, nil, "report", made.Experiment, "--format", "csv"); strings.Count(s.out, fmt.Sprintf("\n%s,", made.Experiment)) < len(made.Runs) {
		t.Errorf("the report has not all %d runs:\n%.500s", len(made.Runs), s.out)
	}
}
