package catalog_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"slipway/benchmarks/apps"
	"slipway/runner/catalog"
)

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestEverythingEmbeddedLoads holds our own manifests to our own rules.
func TestEverythingEmbeddedLoads(t *testing.T) {
	t.Parallel()
	c, problems := catalog.Load(catalog.Options{
		Kernels: []catalog.Source{{Origin: catalog.Builtin, FS: catalog.BuiltinKernels()}},
		Apps:    []catalog.Source{{Origin: catalog.Builtin, FS: apps.FS()}},
	})
	for _, err := range problems {
		t.Error(err)
	}
	for _, name := range []string{"host", "keel", "linux-cloud"} {
		if _, err := c.Kernel(name); err != nil {
			t.Error(err)
		}
	}
	for _, name := range []string{"hello", "jitter", "memory", "nbody", "syscalls"} {
		if _, err := c.App(name); err != nil {
			t.Error(err)
		}
	}
	keel, err := c.Kernel("keel")
	if err != nil {
		t.Fatal(err)
	}
	cloud, err := c.Kernel("linux-cloud")
	if err != nil {
		t.Fatal(err)
	}
	if keel.Compile.CC != cloud.Compile.CC || strings.Join(keel.Compile.Flags, " ") != strings.Join(cloud.Compile.Flags, " ") {
		t.Error("keel and linux-cloud compile apps differently: they would not run the very same program")
	}
}

func TestLoadShadowsAndGoesOn(t *testing.T) {
	t.Parallel()
	user, project := t.TempDir(), t.TempDir()
	write(t, filepath.Join(user, "mine", "kernel.toml"), strings.Replace(goodKernel, "A kernel", "the user's", 1))
	write(t, filepath.Join(project, "mine", "kernel.toml"), strings.Replace(goodKernel, "A kernel", "the project's", 1))
	write(t, filepath.Join(project, "broken", "kernel.toml"), "schema = ")
	write(t, filepath.Join(project, "elsewhere", "kernel.toml"), goodKernel) // its name is mine
	write(t, filepath.Join(project, "notes", "README"), "no kernel")
	c, problems := catalog.Load(catalog.Options{Kernels: []catalog.Source{
		{Origin: catalog.User, Dir: user}, {Origin: catalog.Project, Dir: project}, {Origin: catalog.Project, Dir: filepath.Join(project, "missing")},
	}})
	if len(problems) != 2 {
		t.Errorf("problems %v, want two: one that is broken, one with another name than its folder's", problems)
	}
	k, err := c.Kernel("mine")
	if err != nil {
		t.Fatal(err)
	}
	if k.About != "the project's" || k.Origin != catalog.Project || k.Dir != filepath.Join(project, "mine") {
		t.Errorf("the project's kernel does not stand before the user's: %+v", k)
	}
	if _, err := c.Kernel("mien"); !errors.Is(err, catalog.ErrNotFound) || !strings.Contains(err.Error(), "did you mean mine") {
		t.Errorf("a name with a typing mistake gives %v", err)
	}
}
