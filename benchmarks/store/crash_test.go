package store

import (
	"bufio"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// The test binary plays other processes: a writer to be killed, and a user who
// may not write.
const roleVariable = "SLIPWAY_STORE_TEST_ROLE"

func TestMain(m *testing.M) {
	switch os.Getenv(roleVariable) {
	case "writer":
		os.Exit(writeForEver(os.Args[len(os.Args)-1]))
	case "annotator":
		os.Exit(annotateForEver(os.Args[len(os.Args)-2], os.Args[len(os.Args)-1]))
	case "stranger":
		os.Exit(readOnly(os.Args[len(os.Args)-1]))
	default:
		os.Exit(m.Run())
	}
}

// writeForEver stores runs and says so after each, until it is killed.
func writeForEver(dir string) int {
	s, err := Open(dir)
	for err == nil {
		var p *Pending
		if p, err = s.Begin(); err != nil {
			break
		}
		log := strings.Repeat("console of "+p.ID()+"\n", 200)
		if _, err = p.Log().WriteString(log); err != nil {
			break
		}
		var run Run
		if run, err = p.Commit(example()); err != nil {
			break
		}
		if _, err = s.List(Filter{}, 1); err == nil {
			_, err = fmt.Println(run.ID)
		}
	}
	fmt.Fprintln(os.Stderr, err)
	return 1
}

func play(role, dir string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], dir)
	cmd.Env = append(os.Environ(), roleVariable+"="+role)
	return cmd
}

// A writer is killed again and again, each time at another moment: after it has
// reported so many runs and while it is somewhere in the next one.
func TestKilledWritersLoseNoFinishedRun(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	random := rand.New(rand.NewPCG(11, 12))
	kills := 30
	if testing.Short() {
		kills = 5
	}
	finished := map[string]bool{}
	for range kills {
		cmd := play("writer", dir)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		var complaint strings.Builder
		cmd.Stderr = &complaint
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for range 1 + random.IntN(6) {
			if !lines.Scan() {
				t.Fatalf("the writer ended: %s", complaint.String())
			}
			finished[lines.Text()] = true
		}
		// Somewhere in the next run: so many looks at the folder later.
		for range random.IntN(40) {
			if _, err := os.ReadDir(filepath.Join(dir, runsDir)); err != nil {
				t.Fatal(err)
			}
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		for lines.Scan() { // what it had reported before it died
			finished[lines.Text()] = true
		}
		_ = cmd.Wait() // killed, as it should be
	}

	s := open(t, dir)
	put(t, s, example(), "") // writing sweeps what the dead left
	list, err := s.List(Filter{}, 0)
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]bool{}
	for _, r := range list {
		listed[r.ID] = true
		run, err := s.Get(r.ID)
		if err != nil {
			t.Errorf("a half-written run: %v", err)
			continue
		}
		same(t, Summarise(run), r)
		log, err := os.ReadFile(s.LogPath(r.ID))
		if want := strings.Repeat("console of "+r.ID+"\n", 200); err != nil || len(log) > 0 && string(log) != want {
			t.Errorf("the log of %s has %d bytes of %d, %v", r.ID, len(log), len(want), err)
		}
	}
	for id := range finished {
		if !listed[id] {
			t.Errorf("run %s was finished and is lost", id)
		}
	}
	for _, name := range names(t, filepath.Join(dir, runsDir)) {
		if strings.HasPrefix(name, pendingPrefix) {
			t.Errorf("left over: %s", name)
		}
	}
	t.Logf("%d kills, %d runs reported, %d stored", kills, len(finished), len(list))
}

func TestUnfinishedRunsOfTheLivingAreLeftAlone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	living := open(t, dir)
	p, err := living.Begin()
	if err != nil {
		t.Fatal(err)
	}
	put(t, open(t, dir), example(), "") // sweeps
	if _, err := p.Log().WriteString("still here\n"); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Commit(example()); err != nil {
		t.Errorf("the run of a living process was swept away: %v", err)
	}
}

// readOnly is what a user sees who may read a history and not write it.
func readOnly(dir string) int {
	err := func() error {
		s, err := Open(dir)
		if err != nil {
			return err
		}
		list, err := s.List(Filter{}, 0)
		if err != nil {
			return err
		}
		if len(list) != 2 {
			return fmt.Errorf("%d runs listed, want 2", len(list))
		}
		if _, err := s.Get(list[0].ID); err != nil {
			return err
		}
		_, err = s.Begin()
		if !errors.Is(err, ErrReadOnly) || !strings.Contains(err.Error(), dir) || !strings.Contains(err.Error(), "SLIPWAY_HOME") {
			return fmt.Errorf("Begin says: %w", err)
		}
		for _, err := range []error{s.ReadOnly(), s.Note(list[0].ID, "x"), s.Pin(list[0].ID, true), s.Restore(list[0].ID)} {
			if !errors.Is(err, ErrReadOnly) {
				return fmt.Errorf("a change says: %w", err)
			}
		}
		if _, err := Open(filepath.Join(dir, "none")); !errors.Is(err, ErrReadOnly) {
			return fmt.Errorf("a history that can't be made: %w", err)
		}
		return s.Close()
	}()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func TestAHistoryThatCanOnlyBeRead(t *testing.T) {
	t.Parallel()
	// The test binary and the folder must be within reach of another user.
	dir, err := os.MkdirTemp("", "slipway-store-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = os.Chmod(filepath.Join(dir, runsDir), 0o755)
		_ = os.Chmod(dir, 0o755)
		os.RemoveAll(dir)
	})
	s := open(t, dir)
	put(t, s, example(), "")
	put(t, s, example(), "")
	for _, path := range []string{filepath.Join(dir, runsDir), filepath.Join(dir, experimentsDir), dir} {
		if err := os.Chmod(path, 0o555); err != nil {
			t.Fatal(err)
		}
	}
	cmd := play("stranger", dir)
	if os.Geteuid() == 0 { // root may write everywhere
		binary := filepath.Join(t.TempDir(), "stranger")
		data, err := os.ReadFile(os.Args[0])
		if err == nil {
			binary = dir + ".test"
			t.Cleanup(func() { os.Remove(binary) })
			err = os.WriteFile(binary, data, 0o755)
		}
		if err != nil {
			t.Fatal(err)
		}
		cmd.Path, cmd.Args[0] = binary, binary
		cmd.Dir = "/"
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}
