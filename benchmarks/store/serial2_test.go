package store

import (
	"os"
	"testing"
	"time"
)

func TestTheSecondSerialPortsFileIsTheRuns(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	p, err := s.Begin()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(p.Serial2(), []byte("debug\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	run := example()
	run.Attached = []Attached{{Kind: "disk", Path: "/a.img", Size: 1 << 30, Modified: time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)}}
	stored, err := p.Commit(run)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(s.Serial2Path(stored.ID)); string(text) != "debug\n" {
		t.Errorf("the run has %q, %v", text, err)
	}
	again, err := s.Get(stored.ID)
	if err != nil {
		t.Fatal(err)
	}
	same(t, again.Attached, run.Attached)
	if got, want := again.Attached[0].String(), "disk /a.img (1073741824 bytes, 2026-01-02T03:04:05Z)"; got != want {
		t.Errorf("it is called %q, want %q", got, want)
	}
}
