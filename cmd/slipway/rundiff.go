package main

import (
	"io"

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
				diff := runDiff{Schema: 1, A: a.ID, B: b.ID, Differences: session.Differences(a, b)}
				if g.json {
					return printJSON(cmd.OutOrStdout(), diff)
				}
				text := session.DiffText(a, b)
				if text == "" {
					text = "the two runs do not differ\n"
				}
				_, err = io.WriteString(cmd.OutOrStdout(), text)
				return err
			})
		},
	}
}

// runDiff is what run diff prints.
type runDiff struct {
	Schema      int                  `json:"schema"`
	A           string               `json:"a"`
	B           string               `json:"b"`
	Differences []session.Difference `json:"differences"`
}
