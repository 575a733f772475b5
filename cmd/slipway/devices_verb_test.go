package main_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// speaksTwice prints on the console, and as keel lets it on the second serial port.
const speaksTwice = `#include <stdio.h>
#include <sys/io.h>
int main(void) { puts("one"); for (const char *c = "two\n"; *c; c++) outb(*c, 0x2f8); return 0; }
`

func TestDevicesOfABootAreKeptWithTheRun(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.app("twice", speaksTwice, "[qemu]\nextra = [\"-name\", \"of the app\"]\n")
	disk := filepath.Join(t.TempDir(), "a.img")
	write := func(text string) {
		if err := os.WriteFile(disk, []byte(text+strings.Repeat("\x00", 4096)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("one")
	s := w.expect(0, []string{"exit 0"}, "boot", "-k", "keel", "-a", "twice", "--set", "disks="+disk+":snapshot", "--set", "serial2=true", "--set", "net=isolated")
	if s.out != "one\n" {
		t.Errorf("the console has %q", s.out)
	}
	id := strings.Fields(strings.Split(w.run("runs").out, "\n")[1])[0]
	shown := w.expect(0, nil, "run", "show", id).out
	for _, want := range []string{
		"disk " + disk + " (4099 bytes, ", "second serial log", "/serial2.log", "setting net         isolated", "'of the app'", "snapshot=on,file=" + disk, "restrict=on",
	} {
		if !strings.Contains(shown, want) {
			t.Errorf("%q is missing:\n%s", want, shown)
		}
	}
	if s := w.expect(0, nil, "run", "show", id, "--serial2"); s.out != "two\n" {
		t.Errorf("the second port has %q", s.out)
	}
	if s := w.expect(0, nil, "rerun", id); strings.Contains(s.words, "has changed") {
		t.Errorf("nothing has changed: %s", s.words)
	}
	write("two")
	w.expect(0, []string{"disk " + disk + " has changed since run " + id}, "rerun", id)
	w.expect(125, []string{"kernel host runs without a virtual machine: disks does not apply"}, "boot", "-k", "host", "-a", "twice", "--set", "disks="+disk)

	plan := filepath.Join(t.TempDir(), "plan.toml")
	text := "schema = 1\nrounds = 1\nwarmup = 0\n[[target]]\nkernel = \"keel\"\napp = \"twice\"\nsettings = { serial2 = true, cpus = 2, machine = \"pc\" }\n" +
		"[sweep]\nnuma = [1, 2]\n"
	if err := os.WriteFile(plan, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var done struct {
		Targets []struct {
			ID       string            `json:"id"`
			Settings map[string]string `json:"settings"`
		} `json:"targets"`
		Runs []struct {
			ID      string `json:"id"`
			Outcome string `json:"outcome"`
		} `json:"runs"`
	}
	decodeLoosely(t, w.run("bench", "--plan", plan, "--json").out, &done)
	if len(done.Targets) != 2 || done.Targets[1].Settings["numa"] != "2" || len(done.Runs) != 2 || done.Runs[1].Outcome != "exit" {
		t.Fatalf("%+v", done)
	}
	if s := w.expect(0, nil, "run", "show", done.Runs[0].ID, "--serial2"); s.out != "two\n" {
		t.Errorf("a timed boot's second port has %q", s.out)
	}
	w.app("twice", speaksTwice, "[qemu]\nextra = [\"-daemonize\"]\n")
	w.expect(125, []string{"app.toml:", "-daemonize is refused"}, "boot", "-k", "keel", "-a", "twice")
}

// Settings that watch is given hold for every boot that it makes.
func TestWatchBootsWithItsSettings(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.app("twice", speaksTwice, "")
	p := w.start("watch", "-k", "keel", "-a", "twice", "-n", "1", "--warmup", "0", "--set", "serial2=true", "--memory", "32M")
	p.await("exit 0")
	if status := p.signal(syscall.SIGINT); status != 130 {
		t.Errorf("ended with %d, want 130:\n%s", status, p.words.String())
	}
	id := strings.Fields(strings.Split(w.run("runs").out, "\n")[1])[0]
	if shown := w.expect(0, nil, "run", "show", id).out; !strings.Contains(shown, "setting serial2     true") || !strings.Contains(shown, "setting memory      32M") {
		t.Errorf("it booted with other settings:\n%s", shown)
	}
}
