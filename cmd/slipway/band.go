package main

import (
	"github.com/spf13/cobra"

	"slipway/benchmarks"
	"slipway/session"
)

// addBand adds the flag for what is called noise to a verb that judges.
func addBand(cmd *cobra.Command) {
	cmd.Flags().StringSlice("band", nil, "change that is noise: `SHARE`,... such as 3% or boot/total=1% (default: 5% of a time, else 2%)")
}

// bands are those of the flag, else of settings.toml; none where neither says any.
func (g *globals) bands(cmd *cobra.Command) (benchmarks.Bands, error) {
	if cmd.Flags().Changed("band") {
		texts, err := cmd.Flags().GetStringSlice("band")
		if err != nil {
			return nil, err
		}
		bands, err := benchmarks.ParseBands(texts)
		if err != nil {
			return nil, misused(cmd, "--band: %v", err)
		}
		return bands, nil
	}
	folders, err := session.FindFolders(g.project)
	if err != nil {
		return nil, err
	}
	settings, err := session.ReadSettings(folders, func(string) error { return nil })
	if err != nil {
		return nil, err
	}
	return settings.Bands()
}
