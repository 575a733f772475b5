package main_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A mistake in the user's settings stops what depends on them, with file and line, and nothing else.
func TestSettings(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	config := filepath.Join(w.home, "config")
	if err := os.MkdirAll(config, 0o700); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(config, "settings.toml")
	write := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("theme = \"dark\"\nrunds = 5\n")
	w.expect(2, []string{file + `:2: unknown key "runds"`}, "watch", "-k", "host", "-a", "hello")
	w.expect(0, nil, "kernels")
	if s := w.expect(0, nil, "doctor"); !strings.Contains(s.out, file+`:2: unknown key "runds"`) {
		t.Errorf("doctor says nothing of the settings:\n%s", s.out)
	}
	write("theme = \"loud\"\n")
	w.expect(2, []string{file + `:1: theme "loud": choose auto, dark`}, "watch", "-k", "host", "-a", "hello")

	write("rounds = 2\nwarmup = 0\n")
	w.expect(2, []string{"--warmup -1"}, "watch", "-k", "host", "-a", "hello", "--warmup", "-1")
	p := w.start("watch", "-k", "host,keel", "-a", "hello")
	p.await("metrics can't be compared") // the comparison, when the rounds are over
	if status := p.signal(syscall.SIGINT); status != 130 {
		t.Errorf("ended with %d, want 130:\n%s", status, p.words.String())
	}
	var list struct {
		Runs []struct {
			Kind string `json:"kind"`
		} `json:"runs"`
	}
	decodeLoosely(t, w.run("runs", "-n", "0", "--json").out, &list)
	timed := 0
	for _, r := range list.Runs {
		if r.Kind == "timed" {
			timed++
		}
	}
	if timed != 4 {
		t.Errorf("2 rounds of two kernels without a warm-up left %d timed runs", timed)
	}
}

// The theme that is set is the one that is drawn with.
func TestTheThemeIsTheSettings(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	config := filepath.Join(w.home, "config")
	if err := os.MkdirAll(config, 0o700); err != nil {
		t.Fatal(err)
	}
	for theme, coloured := range map[string]bool{"dark": true, "plain": false} {
		if err := os.WriteFile(filepath.Join(config, "settings.toml"), []byte("theme = \""+theme+"\"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		x := w.onTerminal(false)
		x.await("linux-cloud")
		if strings.Contains(x.bytes(), "38;5;") != coloured {
			t.Errorf("%s: coloured is not %v", theme, coloured)
		}
		x.press("\x03")
		x.await("Quit Slipway?")
		x.press("\x03")
		x.end(0)
	}
}
