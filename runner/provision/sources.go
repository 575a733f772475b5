package provision

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"slipway/runner/catalog"
	"slipway/runner/compiler"
)

// build runs a kernel's build command in a copy of its folder, so that the
// folder stays as it is and may be embedded or read-only. What is built is what
// has the key, even when an editor saves meanwhile: errSourcesChanged otherwise.
func (p *Provisioner) build(ctx context.Context, k *catalog.Kernel, key, temporary, out string) error {
	sources := filepath.Join(temporary, "src")
	switch err := os.CopyFS(sources, onlySources{k.Files}); {
	case errors.Is(err, fs.ErrNotExist):
		return errSourcesChanged
	case err != nil:
		return err
	}
	switch copied, err := sourceKey(k, os.DirFS(sources)); {
	case err != nil:
		return err
	case copied != key:
		return errSourcesChanged
	}
	argv := make([]string, len(k.Provision.Build))
	for i, word := range k.Provision.Build {
		argv[i] = catalog.Expand(word, map[string]string{"out": out})
	}
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Dir = sources
	cmd.Env = append(cleanEnvironment(), "LC_ALL=C", "SOURCE_DATE_EPOCH=0")
	if scratch := p.spawner.Scratch(); scratch != "" && k.Dir == "" { // ours start nothing that stays
		cmd.Env = append(cmd.Env, "TMPDIR="+scratch)
	}
	stdout, stderr, err := p.spawner.Output(ctx, cmd)
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	// Messages lead to the user's own files, not to the copy.
	output := slices.Concat(stderr, stdout)
	if k.Dir != "" {
		output = []byte(strings.ReplaceAll(string(output), sources+"/", k.Dir+"/"))
	}
	failed := compiler.New(argv, sources, output, err)
	if k.Dir != "" {
		for i, d := range failed.Diagnostics {
			if filepath.IsLocal(d.File) {
				failed.Diagnostics[i].File = k.SourcePath(d.File)
			}
		}
	}
	return failed
}

// cleanEnvironment is the environment without what would change a build behind
// the manifest's back.
func cleanEnvironment() []string {
	var kept []string
	for _, entry := range os.Environ() {
		name, _, _ := strings.Cut(entry, "=")
		switch name {
		case "PATH", "HOME", "TMPDIR", "USER", "LOGNAME", "CCACHE_DIR":
			kept = append(kept, entry)
		}
	}
	return kept
}

// onlySources hides dot files from a copy.
type onlySources struct{ fs.FS }

// ReadDir lists a folder without dot files and links, which could lead out of it.
func (o onlySources) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(o.FS, name)
	var kept []fs.DirEntry
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") && (e.IsDir() || e.Type().IsRegular()) {
			kept = append(kept, e)
		}
	}
	return kept, err
}
