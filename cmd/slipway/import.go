package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"slipway/benchmarks"
	"slipway/session"
)

func newImport(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:   "import FILE...",
		Short: "Keep results in the Go benchmark format as experiments of the history",
		Long: "Import reads files in the Go benchmark format, gzipped or not, and stores each as an experiment: what compare, report and the\n" +
			"lists of runs take. Its runs are marked as imported. What a file says of host, CPU, kernel or accelerator in lines such as\n" +
			"'cpu: ...' is kept, and nothing else is made up: such runs are compared with boots of this machine only where the file says\n" +
			"enough, as Slipway's own export does.\n\n" +
			"A file with a value that is no number is refused with the line. Lines that can't be read are named and left out.",
		Example: "  slipway import old.txt\n  slipway report 6axc0b59n3kz --format benchfmt -o there.txt && slipway import there.txt",
		Args:    takesSome("a file in the Go benchmark format"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return g.withSession(cmd.Context(), func(s *session.Session) error {
				history, err := s.Store()
				if err != nil {
					return err
				}
				list := importedJSON{Schema: 1, Imported: []oneImportedJSON{}}
				for _, path := range args {
					var done benchmarks.ImportedFile
					done, err = benchmarks.Import(cmd.Context(), history, path, s.Project())
					for _, note := range done.Notes {
						fmt.Fprintln(cmd.ErrOrStderr(), "slipway:", note)
					}
					if done.Experiment.ID != "" {
						list.Imported = append(list.Imported, newOneImportedJSON(done))
						if !g.json {
							fmt.Fprintf(cmd.OutOrStdout(), "%s  %s: runs of %s: %d\n", done.Experiment.ID, path, strings.Join(newOneImportedJSON(done).Targets, ", "), done.Runs)
						}
					}
					if err != nil {
						break // what came before is kept, and printed
					}
				}
				if g.json {
					if printErr := printJSON(cmd.OutOrStdout(), list); printErr != nil {
						return printErr
					}
				}
				return err
			})
		},
	}
}

type importedJSON struct {
	Schema   int               `json:"schema"`
	Imported []oneImportedJSON `json:"imported"`
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
