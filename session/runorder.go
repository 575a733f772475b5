package session

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// RunOrder is the order of a list of runs. The zero value has the newest first.
type RunOrder struct {
	Column  string // one of RunColumns, "" for when
	Reverse bool   // against the column's own direction
}

// RunColumns are what a list of runs can be sorted by. Names go from a to z and times
// upwards; the newest run is first, and so are pinned ones and those with a note or tags.
func RunColumns() []string {
	return []string{"when", "kernel", "app", "outcome", "total", "kind", "accel", "image", "note", "tags", "pinned", "experiment"}
}

// runOrders are all of them but when, which a list has already.
var runOrders = map[string]func(a, b *Run) int{
	"kernel":  func(a, b *Run) int { return cmp.Or(cmp.Compare(a.Kernel, b.Kernel), cmp.Compare(a.App, b.App)) },
	"app":     func(a, b *Run) int { return cmp.Or(cmp.Compare(a.App, b.App), cmp.Compare(a.Kernel, b.Kernel)) },
	"outcome": func(a, b *Run) int { return cmp.Or(cmp.Compare(a.Outcome, b.Outcome), cmp.Compare(a.Status, b.Status)) },
	"total":   func(a, b *Run) int { return cmp.Compare(a.Total, b.Total) },
	"kind":    func(a, b *Run) int { return cmp.Compare(a.Kind, b.Kind) },
	"accel":   func(a, b *Run) int { return cmp.Compare(a.Accel, b.Accel) },
	"image":   func(a, b *Run) int { return cmp.Compare(a.Image, b.Image) },
	"note":    func(a, b *Run) int { return emptyLast(a.Note, b.Note) },
	"tags":    func(a, b *Run) int { return emptyLast(strings.Join(a.Tags, " "), strings.Join(b.Tags, " ")) },
	"pinned": func(a, b *Run) int {
		if a.Pinned == b.Pinned {
			return 0
		}
		return map[bool]int{true: -1, false: 1}[a.Pinned]
	},
	"experiment": func(a, b *Run) int {
		if a.Experiment == "" || b.Experiment == "" {
			return emptyLast(a.Experiment, b.Experiment)
		}
		return cmp.Compare(b.Experiment, a.Experiment) // their IDs grow
	},
}

func emptyLast(a, b string) int {
	if (a == "") != (b == "") {
		return map[bool]int{true: 1, false: -1}[a == ""]
	}
	return cmp.Compare(a, b)
}

// ParseRunOrder reads the name of a column, with a - before it for the other way round.
func ParseRunOrder(text string) (RunOrder, error) {
	name, reverse := strings.CutPrefix(text, "-")
	if !slices.Contains(RunColumns(), name) {
		return RunOrder{}, fmt.Errorf("there is no column %q to sort by: %s, each with a - before it for the other way round", name, strings.Join(RunColumns(), ", "))
	}
	return RunOrder{Column: name, Reverse: reverse}, nil
}

// String is what ParseRunOrder reads.
func (o RunOrder) String() string {
	sign := ""
	if o.Reverse {
		sign = "-"
	}
	return sign + cmp.Or(o.Column, "when")
}

// Newest reports whether the newest run is the first.
func (o RunOrder) Newest() bool { return cmp.Or(o.Column, "when") == "when" && !o.Reverse }

// Sort sorts places of a list that has the newest run first. Runs that are alike in the
// column stay so.
func (o RunOrder) Sort(list []Run, places []int) {
	slices.Sort(places)
	compare := runOrders[o.Column]
	switch {
	case compare == nil && o.Reverse:
		slices.Reverse(places)
	case compare == nil:
	case o.Reverse:
		slices.SortFunc(places, func(a, b int) int { return cmp.Or(compare(&list[b], &list[a]), a-b) })
	default:
		slices.SortFunc(places, func(a, b int) int { return cmp.Or(compare(&list[a], &list[b]), a-b) })
	}
}
