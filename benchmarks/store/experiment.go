package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// State of an experiment.
type State string

// An experiment that says Running and that no process has claimed was killed (see
// Store.Alive). All but Done can be gone on with: seed, plan and runs are stored.
const (
	Running State = "running"
	Done    State = "done"
	Stopped State = "stopped" // by the user
	Failed  State = "failed"  // see Experiment.Error
)

// recordSuffix ends the name of an experiment's record.
const recordSuffix = ".json"

// Experiment is the record of a plan that is or was carried out. Its runs name
// it in Run.Experiment.
type Experiment struct {
	Schema   int             `json:"schema"`
	ID       string          `json:"id"`
	Title    string          `json:"title"`
	Project  string          `json:"project"` // folder whose apps were timed, "" unknown
	Started  time.Time       `json:"started"`
	Finished *time.Time      `json:"finished"` // nil while it runs
	State    State           `json:"state"`
	Error    string          `json:"error"`
	Seed     uint64          `json:"seed"`
	Rounds   int             `json:"rounds"` // as planned, or fewer where it was sure before
	Warmup   int             `json:"warmup"`
	Baseline string          `json:"baseline"` // a target's ID
	Targets  []Target        `json:"targets"`
	Plan     json.RawMessage `json:"plan"` // as the package above wrote it; may be null

	Images    []Planned   `json:"images,omitempty"`     // what was to be booted of each target, in the order of Targets
	Resumed   []time.Time `json:"resumed,omitempty"`    // when it was gone on with
	Saves     bool        `json:"saves,omitempty"`      // the rounds that follow a save in the workbench, which the next save ends
	UntilSure bool        `json:"until_sure,omitempty"` // it looks at its data and stops once it is sure
	Look      int         `json:"look,omitempty"`       // how often it has looked
	Level     float64     `json:"level,omitempty"`      // of its verdicts, corrected for the looks; 0: the usual one
	Added     []int       `json:"added,omitempty"`      // rounds that were added after the verdicts had been seen, each time
	Parallel  int         `json:"parallel,omitempty"`   // boots at once; 0: each was alone
	Swept     []string    `json:"swept,omitempty"`      // settings and parameters that differ because somebody asked how much they matter
	Imported  string      `json:"imported,omitempty"`   // SHA-256 of the file that its results were read from
}

// Planned identifies an image that an experiment boots, so that whoever goes on
// with it can tell whether there is another one today.
type Planned struct {
	Image     Image      `json:"image"`
	Manifests Manifests  `json:"manifests"`
	Attached  []Attached `json:"attached"`
	Save      string     `json:"save"`
}

// PutExperiment stores e whole, or leaves what was there. An empty ID is given a
// new one, which is returned.
func (s *Store) PutExperiment(e Experiment) (string, error) {
	if err := s.writable(); err != nil {
		return "", err
	}
	if e.ID == "" {
		if _, err := s.ownWriter(); err != nil { // it knows which IDs there are
			return "", s.explain("store an experiment", err)
		}
		e.ID = s.ids.take(s.now())
	}
	if !validID(e.ID) {
		return "", fmt.Errorf("%q is not the ID of an experiment", e.ID)
	}
	e.Schema = Schema
	data, err := json.MarshalIndent(e, "", " ")
	if err != nil {
		return "", fmt.Errorf("experiment %s as JSON: %w", e.ID, err)
	}
	if err := replaceFile(s.experimentPath(e.ID), append(data, '\n')); err != nil {
		return "", s.explain("store experiment "+e.ID, err)
	}
	return e.ID, nil
}

// Experiment returns the experiment that id names, whole or by its first or last
// characters. The error is ErrNotFound or *AmbiguousError where it names none or
// several.
func (s *Store) Experiment(id string) (Experiment, error) {
	ids, err := s.experimentIDs()
	if err != nil {
		return Experiment{}, err
	}
	full, err := pick("experiment", id, ids)
	if err != nil {
		return Experiment{}, err
	}
	return s.readExperiment(full)
}

// Experiments returns the newest experiments first, at most limit of them (0:
// all). Records that can't be read are left out.
func (s *Store) Experiments(limit int) ([]Experiment, error) {
	ids, err := s.experimentIDs()
	if err != nil {
		return nil, err
	}
	slices.Reverse(ids)
	var found []Experiment
	for _, id := range ids {
		if limit > 0 && len(found) == limit {
			break
		}
		if e, err := s.readExperiment(id); err == nil {
			found = append(found, e)
		}
	}
	return found, nil
}

func (s *Store) readExperiment(id string) (Experiment, error) {
	var e Experiment
	data, err := os.ReadFile(s.experimentPath(id))
	if err != nil {
		return e, fmt.Errorf("read experiment %s: %w", id, err)
	}
	if err := json.Unmarshal(data, &e); err != nil {
		return e, fmt.Errorf("read experiment %s in %s: %w", id, s.experimentPath(id), err)
	}
	if e.Schema > Schema {
		return e, fmt.Errorf("experiment %s has schema %d: use a newer Slipway", id, e.Schema)
	}
	return e, nil
}

// experimentIDs lists them oldest first.
func (s *Store) experimentIDs() ([]string, error) {
	entries, err := os.ReadDir(filepath.Join(s.dir, experimentsDir))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list experiments: %w", err)
	}
	var ids []string
	for _, e := range entries {
		if id, ok := strings.CutSuffix(e.Name(), recordSuffix); ok && validID(id) {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

func (s *Store) experimentPath(id string) string {
	return filepath.Join(s.dir, experimentsDir, id+recordSuffix)
}
