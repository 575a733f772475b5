package session_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"slipway/runner/boot"
	"slipway/session"
)

// TestInstantMode: a save is handed to a Linux that has booted already, says so, and is
// timed by boots that are whole.
func TestInstantMode(t *testing.T) {
	if testing.Short() {
		t.Skip("boots Debian's kernel under TCG")
	}
	t.Parallel()
	s := open(t)
	newApp(t, s, "handed", "#include <stdio.h>\nint main(void) { puts(\"save 0\"); return 0; }\n")
	s.Mark("linux-cloud", true)
	await(t, s, 2*time.Minute, "first boot", func(st *session.State) bool { return ended(st) && timed(st) })

	s.SetInstant(true)
	await(t, s, 2*time.Minute, "word that it is on", func(st *session.State) bool { return st.Instant })
	await(t, s, 2*time.Minute, "machine to be resumed", func(*session.State) bool { return s.HoldsResumed("linux-cloud/handed") })

	content, err := s.ReadFile("main.c")
	if err == nil {
		_, err = s.WriteFile("main.c", strings.Replace(content.Text, "save 0", "save 1", 1), content.Hash)
	}
	if err != nil {
		t.Fatal(err)
	}
	await(t, s, 2*time.Minute, "save in a kernel that has booted", func(st *session.State) bool {
		return ended(st) && st.Guests[0].Origin == boot.Resumed && strings.Contains(strings.Join(st.Guests[0].Screen.Snapshot().Text(), "\n"), "save 1")
	})
	st := await(t, s, 4*time.Minute, "record of it, and timed rounds", func(st *session.State) bool {
		return timed(st) && slices.ContainsFunc(st.Runs, func(r session.Run) bool { return r.Kind == "instant" })
	})
	for _, r := range st.Runs {
		if r.Kind == "instant" && !r.Interactive {
			t.Errorf("run %s was timed and did not boot", r.ID)
		}
	}
	newest := slices.IndexFunc(st.Runs, func(r session.Run) bool { return r.Kind == "instant" })
	text, err := s.RunText(st.Runs[newest].ID)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(text, "watched, instant") || !strings.Contains(text, "resumed: ") || strings.Contains(text, "metric boot/") {
		t.Errorf("the run's record says:\n%s", text)
	}

	s.SetInstant(false)
	content, err = s.ReadFile("main.c")
	if err == nil {
		_, err = s.WriteFile("main.c", strings.Replace(content.Text, "save 1", "save 2", 1), content.Hash)
	}
	if err != nil {
		t.Fatal(err)
	}
	await(t, s, 2*time.Minute, "whole boot", func(st *session.State) bool {
		return ended(st) && st.Guests[0].Origin != boot.Resumed && strings.Contains(strings.Join(st.Guests[0].Screen.Snapshot().Text(), "\n"), "save 2")
	})
}

// TestInstantModeNeedsAKernelThatCan says so, and stays off.
func TestInstantModeNeedsAKernelThatCan(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.SetInstant(true)
	st := await(t, s, time.Minute, "notice", func(st *session.State) bool { return len(st.Notices) > 0 })
	if st.Instant || !strings.Contains(st.Notices[len(st.Notices)-1].Text, "linux-cloud") {
		t.Errorf("instant %v, and it says %+v", st.Instant, st.Notices)
	}
}
