package tui

import (
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"slipway/session"
)

// crowded is six guests, each with a full screen in colour.
func crowded() *session.State {
	s := busy()
	g := s.Guests[0]
	s.Guests = nil
	for i := range 6 {
		next := g
		next.ID, next.Kernel = fmt.Sprintf("k%d/nbody", i), fmt.Sprintf("k%d", i)
		text := ""
		for n := range 60 {
			text += fmt.Sprintf("\x1b[3%dmline %d of a guest that talks a lot\x1b[0m and goes on to the end of its row\n", n%8, n)
		}
		next.Screen = terminal(text)
		s.Guests = append(s.Guests, next)
	}
	return s
}

// A frame while six guests print: Update and View together.
func BenchmarkFrame(b *testing.B) {
	for _, size := range [][2]int{{80, 24}, {120, 40}, {200, 60}} {
		for tab := range tabs {
			b.Run(fmt.Sprintf("%s/%dx%d", tabNames[tab], size[0], size[1]), func(b *testing.B) {
				d := drive(b, crowded(), size[0], size[1])
				d.m.tab = tab
				d.send(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
				for b.Loop() {
					d.m.Update(changed{})
					d.m.View()
				}
			})
		}
	}
}

// pastRuns are as many as a year of work leaves behind.
const pastRuns = 10_000

// BenchmarkFirstFrame times the workbench, the real program with 10,000 runs in its
// history, from its spawn to its first full frame in a terminal, beside a bare
// Bubble Tea program that is started the same way. The two take turns; medians
// and their difference are printed beside the difference that is promised.
func BenchmarkFirstFrame(b *testing.B) {
	const pairs, warmup, promised = 21, 2, 20 // ms
	h := newHome(b)
	h.fill(pastRuns)
	bare := program(b, "slipway/tui/testdata/bare")
	for b.Loop() {
		var ours, floor []float64
		for i := range warmup + pairs {
			mine := firstFrame(b, h.slipway(), func(p *person) {
				p.presses("ctrl+c")
				p.sees("Quit Slipway?")
				p.presses("ctrl+c")
			})
			other := firstFrame(b, exec.Command(bare), func(p *person) { p.presses("q") })
			if i >= warmup {
				ours, floor = append(ours, mine), append(floor, other)
			}
		}
		slices.Sort(ours)
		slices.Sort(floor)
		mine, other := ours[pairs/2], floor[pairs/2]
		b.ReportMetric(mine, "ms-workbench")
		b.ReportMetric(other, "ms-bare")
		b.ReportMetric(mine-other, "ms-later")
		b.ReportMetric(promised, "ms-later-promised")
		b.ReportMetric(0, "ns/op") // of all pairs together: it says nothing
	}
}

// firstFrame is the time from a program's spawn to its first full frame, in
// milliseconds. A frame is full when the last row is there.
func firstFrame(b *testing.B, cmd *exec.Cmd, leave func(*person)) float64 {
	b.Helper()
	began := time.Now()
	p := sit(b, 120, 40, cmd)
	p.waits("the first frame", func(screen string) bool {
		return strings.Contains(screen[strings.LastIndexByte(screen, '\n')+1:], "? help")
	})
	took := time.Since(began)
	leave(p)
	p.leaves()
	return float64(took.Microseconds()) / 1e3
}
