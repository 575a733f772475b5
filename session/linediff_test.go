package session

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// Every diff leads from the one text to the other, and is as short as the longest
// common subsequence allows.
func TestDiffsAreRightAndShortest(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	text := func() []string {
		lines := make([]string, r.IntN(12))
		for i := range lines {
			lines[i] = string(rune('a' + r.IntN(3)))
		}
		return lines
	}
	for range 3000 {
		a, b := text(), text()
		edits := diffLines(a, b)
		var left, right []string
		changes := 0
		for _, e := range edits {
			if e.sign != '+' {
				left = append(left, e.text)
			}
			if e.sign != '-' {
				right = append(right, e.text)
			}
			if e.sign != ' ' {
				changes++
			}
		}
		if !slices.Equal(left, a) || !slices.Equal(right, b) {
			t.Fatalf("%q to %q by %v", a, b, edits)
		}
		if want := len(a) + len(b) - 2*common(a, b); changes != want {
			t.Fatalf("%q to %q in %d changes, want %d", a, b, changes, want)
		}
	}
}

// common is the length of the longest common subsequence.
func common(a, b []string) int {
	table := make([][]int, len(a)+1)
	for i := range table {
		table[i] = make([]int, len(b)+1)
	}
	for i := range a {
		for j := range b {
			if table[i+1][j+1] = max(table[i][j+1], table[i+1][j]); a[i] == b[j] {
				table[i+1][j+1] = table[i][j] + 1
			}
		}
	}
	return table[len(a)][len(b)]
}

// Texts that have nothing in common cost a bounded amount of work.
func TestDiffsOfOtherTextsEnd(t *testing.T) {
	t.Parallel()
	a, b := make([]string, 50_000), make([]string, 50_000)
	for i := range a {
		a[i], b[i] = fmt.Sprint("a", i), fmt.Sprint("b", i)
	}
	if edits := diffLines(a, b); len(edits) != 100_000 {
		t.Errorf("%d edits", len(edits))
	}
}
