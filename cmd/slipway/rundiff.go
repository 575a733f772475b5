package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"slipway/session"
)

func newRunDiff(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:               "diff A B",
		Short:             "Print what differs between two runs",
		Example:           "  slipway run diff 6axc0wgt0bnz 6axc0tc9ejc9",
		ValidArgsFunction: g.complete(runIDs),
		Args:              takes("the ID of a run", "that of another"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return g.withSession(cmd.Context(), func(s *session.Session) error {
				history, err := s.Store()
				if err != nil {
					return err
				}
				a, err := history.Get(args[0])
				if err != nil {
					return err
				}
				b, err := history.Get(args[1])
				if err != nil {
					return err
				}
				diff := runDiff{Schema: 1, A: a.ID, B: b.ID, Differences: differences(session.RunText(a, ""), session.RunText(b, ""))}
				if g.json {
					return printJSON(cmd.OutOrStdout(), diff)
				}
				return diff.print(cmd.OutOrStdout())
			})
		},
	}
}

// runDiff is what run diff prints.
type runDiff struct {
	Schema      int          `json:"schema"`
	A           string       `json:"a"`
	B           string       `json:"b"`
	Differences []difference `json:"differences"`
}

// difference is one thing that two runs do not share; nil where a run has none of it.
type difference struct {
	Name string  `json:"name"`
	A    *string `json:"a"`
	B    *string `json:"b"`
}

func (d runDiff) print(w io.Writer) error {
	if len(d.Differences) == 0 {
		_, err := fmt.Fprintln(w, "the two runs do not differ")
		return err
	}
	value := func(s *string) string {
		if s == nil {
			return ""
		}
		return *s
	}
	rows := [][]string{{"", d.A, d.B}}
	for _, one := range d.Differences {
		rows = append(rows, []string{one.Name, value(one.A), value(one.B)})
	}
	return printTable(w, rows)
}

// differences compares two descriptions, see session.RunText, line by line. That
// the two are two runs, with IDs of their own, is no difference.
func differences(a, b string) []difference {
	left, right := linesOf(a), linesOf(b)
	found := []difference{}
	for _, name := range left.names {
		x, y := left.values[name], right.values[name]
		if name != "run" && (y == nil || *x != *y) {
			found = append(found, difference{name, x, y})
		}
	}
	for _, name := range right.names {
		if left.values[name] == nil {
			found = append(found, difference{name, nil, right.values[name]})
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
