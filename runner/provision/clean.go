package provision

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"slipway/runner/filelock"
)

// lockSuffix ends the name of the lock beside a version's folder, which is held while
// the version is made.
const lockSuffix = ".lock"

// halfMade begins the name of a version that is being made.
const halfMade = ".making-"

// Versions counts the provisioned kernels, all versions of them.
func (p *Provisioner) Versions() (int, error) {
	n := 0
	err := p.folders(func(f folder) error {
		n += len(f.versions)
		return nil
	})
	return n, err
}

// Tidy removes what was left half made by processes that are gone.
func (p *Provisioner) Tidy() error {
	return p.folders(func(f folder) error {
		if len(f.halfMade) == 0 {
			return nil
		}
		return f.alone(func() error { return removeAll(f.halfMade) })
	})
}

// Clean removes all versions of all kernels but those that somebody has in use or is
// making, and counts the former.
func (p *Provisioner) Clean() (inUse int, err error) {
	err = p.folders(func(f folder) error {
		var unused []string
		for _, version := range f.versions {
			if isUsed(version) {
				inUse++
			} else {
				unused = append(unused, version)
			}
		}
		return f.alone(func() error {
			if len(unused) == len(f.versions) {
				return os.RemoveAll(f.path)
			}
			return errors.Join(removeAll(unused), removeAll(f.halfMade))
		})
	})
	return inUse, err
}

// folder is what there is of one kernel.
type folder struct {
	path     string
	versions []string // folders
	halfMade []string // folders
}

// folders lists what there is of each kernel and hands it to do.
func (p *Provisioner) folders(do func(folder) error) error {
	kernels, err := os.ReadDir(p.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, kernel := range kernels {
		f := folder{path: filepath.Join(p.dir, kernel.Name())}
		entries, readErr := os.ReadDir(f.path)
		err = errors.Join(err, readErr)
		for _, e := range entries {
			path := filepath.Join(f.path, e.Name())
			if strings.HasPrefix(e.Name(), halfMade) {
				f.halfMade = append(f.halfMade, path)
			} else if e.IsDir() {
				f.versions = append(f.versions, path)
			}
		}
		err = errors.Join(err, do(f))
	}
	return err
}

// alone does something while nobody makes a version of the kernel; not at all where
// somebody does. What is half made was listed before the locks are, so the lock of
// whoever is at it is among them.
func (f folder) alone(do func() error) error {
	entries, err := os.ReadDir(f.path)
	if err != nil {
		return err
	}
	var locks []func()
	defer func() {
		for _, unlock := range locks {
			unlock()
		}
	}()
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), lockSuffix) {
			continue
		}
		unlock, ok, err := filelock.Try(filepath.Join(f.path, e.Name()))
		if err != nil || !ok {
			return err
		}
		locks = append(locks, unlock)
	}
	return do()
}

// isUsed says whether somebody has a file of a version in use.
func isUsed(version string) bool {
	entries, err := os.ReadDir(version)
	if err != nil {
		return !errors.Is(err, fs.ErrNotExist)
	}
	for _, e := range entries {
		if e.Type().IsRegular() && filelock.InUse(filepath.Join(version, e.Name())) {
			return true
		}
	}
	return false
}

func removeAll(paths []string) error {
	var failed error
	for _, path := range paths {
		failed = errors.Join(failed, os.RemoveAll(path))
	}
	return failed
}
