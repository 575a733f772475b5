package store

import (
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

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
