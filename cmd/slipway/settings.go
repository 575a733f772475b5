package main

import (
	"github.com/spf13/cobra"

	"slipway/session"
	"slipway/themes"
)

// settings are the user's, after the flags of one command.
type settings struct{ session.Settings }

// readSettings reads settings.toml; a flag that is given goes before it.
func readSettings(cmd *cobra.Command, folders session.Folders) (settings, error) {
	read, err := session.ReadSettings(folders, themes.Check)
	if err != nil {
		return settings{}, err
	}
	for name, to := range map[string]*int{"rounds": &read.Rounds, "warmup": &read.Warmup} {
		if cmd.Flags().Changed(name) {
			if *to, err = cmd.Flags().GetInt(name); err != nil {
				return settings{}, err
			}
		}
	}
	switch {
	case read.Rounds < 1:
		return settings{}, misused(cmd, "--rounds %d: it takes a number of at least 1", read.Rounds)
	case read.Warmup < 0:
		return settings{}, misused(cmd, "--warmup %d: it takes a number of at least 0", read.Warmup)
	}
	return settings{read}, nil
}

// options are those of a session whose saves are timed.
func (s settings) options(folders session.Folders) session.Options {
	o := session.Options{Folders: folders, Version: version(), Rounds: s.Rounds, Warmup: s.Warmup}
	if o.Warmup == 0 {
		o.Warmup = session.NoWarmup
	}
	return o
}
