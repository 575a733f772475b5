package tui

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"slipway/benchmarks"
	"slipway/benchmarks/store"
	"slipway/runner/console"
	"slipway/session"
)

// several is a workbench that compares four kernels, one of which cannot be compared.
func several() *session.State {
	s := busy()
	s.Comparison = comparison("linux-cloud/nbody", []string{"linux-cloud", "keel", "linux-rt", "host"}, 20)
	return s
}

// savesOf is a made-up history of a target: it grew slower, and then much faster.
func savesOf(target string, n int) *session.Trend {
	r := rand.New(rand.NewPCG(11, 13))
	t := &session.Trend{Target: target, Read: noon, Earlier: 3, Unlike: map[string]int{"QEMU version": 12}}
	for i := range n {
		typical := 0.64 + 0.01*float64(i)
		if i >= n*2/3 {
			typical -= 0.2
		}
		image := fmt.Sprintf("%08x", 0xa41f0000+i)
		var runs []store.Run
		for round := range 10 {
			run := store.Run{
				ID: fmt.Sprintf("t%02d%d", i, round), Experiment: "x", Round: round + 1, Kind: store.Timed, Target: store.Target{ID: target, Kernel: "keel", App: "nbody"},
				Outcome: "exit", Exit: new(int), Image: store.Image{Hash: image, Size: int64(14000 + 100*i)}, Total: typical * (1 + 0.02*r.NormFloat64()),
			}
			benchmarks.AddMetrics(&run, benchmarks.Measured{})
			runs = append(runs, run)
		}
		t.Saves = append(t.Saves, session.TrendSave{
			Image: image, At: noon.Add(time.Duration(i-n) * 7 * time.Minute), Run: runs[0].ID, Boots: len(runs),
			Series: benchmarks.Gather(runs, func(*store.Run) string { return image })[image],
		})
	}
	return t
}

// driveView goes to a view of the Compare screen.
func driveView(t testing.TB, state *session.State, view compareView, w, h int) *driver {
	t.Helper()
	d := drive(t, state, w, h)
	d.wb.trend = savesOf("keel/nbody", 14)
	d.press("4")
	for range view {
		d.press("v")
	}
	return d
}

func TestGoldenCompareViews(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]int{{80, 24}, {120, 40}} {
		for view := range compareViews {
			name := fmt.Sprintf("compare-view-%s-%dx%d", viewNames[view], size[0], size[1])
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				golden(t, name, driveView(t, several(), view, size[0], size[1]).screen())
			})
		}
	}
	golden(t, "compare-view-overview-200x60", driveView(t, several(), viewOverview, 200, 60).screen())
}

func TestViewsAreChosenByKeyAndMouse(t *testing.T) {
	t.Parallel()
	d := driveView(t, several(), viewIntervals, 120, 40)
	d.shows("[intervals]", "±5 %: the same", "medians 1.96 s and 636 ms")
	d.press("V")
	d.shows("[order]", "first boot to last")
	d.press("esc")
	d.shows("[overview]")
	rects := d.m.screens[tabCompare].(*compare).viewRects()
	d.send(tea.MouseClickMsg{X: rects[viewPhases].X + 1, Y: rects[viewPhases].Y, Button: tea.MouseLeft})
	d.shows("[phases]", "one phase: no marker parts it")
	d.send(tea.MouseClickMsg{X: 20, Y: 2, Button: tea.MouseLeft})
	d.shows("Can these numbers be trusted?")
	d.press("esc")

	view := d.m.view()
	again := drive(t, several(), 120, 40)
	again.m.touched = false
	again.send(viewLoaded(view))
	again.press("4")
	again.shows("[phases]")
}

func TestTheTrendOfTheTargetThatIsLookedAt(t *testing.T) {
	t.Parallel()
	d := driveView(t, several(), viewTrend, 120, 40)
	d.asked("trend keel/nbody")
	d.shows("save 14 of 14", "10 boots", "3 earlier images are not shown", "12 boots left out: other QEMU version")
	d.press("[", "[")
	d.shows("save 12 of 14")
	d.press("]")
	d.shows("save 13 of 14")
	d.wb.diff = changedDiff()
	d.press("c")
	d.asked("diff t110 t120")
	d.shows("What save 13 of 14 changed", "nbody.c")
	d.press("esc")

	// A column is chosen by the mouse.
	c := d.m.screens[tabCompare].(*compare)
	plot, from, step := c.trendPlot()
	d.send(tea.MouseClickMsg{X: plot.X + plot.W - step*(14-from) + 1, Y: plot.Y, Button: tea.MouseLeft})
	d.shows("save 1 of 14")
	d.press("c")
	d.shows("no save before this one")

	// Left of the first target is the baseline.
	d.wb.trend = savesOf("linux-cloud/nbody", 5)
	d.press("left")
	d.asked("trend linux-cloud/nbody")
	d.shows("linux-cloud save 5 of 5")
	d.wb.trend = savesOf("keel/nbody", 14)
	d.press("right")
	d.shows("keel save 14 of 14")

	// Another target is another trend; while boots are timed nothing is read twice.
	d.wb.trend = savesOf("linux-rt/nbody", 2)
	d.press("right")
	d.asked("trend linux-rt/nbody")
	d.shows("save 2 of 2")
	asked := len(d.wb.calls)
	d.wb.change(func(s *session.State) {
		s.Experiment = &session.Experiment{ID: "x2", Running: true, Round: 1, Rounds: 9}
	})
	d.send(changed{})
	if len(d.wb.calls) != asked {
		t.Errorf("the history was read while boots are timed: %v", d.wb.calls[asked:])
	}
	d.wb.trend = savesOf("linux-rt/nbody", 3)
	d.wb.change(func(s *session.State) { s.Experiment = &session.Experiment{ID: "x2", Round: 9, Rounds: 9} })
	d.send(changed{})
	d.shows("save 3 of 3")
}

// Six targets and thirty metrics at the smallest size: what is chosen is in sight, in
// every view.
func TestManyTargetsAndMetrics(t *testing.T) {
	t.Parallel()
	kernels := []string{"linux-cloud", "keel", "linux-rt", "k4", "k5", "k6"}
	state := busy()
	state.Comparison = flood(kernels, 30)
	for view := range compareViews {
		d := driveView(t, state, view, 80, 24)
		d.press("G", "right", "right", "right", "right", "right")
		d.shows("metric-29", "k6")
		d.press("g")
		d.shows("spawn to exit")
		d.send(tea.MouseWheelMsg{X: 5, Y: 6, Button: tea.MouseWheelDown})
		d.hides("▎↓ spawn to exit")
	}
}

// A sweep may have more targets than there are rows: the one that is looked at is in sight
// in every view that has a row for each.
func TestASweepOfManyTargets(t *testing.T) {
	t.Parallel()
	var kernels []string
	for i := range 14 {
		kernels = append(kernels, fmt.Sprintf("k%02d", i))
	}
	state := busy()
	state.Comparison = flood(kernels, 3)
	for view, mark := range map[compareView]string{viewOverview: "›k13", viewShares: "›n k13", viewOrder: "›k13", viewIntervals: "›k13", viewPhases: "›k13"} {
		d := driveView(t, state, view, 80, 24)
		for range 12 {
			d.press("right")
		}
		d.shows(mark)
		switch view {
		case viewIntervals: // of the others to the baseline
		case viewShares:
			d.shows("a k00")
		default:
			d.shows("\n k00 ")
		}
	}
}

// flood is a comparison of many metrics.
func flood(kernels []string, metrics int) *benchmarks.Comparison {
	var runs []store.Run
	r := rand.New(rand.NewPCG(1, 2))
	for round := range 8 {
		for i, k := range kernels {
			run := store.Run{
				ID: fmt.Sprint(round, k), Experiment: "x", Round: round + 1, Kind: store.Timed, Target: store.Target{ID: k + "/nbody", Kernel: k, App: "nbody"},
				Outcome: "exit", Exit: new(int), Total: float64(i+1) * (1 + 0.01*r.NormFloat64()), Metrics: map[string]store.Metric{},
				Phases: []store.Phase{{Name: "vmm", Seconds: 0.1}, {Name: "firmware", Seconds: 0.2}, {Name: "kernel", Seconds: float64(i)}, {Name: "app", Seconds: 0.5}, {Name: "shutdown", Seconds: 0.2}},
			}
			for m := range metrics {
				run.Metrics[fmt.Sprintf("metric-%02d", m)] = store.Metric{Unit: "ns/op", Better: "lower", Values: []float64{float64(m*100) * (1 + 0.01*r.NormFloat64())}}
			}
			benchmarks.AddMetrics(&run, benchmarks.Measured{})
			runs = append(runs, run)
		}
	}
	c, err := benchmarks.Compare(runs, benchmarks.Options{Baseline: kernels[0] + "/nbody"})
	if err != nil {
		panic(err)
	}
	return c
}

// Every view of every kind of comparison is drawn at every size.
func TestEveryViewAtEverySize(t *testing.T) {
	t.Parallel()
	alone := busy()
	alone.Comparison = comparison("keel/nbody", []string{"keel"}, 2)
	none := busy()
	none.Comparison, none.SaveComparisons = nil, nil
	differences := busy()
	differences.Comparison = zeros()
	many := busy()
	many.Comparison = flood([]string{"linux-cloud", "keel", "linux-rt", "k4", "k5", "k6"}, 30)
	for name, state := range map[string]*session.State{"several": several(), "alone": alone, "none": none, "differences": differences, "many": many} {
		d := driveView(t, state, viewOverview, 80, 24)
		d.press("4")
		for range compareViews {
			for _, w := range []int{1, 79, 80, 100, 120, 300} {
				for _, h := range []int{1, 23, 24, 40, 120} {
					d.send(tea.WindowSizeMsg{Width: w, Height: h})
					if got := strings.Count(d.m.View().Content, "\n"); got != max(h, 1)-1 {
						t.Fatalf("%s at %dx%d has %d rows", name, w, h, got+1)
					}
				}
			}
			d.send(tea.WindowSizeMsg{Width: 80, Height: 24})
			d.press("v")
		}
	}
	d := driveView(t, differences, viewIntervals, 120, 40)
	d.press("down")
	d.shows("no change", "Faults")
}

// zeros is a comparison with a metric that has no ratio.
func zeros() *benchmarks.Comparison {
	var runs []store.Run
	for round := range 12 {
		for i, k := range []string{"linux-cloud", "keel"} {
			run := store.Run{
				ID: fmt.Sprint(round, k), Experiment: "x", Round: round + 1, Kind: store.Timed, Target: store.Target{ID: k + "/nbody", Kernel: k, App: "nbody"},
				Outcome: "exit", Exit: new(int), Total: 1, Metrics: map[string]store.Metric{"Faults": {Unit: "faults/op", Better: "lower", Values: []float64{float64((round%3)*(1-i) + i*round)}}},
			}
			benchmarks.AddMetrics(&run, benchmarks.Measured{})
			runs = append(runs, run)
		}
	}
	c, err := benchmarks.Compare(runs, benchmarks.Options{Baseline: "linux-cloud/nbody"})
	if err != nil {
		panic(err)
	}
	return c
}

// Where only ASCII is wanted nothing else reaches the terminal, borders and dialogs
// included.
func TestScreensInASCII(t *testing.T) {
	t.Parallel()
	pure := func(d *driver, what string) {
		t.Helper()
		for _, text := range []string{d.screen(), d.m.View().Content} {
			if at := strings.IndexFunc(text, func(r rune) bool { return r > '~' }); at >= 0 {
				t.Fatalf("%s draws %q:\n%s", what, []rune(text[at:])[0], text)
			}
		}
	}
	for _, size := range [][2]int{{1, 1}, {80, 24}, {120, 40}} {
		for name, state := range map[string]func() *session.State{"empty": empty, "busy": busy, "several": several} {
			d := drive(t, state(), size[0], size[1])
			d.m.ascii = true
			d.wb.trend = savesOf("keel/nbody", 14)
			for tab := range tabs {
				d.press(string(rune('1' + int(tab))))
				pure(d, fmt.Sprint(name, " ", tabNames[tab]))
				d.press("?")
				pure(d, fmt.Sprint(name, " help of ", tabNames[tab]))
				d.press("esc", ":")
				pure(d, "the palette")
				d.press("esc")
			}
			d.press("4")
			for view := range compareViews {
				pure(d, fmt.Sprint(name, " ", viewNames[view]))
				d.press("v")
			}
			for _, k := range []string{"t", "w", "enter"} {
				d.press(k)
				pure(d, name+" dialog "+k)
				d.press("esc")
			}
		}
	}
	golden(t, "compare-ascii-120x40", func() string {
		d := driveView(t, several(), viewOverview, 120, 40)
		d.m.ascii = true
		return d.screen()
	}())
	golden(t, "compare-ascii-80x24", func() string {
		d := driveView(t, several(), viewPhases, 80, 24)
		d.m.ascii = true
		return d.screen()
	}())
}

// Whatever a golden screen is drawn with has a likeness of its own in ASCII; what a guest
// or a user wrote need not.
func TestSignsHaveLikenesses(t *testing.T) {
	t.Parallel()
	screens := []string{}
	for view := range compareViews {
		screens = append(screens, driveView(t, several(), view, 120, 40).screen())
	}
	for tab := range tabs {
		d := drive(t, busy(), 120, 40)
		d.press(string(rune('1' + int(tab))))
		screens = append(screens, d.screen())
	}
	users := []rune("世界")
	for _, screen := range screens {
		for _, r := range screen {
			if !slices.Contains(users, r) && !console.HasASCII(string(r)) {
				t.Errorf("%q is drawn and has no likeness", r)
			}
		}
	}
}

// What is selected is said first, whatever the headline is.
func TestTheSelectedMetricIsSaidInWords(t *testing.T) {
	t.Parallel()
	d := driveView(t, several(), viewWords, 80, 24)
	d.press("down", "down", "down", "down")
	d.shows("· keel: app is the same as with linux-cloud")
	d.press("right", "right")
	d.shows("· host: app can't be compared with linux-cloud: linux-cloud on tcg, host on")
}
