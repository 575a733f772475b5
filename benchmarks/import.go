package benchmarks

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"strings"
	"time"

	"slipway/benchmarks/store"
)

// GatherFiles compares files in the Go benchmark format with the first of them,
// or with the one that Options.Baseline names. The targets are the paths; of one file
// alone they are those that it names.
func GatherFiles(ctx context.Context, paths []string, o Options) (*Evidence, error) {
	e := &Evidence{}
	var notes []string
	seen := map[string]bool{}
	for _, path := range paths {
		label := path
		for seen[label] { // the same file twice is an honest A/A comparison
			label += " again"
		}
		seen[label] = true
		if len(paths) == 1 {
			label = ""
		}
		read, _, err := readFile(ctx, path, label)
		if err != nil {
			return nil, err
		}
		e.Runs, notes = append(e.Runs, read.Runs...), append(notes, read.Notes...)
		if level := read.Asked.Level; len(paths) == 1 {
			o = read.Asked.options(read.Runs, o)
		} else if level > 0 && (o.Level == 0 || level < o.Level) {
			o.Level = level
		}
	}
	c, err := Compare(e.Runs, o)
	if err != nil {
		return nil, err
	}
	c.Notes = append(append(c.Notes, namesakes(c)...), notes...)
	e.Comparison = c
	return e, nil
}

// namesakes says where a benchmark that one side lacks is there under another number
// of CPUs: BenchmarkFoo-4 and BenchmarkFoo-8 are two benchmarks, of two machines.
func namesakes(c *Comparison) []string {
	stem := func(name string) string {
		at := strings.LastIndexByte(name, '-')
		if at < 1 || strings.Trim(name[at+1:], "0123456789") != "" {
			return name
		}
		return name[:at]
	}
	other := map[string]string{} // stem, unit and the side that lacks it, to the name of the side that has it
	key := func(cell *Cell, side int) string {
		return fmt.Sprintf("%s %s %s %d", stem(cell.Name), cell.Unit, cell.Target, side)
	}
	var notes []string
	for i := range c.Cells {
		cell := &c.Cells[i]
		for side := range 2 {
			if cell.N[side] > 0 || cell.N[1-side] == 0 {
				continue
			}
			other[key(cell, side)] = cell.Name
			if name := other[key(cell, 1-side)]; name != "" && name != cell.Name {
				notes = append(notes, fmt.Sprintf("%s and %s differ in the number of CPUs they ran on, and are not compared", name, cell.Name))
			}
		}
	}
	return notes
}

func readFile(ctx context.Context, path, label string) (read Results, sum string, err error) {
	f, err := openInput(ctx, path)
	if err != nil {
		return Results{}, "", fmt.Errorf("read benchmark results: %w", err)
	}
	defer f.Close()
	hash := sha256.New()
	read, err = ReadResults(io.TeeReader(f, hash), path, label)
	return read, hex.EncodeToString(hash.Sum(nil)), err
}

// ReadFile is a file of results that was read whole, and may be stored.
type ReadFile struct {
	Path  string
	Notes []string // lines that were left out
	read  Results
	sum   string // SHA-256
}

// ImportedFile is a file of results that became an experiment of the history.
type ImportedFile struct {
	*ReadFile
	Experiment store.Experiment
	Runs       int
}

// ReadImports reads files in the Go benchmark format for Import. It fails at the first that
// can't be taken, so that of several files all or none become experiments.
func ReadImports(ctx context.Context, paths []string) ([]*ReadFile, error) {
	var list []*ReadFile
	for _, path := range paths {
		f := &ReadFile{Path: path}
		list = append(list, f)
		read, sum, err := readFile(ctx, path, "")
		f.read, f.Notes, f.sum = read, append([]string{}, read.Notes...), sum
		if err != nil {
			return list, err
		}
	}
	return list, nil
}

// Known returns the experiment that has the file's results already; ok is false where none
// has, or where its runs were deleted.
func (f *ReadFile) Known(history *store.Store) (known store.Experiment, ok bool, err error) {
	list, err := history.Experiments(0)
	if err != nil {
		return known, false, err
	}
	for _, e := range list {
		if e.Imported != f.sum || e.State != store.Done {
			continue
		}
		runs, err := history.List(store.Filter{Experiment: e.ID}, 1)
		if err != nil {
			return known, false, err
		}
		if len(runs) > 0 {
			return e, true, nil
		}
	}
	return known, false, nil
}

// Import keeps the results of a file in the Go benchmark format as an experiment of the
// history. What its lines say of host, CPU, kernel or accelerator is kept; what they
// don't stays unknown, so that such runs are compared with ours only where the file says
// enough. The time of the import is taken for theirs, since the format has none, and said.
//
// When ctx ends while runs are being stored, the experiment is kept as one that was stopped.
func (f *ReadFile) Import(ctx context.Context, history *store.Store, project string) (ImportedFile, error) {
	done := ImportedFile{ReadFile: f}
	runs, asked := f.read.Runs, f.read.Asked.options(f.read.Runs, Options{})
	oneExperiment(runs)
	now := time.Now()
	e := store.Experiment{
		Title: "imported from " + filepath.Base(f.Path), Project: project, Started: now, State: store.Running,
		Baseline: cmp.Or(asked.Baseline, runs[0].Target.ID), Level: asked.Level, Swept: asked.Swept, Imported: f.sum,
	}
	known := map[string]bool{}
	for _, run := range runs {
		if !known[run.Target.ID] {
			known[run.Target.ID] = true
			e.Targets = append(e.Targets, run.Target)
		}
	}
	var err error
	if e.ID, err = history.PutExperiment(e); err != nil {
		return done, err
	}
	note := fmt.Sprintf("read from %s (sha256 %.16s); the time is that of the import", filepath.Base(f.Path), f.sum)
	err = keepImported(ctx, history, runs, func(run *store.Run) {
		run.ID, run.Experiment, run.Started, run.Notes = "", e.ID, now, []string{note}
		done.Runs++
	})
	finished := time.Now()
	e.Finished, e.State = &finished, store.Done
	switch {
	case err == nil:
	case errors.Is(err, context.Canceled):
		e.State = store.Stopped
	default:
		e.State, e.Error = store.Failed, err.Error()
	}
	_, putErr := history.PutExperiment(e)
	done.Experiment = e
	return done, errors.Join(err, putErr)
}

// oneExperiment numbers the rounds of several experiments of a file through, since they
// become one. Where those booted other targets, their boots did not take turns, and have
// no rounds.
func oneExperiment(runs []store.Run) {
	targets := map[string]map[string]bool{} // of each experiment
	gs := &groups{rounds: map[roundKey]int{}}
	for i := range runs {
		of := runs[i].Experiment
		if targets[of] == nil {
			targets[of] = map[string]bool{}
		}
		targets[of][runs[i].Target.ID] = true
	}
	if len(targets) < 2 {
		return
	}
	for i := range runs {
		run, turns := &runs[i], true
		for _, other := range targets {
			turns = turns && maps.Equal(other, targets[run.Experiment])
		}
		if !turns || run.Experiment == "" || run.Round < 1 {
			run.Round = 0
			continue
		}
		run.Round = gs.round(run)
	}
}

func keepImported(ctx context.Context, history *store.Store, runs []store.Run, prepare func(*store.Run)) error {
	for i := range runs {
		if err := ctx.Err(); err != nil {
			return err
		}
		pending, err := history.Begin()
		if err != nil {
			return err
		}
		prepare(&runs[i])
		if _, err := pending.Commit(runs[i]); err != nil {
			return err
		}
	}
	return nil
}
