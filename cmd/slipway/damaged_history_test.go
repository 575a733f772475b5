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
	if err := os.Remove(filepath.Join(w.home, "data", "index-v3.sqlite")); err != nil {
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

// One damaged record costs one boot, which is said, and no experiment.
func TestADamagedRecordCostsOneBoot(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.app("ok", "int main(void) { return 0; }\n", "")
	bench := w.run("bench", "-k", "host,keel", "-a", "ok", "-n", "2", "--warmup", "0", "--json")
	var made struct {
		Experiment string `json:"experiment"`
		Runs       []struct {
			ID string `json:"id"`
		} `json:"runs"`
	}
	decodeLoosely(t, bench.out, &made)
	runs := filepath.Join(w.home, "data", "runs")
	for file, text := range map[string]string{
		filepath.Join(made.Runs[0].ID, "run.json"): "{x", filepath.Join(made.Runs[1].ID, "note.json"): "{x",
	} {
		if err := os.WriteFile(filepath.Join(runs, file), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	tells := func() {
		t.Helper()
		for _, args := range [][]string{{"report", made.Experiment}, {"compare", made.Experiment}} {
			if s := w.run(args...); !strings.Contains(strings.Join(strings.Fields(s.out), " "), "1 of 4 boots of experiment "+made.Experiment+" are missing") {
				t.Errorf("%v ended with %d:\n%s%s", args, s.status, s.out, s.words)
			}
		}
		if s := w.expect(0, nil, "doctor"); !strings.Contains(s.out, "1 of the stored runs can't be read") || !strings.Contains(s.out, made.Runs[0].ID) {
			t.Errorf("doctor says:\n%s", s.out)
		}
	}
	tells()
	if err := os.Remove(filepath.Join(w.home, "data", "index-v3.sqlite")); err != nil {
		t.Fatal(err)
	}
	tells()
}
