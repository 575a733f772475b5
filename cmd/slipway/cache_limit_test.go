package main_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// Beyond the limit images go that nobody uses, when a command that has built ends.
func TestTheCacheKeepsToItsLimit(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.ownCache()
	w.settings("cache = \"30K\"\n") // one image has 24
	w.app("one", "#include <stdio.h>\nint main(void) { puts(\"one\"); return 0; }\n", "")
	w.app("two", "#include <stdio.h>\nint main(void) { puts(\"two\"); return 0; }\n", "")
	for range 2 {
		for _, app := range []string{"one", "two"} {
			w.expect(0, nil, "boot", "-k", "host", "-a", app)
			// The one that was booted last is never the one that goes.
			if programs := w.programs(); len(programs) != 1 {
				t.Errorf("after a boot of %s the cache holds %q", app, programs)
			}
		}
	}
	if s := w.expect(0, nil, "cache"); !strings.Contains(s.out, "30.0 KiB") {
		t.Errorf("the limit is not shown:\n%s", s.out)
	}
	w.settings("cache = \"none\"\n")
	w.expect(0, nil, "boot", "-k", "host", "-a", "one")
	if programs := w.programs(); len(programs) != 2 {
		t.Errorf("with a mistake in the settings the cache was tidied: it holds %q", programs)
	}
	w.expect(2, []string{`settings.toml:1: cache = "none": it takes a size`}, "cache")
}

// programs are those of all apps in the cache.
func (w *workspace) programs() []string {
	w.t.Helper()
	programs, err := filepath.Glob(filepath.Join(w.home, "cache", "images", "apps", "*", "*", "app"))
	if err != nil {
		w.t.Fatal(err)
	}
	return programs
}

func (w *workspace) settings(text string) {
	w.t.Helper()
	config := filepath.Join(w.home, "config")
	if err := os.MkdirAll(config, 0o700); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(config, "settings.toml"), []byte(text), 0o600); err != nil {
		w.t.Fatal(err)
	}
}

// One Slipway empties the cache while another one times what is in it.
func TestWhatAnotherSlipwayUsesStays(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.ownCache()
	w.app("mine", "#include <stdio.h>\nint main(void) { puts(\"one\"); return 0; }\n", "")
	p := w.start("watch", "-k", "host,keel", "-a", "mine", "-n", "6", "--warmup", "0")
	p.await("metrics can't be compared") // the comparison, when the rounds are over
	w.expect(0, nil, "boot", "-k", "host", "-a", "hello")
	if s := w.expect(0, nil, "cache", "clean"); !strings.Contains(s.out, "empty but for 2 files that another Slipway uses") {
		t.Errorf("it says %q", s.out) // the program and keel
	}
	if programs := w.programs(); len(programs) != 1 {
		t.Errorf("the cache holds %q", programs)
	}
	if err := os.WriteFile(filepath.Join(w.project, "apps", "mine", "mine.c"), []byte("int main(void) { return 0; }\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p.await("(last save)")
	if status := p.signal(syscall.SIGINT); status != 130 {
		t.Errorf("ended with %d, want 130:\n%s", status, p.words.String())
	}
}
