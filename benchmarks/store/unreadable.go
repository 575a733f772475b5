package store

import (
	"errors"
	"path/filepath"
)

// Unreadable says of each stored run that can't be read why: by a disk or a
// person its record was damaged. Such a run is in no comparison, and nothing removes it.
// All records are read.
func (s *Store) Unreadable() (problems []error, err error) {
	if err := s.withIndex(func(*index) error { return nil }); err != nil {
		return nil, err
	}
	folders, err := runFolders(filepath.Join(s.dir, runsDir))
	if err != nil {
		return nil, s.explain("list the runs", err)
	}
	for _, id := range folders {
		if _, err := s.read(id); err != nil && !errors.Is(err, errGone) {
			problems = append(problems, err)
		}
	}
	return problems, nil
}
