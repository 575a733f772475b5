// The house test: what is true of the whole repository, whoever works in it. It reads sources and starts nothing.
package main_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// floors are the packages from the ground up. An import goes to a lower floor, or stays within one room: the named
// package and what lies below it in the file system. Rooms of one floor don't know each other. A package that is not
// named lives in the room of the longest name that leads to it.
var floors = [][]string{
	{"runner/console", "runner/compiler", "runner/tomlfile"},
	{"runner/process", "runner/filelock"},
	{"runner/catalog", "runner/virtiofs"},
	{"runner/provision"},
	{"runner/build"},
	{"runner/boot"},
	{"runner/qemu"},
	{"runner"},
	{"benchmarks/store", "benchmarks/stats", "benchmarks/apps"},
	{"benchmarks"},
	{"benchmarks/report"},
	{"session"},
	{"themes"},
	{"tui"},
	{"cmd"},
}

// screenMaySee is all of ours that tui imports: what it shows comes ready-made, and what it wants done it asks session for.
var screenMaySee = []string{"tui", "themes", "session", "benchmarks", "runner/console"}

// screenLibraries draw on terminals. Below themes nobody knows that there is one.
var screenLibraries = map[string][]string{
	"charm.land/bubbletea/": {"tui", "cmd"},
	"charm.land/bubbles/":   {"tui", "cmd"},
	"charm.land/lipgloss/":  {"tui", "themes", "cmd"},
	"charm.land/fang/":      {"cmd"},
}

// topLevel is what may lie beside the dot files.
var topLevel = []string{
	"cmd", "tui", "session", "runner", "benchmarks", "themes", "docs",
	"go.mod", "go.sum", "Makefile", "README.md", "LICENSE", "ARCHITECTURE.md", "CHANGELOG.md",
}

// catchAlls are names of packages that say nothing about what lives there.
var catchAlls = []string{"util", "utils", "common", "helper", "helpers", "misc", "pkg", "internal", "shared", "base"}

const (
	longFile    = 400 // lines: worth a look
	tooLongFile = 600 // lines: more than one idea
)

// forbiddenPaths belong to the machine of whoever wrote them. They are put together here so that this file passes.
var forbiddenPaths = []string{"/wo" + "rk/", "/tmp/pl" + "an", "/tmp/go" + "bin", "/root/" + "go"}

func TestHouse(t *testing.T) {
	t.Parallel()
	root := moduleRoot(t)
	h, err := survey(os.DirFS(root))
	if err != nil {
		t.Fatal(err)
	}
	if len(h.sources) < 2 {
		t.Fatalf("only %d Go files found in %s: the survey is broken", len(h.sources), root)
	}
	found := h.inspect()
	for _, w := range found.warnings {
		t.Log(w)
	}
	for _, f := range found.faults {
		t.Error(f)
	}
}

func moduleRoot(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := fs.Stat(os.DirFS(dir), "go.mod"); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Fatal("no go.mod above this test")
		}
		dir = up
	}
}
