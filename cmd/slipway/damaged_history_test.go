package main_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A run whose record was damaged is in no list: somebody must say so.
func TestDoctorFindsRunsThatCannotBeRead(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.app("ok", "int main(void) { return 0; }\n", "")
	w.expect(0, nil, "boot", "-k", "host", "-a", "ok")
	if s := w.expect(0, nil, "doctor"); !strings.Contains(s.out, "can be written") {
		t.Errorf("a sound history is told as:\n%s", s.out)
	}
	records, err := filepath.Glob(filepath.Join(w.home, "data", "runs", "*", "run.json"))
	if err != nil || len(records) != 1 {
		t.Fatalf("records %v, %v", records, err)
	}
	if err := os.WriteFile(records[0], []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(w.home, "data", "index-v1.sqlite")); err != nil {
		t.Fatal(err)
	}
	s := w.expect(0, nil, "doctor")
	if !strings.Contains(s.out, "can't be read") || !strings.Contains(s.out, records[0]) {
		t.Errorf("doctor says of a damaged run:\n%s", s.out)
	}
}

// A boot without a record is still a boot, but nobody is told that it was recorded.
func TestAHistoryThatCannotBeWrittenIsTold(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.app("ok", "int main(void) { return 0; }\n", "")
	if err := os.MkdirAll(filepath.Join(w.home, "data", "runs"), 0o700); err != nil {
		t.Fatal(err)
	}
	// In the way of a folder; permissions would not keep root out.
	if err := os.WriteFile(filepath.Join(w.home, "data", "experiments"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if s := w.expect(0, nil, "doctor"); strings.Contains(s.out, "can be written") || !strings.Contains(s.out, "can only be read") {
		t.Errorf("doctor says:\n%s", s.out)
	}
	s := w.expect(0, []string{"not recorded", "can only be read"}, "boot", "-k", "host", "-a", "ok")
	if n := strings.Count(s.words, "is not recorded"); n != 1 {
		t.Errorf("it is said %d times:\n%s", n, s.words)
	}
}
