package session_test

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"
	"unicode"

	"slipway/benchmarks/store"
	"slipway/session"
)

func sum(text string) string {
	hash := sha256.Sum256([]byte(text))
	return hex.EncodeToString(hash[:])
}

// madeRun is a run that went well, with all that a diff looks at.
func madeRun() store.Run {
	load := 0.5
	return store.Run{
		Target: store.Target{ID: "keel/nbody", Kernel: "keel", App: "nbody"}, Kind: store.Timed, Outcome: "exit", Exit: new(int), Started: time.Now(),
		Image: store.Image{Hash: "1111", AppHash: "aaaa", Size: 100}, Manifests: store.Manifests{Kernel: sum("kernel = 1\n"), App: sum("schema = 1\n")},
		Environment: store.Environment{Host: "devbox", Accel: store.TCG, QEMU: "7.2.22", Arch: "x86_64", Machine: "pc", Memory: 64 << 20, CPUs: 1, Load: &load, Commit: "c0ffee", Transport: "pipe"},
		Args:        strings.Fields("qemu-system-x86_64 -M pc -m 64M -chardev socket,id=q,fd=7 -kernel /cache/images/apps/0123456789abcdef0123/app -append slipway.nonce=abc123"),
		Metrics: map[string]store.Metric{
			"boot/total": {Unit: "sec", Better: "lower", Values: []float64{0.64}}, "Nbody": {Unit: "ns/op", Better: "lower", Values: []float64{100, 300, 200}},
			"boot/vmm": {Unit: "sec", Better: "lower", Values: []float64{0.0261}}, "size/image": {Unit: "B", Better: "lower", Values: []float64{100}},
		},
	}
}

// storeRun stores a run with its sources and the kernel's manifest.
func storeRun(t *testing.T, history *store.Store, run store.Run, sources fs.FS, manifest string) store.Run {
	t.Helper()
	p, err := history.Begin()
	if err == nil && sources != nil {
		err = p.AddSources(sources)
	}
	if err == nil && manifest != "" {
		err = p.AddKernelManifest([]byte(manifest))
	}
	if err == nil {
		run, err = p.Commit(run)
	}
	if err != nil {
		t.Fatal(err)
	}
	return run
}

func files(pairs ...string) fs.FS {
	tree := fstest.MapFS{}
	for i := 0; i < len(pairs); i += 2 {
		tree[pairs[i]] = &fstest.MapFile{Data: []byte(pairs[i+1])}
	}
	return tree
}

func openHistory(t *testing.T) *store.Store {
	t.Helper()
	history, err := store.Open(t.TempDir())
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

func has(t *testing.T, text string, wants ...string) {
	t.Helper()
	for _, want := range wants {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in:\n%s", want, text)
		}
	}
}

const (
	before = "int main(void)\n{\n\treturn 0;\n}\n"
	after  = "int main(void)\n{\n\treturn 1;\n}\n"
)

func TestADiffTellsWhatWasChangedAndWhatItCost(t *testing.T) {
	t.Parallel()
	history := openHistory(t)
	a := storeRun(t, history, madeRun(), files("main.c", before, "old.h", "x\n", "app.toml", "schema = 1\n"), "kernel = 1\n")
	run := madeRun()
	run.Image = store.Image{Hash: "2222", AppHash: "bbbb", Size: 120}
	run.Manifests = store.Manifests{Kernel: sum("kernel = 2\n"), App: sum("schema = 2\n")}
	run.Target.Settings = map[string]string{"memory": "128M"}
	run.Environment.Memory, run.Environment.Dirty = 128<<20, true
	run.Args = strings.Fields("qemu-system-x86_64 -M pc -m 128M -chardev socket,id=q,fd=9 -kernel /cache/images/apps/fedcba98765432100000/app -append slipway.nonce=zzz999")
	run.Metrics = map[string]store.Metric{
		"boot/total": {Unit: "sec", Better: "lower", Values: []float64{0.32}}, "Nbody": {Unit: "ns/op", Better: "lower", Values: []float64{250}},
		"boot/vmm": {Unit: "sec", Better: "lower", Values: []float64{0.02615}}, "size/image": {Unit: "B", Better: "lower", Values: []float64{120}},
	}
	b := storeRun(t, history, run, files("main.c", after, "new.bin", "\x00\x01", "app.toml", "schema = 2\n"), "kernel = 2\n")
	d := session.DiffRuns(history, a, b)
	text := d.Text()
	has(t, text,
		"changed   source: main.c +1 -1, new.bin added, old.h +0 -1\n",
		"app manifest: app.toml +1 -1", "kernel manifest: kernel.toml +1 -1", "settings: memory – -> 128M", "git commit: with changes no -> yes",
		"image: hash 1111 -> 2222, app's ELF aaaa -> bbbb", "command line: -m 64M -> 128M\n", "environment: memory 64 MiB -> 128 MiB",
		"same      target, disks and shares, outcome",
		"--- a/main.c\n+++ b/main.c\n@@ -1,4 +1,4 @@\n int main(void)\n {\n-\treturn 0;\n+\treturn 1;\n }\n", "--- a/old.h\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n",
		"(not text: 2 bytes)", "-kernel = 1\n+kernel = 2\n", "-schema = 1\n+schema = 2\n",
		"one boot each: no verdict", "within 1 %: QEMU's start",
	)
	for i, want := range []struct{ name, verdict string }{{"boot/total", ""}, {"Nbody", ""}, {"size/image", "worse"}} {
		if got := d.Cost.Rows[i]; got.Name != want.name || got.Verdict != want.verdict {
			t.Errorf("row %d is %+v, want %v", i, got, want)
		}
	}
	if r := d.Cost.Rows[1].Ratio; r == nil || *r != 1.25 {
		t.Errorf("several results of one boot are their median: %v", r)
	}
	if strings.Index(text, "what it cost") > strings.Index(text, "@@") {
		t.Error("the answer stands behind the details")
	}

	same := session.DiffRuns(history, a, a)
	if same.Differ() || len(same.Notes) > 0 {
		t.Errorf("a run differs from itself:\n%s", same.Text())
	}
	has(t, same.Text(), "changed   nothing\n", "same      target, source, app manifest, kernel manifest, settings, ")
}

// Boots of two targets of one experiment are judged by all of its rounds.
func TestADiffWithinAnExperimentHasItsVerdict(t *testing.T) {
	t.Parallel()
	history := openHistory(t)
	targets := []store.Target{{ID: "keel/nbody", Kernel: "keel", App: "nbody"}, {ID: "keel/nbody memory=128M", Kernel: "keel", App: "nbody", Settings: map[string]string{"memory": "128M"}}}
	id, err := history.PutExperiment(store.Experiment{State: store.Done, Rounds: 12, Started: time.Now(), Baseline: targets[0].ID, Targets: targets})
	if err != nil {
		t.Fatal(err)
	}
	var last [2]store.Run
	for round := range 12 {
		for i, target := range targets {
			run := madeRun()
			run.Target, run.Experiment, run.Round = target, id, round+1
			run.Environment.Memory = int64(64*(1+i)) << 20
			run.Metrics = map[string]store.Metric{
				"boot/total": {Unit: "sec", Better: "lower", Values: []float64{0.64*float64(1+i) + 0.001*float64(round%5)}},
				"Nbody":      {Unit: "ns/op", Better: "lower", Values: []float64{200 + float64((round+i)%3)/100}},
			}
			run.Started = time.Now()
			last[i] = storeRun(t, history, run, nil, "")
		}
	}
	d := session.DiffRuns(history, last[0], last[1])
	if d.Cost.Experiment != id || len(d.Cost.Rows) != 1 || d.Cost.Rows[0].Verdict != "worse" || len(d.Cost.Close) != 1 {
		t.Errorf("%+v", d.Cost)
	}
	has(t, d.Text(), "12 rounds of experiment "+id+", interleaved", "no change: Nbody ns/op", "the sources of run "+last[0].ID+" were not kept")
	// Boots outside of it, of what it timed, are judged by it as well: the rounds after a
	// save have both its image and the one before.
	alone := madeRun()
	alone.Kind = store.Interactive
	d = session.DiffRuns(history, storeRun(t, history, alone, nil, ""), last[1])
	if d.Cost.Experiment != id || d.Cost.Rows[0].Verdict != "worse" {
		t.Errorf("%+v", d.Cost)
	}
	has(t, d.Text(), "experiment "+id+" timed both images side by side")
	alone.Image.Hash = "other"
	if d := session.DiffRuns(history, storeRun(t, history, alone, nil, ""), last[1]); d.Cost.Experiment != "" {
		t.Errorf("%+v", d.Cost)
	}
	// Two rounds of one target are two boots, whatever experiment they are of.
	twice := last[0]
	twice.ID = "other"
	if d := session.DiffRuns(history, last[0], twice); d.Cost.Experiment != "" {
		t.Errorf("%+v", d.Cost)
	}
}

// The rounds after a save may have both images on a machine that they share with another
// kernel: it is still the two images that they judge.
func TestADiffIsJudgedOnTheMachineThatWasTimed(t *testing.T) {
	t.Parallel()
	history := openHistory(t)
	of := func(image string) store.Run {
		run := madeRun()
		run.Image = store.Image{Hash: image, AppHash: image}
		return run
	}
	var watched [2]store.Run
	for i, image := range []string{"1111", "2222"} {
		run := of(image)
		run.Kind, run.Environment.Machine = store.Interactive, "microvm"
		watched[i] = storeRun(t, history, run, files("main.c", image), "")
	}
	for round := range 6 {
		for i, image := range []string{"1111", "2222"} {
			run := of(image)
			run.Experiment, run.Round = "000000000abc", round+1
			run.Target.ID = "keel/nbody" + []string{session.LastSave, ""}[i]
			run.Target.Settings = map[string]string{"machine": "pc", "memory": "64M"}
			run.Metrics = map[string]store.Metric{"Nbody": {Unit: "ns/op", Better: "lower", Values: []float64{200*float64(1+i) + float64(round)}}}
			storeRun(t, history, run, nil, "")
		}
	}
	d := session.DiffRuns(history, watched[0], watched[1])
	if d.Cost.Experiment != "000000000abc" || len(d.Cost.Rows) != 1 || d.Cost.Rows[0].Verdict != "worse" {
		t.Errorf("%+v", d.Cost)
	}
	back := session.DiffRuns(history, watched[1], watched[0])
	if len(back.Cost.Rows) != 1 || back.Cost.Rows[0].Verdict != "better" {
		t.Errorf("%+v", back.Cost)
	}
}

// Where something was not kept or can't be compared, that is said.
func TestADiffTellsWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	history := openHistory(t)
	a := storeRun(t, history, madeRun(), files("main.c", before), "") // app.toml is not that of the hash
	run := madeRun()
	run.Image, run.Outcome, run.Exit, run.Reason = store.Image{Hash: "2222", AppHash: "bbbb"}, "hang", nil, "silent for 10 s"
	run.Manifests.App, run.Manifests.Kernel = "other", "another"
	run.Environment.Accel = store.KVM
	b := storeRun(t, history, run, nil, "kernel = 2\n")
	has(t, session.DiffRuns(history, a, b).Text(),
		"the sources of run "+b.ID+" were not kept: they changed before it ended", "source: program aaaa -> bbbb", "what changed in app.toml is not known", "what changed in kernel.toml is not known",
		"outcome: outcome exit 0 -> hang, reason – -> silent for 10 s", "spawn to exit")
	run = madeRun()
	run.Environment.Accel = store.KVM
	c := storeRun(t, history, run, files("main.c", before), "kernel = 1\n")
	has(t, session.DiffRuns(history, a, c).Text(), "n/c: A on tcg, B on kvm: emulation is never ranked against hardware")
	// Another run of the same image has them.
	twin := madeRun()
	f := storeRun(t, history, twin, nil, "kernel = 1\n")
	storeRun(t, history, madeRun(), files("main.c", before, "app.toml", "schema = 1\n"), "")
	has(t, session.DiffRuns(history, f, c).Text(), "same      target, source,", "the sources of run "+f.ID+" are those of run ")
	run = madeRun()
	run.Image.Hash = "3333"
	e := storeRun(t, history, run, files("main.c", before, "app.toml", "schema = 1\n"), "kernel = 1\n")
	has(t, session.DiffRuns(history, c, e).Text(), "the images differ and the sources do not")
	// A folder that can't be read is told too, and a link out of it leads nowhere.
	if err := os.Symlink("/etc/hostname", filepath.Join(history.SourcesPath(e.ID), "link.c")); err != nil {
		t.Fatal(err)
	}
	if text := session.DiffRuns(history, c, e).Text(); strings.Contains(text, "link.c") {
		t.Errorf("it follows a link:\n%s", text)
	}
	if err := os.RemoveAll(history.SourcesPath(e.ID)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(history.SourcesPath(e.ID), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	has(t, session.DiffRuns(history, c, e).Text(), "the sources of run "+e.ID+" can't be read")
}

// Whatever is in names, notes and sources, nothing of it acts upon a terminal.
func TestADiffOfHostileRunsIsPlain(t *testing.T) {
	t.Parallel()
	history := openHistory(t)
	evil := "\x1b]0;owned\a\x1b[2J\r\b\u202e\u200b\u009b31m\xff\x7f"
	a := storeRun(t, history, madeRun(), files("main.c", before+strings.Repeat("x", 900_000), "app.toml", "schema = 1\n"), "kernel = 1\n")
	run := madeRun()
	run.Note, run.Reason, run.Outcome, run.Exit = "note "+evil, evil, "hang", nil
	run.Target.App, run.Target.ID = "nbody", "keel/nbody "+evil
	run.Target.Settings = map[string]string{"k" + evil: "v" + evil}
	run.Environment.Host, run.Environment.Commit = "host"+evil, evil+"commit"
	run.Args = append(slices.Clone(run.Args), "-name", evil)
	run.Metrics["M"+evil] = store.Metric{Unit: "u" + evil, Values: []float64{1}}
	run.Attached = []store.Attached{{Kind: "disk", Path: "/d/" + evil}}
	b := storeRun(t, history, run, files("main.c", before+"// "+evil+"\nlast", "f\x1b[31m.c", "x\r\n"), "kernel = 1\n")
	if err := history.Note(b.ID, run.Note); err != nil {
		t.Fatal(err)
	}
	b, err := history.Get(b.ID)
	if err != nil {
		t.Fatal(err)
	}
	text := session.DiffRuns(history, a, b).Text()
	for _, r := range strings.ToValidUTF8(text, "\x00") {
		if r != '\n' && r != '\t' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) {
			t.Fatalf("%U comes through:\n%q", r, text)
		}
	}
	for line := range strings.Lines(text) {
		if len([]rune(line)) > 2500 {
			t.Errorf("a line of %d characters", len([]rune(line)))
		}
	}
	has(t, text, `^[]0;owned^G^[[2J^M^H\u202e\u200b\u009b31m\xff^?`, `\ no newline at the end`, "+x^M\n", "b/f^[[31m.c")
}

// Large changes are bounded, and it is said.
func TestADiffIsBounded(t *testing.T) {
	t.Parallel()
	history := openHistory(t)
	var x, y strings.Builder
	for range 3000 {
		x.WriteString("one line\n")
		y.WriteString("another line\n")
	}
	var left, right []string
	for i := range 250 {
		name := "f" + strings.Repeat("x", i) + ".c"
		left, right = append(left, name, x.String()[:900]), append(right, name, y.String()[:1300])
	}
	left, right = append(left, "big.c", x.String()), append(right, "big.c", y.String())
	a := storeRun(t, history, madeRun(), files(left...), "")
	b := storeRun(t, history, madeRun(), files(right...), "")
	d := session.DiffRuns(history, a, b)
	text := d.Text()
	has(t, text, "more lines are not shown", "more files differ and are not shown", "big.c +3000 -3000", "too much differs for this to be shown")
	if n := strings.Count(text, "\n"); n > 8000 {
		t.Errorf("%d lines", n)
	}
}
