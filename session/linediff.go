package session

import "slices"

// edit is one line of a diff: kept (' '), only in the first text ('-') or only in the
// second ('+').
type edit struct {
	sign byte
	text string
}

// maxEdits bounds the work of a diff: texts that differ in more lines than that are
// taken to share none in between, which is true and only longer.
const maxEdits = 1000

// diffLines returns the shortest way from one text to another, line by line: E. W. Myers,
// "An O(ND) difference algorithm and its variations", Algorithmica 1 (1986).
func diffLines(a, b []string) []edit {
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	edits := make([]edit, 0, len(a)+len(b)-head-tail)
	for _, line := range a[:head] {
		edits = append(edits, edit{' ', line})
	}
	edits = append(edits, between(a[head:len(a)-tail], b[head:len(b)-tail])...)
	for _, line := range a[len(a)-tail:] {
		edits = append(edits, edit{' ', line})
	}
	return edits
}

// between is diffLines for texts that begin and end differently.
func between(a, b []string) []edit {
	// furthest[k+d] is how much of a is used up on diagonal k after d edits. One row is
	// kept for every d, to find the way back.
	var rows [][]int32
	for d := 0; len(a) > 0 && len(b) > 0 && d <= min(len(a)+len(b), maxEdits); d++ {
		row := make([]int32, 2*d+1)
		for k := -d; k <= d; k += 2 {
			x := 0
			if d > 0 {
				x = step(rows[d-1], d-1, k)
			}
			for x < len(a) && x-k < len(b) && a[x] == b[x-k] {
				x++
			}
			row[k+d] = int32(x)
			if x >= len(a) && x-k >= len(b) {
				return wayBack(append(rows, row), a, b)
			}
		}
		rows = append(rows, row)
	}
	edits := make([]edit, 0, len(a)+len(b))
	for _, line := range a {
		edits = append(edits, edit{'-', line})
	}
	for _, line := range b {
		edits = append(edits, edit{'+', line})
	}
	return edits
}

// step is how much of the first text is used up where diagonal k is entered from the
// row before: downwards, by a line of the second text, or to the right.
func step(row []int32, d, k int) int {
	if fromAbove(row, d, k) {
		return int(row[k+1+d])
	}
	return int(row[k-1+d]) + 1
}

func fromAbove(row []int32, d, k int) bool {
	if k-1 < -d {
		return true
	}
	return k+1 <= d && row[k-1+d] < row[k+1+d]
}

// wayBack follows the rows from the end of both texts to their beginning.
func wayBack(rows [][]int32, a, b []string) []edit {
	var edits []edit
	x, y := len(a), len(b)
	for d := len(rows) - 1; d >= 0; d-- {
		k, from := x-y, 0
		above := false
		if d > 0 {
			above, from = fromAbove(rows[d-1], d-1, k), step(rows[d-1], d-1, k)
		}
		for x > from {
			x, y = x-1, y-1
			edits = append(edits, edit{' ', a[x]})
		}
		switch {
		case d == 0:
		case above:
			y--
			edits = append(edits, edit{'+', b[y]})
		default:
			x--
			edits = append(edits, edit{'-', a[x]})
		}
	}
	slices.Reverse(edits)
	return edits
}
