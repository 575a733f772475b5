package store

import (
	"encoding/json"
	"testing"
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
