package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"
)

func open(t *testing.T, dir string) *Store {
	t.Helper()
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func example() Run {
	status := 0
	load := 0.5
	return Run{
		Experiment: "000000000001", Target: Target{ID: "keel/nbody", Kernel: "keel", App: "nbody", Settings: map[string]string{"memory": "64M"}},
		Round: 3, Kind: Timed, Save: "a41f", Image: Image{Hash: "abc", Size: 14200, AppHash: "def"},
		Environment: Environment{Host: "devbox", Accel: TCG, QEMU: "7.2.0", Load: &load},
		Args:        []string{"qemu-system-x86_64", "-M", "microvm"}, Started: time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC),
		Outcome: "exit", Exit: &status, Phases: []Phase{{Name: "vmm", Seconds: 0.026, Marker: "QMP RESUME"}}, Total: 0.65,
		Metrics: map[string]Metric{"Nbody": {Unit: "ns/op", Better: "lower", Values: []float64{1834512, 1834513}}},
	}
}

func put(t *testing.T, s *Store, run Run, log string) Run {
	t.Helper()
	p, err := s.Begin()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Log().WriteString(log); err != nil {
		t.Fatal(err)
	}
	stored, err := p.Commit(run)
	if err != nil {
		t.Fatal(err)
	}
	return stored
}

func same(t *testing.T, got, want any) {
	t.Helper()
	a, err1 := json.Marshal(got)
	b, err2 := json.Marshal(want)
	if err1 != nil || err2 != nil || string(a) != string(b) {
		t.Errorf("got  %s\nwant %s (%v, %v)", a, b, err1, err2)
	}
}

func TestARunComesBackAsItWas(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	want := put(t, s, example(), "SeaBIOS\n")
	if want.ID == "" || want.Schema != Schema {
		t.Errorf("stored as %q, schema %d", want.ID, want.Schema)
	}
	for _, s := range []*Store{s, open(t, dir)} {
		got, err := s.Get(want.ID)
		if err != nil {
			t.Fatal(err)
		}
		same(t, got, want)
		list, err := s.List(Filter{}, 0)
		if err != nil || len(list) != 1 {
			t.Fatal(list, err)
		}
		same(t, list[0], Summarise(want))
	}
	if log, err := os.ReadFile(s.LogPath(want.ID)); err != nil || string(log) != "SeaBIOS\n" {
		t.Errorf("log %q, %v", log, err)
	}
	if left := names(t, filepath.Join(dir, runsDir)); len(left) != 2 { // the run and this process's lock
		t.Errorf("the folder holds %v", left)
	}
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestAnAbortedRunLeavesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	p, err := s.Begin()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Abort(); err != nil {
		t.Fatal(err)
	}
	if err := p.Abort(); err == nil {
		t.Error("the second Abort says nothing")
	}
	if _, err := p.Commit(example()); err == nil {
		t.Error("Commit after Abort says nothing")
	}
	list, err := s.List(Filter{}, 0)
	if err != nil || len(list) != 0 {
		t.Error(list, err)
	}
}

func TestWhatIsNoNumberIsNotStored(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	for _, v := range []float64{math.NaN(), math.Inf(1)} {
		p, err := s.Begin()
		if err != nil {
			t.Fatal(err)
		}
		run := example()
		run.Metrics["Nbody"] = Metric{Unit: "ns/op", Values: []float64{1, v}}
		if _, err := p.Commit(run); err == nil || !strings.Contains(err.Error(), "Nbody") {
			t.Errorf("%v gives %v", v, err)
		}
	}
	if n, err := s.Count(Filter{}); n != 0 || err != nil {
		t.Error(n, err)
	}
}

func TestIDsSortByTimeAndAreFoundByTheirEnds(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	// A clock that stands still and then goes back.
	at := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	var ids []string
	for i := range 50 {
		if i == 25 {
			at = at.Add(-time.Hour)
		}
		ids = append(ids, s.ids.next(at))
	}
	if !slices.IsSorted(ids) || len(slices.Compact(slices.Clone(ids))) != 50 {
		t.Errorf("IDs %v", ids)
	}
	for _, id := range ids {
		if !validID(id) {
			t.Errorf("%q is no ID", id)
		}
	}

	a, b := put(t, s, example(), ""), put(t, s, example(), "")
	for _, part := range []string{a.ID, a.ID[len(a.ID)-5:], strings.ToUpper(a.ID[len(a.ID)-6:])} {
		if got, err := s.Get(part); err != nil || got.ID != a.ID {
			t.Errorf("Get(%q) = %q, %v; want %q", part, got.ID, err, a.ID)
		}
	}
	var ambiguous *AmbiguousError
	if _, err := s.Get(a.ID[:4]); !errors.As(err, &ambiguous) || len(ambiguous.IDs) != 2 {
		t.Errorf("Get(%q): %v; there is %s too", a.ID[:4], err, b.ID)
	}
	for _, bad := range []string{"", "zzzzz", "../../etc", "0000000000000000", "..", "a b"} {
		if _, err := s.Get(bad); !errors.Is(err, ErrNotFound) {
			t.Errorf("Get(%q): %v", bad, err)
		}
	}
}

func TestFilters(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	first := put(t, s, example(), "")
	other := example()
	other.Target = Target{ID: "linux-cloud/nbody", Kernel: "linux-cloud", App: "nbody"}
	other.Outcome, other.Exit, other.Warmup, other.Kind = "hang", nil, true, Interactive
	second := put(t, s, other, "")
	if err := s.Pin(second.ID, true); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		f    Filter
		want []string
	}{
		{Filter{}, []string{second.ID, first.ID}},
		{Filter{Kernel: "keel"}, []string{first.ID}},
		{Filter{Target: "linux-cloud/nbody", Outcome: "hang"}, []string{second.ID}},
		{Filter{NoWarmup: true}, []string{first.ID}},
		{Filter{Kind: Interactive}, []string{second.ID}},
		{Filter{Pinned: true}, []string{second.ID}},
		{Filter{Before: second.ID}, []string{first.ID}},
		{Filter{App: "nbody", Save: "a41f", Image: "abc", Experiment: "000000000001"}, []string{second.ID, first.ID}},
		{Filter{Kernel: "'; DROP TABLE runs; --"}, nil},
	} {
		list, err := s.List(c.f, 0)
		var ids []string
		for _, r := range list {
			ids = append(ids, r.ID)
		}
		if err != nil || !slices.Equal(ids, c.want) {
			t.Errorf("%+v gives %v, %v; want %v", c.f, ids, err, c.want)
		}
	}
	runs, err := s.Load(Filter{})
	if err != nil || len(runs) != 2 || runs[0].ID != first.ID {
		t.Errorf("Load: %d runs, %v: the oldest comes first", len(runs), err)
	}
}

func TestNotesPinsTrash(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	run := put(t, s, example(), "log")
	if err := s.Note(run.ID, "after the cache change"); err != nil {
		t.Fatal(err)
	}
	if err := s.Pin(run.ID, true); err != nil {
		t.Fatal(err)
	}
	check := func(s *Store) {
		t.Helper()
		got, err := s.Get(run.ID)
		if err != nil || got.Note != "after the cache change" || !got.Pinned {
			t.Errorf("%q, %v, %v", got.Note, got.Pinned, err)
		}
		list, err := s.List(Filter{}, 0)
		if err != nil || len(list) != 1 || list[0].Note != got.Note || !list[0].Pinned {
			t.Errorf("%+v, %v", list, err)
		}
	}
	check(s)
	if id, err := s.Delete(run.ID[len(run.ID)-6:]); err != nil || id != run.ID {
		t.Fatal(id, err)
	}
	if _, err := s.Get(run.ID); !errors.Is(err, ErrNotFound) {
		t.Errorf("a deleted run: %v", err)
	}
	if list, err := s.List(Filter{}, 0); err != nil || len(list) != 0 {
		t.Error(list, err)
	}
	if err := s.Restore(run.ID); err != nil {
		t.Fatal(err)
	}
	check(s)
	check(open(t, dir))
	if _, err := s.Delete(run.ID); err != nil {
		t.Fatal(err)
	}
	if err := s.EmptyTrash(); err != nil {
		t.Fatal(err)
	}
	if err := s.Restore(run.ID); err == nil {
		t.Error("restored out of an emptied trash")
	}
}

func TestSourcesAreKeptWithinBounds(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	p, err := s.Begin()
	if err != nil {
		t.Fatal(err)
	}
	err = p.AddSources(fstest.MapFS{
		"nbody.c": {Data: []byte("int main(void){}")}, "lib/x.h": {Data: []byte("#pragma once")},
		"core": {Data: make([]byte, maxSourceFile+1)}, "link": {Mode: fs.ModeSymlink, Data: []byte("/etc/passwd")},
	})
	if err != nil {
		t.Fatal(err)
	}
	run, err := p.Commit(example())
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	err = fs.WalkDir(os.DirFS(s.SourcesPath(run.ID)), ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			found = append(found, path)
		}
		return err
	})
	if err != nil || !slices.Equal(found, []string{"lib/x.h", "nbody.c"}) {
		t.Errorf("kept %v, %v", found, err)
	}
}

func TestTheIndexIsMadeAgainFromTheFolders(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	for i := range 30 {
		run := example()
		run.Round = i
		put(t, s, run, "")
	}
	want, err := s.List(Filter{}, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	index := filepath.Join(dir, indexName)
	for name, spoil := range map[string]func() error{
		"missing": func() error { return os.Remove(index) },
		"garbage": func() error { return os.WriteFile(index, []byte(strings.Repeat("not a database ", 1000)), 0o644) },
		"empty":   func() error { return os.Truncate(index, 0) },
		"holes": func() error {
			f, err := os.OpenFile(index, os.O_RDWR, 0)
			if err != nil {
				return err
			}
			defer f.Close()
			for at := int64(4096); at < 1<<16; at += 4096 {
				if _, err := f.WriteAt(make([]byte, 2000), at); err != nil {
					return err
				}
			}
			return nil
		},
		"other layout": func() error {
			x, err := openIndex(index)
			if err != nil {
				return err
			}
			_, err = x.db.Exec(`DROP TABLE runs; CREATE TABLE runs(other TEXT)`)
			return errors.Join(err, x.close())
		},
	} {
		if err := spoil(); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		s := open(t, dir)
		got, err := s.List(Filter{}, 0)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		same(t, got, want)
		if err := s.Rebuild(); err != nil {
			t.Fatal(err)
		}
		if got, err = s.List(Filter{}, 0); err != nil {
			t.Fatal(err)
		}
		same(t, got, want)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestFoldersAreTheTruth(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	keep, gone := put(t, s, example(), ""), put(t, s, example(), "")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	// Somebody copies one run and removes another, by hand.
	copied := "zz" + keep.ID[2:]
	if err := os.CopyFS(filepath.Join(dir, runsDir, copied), os.DirFS(filepath.Join(dir, runsDir, keep.ID))); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(dir, runsDir, gone.ID)); err != nil {
		t.Fatal(err)
	}
	// And there are folders that are no runs.
	for _, name := range []string{"zzzzzzzzzzz0", "notes"} {
		if err := os.Mkdir(filepath.Join(dir, runsDir, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	list, err := open(t, dir).List(Filter{}, 0)
	if err != nil || len(list) != 2 || list[0].ID != copied || list[1].ID != keep.ID {
		t.Errorf("%+v, %v", list, err)
	}
}

func TestTwoStoresWriteAtOnceAndOneReads(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	const each = 40
	var wg sync.WaitGroup
	for range 2 {
		s := open(t, dir)
		wg.Go(func() {
			for i := range each {
				p, err := s.Begin()
				if err != nil {
					t.Error(err)
					return
				}
				run := example()
				run.Round = i
				if _, err := p.Commit(run); err != nil {
					t.Error(err)
				}
				if _, err := s.List(Filter{}, 10); err != nil {
					t.Error(err)
				}
			}
		})
	}
	reader := open(t, dir)
	for range 20 {
		list, err := reader.List(Filter{}, 0)
		if err != nil {
			t.Error(err)
		}
		for _, r := range list {
			if _, err := reader.Get(r.ID); err != nil {
				t.Error(err)
			}
		}
	}
	wg.Wait()
	if n, err := open(t, dir).Count(Filter{}); n != 2*each || err != nil {
		t.Errorf("%d runs, %v; want %d", n, err, 2*each)
	}
}

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

func TestNewerRunsAreNotMisread(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	run := put(t, s, example(), "")
	path := filepath.Join(s.runPath(run.ID), recordName)
	if err := os.WriteFile(path, []byte(`{"schema": 2}`), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Get(run.ID); err == nil || !strings.Contains(err.Error(), "newer Slipway") {
		t.Errorf("%v", err)
	}
}

func TestNetworkFileSystemsGetNoWAL(t *testing.T) {
	t.Parallel()
	if mode := journalMode(filepath.Join(t.TempDir(), "x")); mode != "wal" {
		t.Skipf("the temporary folder is on a network file system: %s", mode)
	}
	for _, magic := range []int64{0x6969, 0xff534d42, 0x65735546} {
		if remote[magic] == "" {
			t.Errorf("%#x is not known as a network file system", magic)
		}
	}
	s := open(t, t.TempDir())
	put(t, s, example(), "")
	if _, err := s.List(Filter{}, 0); err != nil {
		t.Fatal(err)
	}
	var mode string
	if err := s.index.db.QueryRow(`PRAGMA journal_mode`).Scan(&mode); err != nil || mode != "wal" {
		t.Errorf("journal mode %q, %v", mode, err)
	}
}

func fill(tb testing.TB, dir string, runs int) {
	tb.Helper()
	s, err := Open(dir)
	if err != nil {
		tb.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			tb.Error(err)
		}
	}()
	run := example()
	run.Schema = Schema
	for i := range runs {
		run.ID = s.ids.next(s.now())
		run.Round = i
		run.Metrics["Nbody"] = Metric{Unit: "ns/op", Values: make([]float64, 100)}
		data, err := run.encode()
		if err == nil {
			err = os.Mkdir(s.runPath(run.ID), 0o755)
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(s.runPath(run.ID), recordName), data, 0o644)
		}
		if err != nil {
			tb.Fatal(err)
		}
	}
}

// Opening and listing a long history must not hold the first frame up.
func BenchmarkOpenAndListOf10000Runs(b *testing.B) {
	dir := b.TempDir()
	fill(b, dir, 10_000)
	s, err := Open(dir)
	if err == nil {
		// As it is days later, when nothing has touched the folder for a while.
		s.now = func() time.Time { return time.Now().Add(time.Hour) }
		err = errors.Join(s.Rebuild(), s.Close())
	}
	if err != nil {
		b.Fatal(err)
	}
	for _, limit := range []int{100, 1000, 0} {
		b.Run(fmt.Sprintf("limit=%d", limit), func(b *testing.B) {
			for b.Loop() {
				s, err := Open(dir)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := s.List(Filter{}, limit); err != nil {
					b.Fatal(err)
				}
				if err := s.Close(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("touched", func(b *testing.B) { // another process has just written
		for b.Loop() {
			now := time.Now()
			if err := os.Chtimes(filepath.Join(dir, runsDir), now, now); err != nil {
				b.Fatal(err)
			}
			s, err := Open(dir)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := s.List(Filter{}, 100); err != nil {
				b.Fatal(err)
			}
			if err := s.Close(); err != nil {
				b.Fatal(err)
			}
		}
	})
}
