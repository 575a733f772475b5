package session

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/adrg/xdg"
)

// Folders are the places Slipway keeps things in. SLIPWAY_HOME puts all of them
// into one folder; else they follow the XDG base directory specification.
type Folders struct {
	Config  string // the user's own kernels and settings
	Cache   string // provisioned kernels and images: can be deleted at any time
	Data    string // history: the run folders are the only copy of what was measured
	State   string // what the workbench remembers between two starts, and its debug log
	Project string // the folder whose apps and kernels are worked on
}

// FindFolders works the folders out for a project folder; "" is the current
// one. It creates nothing.
func FindFolders(project string) (Folders, error) {
	if project == "" {
		project = "."
	}
	project, err := filepath.Abs(project)
	if err != nil {
		return Folders{}, fmt.Errorf("find the project folder: %w", err)
	}
	if info, err := os.Stat(project); errors.Is(err, fs.ErrNotExist) {
		return Folders{}, fmt.Errorf("there is no project folder %s: choose another with -C", project)
	} else if err != nil {
		return Folders{}, fmt.Errorf("project folder %s: %w: choose another with -C", project, err)
	} else if !info.IsDir() {
		return Folders{}, fmt.Errorf("project folder %s is a file: choose a folder with -C", project)
	}
	f := Folders{Project: project}
	if home := os.Getenv("SLIPWAY_HOME"); home != "" {
		if home, err = filepath.Abs(home); err != nil {
			return Folders{}, fmt.Errorf("SLIPWAY_HOME: %w", err)
		}
		f.Config = filepath.Join(home, "config")
		f.Cache = filepath.Join(home, "cache")
		f.Data = filepath.Join(home, "data")
		f.State = filepath.Join(home, "state")
		return f, nil
	}
	f.Config = filepath.Join(xdg.ConfigHome, "slipway")
	f.Cache = filepath.Join(xdg.CacheHome, "slipway")
	f.Data = filepath.Join(xdg.DataHome, "slipway")
	f.State = filepath.Join(xdg.StateHome, "slipway")
	return f, nil
}

// Apps is the project's folder of apps.
func (f Folders) Apps() string { return filepath.Join(f.Project, "apps") }

// ProjectKernels is the project's folder of kernels.
func (f Folders) ProjectKernels() string { return filepath.Join(f.Project, ".slipway", "kernels") }

// UserKernels is the user's own folder of kernels.
func (f Folders) UserKernels() string { return filepath.Join(f.Config, "kernels") }

// TimingLock is the file whose lock serialises timed boots on this host. It is
// outside of SLIPWAY_HOME since two Slipways with different homes disturb each
// other just as much.
func (f Folders) TimingLock() string { return filepath.Join(os.TempDir(), "slipway-timing.lock") }
