package session_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"slipway/benchmarks/store"
	"slipway/session"
)

// openFor is a session on an app of one millisecond that times so many rounds; 0: until
// it is sure. It is not started.
func openFor(t *testing.T, rounds int) *session.Session {
	t.Helper()
	if testing.Short() {
		t.Skip("dozens of boots")
	}
	home := t.TempDir()
	project := filepath.Join(home, "project")
	if err := os.MkdirAll(filepath.Join(project, "apps", "mine"), 0o755); err != nil {
		t.Fatal(err)
	}
	sleeper(t, project, "1")
	s, err := session.Open(context.Background(), session.Options{
		Rounds: rounds, Warmup: 1,
		Folders: session.Folders{
			Config: filepath.Join(home, "config"), Cache: cacheFolder(t), Data: filepath.Join(home, "data"),
			State: filepath.Join(home, "state"), Project: project,
		},
	})
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

// sleeper is an app that takes about so many milliseconds.
func sleeper(t *testing.T, project, milliseconds string) {
	t.Helper()
	dir := filepath.Join(project, "apps", "mine")
	source := "#include <stdio.h>\n#include <unistd.h>\nint main(void) { usleep(1000 * " + milliseconds + "); printf(\"BenchmarkSleep 1 " + milliseconds + " ms/op\\n\"); return 0; }\n"
	for name, text := range map[string]string{"app.toml": "schema = 1\nname = \"mine\"\nabout = \"a test\"\nsources = [\"*.c\"]\n", "mine.c": source} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// TestRoundsGoOnUntilTheVerdictIsSure: a save that is plainly slower is known to be at
// the first look, and what is stored says at which level.
func TestRoundsGoOnUntilTheVerdictIsSure(t *testing.T) {
	s := openFor(t, 0)
	s.Start()
	s.SelectApp("mine")
	s.Mark("host", true)
	st := await(t, s, 4*time.Minute, "first rounds", func(st *session.State) bool { return ended(st) && timed(st) })
	if st.Experiment.Rounds != 10 {
		t.Errorf("one target alone was timed for %d rounds: there is nothing to be sure of", st.Experiment.Rounds)
	}
	sleeper(t, s.Project(), "150")
	st = await(t, s, 4*time.Minute, "verdict on the save", func(st *session.State) bool {
		return st.Save != nil && st.Save.Ok && ended(st) && timed(st) && len(st.SaveComparisons) == 1 && st.SaveComparisons[0] != nil
	})
	c := st.SaveComparisons[0]
	if st.Experiment.Rounds != 10 || !c.Sure() || c.Cell("host/mine", "boot/total", "").Verdict != "worse" || c.Level >= 0.05 {
		t.Errorf("after %d rounds boot/total is %+v at level %g", st.Experiment.Rounds, c.Cell("host/mine", "boot/total", ""), c.Level)
	}
	if !strings.Contains(st.Experiment.Command, "--until-sure") {
		t.Errorf("the command that does the same: %s", st.Experiment.Command)
	}
	history, err := s.Store()
	if err != nil {
		t.Fatal(err)
	}
	e, err := history.Experiment(st.Experiment.ID)
	if err != nil || !e.UntilSure || !e.Saves || e.Look != 1 || e.Level != c.Level || e.Rounds != 10 || e.State != store.Done {
		t.Errorf("%+v, %v", e, err)
	}
}

// TestTimedRoundsPauseAndStop: while they are paused the host is free for others, and
// they stop between two rounds. It is not parallel: others would wait for the host
// meanwhile.
func TestTimedRoundsPauseAndStop(t *testing.T) {
	s := openFor(t, 1000)
	s.Start()
	s.SelectApp("mine")
	s.Mark("host", true)
	await(t, s, 4*time.Minute, "some rounds", func(st *session.State) bool { return st.Experiment != nil && st.Experiment.Round >= 3 })
	s.PauseExperiment(true)
	await(t, s, 4*time.Minute, "pause", func(st *session.State) bool { return st.Experiment.Paused })
	lock, err := os.Open(s.Folders().TimingLock())
	if err != nil {
		t.Fatal(err)
	}
	deadline := time.After(time.Minute)
	for unix.Flock(int(lock.Fd()), unix.LOCK_EX|unix.LOCK_NB) != nil {
		select {
		case <-time.After(5 * time.Millisecond): // another test of this package may be timing
		case <-deadline:
			t.Fatal("the host is held while the rounds are paused")
		}
	}
	boots := s.State().Experiment.Boots
	s.PauseExperiment(false)
	await(t, s, 4*time.Minute, "wait for the host", func(st *session.State) bool { return st.Experiment.Waiting != "" })
	if now := s.State().Experiment.Boots; now != boots {
		t.Errorf("%d boots were made while another held the host", now-boots)
	}
	if err := lock.Close(); err != nil {
		t.Fatal(err)
	}
	await(t, s, 4*time.Minute, "further rounds", func(st *session.State) bool { return st.Experiment.Boots > boots+2 })
	sleeper(t, s.Project(), "2") // now there are two arms
	await(t, s, 4*time.Minute, "the save's rounds", func(st *session.State) bool {
		return len(st.SaveComparisons) == 1 && st.SaveComparisons[0] != nil && st.Experiment.Round >= 2
	})
	s.StopAfterRound()
	st := await(t, s, 4*time.Minute, "end", func(st *session.State) bool { return !st.Experiment.Running })
	for _, target := range st.SaveComparisons[0].Targets {
		if target.Boots != st.Experiment.Round {
			t.Errorf("%s has %d boots after %d rounds", target.ID, target.Boots, st.Experiment.Round)
		}
	}
	if st.Experiment.Error != "" || st.Experiment.Round == st.Experiment.Rounds {
		t.Errorf("it ended as %+v", st.Experiment)
	}
}
