package main_test

import (
	"strings"
	"testing"
	"testing/fstest"
)

// A sound house, small: each case of TestHouseRules breaks one thing in it.
func soundHouse() fstest.MapFS {
	tree := fstest.MapFS{}
	for name, data := range map[string]string{
		"go.mod":                   "module slipway\n\ngo 1.26.0\n",
		".gitignore":               "# built\n/bin/\ncoverage.*\n",
		"bin/slipway":              "\x00",
		"coverage.out":             "mode: set\n",
		"README.md":                "# Slipway\n",
		".ci/run":                  "#!/bin/sh\n",
		"cmd/slipway/main.go":      "// Command slipway.\npackage main\n\nimport (\n\t\"os\"\n\n\t\"slipway/tui\"\n)\n\nfunc main() { tui.Run(); os.Exit(0) }\n",
		"tui/tui.go":               "// Package tui shows.\npackage tui\n\nimport (\n\t\"os\"\n\n\t_ \"charm.land/bubbletea/v2\"\n\t_ \"slipway/benchmarks\"\n\t_ \"slipway/runner/console\"\n\t_ \"slipway/session\"\n\t_ \"slipway/tui/list\"\n)\n\nfunc Run() { _ = os.Getenv(\"TERM\") }\n",
		"tui/list/list.go":         "// Package list lists.\npackage list\n",
		"tui/tui_test.go":          "package tui\n\nimport (\n\t\"os\"\n\t\"testing\"\n)\n\nfunc TestX(t *testing.T) { _, _ = os.ReadFile(\"golden\") }\n",
		"session/session.go":       "// Package session loops.\npackage session\n\nimport (\n\t_ \"slipway/benchmarks/store\"\n\t_ \"slipway/runner\"\n\t_ \"slipway/session/watch\"\n)\n",
		"session/watch/watch.go":   "// Package watch watches.\npackage watch\n",
		"benchmarks/plan.go":       "// Package benchmarks compares.\npackage benchmarks\n\nimport _ \"slipway/benchmarks/store\"\n",
		"benchmarks/store/s.go":    "// Package store keeps.\npackage store\n",
		"benchmarks/stats/s.go":    "// Package stats counts.\npackage stats\n",
		"runner/runner.go":         "// Package runner boots.\npackage runner\n\nimport _ \"slipway/runner/console\"\n",
		"runner/runner_test.go":    "package runner_test\n\nimport _ \"slipway/benchmarks/apps\"\n",
		"runner/console/c.go":      "// Package console draws cells.\npackage console\n",
		"runner/testdata/bad/x.go": "not Go at all",
	} {
		tree[name] = &fstest.MapFile{Data: []byte(data)}
	}
	return tree
}

func TestHouseRules(t *testing.T) {
	t.Parallel()
	long := func(n int) string {
		return "// Package session loops.\npackage session\n" + strings.Repeat("//\n", n-2)
	}
	for name, c := range map[string]struct {
		path, data string
		fault      string // "" = the house stays sound
		warning    string
	}{
		"sound":                      {"runner/more.go", "package runner\n", "", ""},
		"arrow up":                   {"runner/up.go", "package runner\n\nimport _ \"slipway/session\"\n", "runner/up.go:3: runner imports session: an arrow", ""},
		"arrow up inside a floor":    {"runner/console/up.go", "package console\n\nimport _ \"slipway/runner\"\n", "runner/console imports runner: an arrow", ""},
		"arrow aside":                {"benchmarks/stats/up.go", "package stats\n\nimport _ \"slipway/benchmarks/store\"\n", "benchmarks/stats imports benchmarks/store: an arrow", ""},
		"a test reaches up":          {"runner/console/c_test.go", "package console_test\n\nimport _ \"slipway/runner\"\n", "", ""},
		"a test reaches the screen":  {"runner/console/c_test.go", "package console_test\n\nimport _ \"slipway/tui\"\n", "runner/console imports tui: an arrow", ""},
		"homeless package":           {"docs/gen.go", "// Package docs.\npackage docs\n", "docs has no place in the house", ""},
		"Bubble Tea below":           {"session/s2.go", "package session\n\nimport _ \"charm.land/bubbletea/v2\"\n", "session imports charm.land/bubbletea/v2, which only tui, cmd may", ""},
		"screen sees the store":      {"tui/s.go", "package tui\n\nimport _ \"slipway/benchmarks/store\"\n", "tui imports benchmarks/store: of our own", ""},
		"screen sees the runner":     {"tui/list/s.go", "package list\n\nimport _ \"slipway/runner\"\n", "tui/list imports runner: of our own", ""},
		"screen starts a process":    {"tui/s.go", "package tui\n\nimport _ \"os/exec\"\n", "tui/s.go:3: tui imports os/exec", ""},
		"screen reads a file":        {"tui/s.go", "package tui\n\nimport \"os\"\n\nvar _, _ = os.ReadFile(\"x\")\n", "tui/s.go:5: os.ReadFile", ""},
		"screen reads, renamed":      {"tui/s.go", "package tui\n\nimport sys \"os\"\n\nvar _, _ = sys.Open(\"x\")\n", "tui/s.go:5: os.Open", ""},
		"screen walks":               {"tui/s.go", "package tui\n\nimport \"path/filepath\"\n\nvar _, _ = filepath.Glob(\"x\")\n", "filepath.Glob", ""},
		"screen joins paths":         {"tui/s.go", "package tui\n\nimport \"path/filepath\"\n\nvar _ = filepath.Join(\"x\")\n", "", ""},
		"catch-all":                  {"runner/util/u.go", "// Package util is useful.\npackage util\n", `runner/util: "util" says nothing`, ""},
		"catch-all inside":           {"runner/common/u/u.go", "// Package u is useful.\npackage u\n", `runner/common/u: "common" says nothing`, ""},
		"no comment":                 {"runner/boot/b.go", "package boot\n", "runner/boot: the package has no comment", ""},
		"long file":                  {"session/long.go", long(401), "", "session/long.go: 401 lines"},
		"too long a file":            {"session/long.go", long(601), "session/long.go: 601 lines", ""},
		"too long a C file":          {"runner/catalog/kernels/keel/k.c", strings.Repeat("\n", 601), "kernels/keel/k.c: 601 lines", ""},
		"long, but generated":        {"session/long.go", "// Code generated by x. DO NOT EDIT.\n\n" + long(700), "", ""},
		"top level":                  {"scripts/x.sh", "#!/bin/sh\n", "scripts: not allowed at the top level", ""},
		"top level file":             {"TODO.md", "\n", "TODO.md: not allowed at the top level", ""},
		"dot file":                   {".editorconfig", "root = true\n", "", ""},
		"sleep in a test":            {"session/s_test.go", "package session\n\nimport \"time\"\n\nfunc f() { time.Sleep(1) }\n", "session/s_test.go:5: time.Sleep", ""},
		"sleep, renamed":             {"session/s_test.go", "package session\n\nimport tm \"time\"\n\nvar f = tm.Sleep\n", "session/s_test.go:5: time.Sleep", ""},
		"sleep in the program":       {"session/s.go", "package session\n\nimport \"time\"\n\nfunc f() { time.Sleep(1) }\n", "", ""},
		"exit below cmd":             {"session/s.go", "package session\n\nimport \"os\"\n\nfunc f() { os.Exit(1) }\n", "session/s.go:5: os.Exit", ""},
		"log.Fatal below cmd":        {"session/s.go", "package session\n\nimport \"log\"\n\nfunc f() { log.Fatalf(\"\") }\n", "session/s.go:5: log.Fatalf", ""},
		"starts a process":           {"session/s.go", "package session\n\nimport \"os/exec\"\n\nfunc f() { _ = exec.Command(\"x\").Run() }\n", "session/s.go:5: Run() starts a process", ""},
		"starts a process, handed":   {"runner/boot/b.go", "// Package boot boots.\npackage boot\n\nimport \"os/exec\"\n\ntype b struct{ cmd *exec.Cmd }\n\nfunc (b b) f() { _, _ = b.cmd.Output() }\n", "boot/b.go:8: Output() starts", ""},
		"forks":                      {"session/s.go", "package session\n\nimport \"os\"\n\nvar _, _ = os.StartProcess(\"x\", nil, nil)\n", "session/s.go:5: os.StartProcess starts a process", ""},
		"the spawner starts":         {"runner/process/s.go", "// Package process starts.\npackage process\n\nimport \"os/exec\"\n\nfunc f() { _ = exec.Command(\"x\").Start() }\n", "", ""},
		"a command is handed on":     {"session/s.go", "package session\n\nimport \"os/exec\"\n\nfunc f(sp interface{ Start(*exec.Cmd) error }) { _ = sp.Start(exec.Command(\"x\")) }\n", "", ""},
		"a clock that can be set":    {"runner/boot/b.go", "// Package boot boots.\npackage boot\n\nimport \"time\"\n\nvar x = time.Now().UnixNano()\n", "boot/b.go:6: UnixNano takes", ""},
		"a file's time":              {"runner/boot/b.go", "// Package boot boots.\npackage boot\n\nimport \"io/fs\"\n\nfunc f(i fs.FileInfo) int64 { return i.ModTime().UnixNano() }\n", "", ""},
		"somebody's machine":         {".ci/run", "#!/bin/sh\n\ncd " + forbiddenPaths[0] + "main\n", ".ci/run:3: ", ""},
		"somebody's relative path":   {"README.md", "~" + forbiddenPaths[0] + "x\n", "", ""},
		"somebody's machine, in doc": {"README.md", "in " + forbiddenPaths[1] + " lies\n", "README.md:1: ", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tree := soundHouse()
			tree[c.path] = &fstest.MapFile{Data: []byte(c.data)}
			h, err := survey(tree)
			if err != nil {
				t.Fatal(err)
			}
			found := h.inspect()
			one(t, "fault", found.faults, c.fault)
			one(t, "warning", found.warnings, c.warning)
		})
	}
}

// one checks that there is exactly the wanted finding, or none.
func one(t *testing.T, kind string, got []string, want string) {
	t.Helper()
	switch {
	case want == "" && len(got) > 0:
		t.Errorf("unexpected %s: %v", kind, got)
	case want != "" && (len(got) != 1 || !strings.Contains(got[0], want)):
		t.Errorf("want one %s with %q, got %q", kind, want, got)
	}
}

func TestSurveyRefusesBrokenGo(t *testing.T) {
	t.Parallel()
	tree := soundHouse()
	tree["runner/broken.go"] = &fstest.MapFile{Data: []byte("pakage runner\n")}
	if _, err := survey(tree); err == nil || !strings.Contains(err.Error(), "runner/broken.go:1") {
		t.Errorf("survey: %v", err)
	}
}
