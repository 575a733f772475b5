package tui

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"slipway/session"
	"slipway/themes"
	"slipway/tui/cells"
	"slipway/tui/keys"
)

// The real session is what the screens ask for.
var _ Workbench = (*session.Session)(nil)

// The main job: mark kernels, select an app, change a line, save.
func TestMainJob(t *testing.T) {
	t.Parallel()
	d := drive(t, empty(), 80, 24)
	d.shows("Nothing is marked yet", "unikraft", "lacks bison")
	d.press("space") // the unikernel is selected on the first day
	d.asked("mark keel true")
	d.press("down", "space", "2")
	d.asked("mark linux-cloud true")
	d.press("down", "down", "down", "enter")
	d.asked("app nbody")
	d.wb.change(func(s *session.State) { s.Files = busy().Files })
	d.settle()
	d.shows("#include <slipway.h>")
	d.press("down", "enter")
	d.typed("// q 1 ? :")
	d.shows("// q 1 ? :#include", "not saved")
	d.press("ctrl+s")
	d.asked("write nbody.c")
	d.hides("not saved")
	if !strings.HasPrefix(d.wb.saved["nbody.c"], "// q 1 ? :#include") {
		t.Errorf("saved %q", d.wb.saved["nbody.c"])
	}
	d.press("esc", "3")
	d.shows("Mark a kernel")
}

func TestConflictOnDisk(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ answer, want, disk string }{
		{"o", "xmine", "xmine"},
		{"r", "theirs", ""},
		{"k", "xmine", ""},
		{"esc", "xmine", ""},
	} {
		d := drive(t, busy(), 80, 24)
		d.press("2", "right", "enter")
		a := d.m.screens[tabApp].(*app)
		a.file.editor.Replace("mine")
		a.file.hash = hash("mine")
		a.file.editor.Goto(1, 1)
		d.wb.onDisk["nbody.c"] = "theirs"
		d.typed("x")
		d.press("ctrl+s")
		d.shows("Changed on disk", "overwrite", "reload", "keep editing")
		d.press(c.answer)
		if got := a.file.editor.Text(); got != c.want {
			t.Errorf("%s: the editor holds %q, want %q", c.answer, got, c.want)
		}
		if got := d.wb.saved["nbody.c"]; got != c.disk {
			t.Errorf("%s: saved %q, want %q", c.answer, got, c.disk)
		}
		if c.answer == "r" {
			d.press("ctrl+z")
			if got := a.file.editor.Text(); got != "xmine" {
				t.Errorf("reloading can't be undone: %q", got)
			}
		}
	}
}

func TestUnsavedChangesAreAskedFor(t *testing.T) {
	t.Parallel()
	d := drive(t, busy(), 80, 24)
	d.press("2", "right", "enter")
	d.typed("x")
	d.press("esc", "up", "enter")
	d.shows("It has changes that are not saved")
	d.press("k")
	d.shows("x#include")
	d.press("q", "q")
	d.shows("Quit Slipway?", "would be lost")
	d.press("n")
	d.press("right", "up", "enter", "s")
	d.asked("write nbody.c")
	d.shows("schema = 1")
}

// The filter's line takes a row of the list: one app that passes must still be seen.
func TestAppsThatPassTheFilterAreSeen(t *testing.T) {
	t.Parallel()
	d := drive(t, busy(), 80, 24)
	d.press("2", "/")
	d.typed("jitter")
	d.shows("/jitter", "│▎  jitter")
	d.press("enter")
	d.shows("│▎  jitter")
}

func TestCompilerMessagesJump(t *testing.T) {
	t.Parallel()
	s := busy()
	p := &session.Problem{What: "the compiler found an error", Jumps: []session.Jump{
		{File: "nbody.c", Line: 11, Column: 5, Severity: "error", Message: "no d3"},
		{File: "nbody.c", Line: 13, Column: 1, Severity: "error", Message: "no mag"},
	}}
	s.Guests[0].Problem, s.Guests[0].Phase = p, session.GuestFailed
	s.Problems = []session.Problem{*p}
	d := drive(t, s, 120, 40)
	d.press("2")
	d.shows("11●", "nbody.c:11: no d3")
	d.press("f8")
	d.shows("11:14", "no d3") // three tabs are twelve columns
	d.press("f8")
	d.shows("13:1", "no mag")
	d.press("f8")
	d.shows("11:14", "no d3")
	d.press("esc", "!")
	d.shows("Problem 1 of 1", "the compiler found an error")
}

func TestConsoleInput(t *testing.T) {
	t.Parallel()
	d := drive(t, busy(), 80, 24)
	d.press("3", "n", "enter")
	d.shows("keys go to the guest", "ctrl+]")
	d.typed("q1")
	d.press("ctrl+c", "up")
	for _, want := range []string{`"q"`, `"1"`, `"\x03"`, `"\x1b[A"`} {
		d.asked("send linux-cloud/nbody " + want)
	}
	d.send(tea.PasteMsg{Content: "ls"})
	d.asked(`send linux-cloud/nbody "ls"`)
	d.press("ctrl+]", "ctrl+]")
	d.asked(`send linux-cloud/nbody "\x1d"`)
	d.press("ctrl+]", "k")
	d.asked("stop linux-cloud/nbody")
	d.press("ctrl+]", "?")
	d.shows("Keys serve Slipway again")
	d.press("esc", "ctrl+]", "q")
	d.hides("keys go to the guest")
	d.press("4")
	d.shows("spawn to exit")
}

func TestScrollback(t *testing.T) {
	t.Parallel()
	s := busy()
	for i := range 200 {
		_, _ = s.Guests[0].Screen.Write([]byte("line " + string(rune('a'+i%26)) + "\r\n"))
	}
	d := drive(t, s, 120, 40)
	d.press("3", "z", "home")
	d.shows("keel 0.1", "lines back")
	_, _ = s.Guests[0].Screen.Write([]byte("more\r\nand more\r\n"))
	d.send(changed{})
	d.shows("keel 0.1") // what is looked at stays, whatever comes
	d.press("end")
	d.shows("and more")
	d.hides("lines back")
}

func TestCompareKeys(t *testing.T) {
	t.Parallel()
	d := drive(t, busy(), 80, 24)
	d.press("4", "+", "b")
	d.asked("rounds 10")
	d.asked("baseline keel")
	d.press("t")
	d.shows("Can these numbers be trusted?")
	d.press("esc", "down", "down", "enter")
	d.shows("signed-rank", "in the order of measuring")
}

func TestHistoryKeys(t *testing.T) {
	t.Parallel()
	d := drive(t, busy(), 80, 24)
	d.press("5", "/")
	d.typed("panic")
	d.press("enter")
	d.shows("30 of 300 runs")
	d.press("enter")
	d.shows("Run 2026", "line 1")
	d.press("end")
	d.shows("line 60")
	d.press("q", "q")
	d.shows("300 runs")
	d.press("n")
	d.typed("why")
	d.press("enter", "p", "r", "d", "u")
	id := busy().Runs[4].ID // the one selected before: the first panic
	for _, want := range []string{"note " + id + " why", "pin " + id + " true", "rerun " + id, "delete " + id, "undo"} {
		d.asked(want)
	}
}

// The first row follows the newest run; a run that the user went to stays selected.
func TestHistoryFollowsTheNewestRun(t *testing.T) {
	t.Parallel()
	st := busy()
	older := st.Runs[1:]
	all := st.Runs
	for _, c := range []struct {
		keys []string
		want string
	}{{nil, all[0].ID}, {[]string{"down"}, older[1].ID}} {
		st.Runs = older
		d := drive(t, st, 120, 40)
		d.press("5")
		d.press(c.keys...)
		d.wb.change(func(st *session.State) { st.Runs = all })
		d.settle()
		d.press("r")
		d.asked("rerun " + c.want)
	}
}

func TestPaletteAndHelp(t *testing.T) {
	t.Parallel()
	d := drive(t, busy(), 80, 24)
	d.press(":")
	d.typed("ten more")
	d.press("enter")
	d.asked("rounds 10")
	d.shows("spawn to exit")
	d.press("?")
	d.shows("Keys", "Time the rounds that would settle")
	d.press("esc", "y")
	if d.copy != "slipway bench -k keel,linux-cloud -a nbody -n 20" {
		t.Errorf("copied %q", d.copy)
	}
}

func TestQuitting(t *testing.T) {
	t.Parallel()
	d := drive(t, busy(), 80, 24)
	d.press("q")
	d.shows("Quit Slipway?", "1 guest will be stopped")
	d.press("esc")
	if d.quit {
		t.Fatal("esc quits")
	}
	d.press("q", "y")
	if !d.quit {
		t.Fatal("y does not quit")
	}
	d = drive(t, busy(), 80, 24)
	d.press("ctrl+c")
	d.shows("Quit Slipway?")
	d.press("ctrl+c")
	if !d.quit {
		t.Fatal("ctrl+c a second time does not quit")
	}
}

func TestWorkStartsAfterTheFirstFrame(t *testing.T) {
	t.Parallel()
	table, err := keys.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	d := &driver{t: t, wb: newFake(empty()), now: noon}
	d.m = newModel(d.wb, table, themes.Dark(), func() time.Time { return d.now })
	d.send(tea.WindowSizeMsg{Width: 80, Height: 24})
	if len(d.wb.calls) > 0 {
		t.Errorf("before the first frame it was asked for %q", d.wb.calls)
	}
	d.send(framed{})
	d.asked("start")
}

// Every action of a screen's scope is one that the screen, or the root, knows.
func TestEveryActionIsHandled(t *testing.T) {
	t.Parallel()
	table, err := keys.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for n, name := range tabScopes {
		scope, _ := table.Scope(name)
		for _, b := range scope.Bindings {
			d := drive(t, busy(), 120, 40)
			if _, ok := d.m.screens[n].HandleIntent(b.Action); !ok {
				t.Errorf("%s does not know %s", name, b.Action)
			}
		}
	}
	d := drive(t, busy(), 120, 40)
	d.press("2", "right", "enter")
	scope, _ := table.Scope("editor")
	for _, b := range scope.Bindings {
		a := d.m.screens[tabApp].(*app)
		a.focus = paneEditor
		if _, ok := a.edit(b.Action); !ok {
			t.Errorf("the editor does not know %s", b.Action)
		}
	}
}

// At any size there is a frame, and below the smallest it says so.
func TestEverySize(t *testing.T) {
	t.Parallel()
	d := drive(t, busy(), 80, 24)
	for tab := range tabs {
		d.m.tab = tab
		for _, w := range []int{0, 1, 2, 7, 20, 79, 80, 99, 100, 119, 120, 200, 500} {
			for _, h := range []int{0, 1, 2, 5, 23, 24, 40, 60, 200} {
				d.send(tea.WindowSizeMsg{Width: w, Height: h})
				_ = d.m.View()
				if w >= 80 && h >= 24 {
					d.hides("Make me larger")
				} else if w >= 20 && h >= 5 {
					d.shows("Make me larger")
				}
			}
		}
	}
}

// Random keys, pastes, clicks, sizes and states never panic and always leave a frame.
func TestRandomEvents(t *testing.T) {
	t.Parallel()
	table, err := keys.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, s := range table.Scopes() {
		for _, b := range s.Bindings {
			names = append(names, b.Keys...)
		}
	}
	names = append(names, "a", "Z", "世", "ctrl+alt+x", "f12", "insert", "-", "\"")
	states := []func() *session.State{empty, busy, func() *session.State { return &session.State{} }}
	r := rand.New(rand.NewPCG(3, 5))
	d := drive(t, busy(), 120, 40)
	for range 10000 {
		switch n := r.IntN(40); {
		case n == 0:
			d.send(tea.WindowSizeMsg{Width: r.IntN(160), Height: r.IntN(60)})
		case n == 1:
			d.send(tea.PasteMsg{Content: "pasted\ntext \x1b[2J世"})
		case n == 2:
			d.send(tea.MouseClickMsg{X: r.IntN(160), Y: r.IntN(60), Button: tea.MouseLeft})
		case n == 3:
			d.send(tea.MouseWheelMsg{X: r.IntN(160), Y: r.IntN(60), Button: tea.MouseWheelDown})
		case n == 4:
			next := states[r.IntN(len(states))]()
			d.wb.change(func(s *session.State) { *s = *next })
		case n == 5 && r.IntN(8) == 0:
			d.send(tea.WindowSizeMsg{Width: 120, Height: 40})
		default:
			d.press(names[r.IntN(len(names))])
		}
		if r.IntN(4) == 0 {
			_ = d.m.View()
		}
		d.quit = false
	}
	c := cells.New(120, 40, themes.Style{})
	d.m.drawOn(c)
}

// Each save makes a new list of files, and no kernel has to be marked for it.
func TestWhatAnotherEditorSavedIsShown(t *testing.T) {
	t.Parallel()
	d := drive(t, busy(), 120, 40)
	d.press("2")
	save := func(text string) {
		d.wb.files["nbody.c"] = text
		d.wb.change(func(s *session.State) { s.Files = slices.Clone(s.Files) })
		d.settle()
	}
	for _, text := range []string{"/* first */\n", "/* theirs */\n"} {
		save(text)
		d.shows(strings.TrimSpace(text))
	}
	d.press("right", "enter")
	d.typed("mine ")
	save("/* newer */\n")
	d.shows("mine /* theirs */")
}

func TestDeletedOnDisk(t *testing.T) {
	t.Parallel()
	d := drive(t, busy(), 80, 24)
	d.press("2", "right", "enter")
	d.typed("x")
	d.wb.gone = true
	d.press("ctrl+s")
	d.shows("Deleted on disk", "write it again")
	d.hides("reload")
	d.press("o")
	if !strings.HasPrefix(d.wb.saved["nbody.c"], "x#include") {
		t.Errorf("saved %q", d.wb.saved["nbody.c"])
	}
}

// A source that can't be read is said once, not at every change.
func TestUnreadableSource(t *testing.T) {
	t.Parallel()
	s := busy()
	s.Files = []session.File{{Path: "gone.c"}}
	d := drive(t, s, 80, 24)
	d.shows("it is gone")
	d.now = d.now.Add(time.Minute)
	d.send(toastOver{})
	d.send(changed{})
	d.hides("it is gone")
	d.press("2", "right", "enter")
	d.shows("it is gone")
}

// Keys that nobody can see the effect of do nothing.
func TestTooSmallIsSafe(t *testing.T) {
	t.Parallel()
	d := drive(t, busy(), 20, 5)
	d.press("space", "5", "d", "y", "enter")
	for _, call := range d.wb.calls {
		if call != "start" {
			t.Errorf("asked for %s", call)
		}
	}
	d.press("ctrl+c", "ctrl+c")
	if !d.quit {
		t.Error("ctrl+c twice does not quit")
	}
}

// What the user looked at is there again at the next start.
func TestViewSurvivesARestart(t *testing.T) {
	t.Parallel()
	d := drive(t, busy(), 80, 24)
	d.press("down", "4", "s")
	view := d.m.view()
	next := newFake(busy())
	next.view = view
	again := drive(t, busy(), 80, 24)
	again.m.touched = false
	again.send(viewLoaded(view))
	again.shows("This save against the last")
	again.press("1")
	again.shows("─ keel ─")
}

// The last lines of a guest that failed are seen, and so is why it failed.
func TestReasonHidesNothing(t *testing.T) {
	t.Parallel()
	s := busy()
	g := &s.Guests[1]
	g.Phase, g.Outcome, g.Reason, g.Took = session.GuestEnded, "panic", "Kernel panic: Attempted to kill init!", 3140*time.Millisecond
	for range 40 {
		_, _ = g.Screen.Write([]byte("more\r\n"))
	}
	_, _ = g.Screen.Write([]byte("the last words"))
	d := drive(t, s, 80, 24)
	d.press("3")
	d.shows("the last words", "Kernel panic: Attempted to kill init!", "panic in 3.14 s")
}
