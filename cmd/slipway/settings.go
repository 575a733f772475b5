package main

import (
	"github.com/spf13/cobra"

	"slipway/session"
	"slipway/themes"
)

// withSaves is withSession for what times saves, by the user's settings and the flags
// of the command. fresh forgets what was selected last time.
func (g *globals) withSaves(cmd *cobra.Command, fresh bool, use func(*session.Session, session.Settings) error) error {
	folders, err := session.FindFolders(g.project)
	if err != nil {
		return err
	}
	settings, err := readSettings(cmd, folders)
	if err != nil {
		return err
	}
	bands, err := settings.Bands()
	if err != nil {
		return err
	}
	o := session.Options{Folders: folders, Version: version(), Rounds: settings.Rounds, Warmup: settings.Warmup, NoSpare: !settings.Spare, Fresh: fresh, Bands: bands}
	if o.Warmup == 0 {
		o.Warmup = session.NoWarmup
	}
	return inSession(cmd.Context(), o, func(s *session.Session) error { return use(s, settings) })
}

// readSettings reads settings.toml; a flag that is given goes before it.
func readSettings(cmd *cobra.Command, folders session.Folders) (session.Settings, error) {
	read, err := session.ReadSettings(folders, themes.Check)
	if err != nil {
		return session.Settings{}, err
	}
	for name, to := range map[string]*int{"rounds": &read.Rounds, "warmup": &read.Warmup} {
		if cmd.Flags().Changed(name) {
			if *to, err = cmd.Flags().GetInt(name); err != nil {
				return session.Settings{}, err
			}
		}
	}
	switch {
	case cmd.Flags().Changed("rounds") && read.Rounds < 1:
		return session.Settings{}, misused(cmd, "--rounds %d: it takes a number of at least 1", read.Rounds)
	case read.Warmup < 0:
		return session.Settings{}, misused(cmd, "--warmup %d: it takes a number of at least 0", read.Warmup)
	}
	return read, nil
}
