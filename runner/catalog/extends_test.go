package catalog_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"slipway/runner/catalog"
)

var baseKernel = strings.Replace(goodKernel, `"mine"`, `"good"`, 1)

// child is a kernel that extends another.
func child(name, base, more string) string {
	return "schema = 1\nname = \"" + name + "\"\nextends = \"" + base + "\"\nabout = \"A child\"\n" + more
}

func TestAKernelThatExtendsAnother(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "good", "kernel.toml"), baseKernel)
	write(t, filepath.Join(dir, "good", "init.c"), "base")
	write(t, filepath.Join(dir, "good", "sub", "deep.c"), "base")
	write(t, filepath.Join(dir, "mine", "kernel.toml"), child("mine", "good", "[boot]\nmemory = \"96M\"\n"))
	write(t, filepath.Join(dir, "mine", "init.c"), "mine")
	write(t, filepath.Join(dir, "mine", "sub", "own.c"), "mine")
	write(t, filepath.Join(dir, "third", "kernel.toml"), child("third", "mine", "[exit]\nby = { line = \"status (\\\\d+)\" }\n"))
	load := func() *catalog.Catalog {
		c, problems := catalog.Load(catalog.Options{Kernels: []catalog.Source{{Origin: catalog.Project, Dir: dir}}})
		for _, err := range problems {
			t.Error(err)
		}
		return c
	}
	base, mine, third := kernel(t, load(), "good"), kernel(t, load(), "mine"), kernel(t, load(), "third")
	if mine.Compile.CC != base.Compile.CC || mine.Boot.Machine != base.Boot.Machine || mine.Arch != base.Arch {
		t.Errorf("mine has %q, %q and %q, not the base's %q, %q and %q", mine.Compile.CC, mine.Boot.Machine, mine.Arch, base.Compile.CC, base.Boot.Machine, base.Arch)
	}
	if mine.Boot.Memory != "96M" || third.Boot.Memory != "96M" || mine.About != "A child" {
		t.Errorf("its own keys do not count: memory %s and %s, about %q", mine.Boot.Memory, third.Boot.Memory, mine.About)
	}
	if third.Exit.By != "line" || mine.Exit != base.Exit {
		t.Errorf("exit by %q and %q", third.Exit.By, mine.Exit.By)
	}
	if mine.Dir != filepath.Join(dir, "mine") || strings.Join(third.Bases, " ") != filepath.Join(dir, "good")+" "+filepath.Join(dir, "mine") {
		t.Errorf("folders: %s, bases of third %v", mine.Dir, third.Bases)
	}
	for name, want := range map[string]string{"init.c": "mine", "sub/deep.c": "base", "sub/own.c": "mine"} {
		if data, err := fs.ReadFile(third.Files, name); err != nil || string(data) != want {
			t.Errorf("%s is %q, %v: want %q", name, data, err, want)
		}
	}
	if err := fstest.TestFS(third.Files, "kernel.toml", "init.c", "sub/deep.c", "sub/own.c"); err != nil {
		t.Error(err)
	}
	if base.Hash == mine.Hash || mine.Hash == third.Hash {
		t.Error("kernels of different manifests have one hash")
	}
	write(t, filepath.Join(dir, "good", "kernel.toml"), baseKernel+"\n# another word\n")
	if kernel(t, load(), "third").Hash == third.Hash {
		t.Error("a change of what it extends does not change its hash")
	}
}

// TestAKernelExtendsTheOneWhosePlaceItTakes is how a project has its own linux-cloud.
func TestAKernelExtendsTheOneWhosePlaceItTakes(t *testing.T) {
	t.Parallel()
	project := t.TempDir()
	write(t, filepath.Join(project, "linux-cloud", "kernel.toml"), child("linux-cloud", "linux-cloud", "[boot]\nmemory = \"512M\"\n"))
	write(t, filepath.Join(project, "on-it", "kernel.toml"), child("on-it", "linux-cloud", ""))
	c, problems := catalog.Load(catalog.Options{Kernels: []catalog.Source{
		{Origin: catalog.Builtin, FS: catalog.BuiltinKernels()}, {Origin: catalog.Project, Dir: project},
	}})
	for _, err := range problems {
		t.Error(err)
	}
	if k := kernel(t, c, "linux-cloud"); k.Boot.Memory != "512M" || k.Provision.Package != "linux-image-cloud-amd64" || k.Origin != catalog.Project {
		t.Errorf("it has %s of memory and package %q, from %s", k.Boot.Memory, k.Provision.Package, k.Origin)
	}
	if k := kernel(t, c, "on-it"); k.Boot.Memory != "512M" {
		t.Errorf("what extends a name extends the one that has it: memory %s", k.Boot.Memory)
	}
	if k := kernel(t, c, "linux-rt"); k.Boot.Memory != "128M" {
		t.Errorf("ours are changed by a project's: memory %s", k.Boot.Memory)
	}
	if _, err := fs.Stat(kernel(t, c, "on-it").Files, "init.c"); err != nil {
		t.Error(err)
	}
}

func TestWhatCannotBeExtendedIsToldWithItsLine(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, text, want string }{
		{"unknown", child("unknown", "no-such", ""), `kernel.toml:3: extends = "no-such": it is not in the catalogue`},
		{"itself", child("itself", "itself", ""), `kernel.toml:3: extends = "itself": there is no other kernel of its name`},
		{"circle", child("circle", "round", ""), "kernels extend each other"},
		{"path", child("path", "../good", ""), `kernel.toml:3: extends = "../good": it is the name of a kernel`},
		{"nameless", "schema = 1\nname = \"nameless\"\nextends = \"good\"\n", "about is missing"},
		{"mistaken", child("mistaken", "good", "[boot]\nmemory = \"lots\"\n"), `kernel.toml:5: boot.memory: "lots" is not a size`},
		{"misspelt", child("misspelt", "good", "[boot]\nmemroy = \"1M\"\n"), `kernel.toml:6: unknown key "boot.memroy"`},
		{"on-broken", child("on-broken", "broken", ""), "expected"},
	} {
		dir := t.TempDir()
		write(t, filepath.Join(dir, "good", "kernel.toml"), baseKernel)
		write(t, filepath.Join(dir, "broken", "kernel.toml"), "schema = = 1")
		write(t, filepath.Join(dir, "round", "kernel.toml"), child("round", "circle", ""))
		write(t, filepath.Join(dir, test.name, "kernel.toml"), test.text)
		c, _ := catalog.Load(catalog.Options{Kernels: []catalog.Source{{Origin: catalog.Project, Dir: dir}}})
		_, err := c.Kernel(test.name)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", test.name, err, test.want)
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
	}
}

func kernel(t *testing.T, c *catalog.Catalog, name string) *catalog.Kernel {
	t.Helper()
	k, err := c.Kernel(name)
	if err != nil {
		t.Fatal(err)
	}
	return k
}
