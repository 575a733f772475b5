package session_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"slipway/session"
)

// newApp makes an app of one source and selects it.
func newApp(t *testing.T, s *session.Session, name, source string) {
	t.Helper()
	dir, err := s.NewApp(name)
	if err != nil {
		t.Fatal(err)
	}
	sources, err := filepath.Glob(filepath.Join(dir, "*.c"))
	if err != nil || len(sources) != 1 {
		t.Fatalf("the template has sources %v, %v", sources, err)
	}
	if err := os.WriteFile(sources[0], []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	s.SelectApp(name)
}

// TestAnEndIsShownBeforeALongLogIsStored: a person who stops a flood must not be
// told for seconds that it still runs.
func TestAnEndIsShownBeforeALongLogIsStored(t *testing.T) {
	if testing.Short() {
		t.Skip("stores a log of many megabytes")
	}
	s := open(t)
	newApp(t, s, "flood", `#include <stdio.h>
int main(void)
{
	for (int i = 0; i < 300000; i++)
		puts("a line of a hundred bytes, so that there is a lot to read through for what might be a benchmark's result");
	return 0;
}
`)
	s.Mark("host", true)
	st := await(t, s, 2*time.Minute, "end", func(st *session.State) bool { return ended(st) && st.Guests[0].Outcome == "exit" })
	stored := func(st *session.State) bool {
		return slices.ContainsFunc(st.Runs, func(r session.Run) bool { return r.Outcome == "exit" })
	}
	if stored(st) {
		t.Error("the end was shown only when the run was stored")
	}
	await(t, s, 2*time.Minute, "stored run", stored)
}
