package session_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"slipway/session"
)

// writeApp puts an app of one C file into the project.
func writeApp(t *testing.T, s *session.Session, name, source string) {
	t.Helper()
	dir, err := s.NewApp(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "main.c"), []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
}

// running lists the QEMU processes that are children of this one.
func running(t *testing.T) []string {
	t.Helper()
	processes, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, file := range processes {
		data, err := os.ReadFile(file)
		if err != nil {
			continue // it has ended
		}
		stat := string(data)
		after := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
		if strings.Contains(stat, "(qemu") && after[0] != "Z" && after[1] == fmt.Sprint(os.Getpid()) {
			found = append(found, stat)
		}
	}
	return found
}

// TestUnmarkingStopsTheGuestWhateverItDoes takes the mark away in each phase of a
// guest that would never end by itself.
func TestUnmarkingStopsTheGuestWhateverItDoes(t *testing.T) {
	if testing.Short() {
		t.Skip("boots guests")
	}
	s := open(t)
	writeApp(t, s, "endless", "#include <stdio.h>\nint main(void) { puts(\"for ever\"); fflush(stdout); for (;;) ; }\n")
	for _, phase := range []session.GuestPhase{session.GuestIdle, session.GuestBuilding, session.GuestBooting, session.GuestRunning} {
		s.SelectApp("endless")
		s.Mark("keel", true)
		await(t, s, time.Minute, string(phase)+" guest", func(st *session.State) bool {
			g := st.Guests[0]
			return g.Phase == phase || g.Phase == session.GuestRunning // it may pass by unseen
		})
		s.Mark("keel", false)
		// The loop serves one request after another: once this one is served, all before it are.
		s.SelectApp("hello")
		s.Mark("host", true)
		await(t, s, time.Minute, "another app on the host", ended)
		s.Mark("host", false)
		deadline := time.Now().Add(10 * time.Second)
		for left := running(t); len(left) > 0; left = running(t) {
			if time.Now().After(deadline) {
				t.Fatalf("unmarked while %s, the guest still runs: %s", phase, left)
			}
		}
	}
}

// TestAnotherAppStartsWithoutFigures must not show one app's figures under
// another's name, nor compare today's image with what was timed of an older one.
func TestAnotherAppStartsWithoutFigures(t *testing.T) {
	if testing.Short() {
		t.Skip("boots guests")
	}
	s := open(t)
	writeApp(t, s, "mine", "#include <stdio.h>\nint main(void) { puts(\"one\"); return 0; }\n")
	s.SelectApp("mine")
	s.Mark("host", true)
	s.Mark("keel", true)
	compared := func(st *session.State) bool { return ended(st) && timed(st) && st.Comparison != nil }
	await(t, s, time.Minute, "comparison", compared)
	s.SelectApp("hello")
	if st := s.State(); st.Comparison != nil || st.Experiment != nil {
		t.Error("the figures of the app before are still shown")
	}
	file := filepath.Join(s.Project(), "apps", "mine", "main.c")
	if err := os.WriteFile(file, []byte("#include <stdio.h>\nint main(void) { puts(\"two\"); return 0; }\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.SelectApp("mine")
	await(t, s, time.Minute, "comparison of the newer image", compared)
	content, err := s.ReadFile("main.c")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.WriteFile("main.c", strings.Replace(content.Text, "two", "three", 1), content.Hash); err != nil {
		t.Fatal(err)
	}
	st := await(t, s, time.Minute, "comparison with the last save", func(st *session.State) bool {
		return compared(st) && st.Save != nil && st.SaveComparisons[1] != nil
	})
	if cell := st.Comparison.Cell("keel/mine", "size/image", ""); cell == nil || cell.N != [2]int{2, 2} {
		t.Errorf("two rounds gave %+v", cell)
	}
}

// TestLedgerSetsAnImageBesideTheOneBefore must not call a second boot of the same
// image the save before.
func TestLedgerSetsAnImageBesideTheOneBefore(t *testing.T) {
	if testing.Short() {
		t.Skip("boots guests")
	}
	s := open(t)
	writeApp(t, s, "mine", "#include <stdio.h>\nint main(void) { puts(\"one\"); return 0; }\n")
	s.SelectApp("mine")
	s.Mark("host", true)
	// One that is stopped, for a touch that came late, says nothing of its image.
	wasBooted := func(st *session.State) bool { return ended(st) && st.Guests[0].Outcome == "exit" }
	first := await(t, s, time.Minute, "first boot", wasBooted)
	s.Boot("host/mine")
	again := await(t, s, time.Minute, "second boot", func(st *session.State) bool { return wasBooted(st) && st.Guests[0].Started != first.Guests[0].Started })
	for _, row := range again.Guests[0].Ledger {
		if row.Last != nil {
			t.Errorf("%s: a second boot of the same image has a save before it: %v", row.Name, *row.Last)
		}
	}
	content, err := s.ReadFile("main.c")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.WriteFile("main.c", strings.Replace(content.Text, "one", "two", 1), content.Hash); err != nil {
		t.Fatal(err)
	}
	await(t, s, time.Minute, "save before in the ledger", func(st *session.State) bool {
		rows := st.Guests[0].Ledger
		return ended(st) && st.Save != nil && len(rows) > 0 && rows[0].Last != nil
	})
}

// TestAKernelInUseStays must not pull the files away from under a guest.
func TestAKernelInUseStays(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a kernel")
	}
	s := open(t)
	s.SelectApp("hello")
	s.Mark("keel", true)
	await(t, s, time.Minute, "boot", ended)
	s.RemoveKernel("keel")
	await(t, s, time.Minute, "refusal", func(st *session.State) bool {
		return len(st.Notices) > 0 && strings.Contains(st.Notices[len(st.Notices)-1].Text, "keel is in use")
	})
}
