package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"slipway/tui"
)

func newKeys(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:     "keys",
		Short:   "Print the workbench's keys as Markdown",
		Example: "  slipway keys > keys.md",
		Args:    g.wordsOnly(noArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			keys, err := tui.Keys()
			if err != nil {
				return err
			}
			_, err = fmt.Fprint(cmd.OutOrStdout(), keys)
			return err
		},
	}
}
