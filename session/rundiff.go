package session

import (
	"fmt"
	"strings"

	"slipway/benchmarks/store"
)

// Difference is one thing that two runs do not share; nil where a run has none of it.
type Difference struct {
	Name string  `json:"name"`
	A    *string `json:"a"`
	B    *string `json:"b"`
}

// Differences compares the descriptions of two runs, see RunText, line by line. That
// the two are two runs, with IDs of their own, is no difference.
func Differences(a, b store.Run) []Difference {
	left, right := linesOf(RunText(a, "")), linesOf(RunText(b, ""))
	found := []Difference{}
	for _, name := range left.names {
		x, y := left.values[name], right.values[name]
		if name != "run" && (y == nil || *x != *y) {
			found = append(found, Difference{name, x, y})
		}
	}
	for _, name := range right.names {
		if left.values[name] == nil {
			found = append(found, Difference{name, nil, right.values[name]})
		}
	}
	return found
}

// DiffText describes what two runs do not share, in lines for people; "" where there
// is nothing.
func DiffText(a, b store.Run) string {
	var text strings.Builder
	for _, d := range Differences(a, b) {
		x, y := orNone(d.A), orNone(d.B)
		if d.A != nil && d.B != nil && len(x) > longValue && len(y) > longValue {
			x, y = apart(x, y)
		}
		fmt.Fprintf(&text, "%s\n  %s  %s\n  %s  %s\n", d.Name, a.ID, x, b.ID, y)
	}
	return text.String()
}

// longValue is the length from which of two lines only the words that differ are
// shown: nobody finds them in two command lines of QEMU.
const longValue = 60

// apart returns the words of two lines that the other does not have, with an
// ellipsis for those that both have.
func apart(x, y string) (onlyX, onlyY string) {
	only := func(words, others []string) string {
		count := map[string]int{}
		for _, w := range others {
			count[w]++
		}
		var kept []string
		for _, w := range words {
			switch {
			case count[w] == 0:
				kept = append(kept, w)
			case len(kept) == 0 || kept[len(kept)-1] != "…":
				count[w]--
				kept = append(kept, "…")
			default:
				count[w]--
			}
		}
		return strings.Join(kept, " ")
	}
	words, others := strings.Fields(x), strings.Fields(y)
	return only(words, others), only(others, words)
}

func orNone(s *string) string {
	if s == nil {
		return "–"
	}
	return *s
}

// described are the lines of a description.
type described struct {
	names  []string
	values map[string]*string
}

// linesOf reads lines of "name  value" back.
func linesOf(text string) described {
	d := described{values: map[string]*string{}}
	for line := range strings.Lines(text) {
		name, value, ok := strings.Cut(strings.TrimSpace(line), "  ")
		if ok {
			value = strings.TrimSpace(value)
			d.names = append(d.names, name)
			d.values[name] = &value
		}
	}
	return d
}
