package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"slipway/session"
)

func newCache(g *globals) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "cache",
		Short:   "Show what the cache holds; 'cache clean' empties it",
		Example: "  slipway cache\n  slipway cache clean",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			folders, err := session.FindFolders(g.project)
			if err != nil {
				return err
			}
			type part struct {
				Name  string `json:"name"`
				Bytes int64  `json:"bytes"`
			}
			list := struct {
				Schema int    `json:"schema"`
				Folder string `json:"folder"`
				Parts  []part `json:"parts"`
			}{Schema: 1, Folder: folders.Cache, Parts: []part{}}
			rows := [][]string{{"PART", "SIZE"}}
			for _, name := range []string{"kernels", "images", "accelerators"} {
				bytes, err := folderSize(filepath.Join(folders.Cache, name))
				if err != nil {
					return err
				}
				list.Parts = append(list.Parts, part{name, bytes})
				rows = append(rows, []string{name, size(bytes)})
			}
			if g.json {
				return printJSON(cmd.OutOrStdout(), list)
			}
			if err := printTable(cmd.OutOrStdout(), rows); err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "in %s; all of it can be made again\n", folders.Cache)
			return err
		},
	}
	cmd.AddCommand(&cobra.Command{
		Use:   "clean",
		Short: "Delete provisioned kernels, images and probe verdicts; the history stays",
		Args:  g.wordsOnly(noArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			folders, err := session.FindFolders(g.project)
			if err != nil {
				return err
			}
			for _, name := range []string{"kernels", "images", "accelerators"} {
				if err := os.RemoveAll(filepath.Join(folders.Cache, name)); err != nil {
					return fmt.Errorf("empty the cache: %w", err)
				}
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), "the cache is empty; builds and provisioning fill it again")
			return err
		},
	})
	return cmd
}

// folderSize adds up the files below a folder; a folder that is not there is empty.
func folderSize(dir string) (int64, error) {
	var total int64
	err := filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		info, err := d.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err == nil {
			total += info.Size()
		}
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("size of %s: %w", dir, err)
	}
	return total, nil
}
