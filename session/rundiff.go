package session

import (
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
