package main_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A timed run is timed again: what reaches QEMU differs at most in the nonce, and the new
// run is part of no experiment.
func TestATimedRunIsTimedAgain(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.app("twice", "#include <stdio.h>\nint main(void) { puts(\"once more\"); return 0; }\n", "")
	w.expect(0, nil, "bench", "-k", "linux-cloud", "-a", "twice", "-n", "1", "--warmup", "0")
	runs := w.runs()
	first := runs[0].ID
	s := w.expect(0, []string{"timed alone, as run"}, "rerun", first)
	if s.out != "once more\n" {
		t.Errorf("its console is %q", s.out)
	}
	runs = w.runs()
	again := runs[0]
	if len(runs) != 2 || again.Kind != "timed" || again.Experiment != nil || again.Target != runs[1].Target {
		t.Errorf("the history has %+v", runs)
	}
	line := func(id string) string {
		shown := w.expect(0, nil, "run", "show", id).out
		at := slices.IndexFunc(strings.Split(shown, "\n"), func(l string) bool { return strings.HasPrefix(l, "command line") })
		return regexp.MustCompile(`nonce=\w+`).ReplaceAllString(strings.Split(shown, "\n")[at], "nonce")
	}
	if then, now := line(first), line(again.ID); then != now || !strings.Contains(now, "quiet") {
		t.Errorf("it was started by\n%s\nthen by\n%s", then, now)
	}
	// Comparisons go on with what was interleaved.
	if s := w.run("compare", runs[1].Target); !strings.Contains(s.words, "or its experiment, "+*runs[1].Experiment) {
		t.Errorf("compare says %q", s.words)
	}
	w.expect(0, nil, "boot", "-k", "host", "-a", "twice")
	w.expect(0, nil, "rerun", w.runs()[0].ID)
	if kind := w.runs()[0].Kind; kind != "interactive" {
		t.Errorf("what was watched is booted again to be %s", kind)
	}
}

// runs are those of the history, the newest first.
func (w *workspace) runs() []listedRun {
	w.t.Helper()
	var list listed
	decode(w.t, w.expect(0, nil, "runs", "--json").out, &list)
	return list.Runs
}
