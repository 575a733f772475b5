package benchmarks

import (
	"fmt"
	"os"

	"slipway/benchmarks/store"
)

// CompareFiles compares files in the Go benchmark format with the first of them,
// or with the one that Options.Baseline names. The targets are the paths.
func CompareFiles(paths []string, o Options) (*Comparison, error) {
	var runs []store.Run
	var notes []string
	seen := map[string]bool{}
	for _, path := range paths {
		label := path
		for seen[label] { // the same file twice is an honest A/A comparison
			label += " again"
		}
		seen[label] = true
		more, remarks, err := readFile(path, label)
		if err != nil {
			return nil, err
		}
		runs, notes = append(runs, more...), append(notes, remarks...)
	}
	c, err := Compare(runs, o)
	if err != nil {
		return nil, err
	}
	c.Notes = append(c.Notes, notes...)
	return c, nil
}

func readFile(path, label string) ([]store.Run, []string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, fmt.Errorf("read benchmark results: %w", err)
	}
	defer f.Close()
	return ReadResults(f, path, label)
}
