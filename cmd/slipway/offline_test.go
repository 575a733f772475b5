package main_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A machine without a network says what failed and what to do, and keeps working
// with what it has.
func TestWithoutANetwork(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.ownCache()
	w.shadow(map[string]string{
		"apt-cache": `echo "E: No packages found" >&2; exit 100`,
		"apt-get":   `echo "E: Failed to fetch the lists: could not resolve the host" >&2; exit 100`,
	})
	for _, args := range [][]string{{"kernel", "provision", "linux-cloud"}, {"bench", "-k", "linux-cloud,keel", "-a", "hello"}, {"demo"}} {
		s := w.expect(2, []string{"linux-cloud", "could not resolve the host", "apt-get update"}, args...)
		if strings.Count(s.words, "slipway:") != 1 {
			t.Errorf("slipway %s says:\n%s", strings.Join(args, " "), s.words)
		}
	}
	w.expect(0, nil, "boot", "-k", "keel", "-a", "hello")
	if left := unfinished(t, w.home); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}

	// The lists are there and the archive is not.
	w.shadow(map[string]string{
		"apt-cache": `printf 'Package: linux-image-cloud-amd64\nVersion: 1\nSize: 1000\n\n'`,
		"apt-get":   `echo "E: Failed to fetch linux-image.deb: could not connect" >&2; exit 100`,
	})
	w.expect(2, []string{"linux-cloud", "could not connect"}, "kernel", "provision", "linux-cloud")

	// No apt at all.
	empty := t.TempDir()
	for _, command := range []string{"gcc", "as", "ld", "strip", "make", "sh", "musl-gcc", "qemu-system-x86_64", "dpkg-deb"} {
		for _, dir := range filepath.SplitList(os.Getenv("PATH")) {
			if _, err := os.Stat(filepath.Join(dir, command)); err == nil {
				if err := os.Symlink(filepath.Join(dir, command), filepath.Join(empty, command)); err != nil {
					t.Fatal(err)
				}
				break
			}
		}
	}
	w.env = append(w.env, "PATH="+empty)
	w.expect(2, []string{"linux-cloud", "apt"}, "kernel", "provision", "linux-cloud")
}
