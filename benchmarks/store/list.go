package store

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// ErrNotFound is returned where no run or experiment has the ID.
var ErrNotFound = errors.New("not found")

// AmbiguousError is returned for characters that several IDs begin or end with.
type AmbiguousError struct {
	What  string   // "run" or "experiment"
	Given string   // what was asked for
	IDs   []string // at most ten of those it fits
}

func (e *AmbiguousError) Error() string {
	return fmt.Sprintf("%s %q could be %s: give more characters", e.What, e.Given, strings.Join(e.IDs, ", "))
}

// Summary is what a list shows of a run. The names are those of Run.
type Summary struct {
	ID, Experiment            string
	Target, Kernel, App, Save string
	Kind                      Kind
	Origin                    string
	Touched                   bool
	Counted                   string // as Run.Counted
	Virtual                   bool   // the guest's clock counted instructions
	Warmup                    bool
	Round                     int
	Outcome                   string
	Exit                      *int
	Started                   time.Time
	Total                     float64
	Accel                     string
	Image                     string // hash
	Note                      string
	Tags                      []string
	Pinned                    bool
}

// Summarise returns what a list shows of a run.
func Summarise(r Run) Summary {
	return Summary{
		ID: r.ID, Experiment: r.Experiment, Target: r.Target.ID, Kernel: r.Target.Kernel, App: r.Target.App, Save: r.Save,
		Kind: r.Kind, Origin: r.Origin, Touched: r.Touched != "", Counted: r.Counted, Virtual: r.Environment.Virtual, Warmup: r.Warmup, Round: r.Round, Outcome: r.Outcome, Exit: r.Exit, Started: r.Started, Total: r.Total,
		Accel: r.Environment.Accel, Image: r.Image.Hash, Note: r.Note, Tags: r.Tags, Pinned: r.Pinned,
	}
}

// Filter says which runs are wanted; what is empty is not asked for.
type Filter struct {
	Experiment, Target, Kernel, App, Save, Outcome, Image string
	Kind                                                  Kind
	Pinned                                                bool // pinned ones only
	NoWarmup                                              bool
	Before                                                string // ID: only older runs, for the next page
}

func (f Filter) where() (string, []any) {
	var terms []string
	var args []any
	add := func(term, value string) {
		if value != "" {
			terms, args = append(terms, term), append(args, value)
		}
	}
	add("experiment = ?", f.Experiment)
	add("target = ?", f.Target)
	add("kernel = ?", f.Kernel)
	add("app = ?", f.App)
	add("save = ?", f.Save)
	add("outcome = ?", f.Outcome)
	add("image = ?", f.Image)
	add("kind = ?", string(f.Kind))
	add("id < ?", f.Before)
	if f.Pinned {
		terms = append(terms, "pinned")
	}
	if f.NoWarmup {
		terms = append(terms, "NOT warmup")
	}
	if len(terms) == 0 {
		return "", nil
	}
	return " WHERE " + strings.Join(terms, " AND "), args
}

// List returns the runs that the filter lets through, newest first, at most
// limit of them (0: all). It reads the index alone.
func (s *Store) List(f Filter, limit int) ([]Summary, error) {
	var found []Summary
	err := s.withIndex(func(x *index) error {
		var err error
		found, err = x.list(f, limit)
		return err
	})
	if err != nil {
		return nil, s.explain("list runs", err)
	}
	return found, nil
}

func (x *index) list(f Filter, limit int) ([]Summary, error) {
	where, args := f.where()
	if limit <= 0 {
		limit = -1
	}
	rows, err := x.db.Query(`SELECT summary FROM runs`+where+` ORDER BY id DESC LIMIT ?`, append(args, limit)...) //nolint:gosec // the terms are Filter.where's own, the values are arguments
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var found []Summary
	for rows.Next() {
		var packed string
		if err := rows.Scan(&packed); err != nil {
			return nil, err
		}
		r, err := unpack(packed)
		if err != nil {
			return nil, err
		}
		found = append(found, r)
	}
	return found, rows.Err()
}

// Count returns how many runs the filter lets through.
func (s *Store) Count(f Filter) (int, error) {
	n := 0
	err := s.withIndex(func(x *index) error {
		where, args := f.where()
		return x.db.QueryRow(`SELECT count(*) FROM runs`+where, args...).Scan(&n)
	})
	if err != nil {
		return 0, s.explain("count runs", err)
	}
	return n, nil
}

// Get returns the run that id names, whole or by its first or last characters.
// The error wraps ErrNotFound or is an *AmbiguousError where it names none or
// several.
func (s *Store) Get(id string) (Run, error) {
	full, err := s.resolve(id)
	if err != nil {
		return Run{}, err
	}
	return s.read(full)
}

// Load returns the runs that the filter lets through with all that is stored of
// them, oldest first: the order in which they were measured. One whose record can't be
// read is left out, as it is of a list once the index is made anew; whoever knows how
// many there should be can say that some are missing.
func (s *Store) Load(f Filter) ([]Run, error) {
	list, err := s.List(f, 0)
	if err != nil {
		return nil, err
	}
	runs := make([]Run, 0, len(list))
	for i := len(list) - 1; i >= 0; i-- {
		run, err := s.read(list[i].ID)
		if err != nil {
			continue // deleted since by another process, or damaged: Unreadable tells
		}
		runs = append(runs, run)
	}
	return runs, nil
}

func (s *Store) resolve(id string) (string, error) {
	id = strings.ToLower(id)
	if !validIDPart(id) || len(id) > idLength {
		return "", fmt.Errorf("run %q: %w; 'slipway runs' lists them", id, ErrNotFound)
	}
	if len(id) == idLength {
		return id, s.exists(id)
	}
	var found []string
	err := s.withIndex(func(x *index) error {
		var err error
		found, err = x.ids(id, id+"~") // ~ sorts behind every digit
		if err == nil && len(found) == 0 {
			var all []string
			all, err = x.ids("", "")
			for _, full := range all {
				if strings.HasSuffix(full, id) {
					found = append(found, full)
				}
			}
		}
		return err
	})
	if err != nil {
		return "", s.explain("find run "+id, err)
	}
	if len(found) == 0 {
		if trash, err := s.trashed(); err == nil {
			if gone, err := pick("run", id, trash); err == nil {
				return "", s.exists(gone)
			}
		}
	}
	return one("run", id, found)
}

// pick chooses the ID that given names, by its first characters, else its last.
func pick(what, given string, ids []string) (string, error) {
	given = strings.ToLower(given)
	var begin, end []string
	for _, id := range ids {
		if given != "" && strings.HasPrefix(id, given) {
			begin = append(begin, id)
		}
		if given != "" && strings.HasSuffix(id, given) {
			end = append(end, id)
		}
	}
	if len(begin) > 0 {
		return one(what, given, begin)
	}
	return one(what, given, end)
}

func one(what, given string, found []string) (string, error) {
	switch len(found) {
	case 0:
		return "", fmt.Errorf("%s %q: %w; 'slipway runs' lists what there is", what, given, ErrNotFound)
	case 1:
		return found[0], nil
	}
	return "", &AmbiguousError{What: what, Given: given, IDs: found[:min(len(found), 10)]}
}
