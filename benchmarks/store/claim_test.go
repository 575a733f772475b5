package store_test

import (
	"bufio"
	"errors"
	"os"
	"os/exec"
	"testing"

	"slipway/benchmarks/store"
)

// claimedBy is set in the child that TestAClaimEndsWithItsProcess starts.
const claimedBy = "SLIPWAY_TEST_CLAIM"

// TestClaimForAnother is no test of its own: it claims an experiment and waits to be killed.
func TestClaimForAnother(t *testing.T) {
	t.Parallel()
	dir := os.Getenv(claimedBy)
	if dir == "" {
		t.Skip("it is another test's child")
	}
	s, err := store.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	c, err := s.NewClaim()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stdout.WriteString("claimed " + c.ID + "\n"); err != nil {
		t.Fatal(err)
	}
	bufio.NewScanner(os.Stdin).Scan()
}

func TestAClaimEndsWithItsProcess(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, err := store.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^TestClaimForAnother$")
	cmd.Env = append(os.Environ(), claimedBy+"="+dir)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = in.Close() }()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line := bufio.NewScanner(out)
	line.Scan()
	id := line.Text()[len("claimed "):]
	if !s.Alive(id) {
		t.Error("a process carries it out, and it is said to be dead")
	}
	if _, err := s.Claim(id); !errors.Is(err, store.ErrClaimed) {
		t.Errorf("two have claimed it: %v", err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if s.Alive(id) {
		t.Error("its process was killed, and it is said to be alive")
	}
	c, err := s.Claim(id)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Claim(id); !errors.Is(err, store.ErrClaimed) {
		t.Errorf("one process has claimed it twice: %v", err)
	}
	if err := c.Release(); err != nil || s.Alive(id) {
		t.Errorf("released: alive %v, %v", s.Alive(id), err)
	}
	if s.Alive("6axc0wgt0bnz") {
		t.Error("an experiment that nobody knows is alive")
	}
}
