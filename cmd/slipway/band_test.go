package main_test

import (
	"os"
	"path/filepath"
	"testing"
)

// What is noise can be said on the command line, or for good in settings.toml.
func TestBandsDecideAboutVerdicts(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	low := benchfmt(t, 100, 101, 99, 100.5, 99.5, 100.2, 99.8, 100.1)
	high := benchfmt(t, 103, 104, 102, 103.5, 102.5, 103.2, 102.8, 103.1)
	w.expect(1, nil, "compare", low, high) // 2 % of a time in a file, which no host shares
	w.expect(1, nil, "compare", low, high, "--band", "0")
	w.expect(0, nil, "compare", low, high, "--band", "10%")
	w.expect(1, nil, "compare", low, high, "--band", "10%,It=1%")
	w.expect(2, []string{"--band", "want a share in percent"}, "compare", low, high, "--band", "wide")
	settings := filepath.Join(w.home, "config", "settings.toml")
	if err := os.MkdirAll(filepath.Dir(settings), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(settings, []byte("band = \"10%\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	w.expect(0, nil, "compare", low, high)
	w.expect(1, nil, "compare", low, high, "--band", "1%")
}
