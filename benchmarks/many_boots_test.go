package benchmarks_test

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"slipway/benchmarks"
	"slipway/benchmarks/apps"
	"slipway/benchmarks/store"
	"slipway/runner"
	"slipway/runner/boot"
	"slipway/runner/catalog"
	"slipway/runner/process"
)

// harbour boots an app of a test's own on keel, and records it.
type harbour struct {
	t       *testing.T
	dir     string
	spawner *process.Spawner
	runner  *runner.Runner
	history *store.Store
}

// callsItsNumber says its number in many lines, and ends with it; the number 128 ends
// with 0.
const callsItsNumber = `#include <slipway.h>
#include <stdio.h>
int main(int argc, char **argv) {
	long number = slipway_param(argc, argv, "number", 1);
	for (int i = 0; i < 200; i++)
		printf("this is number %ld\n", number);
	return (int)(number % 128);
}
`

func newHarbour(t *testing.T) *harbour {
	t.Helper()
	if testing.Short() {
		t.Skip("dozens of boots")
	}
	h := &harbour{t: t, dir: t.TempDir(), spawner: process.NewSpawner()}
	t.Cleanup(h.spawner.Close)
	app := filepath.Join(h.dir, "apps", "numbered")
	if err := os.MkdirAll(app, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"app.toml": "schema = 1\nname = \"numbered\"\nabout = \"a test\"\ntimeout = \"120s\"\n[params]\nnumber = 1\n", "main.c": callsItsNumber,
	} {
		if err := os.WriteFile(filepath.Join(app, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c, problems := catalog.Load(catalog.Options{
		Kernels: []catalog.Source{{Origin: catalog.Builtin, FS: catalog.BuiltinKernels()}},
		Apps:    []catalog.Source{{Origin: catalog.Project, Dir: filepath.Dir(app)}},
	})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	h.runner = runner.New(runner.Options{Spawner: h.spawner, Catalog: c, Cache: filepath.Join(h.dir, "cache"), Include: apps.Include()})
	var err error
	if h.history, err = store.Open(filepath.Join(h.dir, "data")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.history.Close(); err != nil {
			t.Error(err)
		}
	})
	return h
}

// boot builds (or takes what is built), boots and records one.
func (h *harbour) boot(number int) (store.Run, error) {
	target := runner.Target{Kernel: "keel", App: "numbered"}
	if err := target.Settings.Set("number", strconv.Itoa(number)); err != nil {
		return store.Run{}, err
	}
	image, err := h.runner.Build(context.Background(), target, nil)
	if err != nil {
		return store.Run{}, err
	}
	plan, err := h.runner.Plan(context.Background(), image, runner.Timed)
	if err != nil {
		return store.Run{}, err
	}
	recording := benchmarks.Record(h.history, plan, benchmarks.RecordOptions{Interactive: true})
	b, err := h.runner.Start(context.Background(), plan, boot.Options{Log: recording.Log()})
	if err != nil {
		return store.Run{}, err
	}
	return recording.Finish(b.Wait())
}

// check holds that a run is that of its number and of no other.
func (h *harbour) check(number int, run store.Run) {
	h.t.Helper()
	if run.Outcome != string(boot.Exit) || run.Exit == nil || *run.Exit != number {
		h.t.Fatalf("number %d ended with %s (%s)", number, run.Outcome, run.Reason)
	}
	log, err := os.ReadFile(h.history.LogPath(run.ID))
	want := strings.Repeat(fmt.Sprintf("this is number %d\n", number), 200)
	if got := string(bytes.ReplaceAll(log, []byte("\r"), nil)); err != nil || got != want {
		h.t.Fatalf("the console of number %d has %d bytes, want %d (%v): %.100q", number, len(got), len(want), err, got)
	}
}

// heap is what is in use once all garbage is gone.
func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// TestFiftyBootsAtOnceAllFinish: on however few CPUs, none is lost, none is mixed up
// with another, and memory does not grow with what they say.
func TestFiftyBootsAtOnceAllFinish(t *testing.T) {
	t.Parallel()
	const boots, most = 50, 256 << 20
	h := newHarbour(t)
	run, err := h.boot(99)
	if err != nil {
		t.Fatal(err)
	}
	h.check(99, run)
	before := process.PeakMemory(os.Getpid())
	runs, errs := make([]store.Run, boots), make([]error, boots)
	var all sync.WaitGroup
	for i := range boots {
		all.Go(func() { runs[i], errs[i] = h.boot(i + 1) })
	}
	all.Wait()
	if grown := process.PeakMemory(os.Getpid()) - before; grown > most {
		t.Errorf("this process has needed %d bytes more than for one", grown)
	}
	seen := map[string]bool{}
	for i := range boots {
		if errs[i] != nil {
			t.Fatal(errs[i])
		}
		h.check(i+1, runs[i])
		seen[runs[i].ID] = true
	}
	list, err := h.history.List(store.Filter{}, 0)
	if err != nil || len(list) != boots+1 || len(seen) != boots {
		t.Errorf("%d boots with %d IDs, %d runs in the history, %v", boots, len(seen), len(list), err)
	}
}

// TestBootsInARowLeaveNothing is not parallel: other tests' goroutines, descriptors and
// children would count. The soak makes thousands, see SLIPWAY_BOOTS.
func TestBootsInARowLeaveNothing(t *testing.T) { //nolint:paralleltest // see above
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	h := newHarbour(t)
	boots, err := strconv.Atoi(os.Getenv("SLIPWAY_BOOTS"))
	if err != nil {
		boots = 30
	}
	const first, most = 5, 16 << 20
	for i := range first { // what is made once
		if _, err := h.boot(i + 1); err != nil {
			t.Fatal(err)
		}
	}
	before, beforeHeap := h.held(temporary), heap()
	began := time.Now()
	for i := range boots {
		run, err := h.boot(i%100 + 1)
		if err != nil {
			t.Fatal(err)
		}
		h.check(i%100+1, run)
		if i > 0 && i%1000 == 0 {
			t.Logf("%d boots in %s, %+v", i, time.Since(began).Round(time.Second), h.held(temporary))
		}
	}
	deadline, tick := time.After(10*time.Second), time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for {
		now := h.held(temporary)
		if now == before {
			break
		}
		select {
		case <-tick.C:
			continue
		case <-deadline:
			t.Fatalf("after %d boots there are %+v, before there were %+v", boots, now, before)
		}
	}
	if grown := heap() - beforeHeap; grown > most {
		t.Errorf("the heap has grown by %d bytes", grown)
	}
	list, err := h.history.List(store.Filter{}, 0)
	if err != nil || len(list) != boots+first {
		t.Errorf("%d boots, %d runs in the history, %v", boots+first, len(list), err)
	}
}

// holdings are what a program can leak.
type holdings struct {
	descriptors, goroutines, children int
	files, bytes                      int64 // outside the history
}

func (h *harbour) held(temporary string) holdings {
	h.t.Helper()
	now := holdings{goroutines: runtime.NumGoroutine()}
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		h.t.Fatal(err)
	}
	now.descriptors = len(entries)
	children, err := filepath.Glob("/proc/self/task/*/children")
	if err != nil {
		h.t.Fatal(err)
	}
	for _, file := range children { // zombies are among them
		data, err := os.ReadFile(file)
		if err == nil { // else that thread has ended
			now.children += len(strings.Fields(string(data)))
		}
	}
	for _, dir := range []string{filepath.Join(h.dir, "cache"), temporary} {
		err := filepath.WalkDir(dir, func(_ string, e fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			info, err := e.Info()
			if err == nil && !e.IsDir() {
				now.files++
				now.bytes += info.Size()
			}
			return err
		})
		if err != nil {
			h.t.Fatal(err)
		}
	}
	return now
}
