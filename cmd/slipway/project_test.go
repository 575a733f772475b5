package main_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func (w *workspace) write(name, text string) string {
	w.t.Helper()
	path := filepath.Join(w.project, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		w.t.Fatal(err)
	}
	return path
}

// Each wrong manifest is told with its file and line, and costs nothing but itself.
func TestWhatManifestsMayNotSay(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	const app = "schema = 1\nname = \"mine\"\nabout = \"a test\"\n"
	for _, c := range []struct{ manifest, told string }{
		{app + "flavour = 1\n", `app.toml:4: unknown key "flavour"`},
		{app + "[params]\nsteps = [1]\n", "app.toml:4: parameter steps"},
		{app + "timeout = 60\n", "app.toml:4: timeout"},
		{app + "timeout = \"soon\"\n", "app.toml:4: timeout"},
		{app + "sources = \"*.c\"\n", "app.toml:4: sources: its value has type string; it should be a list"},
		{app + "sources = [\"../*.c\"]\n", "app.toml:4: "},
		{app + "build = [\"make\"]\n", "app.toml:4: build needs image"},
		{app + "[[metric]]\nname = \"x\"\nunit = \"s\"\nbetter = \"faster\"\nregexp = \"x\"\n", "app.toml:4: [[metric]] x: better"},
		{strings.Replace(app, "schema = 1", "schema = 2", 1), "app.toml:1: schema = 2"},
		{strings.Replace(app, "mine", "yours", 1), "app.toml:2: name = \"yours\""},
		{strings.Replace(app, "about", "about about", 1), "app.toml:3: "},
		{"", "app.toml: schema is missing"},
		{"\x00\x01\x02", "app.toml:1: "},
	} {
		w.write("apps/mine/app.toml", c.manifest)
		s := w.expect(0, []string{filepath.Join(w.project, "apps", "mine", c.told)}, "apps")
		if !strings.Contains(s.out, "hello") {
			t.Errorf("the other apps are gone:\n%s", s.out)
		}
		if lines := strings.Count(s.words, "\n"); lines != 1 {
			t.Errorf("of %q it says %d lines:\n%s", c.manifest, lines, s.words)
		}
	}
	w.expect(0, []string{"exit 0"}, "boot", "-k", "host", "-a", "hello")
}

// What else lies in a project does no harm.
func TestWhatElseLiesInAProject(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.write("apps/README", "these are apps\n")
	w.write("apps/empty/.keep", "")
	w.write("elsewhere/mine/app.toml", "schema = 1\nname = \"mine\"\nabout = \"a test\"\n")
	w.write("elsewhere/mine/mine.c", "#include <stdio.h>\nint main(void) { puts(\"mine\"); return 0; }\n")
	link := func(to, name string) {
		if err := os.Symlink(to, filepath.Join(w.project, name)); err != nil {
			t.Fatal(err)
		}
	}
	link("../elsewhere/mine", "apps/mine")
	link("nowhere", "apps/dangling")
	link(".", "apps/loop")
	link("../elsewhere/mine/nothing.c", "elsewhere/mine/dangling.c")
	if s := w.expect(0, nil, "apps"); s.words != "" || !strings.Contains(s.out, "mine") {
		t.Errorf("it prints:\n%s\nand says:\n%s", s.out, s.words)
	}
	if s := w.expect(0, nil, "boot", "-k", "host", "-a", "mine"); s.out != "mine\n" {
		t.Errorf("an app behind a link prints %q", s.out)
	}

	w.write("apps/none/app.toml", "schema = 1\nname = \"none\"\nabout = \"a test\"\n")
	w.expect(125, []string{"build none: ", "no file matches", "app.toml"}, "boot", "-k", "host", "-a", "none")
	w.write("file/apps", "not a folder\n")
	w.project = filepath.Join(w.project, "file")
	w.expect(0, nil, "boot", "-k", "host", "-a", "hello")
	w.expect(2, []string{filepath.Join("file", "apps"), "not a directory"}, "app", "new", "mine")
	w.project = filepath.Join(w.project, "apps")
	w.expect(2, []string{"is a file", "-C"}, "apps")
}

func TestPlans(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	plan := w.write("plan.toml", `schema = 1
rounds = 2
warmup = 0
baseline = "keel/nbody memory=16M steps=1000"
[[target]]
kernel = "keel"
app = "nbody"
settings = { memory = "16M", steps = "1000" }
[[target]]
kernel = "keel"
app = "nbody"
settings = { memory = "32M", steps = "1000" }
`)
	var b benchOutput
	decodeLoosely(t, w.expect(0, nil, "bench", "--plan", plan, "--json").out, &b)
	if len(b.Runs) != 4 || b.Comparison["baseline"] != "keel/nbody memory=16M" {
		t.Errorf("%d runs against %v", len(b.Runs), b.Comparison["baseline"])
	}
	decodeLoosely(t, w.expect(0, nil, "bench", "--plan", plan, "-n", "1", "--seed", "5", "--json").out, &b)
	if b.Seed != 5 {
		t.Errorf("--seed 5 gave %d", b.Seed)
	}
	wrong := w.write("wrong.toml", "schema = 1\nrounds = 2\nrouns = 3\n[[target]]\nkernel = \"keel\"\napp = \"hello\"\n")
	w.expect(2, []string{wrong + ":3: ", "rouns"}, "bench", "--plan", wrong)
	w.expect(2, []string{"none.toml"}, "bench", "--plan", filepath.Join(w.project, "none.toml"))
	stray := w.write("stray.toml", "schema = 1\nrounds = 2\n[[target]]\nkernel = \"kell\"\napp = \"hello\"\n")
	w.expect(2, []string{"did you mean keel?"}, "bench", "--plan", stray)
	w.expect(2, []string{"--plan and --memory"}, "bench", "--plan", plan, "--memory", "16M")
}
