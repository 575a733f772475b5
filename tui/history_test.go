package tui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"slipway/benchmarks"
	"slipway/session"
)

// annotated is a history in which people have left their marks.
func annotated() *session.State {
	s := busy()
	s.Runs[0].Tags = []string{"cache", "slow"}
	s.Runs[3].Tags, s.Runs[3].Note = []string{"slow"}, "with the loop unrolled, and a note that is longer than there is room for on any screen, however wide"
	s.Runs[5].Target = "linux-cloud/nbody memory=64M steps=500"
	for i := range s.Runs {
		if s.Runs[i].Target == "" {
			s.Runs[i].Target = s.Runs[i].Kernel + "/nbody"
		}
	}
	return s
}

func TestGoldenHistory(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]int{{80, 24}, {120, 40}} {
		name := fmt.Sprintf("-%dx%d", size[0], size[1])
		look := func(keys ...string) *driver {
			d := drive(t, annotated(), size[0], size[1])
			d.press("5")
			d.press(keys...)
			return d
		}
		d := look("s", "s", "s", "s", "S", "down", "down")
		golden(t, "history-sorted"+name, d.screen())
		d = look("/")
		d.typed("kernel:linux tag:slow,x total:>1s -outcome:stopped")
		golden(t, "history-filtered"+name, d.screen())
		d.typed(" outcome:hung")
		golden(t, "history-filter-wrong"+name, d.screen())
		golden(t, "history-filter-asked"+name, look("/").screen())
		golden(t, "history-marked"+name, look("space", "down", "space", "space").screen())
		d = look()
		d.wb.diff = changedDiff()
		d.press("m", "down", "m")
		d.now = d.now.Add(time.Minute) // no toast
		d.send(toastOver{})
		golden(t, "rundiff-changed"+name, d.screen())
		d.press("n", "n", "enter")
		golden(t, "rundiff-folded"+name, d.screen())
		d = look()
		d.wb.diff = sameDiff()
		d.press("m", "down", "m")
		d.now = d.now.Add(time.Minute)
		d.send(toastOver{})
		golden(t, "rundiff-same"+name, d.screen())
	}
}

// changedDiff is what a change of the source and of a setting looks like.
func changedDiff() *session.RunDiff {
	one, two := "1", "2"
	memory, more := "64M", "128M"
	d := &session.RunDiff{
		A:    session.RunHead{ID: "6b1ww5q93fzc", Target: "keel/nbody", Kind: "timed, round 20", Outcome: "exit 0", Started: noon.Add(-time.Hour), Tags: []string{"cache"}, Note: "before the loop was unrolled"},
		B:    session.RunHead{ID: "6b1wwbcegv9b", Target: "keel/nbody memory=128M", Kind: "timed, round 20", Outcome: "exit 0", Started: noon},
		Same: []string{"target", "app manifest", "kernel manifest", "disks and shares", "outcome"},
		Sections: []session.DiffSection{
			{Name: "source", Title: "source", Files: []session.FileDiff{
				{Path: "nbody.c", Status: "changed", Added: 2, Removed: 1, Lines: []string{
					"@@ -9,5 +9,6 @@", " \tfor (int i = 0; i < n; i++) {", "-\t\tfor (int j = i + 1; j < n; j++) {", "+\t\tint j = i + 1;",
					"+\t\tfor (; j < n; j++) { /* a line that is so long that it does not fit on any screen, however wide that may be, since it goes on */",
					" \t\t\tdouble dx = b[i].x - b[j].x;", " \t\t\tdouble d2 = dx * dx;",
				}},
				{Path: "table.bin", Status: "added", Note: "not text: 512 bytes"},
			}},
			{Name: "settings", Title: "settings", Rows: []session.Difference{{Name: "memory", A: &memory, B: &more}}},
			{Name: "commit", Title: "git commit", Rows: []session.Difference{{Name: "commit", A: &one, B: &two}}},
			{Name: "image", Title: "image", Follows: true, Rows: []session.Difference{{Name: "hash", A: &one, B: &two}}},
			{Name: "command line", Title: "command line", Follows: true, Rows: []session.Difference{{Name: "-m", A: &memory, B: &more}}},
		},
		Cost: session.RunCost{Basis: "20 rounds of experiment 6b1wwbqg8e41, interleaved", Experiment: "6b1wwbqg8e41"},
	}
	row := func(name, title, unit string, a, b float64, change, verdict string) {
		ratio := b / a
		d.Cost.Rows = append(d.Cost.Rows, session.CostRow{Name: name, Title: title, Unit: unit, Better: benchmarks.Lower, A: &a, B: &b, Ratio: &ratio, Change: change, Verdict: verdict})
	}
	row("boot/total", "spawn to exit", "sec", 0.641, 0.678, "+5.8 %", "worse")
	row("Nbody", "Nbody ns/op", "ns/op", 1.83e6, 1.7e6, "-7.1 %", "better")
	row("boot/app", "app", "sec", 0.61, 0.63, "+3.3 %", "unclear")
	row("mem/peak", "peak memory", "B", 33e6, 97e6, "x2.94", "worse")
	row("size/image", "image size", "B", 14200, 14300, "+0.7 %", "worse")
	row("cpu/qemu", "CPU time", "sec", 0.6, 0.62, "+3.3 %", "unclear")
	d.Cost.Close = []session.CostRow{{Title: "QEMU's start"}, {Title: "firmware"}}
	return d
}

func sameDiff() *session.RunDiff {
	d := changedDiff()
	d.Sections, d.B.Target = nil, d.A.Target
	d.Same = []string{"target", "source", "app manifest", "kernel manifest", "settings", "disks and shares", "git commit", "outcome", "image", "command line", "environment"}
	d.Notes = []string{"both with uncommitted changes: the sources kept with them are what was built"}
	d.Cost.Basis, d.Cost.Experiment = "one boot each: no verdict", ""
	for i := range d.Cost.Rows {
		d.Cost.Rows[i].Verdict = ""
	}
	d.Cost.Rows = d.Cost.Rows[:2]
	d.Cost.Equal = []session.CostRow{{Title: "image size"}}
	d.Cost.Remarks = []string{"'slipway compare 6b1wwbqg8e41 6b1wwbqg8e42' judges all rounds of their experiments"}
	return d
}

// The order is chosen by key and by mouse, and the selected run stays selected.
func TestHistoryIsSorted(t *testing.T) {
	t.Parallel()
	d := drive(t, annotated(), 80, 24)
	d.press("5", "down", "down")
	id := annotated().Runs[2].ID
	d.shows("when▼")
	d.send(tea.MouseClickMsg{X: 30, Y: 1, Button: tea.MouseLeft}) // app
	d.shows("app▲")
	d.send(tea.MouseClickMsg{X: 66, Y: 1, Button: tea.MouseLeft}) // total
	d.shows("total▲")
	d.send(tea.MouseClickMsg{X: 66, Y: 1, Button: tea.MouseLeft})
	d.shows("total▼")
	d.send(tea.MouseClickMsg{X: 1, Y: 1, Button: tea.MouseLeft}) // the marks
	d.shows("by pinned▼")
	if h := d.m.screens[tabHistory].(*history); h.shown[0] != 2 {
		t.Errorf("the first of the list is run %d, not the pinned one", h.shown[0])
	}
	d.press("y")
	if d.copy != "slipway runs --sort=pinned" {
		t.Errorf("copied %q", d.copy)
	}
	d.press("r")
	d.asked("rerun " + id)
	for range len(session.RunColumns()) {
		d.press("s")
	}
	d.shows("by pinned▼")
	d.press("s", "s")
	d.shows("when▼")
	d.press("S")
	d.shows("when▲")
	d = drive(t, annotated(), 80, 24)
	d.press("5", "s", "s", "s", "s") // on the first row, the first of each order
	if h := d.m.screens[tabHistory].(*history); h.list.selected != 0 {
		t.Errorf("row %d is selected", h.list.selected)
	}
}

func TestHistoryFilterTellsWhatIsWrong(t *testing.T) {
	t.Parallel()
	d := drive(t, annotated(), 120, 40)
	d.press("5", "/")
	d.typed("outcome:panic")
	d.shows("30 of 300 runs")
	d.typed(" colour:x")
	d.shows("colour: is no key", "30 of 300 runs") // what is right is in force
	d.press("esc")
	d.shows(" 300 runs ")
	d.hides("is no key")
	d.press("x")
	d.shows("/experiment=x1")
	d.press("y")
	if d.copy != "slipway runs --filter 'experiment=x1'" && d.copy != "slipway runs --filter experiment=x1" {
		t.Errorf("copied %q", d.copy)
	}
	d.press("x")
	d.hides("/experiment=x1")
	d.now = d.now.Add(time.Minute)
	d.send(toastOver{})
	d.press("/")
	d.send(tea.PasteMsg{Content: "tag:slow"})
	d.shows("2 of 300 runs")
}

// What is marked is changed together; esc takes back one thing after the other.
func TestHistoryMarks(t *testing.T) {
	t.Parallel()
	d := drive(t, annotated(), 80, 24)
	runs := annotated().Runs
	a, b, c := runs[0].ID, runs[1].ID, runs[3].ID
	d.press("5", "space", "space", "down", "space")
	d.shows("3 marked")
	d.press("t")
	d.shows("Tags of 3 runs")
	d.typed("seen -slow")
	d.press("enter")
	d.asked("tag " + a + " " + b + " " + c + " +[seen] -[slow]")
	d.press("t")
	d.typed("x! y")
	d.press("enter")
	d.shows("letters, digits", "x! y") // nothing that was typed is lost
	d.press("esc", "p")
	d.asked("pin " + a + " " + b + " " + c + " true")
	d.press("n")
	d.typed("all three")
	d.press("enter")
	d.asked("note " + a + " " + b + " " + c + " all three")
	d.press("m")
	d.shows("two marked runs can be set against each other, not 3")
	d.press("d")
	d.asked("delete " + a + " " + b + " " + c)
	d.hides("marked ·")
	d.press("space", "space")
	d.shows("2 marked")
	d.wb.change(func(s *session.State) { s.Runs = s.Runs[5:] })
	d.settle()
	d.press("5")
	d.shows("1 marked · 295 runs")
	d.press("esc")
	d.wb.change(func(s *session.State) { s.Runs = annotated().Runs })
	d.settle()
	d.press("home", "t")
	d.shows("cache slow")
	for range len("slow") {
		d.press("backspace")
	}
	d.typed("new")
	d.press("enter")
	d.asked("tag " + a + " +[new] -[slow]")
	d.wb.diff = changedDiff()
	d.press("home", "space", "space", "m")
	d.asked("diff " + b + " " + a) // the older one first
	d.shows("What was changed")
	d.press("q", "esc")
	d.hides("marked ·")
}

func TestRunDiffDialog(t *testing.T) {
	t.Parallel()
	d := drive(t, annotated(), 80, 24)
	d.wb.diff = changedDiff()
	runs := annotated().Runs
	d.press("5", "m")
	d.shows("is remembered", "≠")
	d.press("down", "m")
	d.asked("diff " + runs[1].ID + " " + runs[0].ID)
	// The answer is on the first screen, however small.
	d.shows("nbody.c +2 -1", "memory 64M", "and so", "spawn to exit", "+5.8 %", "worse", "20 rounds of experiment", "▾ source")
	d.hides("CPU time")
	d.press("enter")
	d.shows("CPU time", "no change")
	d.press("enter", "n")
	d.shows("+        int j = i + 1;", "@@ -9,5 +9,6 @@")
	d.press("enter")
	d.hides("int j = i + 1;")
	d.press("z")
	d.press("z")
	d.press("end")
	d.shows("command line", "-m")
	d.press("y")
	if d.copy != "slipway run diff 6b1ww5q93fzc 6b1wwbcegv9b" {
		t.Errorf("copied %q", d.copy)
	}
	d.press("Y")
	if !strings.Contains(d.copy, "what it cost") {
		t.Errorf("copied %q", d.copy)
	}
	d.send(tea.MouseWheelMsg{X: 5, Y: 5, Button: tea.MouseWheelUp})
	d.press("x")
	d.asked("diff 6b1wwbcegv9b 6b1ww5q93fzc")
	d.press("c")
	d.asked("open experiment 6b1wwbqg8e41")
	d.shows("Comparison")
	d.wb.diff = nil
	d.press("5", "m", "down", "m")
	d.shows("it was deleted")
}

// What was deleted can be looked at, brought back and removed for good.
func TestTrash(t *testing.T) {
	t.Parallel()
	d := drive(t, annotated(), 80, 24)
	d.press("5", "D")
	d.asked("refresh runs")
	d.shows("The trash is empty.")
	d.press("enter", "E", "esc")
	for i, r := range annotated().Runs[:4] {
		d.wb.trash = append(d.wb.trash, session.DeletedRun{Run: r, At: noon.Add(-time.Duration(i*i*9) * time.Hour)})
	}
	d.wb.trash[1] = session.DeletedRun{Run: session.Run{ID: "6b1ww5q93fzc"}, At: noon, Problem: "read run 6b1ww5q93fzc: unexpected end of JSON input"}
	d.press("D")
	golden(t, "trash-80x24", d.screen())
	d.press("down", "enter")
	d.asked("restore 6b1ww5q93fzc")
	d.hides("unexpected end")
	d.press("E", "n")
	d.shows("Deleted runs", "before…")
	d.press("E", "y")
	d.asked("empty trash")
	d.hides("Deleted runs")
}

// Nothing in notes, tags or names can reach the terminal, or break the list.
func TestHostileHistory(t *testing.T) {
	t.Parallel()
	evil := "\x1b]0;owned\a\x1b[2J\r\n\b\u202e\u200b\u009b31m\xff世"
	s := annotated()
	r := &s.Runs[0]
	r.Note, r.Kernel, r.App, r.Target, r.Outcome, r.Kind, r.Tags = evil, evil, evil, evil, evil, evil, []string{evil}
	for _, size := range [][2]int{{80, 24}, {120, 40}} {
		d := drive(t, s, size[0], size[1])
		diff := changedDiff()
		diff.A.Note, diff.A.Target, diff.Notes = evil, evil, []string{evil}
		d.wb.diff = diff
		d.press("5")
		for _, keys := range [][]string{nil, {"t"}, {"esc", "n"}, {"esc", "m", "down", "m"}} {
			d.press(keys...)
			drawn := d.m.View().Content
			for _, bad := range []string{"\x1b]", "\x1b[2J", "\a", "\b", "\r", "\u202e", "\u009b", "\xff"} {
				if strings.Contains(drawn, bad) {
					t.Fatalf("%q after %v reaches the terminal", bad, keys)
				}
			}
			if n := strings.Count(drawn, "\n"); n != size[1]-1 {
				t.Errorf("%d rows", n+1)
			}
		}
	}
}

// A key typed into the filter of a long history, a column sorted by: Update and View
// together, beside one frame of the screen, which is the floor.
func BenchmarkHistoryOf10000Runs(b *testing.B) {
	s := annotated()
	s.Runs = runs(pastRuns)
	d := drive(b, s, 120, 40)
	d.press("5")
	b.Run("frame", func(b *testing.B) {
		for b.Loop() {
			d.m.Update(tea.WindowSizeMsg{Width: 120, Height: 40})
			d.m.View()
		}
	})
	b.Run("sort", func(b *testing.B) {
		for b.Loop() {
			d.press("s")
			d.m.View()
		}
	})
	b.Run("filter", func(b *testing.B) {
		d.press("/")
		for b.Loop() {
			d.typed("k")
			d.m.View()
			d.press("backspace")
			d.m.View()
		}
	})
}
