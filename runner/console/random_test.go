package console

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"strings"
	"testing"
)

// move is a random step of a program that prints.
type move func(r *rand.Rand) string

// choose makes a move of formats, each with up to two random numbers.
func choose(a, b int, formats ...string) move {
	return func(r *rand.Rand) string {
		f := formats[r.IntN(len(formats))]
		numbers := []any{1 + r.IntN(a), 1 + r.IntN(b)}
		return fmt.Sprintf(f, numbers[:strings.Count(f, "%d")]...)
	}
}

// moves avoids what xterm and tmux do differently (see doc.go): a line feed, a tab
// or DECSC while a wrap is pending, half of a wide character erased or pushed
// out, lines inserted outside of the scroll region, a cursor saved on one screen
// and restored on the other, the background of an alternate screen entered with
// a colour set, CHT.
var moves = []move{
	func(r *rand.Rand) string { return strings.Repeat(string(rune('a'+r.IntN(26))), 1+r.IntN(25)) },
	choose(1, 1, "\r\n\x1b[5C", "\r\x1bD", "\r\x1bM", "\x1bE", "\x1b[D\t", "\x1bH", "\x1b[g", "\x1b[Z"),
	choose(9, 22, "\x1b[%d;%dH"),
	choose(5, 5, "\x1b[%dA", "\x1b[%dB", "\x1b[%dC", "\x1b[%dD", "\x1b[%dE", "\x1b[%dF", "\x1b[%dG", "\x1b[%dd"),
	choose(4, 4, "\x1b[r\x1b[3;1H\x1b[%dL", "\x1b[r\x1b[3;1H\x1b[%dM", "\x1b[%dX", "\x1b[%dS", "\x1b[%dT"),
	choose(2, 2, "\x1b[%dJ", "\x1b[%dK", "\x1b[J", "\x1b[K"),
	choose(4, 5, "\x1b[?6l\x1b[%d;8r", "\x1b[?6l\x1b[%d;6r", "\x1b[r", "\x1b[?6h", "\x1b[?6l"),
	choose(1, 1, "\x1b[0m", "\x1b[1m", "\x1b[31m", "\x1b[44m", "\x1b[7m", "\x1b[38;5;99m", "\x1b[49m"),
	choose(1, 1, "\x1b[m\x1b[?1049h", "\x1b[?1049l", "\x1b(0qx\x1b(B", "\x1b[D\x1b7\x1b[31m\x1b[3;3Hz\x1b8"),
	choose(1, 1, "é", "e\u0301", "\u2713"),
}

// Random programs must look as they do in tmux.
func TestRandomProgramsLookAsInTmux(t *testing.T) {
	if testing.Short() {
		t.Skip("starts many tmux servers")
	}
	if _, err := exec.LookPath("tmux"); err != nil {
		t.Skip("tmux is not installed")
	}
	for seed := range uint64(100) {
		r := rand.New(rand.NewPCG(seed, 7))
		in := ""
		for range 12 + r.IntN(25) {
			in += moves[r.IntN(len(moves))](r)
		}
		screen := tmuxScreen(t, []byte(in), 20, 8)
		ours := New(Options{Cols: 20, Rows: 8})
		_, _ = ours.Write([]byte(in))
		theirs := New(Options{Cols: 20, Rows: 9})
		_, _ = theirs.Write([]byte("\x1b)0"))
		_, _ = theirs.Write(bytes.ReplaceAll(screen, []byte("\n"), []byte("\r\n")))
		// The half left of a wide character keeps its style here, in tmux not.
		compareScreens(t, ours.Snapshot(), theirs.Snapshot(), false)
		if t.Failed() {
			t.Fatalf("seed %d: %q", seed, in)
		}
	}
}
