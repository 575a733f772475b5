package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"slipway/session"
)

type paramJSON struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type appJSON struct {
	Name   string      `json:"name"`
	About  string      `json:"about"`
	Source string      `json:"source"`
	Folder *string     `json:"folder"`
	Params []paramJSON `json:"params"`
}

func appsJSON(apps []session.App) any {
	list := struct {
		Schema int       `json:"schema"`
		Apps   []appJSON `json:"apps"`
	}{Schema: 1, Apps: []appJSON{}}
	for _, a := range apps {
		one := appJSON{Name: a.Name, About: a.About, Source: a.Origin, Params: []paramJSON{}}
		if a.Dir != "" {
			one.Folder = &a.Dir
		}
		for _, p := range a.Params {
			one.Params = append(one.Params, paramJSON(p))
		}
		list.Apps = append(list.Apps, one)
	}
	return list
}

func newApps(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:     "apps",
		Short:   "List the apps: the suite's and yours",
		Example: "  slipway apps\n  slipway apps --json",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return g.withSession(cmd.Context(), func(s *session.Session) error {
				g.warnManifests(cmd, s)
				if g.json {
					return printJSON(cmd.OutOrStdout(), appsJSON(s.State().Apps))
				}
				rows := [][]string{{"APP", "FROM", "ABOUT"}}
				for _, a := range s.State().Apps {
					from := a.Origin
					if a.Dir != "" {
						from = here(a.Dir)
					}
					rows = append(rows, []string{a.Name, from, a.About})
				}
				return printTable(cmd.OutOrStdout(), rows)
			})
		},
	}
}

func newApp(g *globals) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "app",
		Short:   "Show an app, or make a new one",
		Example: "  slipway app show nbody\n  slipway app new mine",
		Args:    noArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newAppShow(g), newAppNew(g), newAppCopy(g))
	return cmd
}

func newAppShow(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:               "show NAME",
		Short:             "Say what an app measures and which parameters it takes",
		Example:           "  slipway app show nbody",
		ValidArgsFunction: g.complete(appNames),
		Args:              takes("the name of an app"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return g.withSession(cmd.Context(), func(s *session.Session) error {
				if _, err := s.Runner().Catalog().App(args[0]); err != nil {
					return err
				}
				for _, a := range s.State().Apps {
					if a.Name != args[0] {
						continue
					}
					if g.json {
						return printJSON(cmd.OutOrStdout(), appsJSON([]session.App{a}))
					}
					rows := [][]string{{a.Name, a.About}, {"from", a.Origin}}
					if a.Dir != "" {
						rows = append(rows, []string{"folder", here(a.Dir)})
					}
					for _, p := range a.Params {
						rows = append(rows, []string{"parameter", p.Name + "=" + p.Value})
					}
					return printTable(cmd.OutOrStdout(), rows)
				}
				return nil
			})
		},
	}
}

func newAppNew(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:               "new NAME",
		Short:             "Make an app from the template in apps/NAME",
		Example:           "  slipway app new mine",
		ValidArgsFunction: cobra.NoFileCompletions,
		Args:              g.wordsOnly(takes("the name of an app")),
		RunE: func(cmd *cobra.Command, args []string) error {
			return g.withSession(cmd.Context(), func(s *session.Session) error {
				dir, err := s.NewApp(args[0])
				if err != nil {
					return err
				}
				fmt.Fprintf(cmd.OutOrStdout(), "%s\n", here(dir))
				fmt.Fprintf(cmd.ErrOrStderr(), "Edit it, then: slipway boot -k keel -a %s\n", args[0])
				return nil
			})
		},
	}
}

func newAppCopy(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:               "copy NAME",
		Short:             "Copy an app of the suite to apps/NAME, where it is yours to edit",
		Example:           "  slipway app copy nbody",
		ValidArgsFunction: g.complete(appNames),
		Args:              g.wordsOnly(takes("the name of an app")),
		RunE: func(cmd *cobra.Command, args []string) error {
			return g.withSession(cmd.Context(), func(s *session.Session) error {
				dir, err := s.CopyApp(args[0])
				if err != nil {
					return err
				}
				fmt.Fprintln(cmd.OutOrStdout(), here(dir))
				return nil
			})
		},
	}
}
