package runner_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"slipway/runner"
)

// Not parallel: the search path belongs to the whole process.
func TestWhatKeelNeedsIsNamedWhereItIsMissing(t *testing.T) {
	k, err := ours.runner.Catalog().Kernel("keel")
	if err != nil {
		t.Fatal(err)
	}
	for _, gone := range k.Needs.Commands {
		path := t.TempDir()
		for _, command := range append([]string{"apt-get"}, k.Needs.Commands...) {
			if at, err := exec.LookPath(command); err == nil && command != gone {
				if err := os.Symlink(at, filepath.Join(path, command)); err != nil {
					t.Fatal(err)
				}
			}
		}
		t.Run(gone, func(t *testing.T) {
			t.Setenv("PATH", path)
			_, err := ours.runner.Provision(context.Background(), "keel", nil)
			var missing *runner.MissingError
			if !errors.As(err, &missing) || len(missing.Missing) != 1 || missing.Missing[0].Need != gone {
				t.Fatalf("got %v", err)
			}
			if text := err.Error(); !strings.Contains(text, gone) || !strings.Contains(text, "install") {
				t.Errorf("it does not say what to do: %s", text)
			}
		})
	}
}
