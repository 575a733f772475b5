package main

import (
	"fmt"
	"io"
	"strconv"

	"github.com/spf13/cobra"

	"slipway/runner"
	"slipway/session"
)

type cacheJSON struct {
	Schema int             `json:"schema"`
	Folder string          `json:"folder"`
	Limit  int64           `json:"limit_bytes"` // of images
	Parts  []cachePartJSON `json:"parts"`
}

type cachePartJSON struct {
	Name  string `json:"name"`
	Bytes int64  `json:"bytes"`
	Count int    `json:"count"`
}

func newCache(g *globals) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "cache",
		Short: "Show what the cache holds; 'cache clean' empties it",
		Long: "Cache shows how much of the disk provisioned kernels, images, the machines of instant mode (templates) and verdicts\n" +
			"on accelerators take.\n\n" +
			"Images are kept up to a limit, cache in settings.toml (" + session.DefaultCache + " where it is not set): beyond it those go that were\n" +
			"not used for longest, but none that a Slipway has open. Of templates the four used last are kept.\n" +
			"Kernels stay until 'slipway kernel remove' or 'cache clean'.",
		Example: "  slipway cache\n  slipway cache clean",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return g.withSession(cmd.Context(), func(s *session.Session) error {
				report, err := s.Cache()
				if err != nil {
					return err
				}
				return g.printCache(cmd.OutOrStdout(), report)
			})
		},
	}
	cmd.AddCommand(&cobra.Command{
		Use:   "clean",
		Short: "Delete provisioned kernels, images and probe verdicts; the history stays",
		Long: "Clean deletes provisioned kernels, images, templates, what builds that were killed have left, and verdicts on accelerators.\n" +
			"What another Slipway has open stays, and builds under way are waited for. The history stays.",
		Args: g.wordsOnly(noArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return g.withSession(cmd.Context(), func(s *session.Session) error {
				inUse, err := s.Runner().CleanCache(cmd.Context())
				if err != nil {
					return err
				}
				said := "the cache is empty; builds and provisioning fill it again"
				if inUse > 0 {
					said = fmt.Sprintf("the cache is empty but for %d files that another Slipway uses; builds and provisioning fill it again", inUse)
				}
				_, err = fmt.Fprintln(cmd.OutOrStdout(), said)
				return err
			})
		},
	})
	return cmd
}

func (g *globals) printCache(w io.Writer, r session.CacheReport) error {
	list := cacheJSON{Schema: 1, Folder: r.Folder, Limit: r.Limit, Parts: []cachePartJSON{}}
	rows := [][]string{{"PART", "SIZE", "COUNT", "LIMIT"}}
	for _, p := range r.Parts {
		list.Parts = append(list.Parts, cachePartJSON{p.Name, p.Bytes, p.Count})
		limit := ""
		switch p.Name {
		case "images":
			limit = size(r.Limit)
		case runner.TemplatesPart:
			limit = fmt.Sprintf("%d machines", runner.MaxTemplates)
		}
		rows = append(rows, []string{p.Name, size(p.Bytes), strconv.Itoa(p.Count), limit})
	}
	if g.json {
		return printJSON(w, list)
	}
	if err := printTable(w, rows); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "in %s; all of it can be made again\n", r.Folder)
	return err
}
