package session_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"slipway/session"
)

// heldMachines are the QEMU processes of this test's session that wait for an image.
func heldMachines(t *testing.T, s *session.Session) []int {
	t.Helper()
	var pids []int
	lines, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range lines {
		line, err := os.ReadFile(file)
		// The kernel's path tells this test's QEMU from others': its cache is its own.
		if err == nil && strings.Contains(string(line), "--preconfig") && strings.Contains(string(line), s.Folders().Cache) {
			pid, err := strconv.Atoi(filepath.Base(filepath.Dir(file)))
			if err != nil {
				t.Fatal(err)
			}
			pids = append(pids, pid)
		}
	}
	return pids
}

// openOwn is open with a cache of the test's own.
func openOwn(t *testing.T, change func(*session.Options)) *session.Session {
	t.Helper()
	home := t.TempDir()
	project := filepath.Join(home, "project")
	if err := os.Mkdir(project, 0o755); err != nil {
		t.Fatal(err)
	}
	o := session.Options{
		Rounds: 1, Warmup: session.NoWarmup,
		Folders: session.Folders{
			Config: filepath.Join(home, "config"), Cache: filepath.Join(home, "cache"), Data: filepath.Join(home, "data"),
			State: filepath.Join(home, "state"), Project: project,
		},
	}
	change(&o)
	s, err := session.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	return s
}

// saveLine saves an app that prints a line, and waits for its end.
func saveLine(t *testing.T, s *session.Session, n int) {
	t.Helper()
	source := fmt.Sprintf("#include <stdio.h>\nint main(void) { puts(\"save %d\"); return 0; }\n", n)
	if n == 0 {
		newApp(t, s, "saved", source)
		s.Mark("keel", true)
	} else {
		content, err := s.ReadFile("main.c")
		if err == nil {
			_, err = s.WriteFile("main.c", source, content.Hash)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	await(t, s, time.Minute, fmt.Sprintf("end of save %d", n), func(st *session.State) bool {
		return ended(st) && strings.Contains(strings.Join(st.Guests[0].Screen.Snapshot().Text(), "\n"), fmt.Sprintf("save %d", n)) && timed(st)
	})
	s.AwaitCalm()
}

// watchedRuns are the stored records of the boots that somebody watched, newest first.
func watchedRuns(t *testing.T, s *session.Session) []string {
	t.Helper()
	var texts []string
	for _, r := range s.State().Runs {
		if r.Interactive {
			text, err := s.RunText(r.ID)
			if err != nil {
				t.Fatal(err)
			}
			texts = append(texts, text)
		}
	}
	if len(texts) == 0 {
		t.Fatal("no watched boot is stored")
	}
	return texts
}

// TestASaveBootsInASpare: QEMU is there before the image, and the boot says so.
func TestASaveBootsInASpare(t *testing.T) {
	t.Parallel()
	s := openOwn(t, func(*session.Options) {})
	saveLine(t, s, 0)
	runs := watchedRuns(t, s)
	if text := runs[len(runs)-1]; strings.Contains(text, "origin") || !strings.Contains(text, "metric boot/total") {
		t.Errorf("the first boot had no QEMU to begin with:\n%s", text)
	}
	held := heldMachines(t, s)
	if len(held) != 1 {
		t.Fatalf("%d QEMU are held for the next save, not one", len(held))
	}
	saveLine(t, s, 1)
	text := watchedRuns(t, s)[0]
	if !strings.Contains(text, "prestarted") || strings.Contains(text, "metric boot/total") || strings.Contains(text, "metric boot/vmm") {
		t.Errorf("the second boot does not say that its QEMU was there, or counts its times:\n%s", text)
	}
	if !slices.ContainsFunc(s.State().Runs, func(r session.Run) bool { return r.Kind == "held" }) {
		t.Errorf("no run in the list is marked: %+v", s.State().Runs)
	}
	if strings.Contains(text, "/dev/fd") {
		t.Errorf("its command line can't be run by hand:\n%s", text)
	}

	// Somebody ends it: the next save boots all the same.
	held = heldMachines(t, s)
	if len(held) != 1 {
		t.Fatalf("%d QEMU are held, not one", len(held))
	}
	if err := syscall.Kill(held[0], syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	saveLine(t, s, 3)

	s.Mark("keel", false)
	for deadline := time.Now().Add(time.Minute); len(heldMachines(t, s)) > 0; {
		if time.Now().After(deadline) {
			t.Fatal("a QEMU is held for a kernel that is not marked")
		}
	}
	s.Mark("keel", true)
	await(t, s, time.Minute, "boot after the mark", func(st *session.State) bool { return ended(st) && timed(st) })
	s.AwaitCalm()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if left := heldMachines(t, s); len(left) > 0 {
		t.Errorf("QEMU %v outlive the session", left)
	}
}

// TestWithoutSpare: who has no memory to spare settles so.
func TestWithoutSpare(t *testing.T) {
	t.Parallel()
	s := openOwn(t, func(o *session.Options) { o.NoSpare = true })
	saveLine(t, s, 0)
	saveLine(t, s, 1)
	if held := heldMachines(t, s); len(held) > 0 {
		t.Errorf("QEMU %v are held", held)
	}
	for _, text := range watchedRuns(t, s) {
		if strings.Contains(text, "prestarted") {
			t.Errorf("a boot says:\n%s", text)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}
