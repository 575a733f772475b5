package main_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"slipway/benchmarks/store"
)

// rewrite changes what the history says of all runs, as if they had been made
// somewhere else.
func (w *workspace) rewrite(from, to string) {
	w.t.Helper()
	records, err := filepath.Glob(filepath.Join(w.home, "data", "runs", "*", "run.json"))
	if err != nil || len(records) == 0 {
		w.t.Fatalf("%d records, %v", len(records), err)
	}
	for _, path := range records {
		data, err := os.ReadFile(path)
		if err != nil {
			w.t.Fatal(err)
		}
		changed := strings.Replace(string(data), from, to, 1)
		if changed == string(data) {
			w.t.Fatalf("%s does not say %s:\n%s", path, from, data)
		}
		if err := os.WriteFile(path, []byte(changed), 0o600); err != nil {
			w.t.Fatal(err)
		}
	}
}

// Boots on another QEMU could not stand beside those there are; another kernel of the
// host may explain a difference, and is told.
func TestResumeLooksAtWhatSurroundsIt(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	p := w.start("bench", "-k", "keel", "-a", "hello", "-n", "1000", "--warmup", "1")
	p.awaitWords("round 1 of 1000")
	p.signal(syscall.SIGKILL)
	w.rewrite(`"host_kernel": "`, `"host_kernel": "2.4.18-`)
	p = w.start("bench", "--resume")
	p.awaitWords("bench: warning: the host's kernel has changed since the experiment began: 2.4.18-")
	p.awaitWords("of 1000: keel/hello")
	p.signal(syscall.SIGKILL)
	history := w.history()
	e := w.onlyExperiment(history)
	runs, err := history.Load(store.Filter{Experiment: e.ID})
	if err != nil {
		t.Fatal(err)
	}
	warmups := map[int]bool{}
	for _, r := range runs {
		if r.Warmup {
			warmups[r.Round] = true
		}
	}
	if len(warmups) != 2 || len(e.Resumed) != 1 {
		t.Errorf("warm-up rounds %v, gone on with %d times: a cold host is warmed up again", warmups, len(e.Resumed))
	}
	w.rewrite(`"qemu": "`, `"qemu": "1.0 and not `)
	w.expect(2, []string{"keel/hello has other QEMU versions: 1.0 and not ", "begin anew"}, "bench", "--resume")
	if after := w.onlyExperiment(history); len(after.Resumed) != 1 || history.Alive(e.ID) {
		t.Errorf("what was refused is claimed, or counts as gone on with: %+v", after.Resumed)
	}
}
