package tui

import (
	"fmt"
	"testing"

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

// The first frame does not depend on how long the history is.
func BenchmarkFirstFrame(b *testing.B) {
	s := crowded()
	s.Runs = runs(10000)
	for b.Loop() {
		d := drive(b, s, 120, 40)
		d.m.View()
	}
}
