package main_test

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// jumps is a clock of the day that is set every 15 ms: by hours, by years, to before any run can have been made (1970)
// and to after the last that an ID can tell (2072).
const jumps = "15ms 0s 5h -5h 26280h -35040h 0s -500000h 400000h"

// clock returns the workspace as it is used under another clock of the day; see falseclock_test.go.
func (w *workspace) clock(errors string) *workspace {
	w.t.Helper()
	under := *w
	under.env = append(slices.Clone(w.env), "SLIPWAY_TEST_CLOCK="+errors)
	if s := under.run("--version"); strings.Contains(s.words, "ptrace: ") {
		w.t.Skipf("a clock that jumps needs more rights: %s", s.words)
	}
	return &under
}

// judged is what `boot --json` says of a run that these tests look at.
type judged struct {
	Run struct {
		ID, Outcome, Reason string
		Exit                *int
		Started             time.Time
		Phases              []struct {
			Name    string
			Seconds float64
		}
		Metrics map[string]struct{ Values []float64 }
	}
}

// took is how long the boot was, by what is recorded.
func (j judged) took() time.Duration {
	total := j.Run.Metrics["boot/total"].Values
	if len(total) != 1 {
		return -1
	}
	return time.Duration(total[0] * float64(time.Second))
}

// boot boots an app on a kernel, and holds that all times recorded are such as may be.
func (w *workspace) boot(status int, args ...string) judged {
	w.t.Helper()
	began := time.Now()
	var j judged
	decodeLoosely(w.t, w.expect(status, nil, append([]string{"boot", "--json"}, args...)...).out, &j)
	most := time.Since(began).Seconds()
	sum := 0.0
	for _, p := range j.Run.Phases {
		if p.Seconds < 0 || p.Seconds > most {
			w.t.Errorf("%q: phase %s took %g s of %g", args, p.Name, p.Seconds, most)
		}
		sum += p.Seconds
	}
	if total := j.took().Seconds(); total <= 0 || total > most || math.Abs(sum-total) > 0.001 {
		w.t.Errorf("%q: %g s in all, the phases have %g, the command took %g", args, total, sum, most)
	}
	for name, m := range j.Run.Metrics {
		for _, v := range m.Values {
			if v < 0 || strings.HasPrefix(name, "boot/") && v > most {
				w.t.Errorf("%q: %s is %g", args, name, v)
			}
		}
	}
	return j
}

// The clock of the day is set by hours and years, to and fro, all the while: boots end as they should, when they should,
// and nothing that is recorded of them but the date has to do with it.
func TestAClockThatJumpsChangesNoOutcome(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t).clock(jumps)
	w.app("mute", "#include <stdio.h>\nint main(void) { puts(\"going down\"); fflush(stdout); for (;;); }\n", "")
	w.app("lasting", `#include <stdio.h>
#include <time.h>
int main(void) {
	struct timespec began, now;
	clock_gettime(CLOCK_MONOTONIC, &began);
	do
		clock_gettime(CLOCK_MONOTONIC, &now);
	while ((now.tv_sec - began.tv_sec) * 1000 + (now.tv_nsec - began.tv_nsec) / 1000000 < 700);
	return 7;
}
`, "")
	const slow = 5 * time.Second // of a busy host
	between := func(j judged, low, high time.Duration) {
		t.Helper()
		if took := j.took(); took < low || took > high {
			t.Errorf("%s: %s after %s, want %s to %s", j.Run.ID, j.Run.Outcome, took, low, high)
		}
	}
	for _, kernel := range []string{"keel", "host"} {
		j := w.boot(7, "-k", kernel, "-a", "lasting", "--timeout", "1m", "--set", "hang=30s")
		if j.Run.Outcome != "exit" || j.Run.Exit == nil || *j.Run.Exit != 7 {
			t.Errorf("%s: %+v", kernel, j.Run)
		}
		between(j, 690*time.Millisecond, 700*time.Millisecond+slow) // a guest's second is not quite the host's
		j = w.boot(126, "-k", kernel, "-a", "mute", "--set", "hang=600ms")
		if j.Run.Outcome != "hang" || !strings.Contains(j.Run.Reason, "not a word for 600ms") {
			t.Errorf("%s: %+v", kernel, j.Run)
		}
		between(j, 600*time.Millisecond, 600*time.Millisecond+slow)
		j = w.boot(124, "-k", kernel, "-a", "mute", "--timeout", "800ms")
		if j.Run.Outcome != "timeout" {
			t.Errorf("%s: %+v", kernel, j.Run)
		}
		between(j, 800*time.Millisecond, 800*time.Millisecond+slow)
	}
	w.nothingRuns()
	w.emptyTemporary()
}

// Each command finds the clock set anew: the history keeps the order in which the runs were made, nothing in it is lost,
// and what was built and found out about this host before serves on.
func TestAClockThatWasSetKeepsHistoryAndCache(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.ownCache()
	w.app("dated", "#include <stdio.h>\n#include <time.h>\nint main(void) { printf(\"Unit s\\nBenchmarkNow 1 %ld s\\n\", (long)time(0)); return 0; }\n", "")
	w.expect(0, nil, "build", "-k", "keel,host", "-a", "dated")
	var made []string
	var before []os.FileInfo
	for i, off := range []string{"0s", "26280h", "-26280h", "-500000h", "400000h", "5h", "0s"} {
		under := w.clock("1h " + off)
		shift, err := time.ParseDuration(off)
		if err != nil {
			t.Fatal(err)
		}
		for _, kernel := range []string{"host", "keel"} {
			j := under.boot(0, "-k", kernel, "-a", "dated")
			made = append(made, j.Run.ID)
			want := time.Now().Add(shift)
			if want.Unix() < 0 {
				want = time.Unix(0, 0)
			}
			// That the clock is not the host's is seen by ours, by a program of libc, and by QEMU's guest, whose
			// clock knows no century.
			if wrong := j.Run.Started.Sub(want).Abs(); wrong > time.Minute {
				t.Errorf("%s with the clock off by %s: started at %s, want about %s", kernel, off, j.Run.Started, want)
			}
			said := j.Run.Metrics["Now"].Values
			if kernel == "keel" && want.Year() < 2000 {
				want = want.AddDate(100, 0, 0)
			}
			if len(said) != 1 || math.Abs(said[0]-float64(want.Unix())) > 60 {
				t.Errorf("%s with the clock off by %s: the guest says that it is %v, want %d", kernel, off, said, want.Unix())
			}
		}
		if files := w.found(); i == 0 {
			before = files
		} else if !slices.EqualFunc(files, before, os.SameFile) {
			t.Errorf("with the clock off by %s something was made anew", off)
		}
	}
	var list struct{ Runs []struct{ ID string } }
	decodeLoosely(t, w.expect(0, nil, "runs", "--json").out, &list)
	var listed []string
	for _, r := range list.Runs {
		listed = append(listed, r.ID)
	}
	slices.Reverse(made)
	if !slices.Equal(listed, made) {
		t.Errorf("the runs are listed as\n%q, newest first, but were made as\n%q", listed, made)
	}
	w.nothingRuns()
	w.emptyTemporary()
}

// found are the files of programs and of what is known of KVM, unless it was found slow: that is not believed for long.
func (w *workspace) found() []os.FileInfo {
	w.t.Helper()
	verdicts, err := filepath.Glob(filepath.Join(w.home, "cache", "accelerators", "*.json"))
	if err != nil {
		w.t.Fatal(err)
	}
	verdicts = slices.DeleteFunc(verdicts, func(path string) bool {
		text, err := os.ReadFile(path)
		return err != nil || bytes.Contains(text, []byte(`"slow": true`))
	})
	var infos []os.FileInfo
	for _, path := range append(w.programs(), verdicts...) {
		info, err := os.Stat(path)
		if err != nil {
			w.t.Fatal(err)
		}
		infos = append(infos, info)
	}
	return infos
}

// Several Slipways share a history, and a cache that is always too small, while the clock of each jumps in its own way:
// to one, all that another is at looks years old. Nothing in use goes, and no run is lost.
func TestSlipwaysWhoseClocksJumpLeaveEachOtherAlone(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.ownCache()
	w.settings("cache = \"30K\"\n") // one image has 24
	w.expect(0, nil, "boot", "-k", "keel", "-a", "hello")
	const each = 4
	clocks := []string{jumps, "1h 26280h", "7ms 0s 400000h", "1h -26280h"}
	var all sync.WaitGroup
	for n, errors := range clocks {
		name := fmt.Sprintf("app%d", n)
		w.app(name, "#include <stdio.h>\nint main(void) { puts(\""+name+"\"); return 0; }\n", "")
		under := w.clock(errors)
		all.Go(func() {
			for range each {
				for _, kernel := range []string{"keel", "host"} {
					if s := under.run("boot", "-k", kernel, "-a", name, "--plain"); s.status != 0 || !strings.Contains(s.words, "exit 0") {
						t.Errorf("%s on %s under %q ended with %d:\n%s", name, kernel, errors, s.status, s.words)
					}
				}
				if s := under.run("bench", "-k", "host", "-a", name, "-n", "2", "--warmup", "0", "--plain"); s.status != 0 && s.status != 3 {
					t.Errorf("timing %s under %q ended with %d:\n%s", name, errors, s.status, s.words)
				}
			}
		})
	}
	all.Wait()
	var list struct {
		Runs []struct{ ID, Outcome string }
	}
	decodeLoosely(t, w.expect(0, nil, "runs", "--json", "-n", "0").out, &list)
	if want := 1 + len(clocks)*each*4; len(list.Runs) != want {
		t.Errorf("%d runs are listed, want %d", len(list.Runs), want)
	}
	w.nothingRuns()
	w.emptyTemporary()
	if left := unfinished(t, filepath.Join(w.home, "data")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// A save is seen, booted and judged while the clock jumps.
func TestSavesAreFollowedThoughTheClockJumps(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t).clock(jumps)
	w.app("mine", strings.ReplaceAll(counted, "ANSWER", "100"), "")
	p := w.start("watch", "-k", "keel", "-a", "mine", "-n", "6", "--warmup", "0")
	p.await("keel/mine: exit 0", "from spawn to exit")
	for save := range 3 {
		source := strings.ReplaceAll(counted, "ANSWER", fmt.Sprint(200+save))
		if err := os.WriteFile(filepath.Join(w.project, "apps", "mine", "mine.c"), []byte(source), 0o600); err != nil {
			t.Fatal(err)
		}
		p.await("(last save)")
	}
	if status := p.signal(syscall.SIGINT); status != 130 {
		t.Errorf("ended with %d, want 130:\n%s", status, p.words.String())
	}
	w.nothingRuns()
}
