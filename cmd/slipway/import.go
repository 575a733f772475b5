package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"slipway/benchmarks"
	"slipway/session"
)

func newImport(g *globals) *cobra.Command {
	var again bool
	cmd := &cobra.Command{
		Use:   "import FILE...",
		Short: "Keep results in the Go benchmark format as experiments of the history",
		Long: "Import reads files in the Go benchmark format, gzipped or not, and stores each as an experiment: what compare, report and the\n" +
			"lists of runs take. Its runs are marked as imported. What a file says of host, CPU, kernel or accelerator in lines such as\n" +
			"'cpu: ...' is kept, and nothing else is made up: such runs are compared with boots of this machine only where the file says\n" +
			"enough, as Slipway's own export does.\n\n" +
			"A file with a value that is no number is refused with the line, and nothing is stored then, of no file. Lines that can't be\n" +
			"read are named and left out. A file that the history has already is named and left out too, unless --again.",
		Example: "  slipway import old.txt\n  slipway report 6axc0b59n3kz --format benchfmt -o there.txt && slipway import there.txt",
		Args:    takesSome("a file in the Go benchmark format"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return g.withSession(cmd.Context(), func(s *session.Session) error {
				return g.importFiles(cmd, s, args, again)
			})
		},
	}
	cmd.Flags().BoolVar(&again, "again", false, "also store a file that the history has already")
	return cmd
}

// importFiles reads all files before it stores any.
func (g *globals) importFiles(cmd *cobra.Command, s *session.Session, paths []string, again bool) error {
	history, err := s.Store()
	if err != nil {
		return err
	}
	ctx, words := cmd.Context(), cmd.ErrOrStderr()
	files, err := benchmarks.ReadImports(ctx, paths)
	for _, f := range files {
		for _, note := range f.Notes {
			fmt.Fprintln(words, "slipway:", note)
		}
	}
	if err != nil {
		if len(paths) > 1 {
			err = fmt.Errorf("%w; nothing was imported", err)
		}
		return err
	}
	list := importedJSON{Schema: 1, Imported: []oneImportedJSON{}, Known: []knownImportJSON{}}
	for _, f := range files {
		known, have, knownErr := f.Known(history)
		if knownErr != nil {
			return knownErr
		}
		if have && !again {
			fmt.Fprintf(words, "slipway: %s: the history has these results already, as experiment %s, %s; --again stores them once more\n", f.Path, known.ID, known.Title)
			list.Known = append(list.Known, knownImportJSON{f.Path, known.ID})
			continue
		}
		var done benchmarks.ImportedFile
		done, err = f.Import(ctx, history, s.Project())
		if done.Experiment.ID != "" {
			list.Imported = append(list.Imported, newOneImportedJSON(done))
			if !g.json {
				fmt.Fprintf(cmd.OutOrStdout(), "%s  %s: runs of %s: %d\n", done.Experiment.ID, f.Path, strings.Join(newOneImportedJSON(done).Targets, ", "), done.Runs)
			}
		}
		if err != nil {
			break // what came before is kept, and printed
		}
	}
	if g.json {
		return errors.Join(err, printJSON(cmd.OutOrStdout(), list))
	}
	return err
}

type importedJSON struct {
	Schema   int               `json:"schema"`
	Imported []oneImportedJSON `json:"imported"`
	Known    []knownImportJSON `json:"known"` // files that the history has already
}

type knownImportJSON struct {
	File       string `json:"file"`
	Experiment string `json:"experiment"`
}

type oneImportedJSON struct {
	File       string   `json:"file"`
	Experiment string   `json:"experiment"`
	State      string   `json:"state"`
	Targets    []string `json:"targets"`
	Runs       int      `json:"runs"`
	Notes      []string `json:"notes"`
}

func newOneImportedJSON(done benchmarks.ImportedFile) oneImportedJSON {
	one := oneImportedJSON{
		File: done.Path, Experiment: done.Experiment.ID, State: string(done.Experiment.State), Targets: []string{}, Runs: done.Runs, Notes: done.Notes,
	}
	for _, t := range done.Experiment.Targets {
		one.Targets = append(one.Targets, t.ID)
	}
	return one
}
