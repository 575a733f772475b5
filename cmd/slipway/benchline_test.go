package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"slipway/benchmarks"
	"slipway/benchmarks/store"
)

// Whatever room there is, a line of the display ends where a figure does.
func TestTheDisplayShowsWholeFigures(t *testing.T) {
	t.Parallel()
	s := standing{"  keel/nbody memory=64M", []benchmarks.Figure{
		{Title: "spawn to exit", Median: "158 ms", Change: "+2.0 %", Verdict: "unclear +11"},
		{Title: "Nbody ns/op", Median: "1.87 µs", Change: "-9.7 %", Verdict: "better"},
	}}
	first, second := "  spawn to exit 158 ms +2.0 % unclear +11", " · Nbody ns/op 1.87 µs -9.7 % better"
	short := []string{"  158 ms", " +2.0 %", " unclear +11"}
	allowed := []string{s.lead + first, s.lead + first + second}
	for i := range short {
		allowed = append(allowed, s.lead+strings.Join(short[:i+1], ""))
	}
	longest := ""
	for width := ansi.StringWidth(s.lead + short[0]); width <= 120; width++ {
		line := s.line(width)
		if ansi.StringWidth(line) > width || !slices.Contains(allowed, line) {
			t.Errorf("%d columns: %q", width, line)
		}
		longest = line
	}
	if longest != s.lead+first+second {
		t.Errorf("with room for all there is %q", longest)
	}
	v := &benchView{last: benchmarks.Progress{Round: 3, Rounds: 40, Done: 6, Total: 80, Left: 75 * time.Second, Looks: 3, Look: 1, LookAt: 10, Paused: true}}
	const progress = "bench: round 3 of 40, at most 1m15s left · look 1 of 3 at round 10 · paused"
	for _, width := range []int{30, 60, 70, 79} {
		line := fitting("", v.progress(), width)
		if rest, ok := strings.CutPrefix(progress, line); !ok || rest != "" && !strings.HasPrefix(rest, ", ") && !strings.HasPrefix(rest, " · ") {
			t.Errorf("%d columns: %q", width, line)
		}
	}
}

// A line a round says what this round measured; the median of all is beside it.
func TestALineARoundIsThatRounds(t *testing.T) {
	t.Parallel()
	ok := 0
	boot := func(target string, round int, seconds float64, warmup bool) store.Run {
		return store.Run{Target: store.Target{ID: target}, Round: round, Warmup: warmup, Total: seconds, Outcome: "exit", Exit: &ok}
	}
	runs := []store.Run{
		boot("keel/nbody", 1, 9, true), boot("keel/nbody", 1, 0.122, false), boot("linux-cloud/nbody", 1, 3, false),
		boot("keel/nbody", 2, 0.268, false),
		{Target: store.Target{ID: "linux-cloud/nbody"}, Round: 2, Outcome: "hang"},
	}
	var b strings.Builder
	v := newBenchView(&b, true, benchmarks.Plan{Targets: []benchmarks.Planned{{ID: "keel/nbody"}, {ID: "linux-cloud/nbody"}}}, nil)
	for round := 1; round <= 2; round++ {
		v.show(benchmarks.Progress{Round: round, Rounds: 10, RoundDone: true, Runs: runs[:1+2*round]})
	}
	want := fmt.Sprintln("bench: round 1 of 10: keel/nbody 122 ms, linux-cloud/nbody 3.00 s") +
		fmt.Sprintln("bench: round 2 of 10: keel/nbody 268 ms (median 195 ms), linux-cloud/nbody hang (median 3.00 s)")
	if b.String() != want {
		t.Errorf("got\n%swant\n%s", b.String(), want)
	}
}
