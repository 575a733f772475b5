package catalog

import (
	"errors"
	"io"
	"io/fs"
)

// layered is the folder of a kernel that extends another: a file that is not in the
// upper folder is the lower one's.
type layered struct{ upper, lower fs.FS }

// Open opens a file of the upper folder, else of the lower; a folder is both's.
func (l layered) Open(name string) (fs.File, error) {
	f, err := l.upper.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		f, err = l.lower.Open(name)
	}
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil || !info.IsDir() {
		return f, err
	}
	entries, err := l.ReadDir(name)
	return &layeredDir{File: f, entries: entries}, err
}

// ReadDir lists the files of both folders.
func (l layered) ReadDir(name string) ([]fs.DirEntry, error) {
	upper, err := fs.ReadDir(l.upper, name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	lower, lowerErr := fs.ReadDir(l.lower, name)
	switch {
	case err == nil && lowerErr != nil: // in the lower it is a file, or nothing
		return upper, nil //nolint:nilerr // as said
	case lowerErr != nil:
		return nil, lowerErr
	}
	return merged(upper, lower), nil
}

// merged merges two sorted listings; what both have is the first one's.
func merged(upper, lower []fs.DirEntry) []fs.DirEntry {
	var all []fs.DirEntry
	for len(upper) > 0 && len(lower) > 0 {
		switch {
		case upper[0].Name() > lower[0].Name():
			all, lower = append(all, lower[0]), lower[1:]
			continue
		case upper[0].Name() == lower[0].Name():
			lower = lower[1:]
		}
		all, upper = append(all, upper[0]), upper[1:]
	}
	return append(append(all, upper...), lower...)
}

// layeredDir is an open folder that lists both.
type layeredDir struct {
	fs.File
	entries []fs.DirEntry // still to be listed
}

// ReadDir is that of fs.ReadDirFile.
func (d *layeredDir) ReadDir(n int) ([]fs.DirEntry, error) {
	list := d.entries
	switch {
	case n > 0 && len(list) == 0:
		return nil, io.EOF
	case n > 0:
		list = list[:min(n, len(list))]
	}
	d.entries = d.entries[len(list):]
	return list, nil
}
