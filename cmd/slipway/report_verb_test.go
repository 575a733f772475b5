package main_test

import (
	"encoding/csv"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// file writes a file into the project and returns its path.
func (w *workspace) file(name, text string) string {
	w.t.Helper()
	path := filepath.Join(w.project, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		w.t.Fatal(err)
	}
	return path
}

// results are lines of the benchmark format, of a host that they name.
func results(values ...int) string {
	text := "host: devbox\ngoarch: amd64\n"
	for _, v := range values {
		text += fmt.Sprintf("BenchmarkWork-2 1 %d ns/op\n", v)
	}
	return text
}

func TestAReportInEveryForm(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.app("ok", "int main(void) { return 0; }\n", "")
	var made struct {
		Experiment string `json:"experiment"`
	}
	decodeLoosely(t, w.run("bench", "-k", "host", "-a", "ok", "-n", "3", "--warmup", "1", "--json").out, &made)
	path := func(name string) string { return filepath.Join(w.project, name) }
	read := func(name string) string {
		t.Helper()
		data, err := os.ReadFile(path(name))
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	for name, want := range map[string]string{
		"r.html": "<!doctype html>", "r.md": "### To repeat it", "r.csv": "experiment,run,target", "r.json": `"schema": 1`, "r.txt": "BenchmarkBoot/total 1 ",
	} {
		if s := w.expect(0, []string{"wrote " + path(name)}, "report", made.Experiment, "-o", path(name)); s.out != "" {
			t.Errorf("%s: standard output has %q", name, s.out)
		}
		if text := read(name); !strings.Contains(text, want) || !strings.Contains(text, "host/ok") {
			t.Errorf("%s has no %q:\n%.2000s", name, want, text)
		}
	}
	d := xml.NewDecoder(strings.NewReader(read("r.html")))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("the page is not well formed: %v", err)
		}
	}
	if rows, err := csv.NewReader(strings.NewReader(read("r.csv"))).ReadAll(); err != nil || len(rows) < 1+4*3 {
		t.Errorf("%d rows of 4 boots, %v", len(rows), err)
	}
	if s := w.expect(0, nil, "report", made.Experiment, "--format", "hyperfine"); !strings.Contains(s.out, `"command": "slipway boot -k host -a ok"`) {
		t.Errorf("hyperfine: %s", s.out)
	}
	// What the report says repeats it is a plan that is taken.
	text := read("r.md")
	plan := ""
	for line := range strings.Lines(text[strings.Index(text, "### To repeat it"):strings.Index(text, "One boot of")]) {
		if code, ok := strings.CutPrefix(line, "    "); ok || line == "\n" {
			plan += code
		}
	}
	var again struct {
		Seed uint64 `json:"seed"`
		Runs []any  `json:"runs"`
	}
	decodeLoosely(t, w.expect(0, nil, "bench", "--plan", w.file("plan.toml", plan), "--json").out, &again)
	if len(again.Runs) != 4 || !strings.Contains(plan, fmt.Sprintf("seed = %d\n", again.Seed)) {
		t.Errorf("%d runs, seed %d, of the plan\n%s", len(again.Runs), again.Seed, plan)
	}
	w.expect(2, []string{"it is one of text, markdown, html"}, "report", made.Experiment, "--format", "pdf")
}

func TestAReportIsWrittenWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	a, b := w.file("a.txt", results(1, 2)), w.file("b.txt", results(3, 4))
	target := w.file("old.html", "the old one")
	if err := os.Chmod(target, 0o640); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(w.project, "link.html")
	if err := os.Symlink(target, link); err != nil {
		t.Fatal(err)
	}
	w.expect(0, []string{"replaced " + link}, "report", a, b, "-o", link)
	data, err := os.ReadFile(target)
	if err != nil || !strings.HasPrefix(string(data), "<!doctype html>") {
		t.Errorf("%.100s, %v", data, err)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is gone: %v, %v", info, err)
	}
	if info, err := os.Stat(target); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("other permissions: %v, %v", info, err)
	}
	pdf := filepath.Join(w.project, "x.pdf")
	w.expect(2, []string{"-o " + pdf + ": its ending names no form", ".md, .html, .csv, .json, .txt", "--format"}, "report", a, b, "-o", pdf)
	if _, err := os.Stat(pdf); err == nil {
		t.Error("a form that nobody knows is written all the same")
	}
	w.expect(0, []string{"wrote " + pdf}, "report", a, b, "-o", pdf, "--format", "text")
	w.expect(2, []string{"is a folder: name a file in it"}, "report", a, b, "-o", w.project)
	w.expect(2, []string{"write the report"}, "report", a, b, "-o", filepath.Join(w.project, "none", "r.md"))
	w.expect(2, []string{"write the report", "no space left"}, "report", a, b, "-o", "/dev/full")
	if s := w.expect(0, nil, "report", a, b, "-o", "/dev/stdout", "--format", "markdown"); !strings.Contains(s.out, "## Comparison with") {
		t.Errorf("standard output by its name has %q", s.out)
	}
	entries, err := os.ReadDir(w.project)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") {
			t.Errorf("left over: %s", e.Name())
		}
	}
}

// A gate of a CI acts on the exit status alone.
func TestCompareEndsAsItsVerdictsSay(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	base := w.file("base.txt", results(1000, 1001, 1002, 1003, 1004, 1005, 1006))
	same := w.file("same.txt", results(1000, 1001, 1002, 1003, 1004, 1005, 1006))
	worse := w.file("worse.txt", results(2000, 2001, 2002, 2003, 2004, 2005, 2006))
	few := w.file("few.txt", results(2000, 2001))
	elsewhere := w.file("elsewhere.txt", strings.Replace(results(1000, 1001, 1002, 1003, 1004, 1005), "devbox", "laptop", 1))
	bad := w.file("bad.txt", results(1)+"BenchmarkWork-2 1 NaN ns/op\n")
	stored := map[string]string{}
	for _, path := range []string{base, worse, few} {
		s := w.expect(0, nil, "import", path)
		stored[path], _, _ = strings.Cut(s.out, " ")
	}
	for _, test := range []struct {
		status int
		args   []string
	}{
		{0, []string{base, same}},
		{1, []string{base, worse}},
		{1, []string{"--baseline", base, worse, base}},
		{0, []string{"--baseline", worse, base, worse}}, // better
		{2, []string{base, bad}},
		{2, []string{base, filepath.Join(w.project, "none")}},
		{2, []string{"--baseline", "none", base, same}},
		{3, []string{base, few}},
		{0, []string{"--allow-unclear", base, few}},
		{3, []string{base, elsewhere}},
		{0, []string{"--allow-unclear", base, elsewhere}},
		{1, []string{"--allow-unclear", base, worse, few, elsewhere}},
		{1, []string{stored[base], stored[worse], "--baseline", stored[base]}},
		{0, []string{"base", "worse", "--baseline", "worse"}},
		{3, []string{stored[base], stored[few]}},
		{0, []string{stored[base], stored[few], "--allow-unclear"}},
		{2, []string{"base", "nothing/such"}},
		{2, []string{"base", "base"}},
	} {
		w.expect(test.status, nil, append([]string{"compare"}, test.args...)...)
	}
	w.expect(2, []string{base + " is a file and " + stored[worse] + " is none: files are compared with files", "'slipway import " + base + "'"}, "compare", stored[worse], base)
	w.expect(2, []string{base + " is a file"}, "report", base, stored[worse])
	w.expect(2, []string{`"none" is no file`}, "compare", "none", stored[worse])
	// The same fields of files and of what is stored.
	for _, args := range [][]string{{base, worse}, {stored[base], stored[worse]}} {
		var c struct {
			Baseline, Order string
			Metrics         []map[string]any
		}
		decodeLoosely(t, w.run("compare", args[0], args[1], "--json").out, &c)
		if c.Baseline != args[0] || c.Order != "not interleaved" || len(c.Metrics) != 1 {
			t.Fatalf("%+v", c)
		}
		m := c.Metrics[0]
		has(t, "a metric", m, "target", "name", "unit", "better", "n", "medians", "estimate", "low", "high", "p", "p_adjusted", "method", "verdict", "rounds_needed", "notes")
		if m["name"] != "Work-2" || m["unit"] != "ns/op" || m["verdict"] != "worse" || fmt.Sprint(m["medians"]) != "[1003 2003]" || fmt.Sprint(m["n"]) != "[7 7]" {
			t.Errorf("%v", m)
		}
	}
}

func TestAnImportIsListedAsOne(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	good := w.file("good.txt", results(1, 2)+"BenchmarkWork-2 many 2 ns/op\n")
	bad := w.file("bad.txt", results(1)+"BenchmarkWork-2 1 +Inf ns/op\n")
	var made struct {
		Schema   int `json:"schema"`
		Imported []struct {
			File       string   `json:"file"`
			Experiment string   `json:"experiment"`
			State      string   `json:"state"`
			Targets    []string `json:"targets"`
			Runs       int      `json:"runs"`
			Notes      []string `json:"notes"`
		} `json:"imported"`
		Known []struct {
			File       string `json:"file"`
			Experiment string `json:"experiment"`
		} `json:"known"`
	}
	w.expect(2, []string{good + ":5: ", bad + ":4: Work-2 ns/op is +Inf", "nothing was imported"}, "import", "--json", good, bad)
	w.expect(0, []string{"No run is stored yet"}, "runs")
	decode(t, w.expect(0, []string{good + ":5: "}, "import", "--json", good, good).out, &made)
	if len(made.Known) != 1 || made.Known[0].Experiment != made.Imported[0].Experiment {
		t.Errorf("the same file twice: %+v", made)
	}
	if s := w.expect(0, []string{"the history has these results already, as experiment " + made.Imported[0].Experiment, "--again"}, "import", good); s.out != "" {
		t.Errorf("what the history has is imported: %s", s.out)
	}
	if len(made.Imported) != 1 || made.Imported[0].Runs != 2 || made.Imported[0].State != "done" || fmt.Sprint(made.Imported[0].Targets) != "[good]" || len(made.Imported[0].Notes) != 1 {
		t.Fatalf("%+v", made)
	}
	if s := w.expect(0, nil, "runs"); strings.Count(s.out, "imported") != 2 {
		t.Errorf("the list is\n%s", s.out)
	}
	if s := w.expect(0, nil, "report", made.Imported[0].Experiment, "--format", "markdown"); !strings.Contains(s.out, "read from good.txt (sha256") || strings.Contains(s.out, "plan.toml") {
		t.Errorf("the report is\n%s", s.out)
	}
	if s := w.expect(0, nil, "report", made.Imported[0].Experiment, "--format", "html"); !strings.Contains(s.out, "do not say how they were made") {
		t.Errorf("the page does not say that it can't be repeated")
	}
	var list struct {
		Runs []struct {
			ID string `json:"id"`
		} `json:"runs"`
	}
	decodeLoosely(t, w.expect(0, nil, "runs", "--json").out, &list)
	if s := w.expect(0, nil, "run", "show", list.Runs[0].ID); strings.Contains(s.out, ", ,") || strings.Contains(s.out, "cores") || !strings.Contains(s.out, "devbox") {
		t.Errorf("the run is shown as\n%s", s.out)
	}
	w.expect(125, []string{"were read from a file"}, "rerun", list.Runs[0].ID)
	w.expect(2, []string{"needs a file"}, "import")
	if s := w.expect(0, nil, "import", "--again", good); !strings.Contains(s.out, good) {
		t.Errorf("with --again it is not: %s", s.out)
	}
}
