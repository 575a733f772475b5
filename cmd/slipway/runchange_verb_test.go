package main_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The history from the command line: find runs, say something of them, set two against
// each other, delete them and bring them back.
func TestRunsAreFoundChangedAndCompared(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.write("apps/mine/app.toml", "schema = 1\nname = \"mine\"\nsources = [\"*.c\"]\n")
	w.write("apps/mine/main.c", "#include <stdio.h>\nint main(void)\n{\n\tputs(\"one\");\n\treturn 0;\n}\n")
	w.expect(0, nil, "boot", "-k", "host", "-a", "mine")
	w.write("apps/mine/main.c", "#include <stdio.h>\nint main(void)\n{\n\tputs(\"t\x1b[31mwo\");\n\treturn 3;\n}\n")
	w.expect(3, nil, "boot", "-k", "host", "-a", "mine")
	w.expect(0, nil, "boot", "-k", "host", "-a", "hello")
	list := func(args ...string) []listedRun {
		t.Helper()
		var l listed
		decode(t, w.expect(0, nil, append([]string{"runs", "--json"}, args...)...).out, &l)
		return l.Runs
	}
	mine := list("--filter", "app:mine", "--sort", "-when")
	if len(mine) != 2 || mine[0].Started.After(mine[1].Started) {
		t.Fatalf("%+v", mine)
	}
	one, two := mine[0].ID, mine[1].ID
	w.expect(2, []string{"--filter: colour: is no key"}, "runs", "--filter", "colour:red")
	w.expect(2, []string{"--sort: there is no column"}, "runs", "--sort", "size")

	var changed listed
	decode(t, w.expect(0, nil, "run", "tag", one, "+slow", "first", "-todo", "--json").out, &changed)
	if len(changed.Runs) != 1 || strings.Join(changed.Runs[0].Tags, " ") != "first slow" {
		t.Errorf("%+v", changed)
	}
	w.expect(0, nil, "run", "tag", one, "-first")
	if s := w.expect(0, nil, "run", "tag", one); s.out != "run "+one+": #slow\n" {
		t.Errorf("%q", s.out)
	}
	w.expect(2, []string{"letters, digits"}, "run", "tag", one, "a!b")
	w.expect(2, []string{"unknown flag"}, "run", "tag", one, "--colour")
	w.expect(0, nil, "run", "note", one, "before the", "change")
	w.expect(0, nil, "run", "pin", one)
	if s := w.expect(0, nil, "runs"); !strings.Contains(s.out, "pinned #slow before the change") {
		t.Errorf("the list:\n%s", s.out)
	}
	if l := list("-f", "tag:slow pinned:yes note:before"); len(l) != 1 || l[0].ID != one {
		t.Errorf("%+v", l)
	}
	w.diffs(one, two)

	w.expect(2, []string{"run " + one + " is pinned", "--off"}, "run", "delete", one, two)
	w.expect(0, nil, "run", "pin", one, "--off")
	w.expect(0, nil, "run", "delete", one, two)
	w.expect(2, []string{"was deleted", "run restore " + one}, "run", "diff", one, two)
	var trash struct {
		Runs []struct {
			ID      string  `json:"id"`
			Deleted string  `json:"deleted"`
			Problem *string `json:"problem"`
		} `json:"runs"`
	}
	decodeLoosely(t, w.expect(0, nil, "runs", "--deleted", "--json").out, &trash)
	if len(trash.Runs) != 2 || trash.Runs[0].Deleted == "" || trash.Runs[0].Problem != nil {
		t.Errorf("%+v", trash)
	}
	if l := list(); len(l) != 1 {
		t.Errorf("%+v", l)
	}
	w.expect(0, nil, "run", "restore", one)
	if l := list("-f", "tag:slow"); len(l) != 1 || l[0].Note != "before the change" {
		t.Errorf("%+v", l)
	}
	w.expect(2, []string{"in the trash", "runs --deleted"}, "run", "restore", one)
	if s := w.expect(0, nil, "run", "empty-trash"); !strings.Contains(s.out, "1 runs are gone") {
		t.Error(s.out)
	}
	w.expect(0, []string{"The trash is empty."}, "runs", "--deleted")
	w.expect(0, nil, "run", "note", one)
	if l := list("-f", "tag:slow"); len(l) != 1 || l[0].Note != "" {
		t.Errorf("%+v", l)
	}
}

// diffs sets the two boots of the changed app against each other.
func (w *workspace) diffs(one, two string) {
	w.t.Helper()
	text := w.expect(0, nil, "run", "diff", one, two).out
	for _, want := range []string{
		"changed   source: main.c +2 -2", "outcome: outcome exit 0 -> exit 3", "same      target, app manifest, kernel manifest",
		"-\tputs(\"one\");\n-\treturn 0;\n+\tputs(\"t^[[31mwo\");\n+\treturn 3;\n", "no verdict",
	} {
		if !strings.Contains(text, want) {
			w.t.Errorf("no %q in:\n%s", want, text)
		}
	}
	var diff struct {
		Same  []string `json:"same"`
		Notes []string `json:"notes"`
		Files []struct {
			Section string `json:"section"`
			Added   int    `json:"added"`
			Diff    string `json:"diff"`
		} `json:"files"`
		Cost struct {
			Experiment *string           `json:"experiment"`
			Metrics    []json.RawMessage `json:"metrics"`
		} `json:"cost"`
	}
	decodeLoosely(w.t, w.expect(0, nil, "run", "diff", one, two, "--json").out, &diff)
	if len(diff.Files) != 1 || diff.Files[0].Section != "source" || diff.Files[0].Added != 2 || !strings.Contains(diff.Files[0].Diff, "\n+\treturn 3;\n") {
		w.t.Errorf("%+v", diff.Files)
	}
	if len(diff.Cost.Metrics) == 0 || diff.Cost.Experiment != nil || diff.Same == nil || diff.Notes == nil {
		w.t.Errorf("%+v", diff)
	}
	if text, err := os.ReadFile(filepath.Join(w.home, "data", "runs", one, "manifests", "kernel.toml")); err != nil || !strings.Contains(string(text), `name = "host"`) {
		w.t.Errorf("the kernel's manifest is not kept: %q, %v", text, err)
	}
	// What the disk has lost is told.
	sources := filepath.Join(w.home, "data", "runs", one, "sources")
	if err := os.Rename(sources, sources+".away"); err != nil {
		w.t.Fatal(err)
	}
	if text := w.expect(0, nil, "run", "diff", one, two).out; !strings.Contains(text, "the sources of run "+one+" were not kept") {
		w.t.Errorf("it does not say what is missing:\n%s", text)
	}
	if err := os.Rename(sources+".away", sources); err != nil {
		w.t.Fatal(err)
	}
}
