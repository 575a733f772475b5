package store

import "path/filepath"

// Unreadable says of each stored run that can't be read why: by a disk or a
// person its record was damaged. Such a run is in no list, and nothing removes it.
func (s *Store) Unreadable() (problems []error, err error) {
	var missing []string
	err = s.withIndex(func(x *index) error {
		have, err := runFolders(filepath.Join(s.dir, runsDir))
		if err != nil {
			return s.explain("list the runs", err)
		}
		indexed, err := x.ids("", "")
		if err != nil {
			return err
		}
		missing, _ = difference(have, indexed)
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, id := range missing {
		if _, err := s.read(id); err != nil {
			problems = append(problems, err)
		}
	}
	return problems, nil
}
