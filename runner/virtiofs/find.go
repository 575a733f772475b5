package virtiofs

import (
	"errors"
	"os/exec"
	"path/filepath"
)

// ErrMissing is returned where no virtiofsd is installed.
var ErrMissing = errors.New("virtiofsd, which serves a shared folder, is not installed: " +
	"install it with your package manager (Debian 12: apt install qemu-system-common; newer ones, Ubuntu, Fedora, Arch: the package virtiofsd)")

// places are where distributions put it. No person calls it, so that it is rarely in
// PATH.
var places = []string{"virtiofsd", "/usr/libexec/virtiofsd", "/usr/lib/virtiofsd", "/usr/lib/qemu/virtiofsd", "/usr/libexec/qemu/virtiofsd"}

// Find looks virtiofsd up: the path of the program, or ErrMissing. It is the program's
// own path, since what leads to it may lie in a place that is another where it is shut in.
func Find() (string, error) {
	for _, place := range places {
		path, err := exec.LookPath(place)
		if err == nil {
			path, err = filepath.EvalSymlinks(path)
		}
		if err == nil {
			return path, nil
		}
	}
	return "", ErrMissing
}
