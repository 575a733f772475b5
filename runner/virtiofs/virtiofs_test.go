package virtiofs

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"slipway/runner/process"
)

// Not parallel: the places belong to the package.
func TestAMissingDaemonIsToldWithItsPackages(t *testing.T) {
	was := places
	defer func() { places = was }()
	places = []string{filepath.Join(t.TempDir(), "virtiofsd")}
	if _, err := Find(); !errors.Is(err, ErrMissing) || !strings.Contains(err.Error(), "apt install qemu-system-common") {
		t.Errorf("it is found, or not explained: %v", err)
	}
	if err := os.WriteFile(places[0], []byte("#!/bin/sh\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	if path, err := Find(); path != places[0] {
		t.Errorf("found %q, %v", path, err)
	}
}

func spawner(t *testing.T) *process.Spawner {
	t.Helper()
	sp := process.NewSpawner()
	t.Cleanup(sp.Close)
	return sp
}

// folder has a name that no list of options likes.
func folder(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), `a b,'c"\`)
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	return dir
}

// A shell takes the daemon's place: it may do more in there than the daemon ever can.
func TestOnlyAFolderThatIsSharedToBeWrittenToIs(t *testing.T) {
	t.Parallel()
	sp := spawner(t)
	for _, writable := range []bool{false, true} {
		s := Share{Program: "/bin/sh", Folder: folder(t), Writable: writable}
		line := s.shut("-c", "touch /tmp/made; mknod /tmp/device b 8 0; ls /tmp /run")
		out, words, err := sp.Output(t.Context(), exec.Command(line[0], line[1:]...))
		if err != nil {
			t.Fatalf("%v: %s", err, words)
		}
		want := "/run:\n\n/tmp:\n"
		if writable {
			want += "made\n"
		}
		if string(out) != want {
			t.Errorf("writable %v: there is %q, want %q; %s", writable, out, want, words)
		}
		if _, err := os.Stat(filepath.Join(s.Folder, "made")); (err == nil) != writable {
			t.Errorf("writable %v: in the folder: %v", writable, err)
		}
	}
}

func TestAProofSaysWhatIsInTheWay(t *testing.T) {
	t.Parallel()
	sp := spawner(t)
	good := Share{Program: "/bin/true", Folder: folder(t)}
	if err := Prove(t.Context(), sp, good); err != nil {
		t.Fatal(err)
	}
	broken := Share{Program: filepath.Join(t.TempDir(), "virtiofsd"), Folder: good.Folder}
	if err := Prove(t.Context(), sp, broken); !errors.Is(err, ErrNoWalls) || !strings.Contains(err.Error(), "not found") {
		t.Errorf("a daemon that cannot be run: %v", err)
	}
	if err := Prove(t.Context(), sp, Share{Program: "/bin/true", Folder: "/"}); err == nil || !strings.Contains(err.Error(), "is mounted below it") {
		t.Errorf("all that there is: %v", err)
	}
}

func TestADaemonServesUntilItsGuestHangsUp(t *testing.T) {
	t.Parallel()
	program, err := Find()
	if err != nil {
		t.Skip(err)
	}
	sp := spawner(t)
	for name, end := range map[string]func(d *Daemon, guest *os.File) error{
		"hangs up": func(_ *Daemon, guest *os.File) error { return guest.Close() },
		"closed":   func(d *Daemon, guest *os.File) error { d.Close(); return guest.Close() },
	} {
		d, guest, err := Start(t.Context(), sp, Share{Program: program, Folder: folder(t)}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := end(d, guest); err != nil {
			t.Error(err)
		}
		if why := d.Why(); d.Failed() != (name == "closed") || !strings.HasPrefix(why, "virtiofsd ") {
			t.Errorf("%s: failed %v: %s", name, d.Failed(), why)
		}
		d.Close()
	}
	if left, err := os.ReadDir(sp.Scratch()); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestOnlyTheEndOfMuchTalkIsKept(t *testing.T) {
	t.Parallel()
	var said tail
	for range 3 {
		if _, err := said.Write([]byte(strings.Repeat("x", saidLimit) + "\nthe end \n")); err != nil {
			t.Fatal(err)
		}
	}
	if said.last() != "the end" || len(said.kept) > saidLimit {
		t.Errorf("%d bytes are kept, the last line is %.20q", len(said.kept), said.last())
	}
}
