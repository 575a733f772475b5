package main_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// has holds that an object has the keys that the contract names; others may be
// beside them.
func has(t *testing.T, what string, object map[string]any, keys ...string) {
	t.Helper()
	for _, key := range keys {
		if _, ok := object[key]; !ok {
			t.Errorf("%s has no %q: %v", what, key, object)
		}
	}
}

func TestAppsAsJSON(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.app("mine", "int main(void) { return 0; }\n", "[params]\nsteps = 10\nfast = true\n")
	type app struct {
		Name   string  `json:"name"`
		About  string  `json:"about"`
		Source string  `json:"source"`
		Folder *string `json:"folder"`
		Params []struct {
			Name  string `json:"name"`
			Value string `json:"value"`
		} `json:"params"`
	}
	var list, one struct {
		Schema int   `json:"schema"`
		Apps   []app `json:"apps"`
	}
	decode(t, w.expect(0, nil, "apps", "--json").out, &list)
	var names []string
	for _, a := range list.Apps {
		names = append(names, a.Name)
	}
	if got := strings.Join(names, " "); list.Schema != 1 || got != "hello jitter memory mine nbody syscalls" {
		t.Errorf("schema %d, apps: %s", list.Schema, got)
	}
	decode(t, w.expect(0, nil, "app", "show", "mine", "--json").out, &one)
	mine := one.Apps[0]
	if mine.Source != "project" || mine.Folder == nil || *mine.Folder != filepath.Join(w.project, "apps", "mine") || fmt.Sprint(mine.Params) != "[{fast true} {steps 10}]" {
		t.Errorf("%+v", mine)
	}
	if s := w.expect(0, nil, "app", "copy", "nbody"); !strings.Contains(s.out, filepath.Join("apps", "nbody")) {
		t.Errorf("it says %q", s.out)
	}
	if s := w.expect(0, nil, "app", "show", "nbody"); !strings.Contains(s.out, "project") {
		t.Errorf("the copy does not stand in for the suite's:\n%s", s.out)
	}
	for _, name := range []string{"../up", "two words", "", "Large", "mine"} {
		w.expect(2, []string{"new app"}, "app", "new", name)
	}
}

func TestAKernelComesAndGoes(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.ownCache()
	ready := func() bool {
		var one struct {
			Kernels []struct {
				Ready bool `json:"ready"`
			} `json:"kernels"`
		}
		decodeLoosely(t, w.expect(0, nil, "kernel", "show", "keel", "--json").out, &one)
		return one.Kernels[0].Ready
	}
	if ready() {
		t.Error("keel is ready in an empty cache")
	}
	if s := w.expect(0, []string{"provision keel: build"}, "kernel", "provision", "keel"); !strings.HasPrefix(s.out, "keel ") || !ready() {
		t.Errorf("keel is not ready: %s", s.out)
	}
	if s := w.expect(0, nil, "kernel", "show", "keel"); !strings.Contains(s.out, "ready") || !strings.Contains(s.out, "one process") {
		t.Errorf("it says:\n%s", s.out)
	}
	w.expect(0, nil, "kernel", "remove", "keel")
	if ready() {
		t.Error("keel is ready after its removal")
	}
	w.expect(2, []string{"kell", "did you mean keel?"}, "kernel", "remove", "kell")
	w.expect(2, []string{"needs the name of a kernel"}, "kernel", "provision")
	w.expect(2, []string{`there is no verb "kernel pack"`}, "kernel", "pack", "keel") // of a later version
}

func TestBuildAsJSON(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.app("mine", "int main(void) { return 0; } /* "+time.Now().String()+" */\n", "")
	type built struct {
		Schema int `json:"schema"`
		Images []struct {
			Target  string  `json:"target"`
			Hash    string  `json:"hash"`
			App     string  `json:"app"`
			Kernel  *string `json:"kernel"`
			Initrd  *string `json:"initrd"`
			Size    int64   `json:"size"`
			Cached  bool    `json:"cached"`
			Seconds float64 `json:"seconds"`
		} `json:"images"`
	}
	var first, second built
	decode(t, w.expect(0, nil, "build", "-k", "host,keel", "-a", "mine", "--json").out, &first)
	decode(t, w.expect(0, nil, "build", "-k", "host,keel", "-a", "mine", "--json").out, &second)
	host, keel := first.Images[0], first.Images[1]
	switch {
	case host.Target != "host/mine" || keel.Target != "keel/mine", host.Cached, !second.Images[0].Cached || !second.Images[1].Cached:
		t.Errorf("first %+v, then %+v", first, second)
	case host.App != keel.App:
		t.Errorf("host and keel run different programs: %s and %s", host.App, keel.App)
	case host.Kernel != nil || keel.Kernel == nil || keel.Initrd == nil || *keel.Initrd != keel.App:
		t.Errorf("host boots %v, keel boots %v with %v", host.Kernel, keel.Kernel, keel.Initrd)
	case host.Hash == keel.Hash, keel.Size <= host.Size, second.Images[1].Hash != keel.Hash:
		t.Errorf("hashes and sizes: first %+v, then %+v", first, second)
	}
}

func TestBootAsJSON(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.app("seven", "#include <stdio.h>\nint main(void) { puts(\"BenchmarkIt 3 5.5 ns/op\"); return 7; }\n", "")
	for _, kernel := range []string{"host", "keel"} {
		s := w.expect(7, nil, "boot", "-k", kernel, "-a", "seven", "--json")
		var b struct {
			Schema int            `json:"schema"`
			Run    map[string]any `json:"run"`
		}
		decode(t, s.out, &b)
		has(t, "boot --json", b.Run, "id", "target", "round", "warmup", "outcome", "exit", "reason", "phases", "metrics")
		metric, _ := b.Run["metrics"].(map[string]any)["It"].(map[string]any)
		if b.Schema != 1 || b.Run["outcome"] != "exit" || b.Run["exit"] != 7.0 || metric == nil || fmt.Sprint(metric["values"]) != "[5.5]" {
			t.Errorf("%s: %v", kernel, b)
		}
		if strings.Contains(s.words, "Benchmark") || strings.Contains(s.words, "exit 7") {
			t.Errorf("words beside the data: %s", s.words)
		}
	}
}

// What boot is told on standard input, the guest reads.
func TestInputThroughAPipe(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.app("echo", echo, "")
	for _, kernel := range []string{"host", "keel"} {
		cmd := w.command("boot", "-k", kernel, "-a", "echo")
		cmd.Stdin = strings.NewReader("hello\nquit\n")
		out, err := cmd.Output()
		if cmd.ProcessState.ExitCode() != 7 || !strings.Contains(string(out), "told: hello\n") {
			t.Errorf("%s: %v, %q", kernel, err, out)
		}
	}
}

// benchfmt is a file as Go's testing package writes it.
func benchfmt(t *testing.T, values ...float64) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("Unit ns/op better=lower\n")
	for _, v := range values {
		fmt.Fprintf(&b, "BenchmarkIt 10 %g ns/op\n", v)
	}
	path := filepath.Join(t.TempDir(), "bench.txt")
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestCompareJudgesFiles(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	low := benchfmt(t, 100, 101, 99, 100.5, 99.5, 100.2, 99.8, 100.1)
	high := benchfmt(t, 200, 202, 198, 201, 199, 200.4, 199.6, 200.2)
	few := benchfmt(t, 100, 150)
	for _, c := range []struct {
		status  int
		verdict string
		args    []string
	}{
		{1, "worse", []string{low, high}},
		{0, "better", []string{high, low}},
		{0, "same", []string{low, low}},
		{3, "unclear", []string{few, few}},
		{0, "unclear", []string{few, few, "--allow-unclear"}},
	} {
		var comparison struct {
			Schema   int              `json:"schema"`
			Baseline string           `json:"baseline"`
			Order    string           `json:"order"`
			Metrics  []map[string]any `json:"metrics"`
		}
		decodeLoosely(t, w.expect(c.status, nil, append([]string{"compare", "--json"}, c.args...)...).out, &comparison)
		if comparison.Schema != 1 || comparison.Baseline == "" || comparison.Order == "" || len(comparison.Metrics) != 1 {
			t.Fatalf("%+v", comparison)
		}
		m := comparison.Metrics[0]
		has(t, "compare --json", m, "target", "name", "unit", "better", "n", "medians", "estimate", "low", "high",
			"p", "p_adjusted", "method", "verdict", "rounds_needed", "notes")
		if m["verdict"] != c.verdict {
			t.Errorf("%v is %v, want %s", c.args, m["verdict"], c.verdict)
		}
	}
	w.expect(2, []string{"name a second file"}, "compare", low)
	w.expect(2, []string{"files are compared with files"}, "compare", low, "none.txt")
	broken := filepath.Join(t.TempDir(), "broken.txt")
	if err := os.WriteFile(broken, []byte("BenchmarkIt 10 NaN ns/op\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	w.expect(2, []string{"broken.txt:1"}, "compare", low, broken)
}

// listedRun is a run in runs --json.
type listedRun struct {
	ID         string    `json:"id"`
	Experiment *string   `json:"experiment"`
	Target     string    `json:"target"`
	Kernel     string    `json:"kernel"`
	App        string    `json:"app"`
	Kind       string    `json:"kind"`
	Origin     *string   `json:"origin"`
	Touched    bool      `json:"touched"`
	Warmup     bool      `json:"warmup"`
	Round      int       `json:"round"`
	Outcome    string    `json:"outcome"`
	Exit       *int      `json:"exit"`
	Started    time.Time `json:"started"`
	Total      float64   `json:"total"`
	Accel      string    `json:"accel"`
	Image      string    `json:"image"`
	Note       string    `json:"note"`
	Tags       []string  `json:"tags"`
	Pinned     bool      `json:"pinned"`
}

// listed is what runs --json prints.
type listed struct {
	Schema int         `json:"schema"`
	Runs   []listedRun `json:"runs"`
}

func TestTheHistoryIsListedShownAndCompared(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	if s := w.expect(0, []string{"No run is stored yet"}, "runs"); s.out != "" {
		t.Errorf("an empty history prints %q", s.out)
	}
	w.expect(0, nil, "boot", "-k", "host", "-a", "hello")
	var b benchOutput
	decodeLoosely(t, w.expect(0, nil, "bench", "-k", "host", "-a", "hello,nbody", "-n", "6", "--warmup", "1", "--json").out, &b)
	for args, want := range map[string]int{
		"": 15, "-n 4": 4, "-a nbody": 7, "-k keel": 0, "--outcome exit": 15, "--outcome panic": 0, "--experiment " + b.Experiment: 14,
	} {
		var l listed
		decode(t, w.expect(0, nil, append([]string{"runs", "--json"}, strings.Fields(args)...)...).out, &l)
		if l.Schema != 1 || len(l.Runs) != want {
			t.Errorf("runs %s: %d, want %d", args, len(l.Runs), want)
		}
		if !slices.IsSortedFunc(l.Runs, func(x, y listedRun) int {
			return y.Started.Compare(x.Started)
		}) {
			t.Errorf("runs %s: the newest is not first", args)
		}
	}
	w.expect(2, []string{"it is one of exit, panic"}, "runs", "--outcome", "exploded")
	w.expect(2, []string{"at least 0"}, "runs", "-n", "-1")
	if s := w.expect(0, []string{"No stored run matches"}, "runs", "-k", "keel"); s.out != "" {
		t.Errorf("it prints %q", s.out)
	}
	w.showsRuns(b)
	w.reports(b)
	w.expect(2, []string{`experiment "zzz"`, "slipway runs"}, "report", "zzz")
}

// showsRuns looks at two runs of an experiment of hello and nbody.
func (w *workspace) showsRuns(b benchOutput) {
	w.t.Helper()
	last := map[string]string{} // ID by target
	for _, r := range b.Runs {
		last[r.Target] = r.ID
	}
	hello, nbody := last["host/hello"], last["host/nbody"]
	var run map[string]any
	decodeLoosely(w.t, w.expect(0, nil, "run", "show", hello, "--json").out, &run)
	has(w.t, "run show --json", run, "schema", "id", "target", "image", "environment", "manifests", "args", "started", "outcome", "phases", "metrics")
	if s := w.expect(0, nil, "run", "show", hello, "--console"); !strings.HasPrefix(s.out, "Hello from a program") {
		w.t.Errorf("its console was %q", s.out)
	}
	var diff struct {
		A           string `json:"a"`
		B           string `json:"b"`
		Differences []struct {
			Name string  `json:"name"`
			A    *string `json:"a"`
			B    *string `json:"b"`
		} `json:"differences"`
	}
	decodeLoosely(w.t, w.expect(0, nil, "run", "diff", hello, nbody, "--json").out, &diff)
	for _, d := range diff.Differences {
		if d.Name == "app" && d.A != nil && d.B != nil && *d.A == "hello" && *d.B == "nbody" {
			w.expect(0, nil, "run", "diff", hello, nbody)
			if s := w.expect(0, nil, "run", "diff", hello, hello); !strings.Contains(s.out, "changed   nothing\n") {
				w.t.Errorf("a run differs from itself in:\n%s", s.out)
			}
			return
		}
	}
	w.t.Errorf("run diff does not name the app: %+v", diff)
}

func (w *workspace) reports(b benchOutput) {
	w.t.Helper()
	for format, want := range map[string]string{
		"text": `spawn to exit`, "markdown": `(?m)^\|.*spawn to exit`, "benchfmt": `(?m)^Benchmark\S+\s+\d+\s`, "json": `"experiment": "` + b.Experiment,
	} {
		if s := w.expect(0, nil, "report", b.Experiment, "--format", format); !regexp.MustCompile(want).MatchString(s.out) {
			w.t.Errorf("report --format %s prints:\n%s", format, s.out)
		}
	}
	w.expect(2, []string{"text, markdown, html, csv, json, benchfmt, hyperfine"}, "report", b.Experiment, "--format", "pdf")
}
