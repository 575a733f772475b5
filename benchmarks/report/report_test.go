package report_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"slipway/benchmarks"
	"slipway/benchmarks/report"
	"slipway/benchmarks/store"
)

var update = flag.Bool("update", false, "rewrite the golden reports")

// measured are eight rounds of two kernels with everything that a table can show:
// better, worse, the same, unclear, too noisy, exact, not comparable, a hostile name.
func measured() []store.Run {
	random := rand.New(rand.NewPCG(1, 2))
	noisy := func(median, spread float64) float64 { return median * math.Exp(spread*random.NormFloat64()) }
	load := 0.3
	var runs []store.Run
	for round := range 9 { // the first is a warm-up
		for i, kernel := range []string{"linux-cloud", "keel"} {
			keel := float64(i)
			metric := func(unit, better string, values ...float64) store.Metric {
				return store.Metric{Unit: unit, Better: better, Values: values}
			}
			run := store.Run{
				ID: fmt.Sprintf("%012d", len(runs)), Experiment: "x1", Round: max(round, 1), Warmup: round == 0, Kind: store.Timed, Outcome: "exit", Exit: new(int),
				Target:  store.Target{ID: kernel + "/nbody", Kernel: kernel, App: "nbody"},
				Started: time.Date(2026, 1, 2, 3, 4, len(runs), 0, time.UTC),
				Environment: store.Environment{
					Host: "devbox", CPU: "a CPU", Cores: 4, Load: &load, QEMU: "7.2.0", Accel: store.TCG, AccelReason: "there is no /dev/kvm",
					Arch: "x86_64", Machine: []string{"pc", "microvm"}[i], Memory: 128 << 20, CPUs: 1, Transport: "pipe",
				},
				Phases: []store.Phase{
					{Name: "vmm", Seconds: 0.05, Marker: "QMP cont"},
					{Name: "firmware+kernel", Seconds: 1.2 - 1.1*keel, Marker: "@slipway app"},
					{Name: "app", Seconds: 0.06, Marker: "@slipway exit"},
				},
				Args: []string{"qemu-system-x86_64", "-append", "quiet it's <b>", "-M", []string{"pc", "microvm"}[i]},
				Metrics: map[string]store.Metric{
					"boot/total":             metric("sec", "lower", noisy(3.5-3.3*keel, 0.02)),
					"boot/vmm":               metric("sec", "lower", noisy(0.05, 0.005)),
					"tool/overhead":          metric("sec", "lower", noisy(0.0006, 1.2)),
					"mem/peak":               metric("B", "lower", noisy(215e6-160e6*keel, 0.003)),
					"size/image":             metric("B", "lower", 53e6-52.9e6*keel),
					"Nbody":                  metric("ns/op", "lower", noisy(4800, 0.005), noisy(4800, 0.005)),
					"Rate":                   metric("requests/s", "higher", noisy(41000-9000*keel, 0.01)),
					"Wait":                   metric("ns/op", "lower", noisy(900+60*keel, 0.1)),
					"Drops":                  metric("packets", "lower", float64(random.IntN(3))),
					"Evil\x1b]52;c;x\a|<b>`": metric("ns/op", "lower", noisy(1, 0.01)),
				},
			}
			if kernel == "keel" {
				run.Metrics["boot/kernel"] = metric("sec", "lower", 0.003)
			} else {
				run.Metrics["Only"] = metric("ns/op", "lower", 5)
			}
			runs = append(runs, run)
		}
	}
	return runs
}

// evidence is what was measured, with its comparison and the record of its experiment.
func evidence(t *testing.T, runs []store.Run) *benchmarks.Evidence {
	t.Helper()
	c, err := benchmarks.Compare(runs, benchmarks.Options{})
	if err != nil {
		t.Fatal(err)
	}
	e := store.Experiment{ID: "x1", State: store.Done, Seed: 7, Rounds: 8, Warmup: 1, Baseline: "linux-cloud/nbody", Targets: []store.Target{
		{ID: "linux-cloud/nbody", Kernel: "linux-cloud", App: "nbody"},
		{ID: "keel/nbody", Kernel: "keel", App: "nbody", Settings: map[string]string{"machine": "microvm", "steps": "2000"}},
	}}
	return &benchmarks.Evidence{Comparison: c, Experiments: []store.Experiment{e}, Runs: runs}
}

func document(t *testing.T, runs []store.Run) *report.Document {
	t.Helper()
	return &report.Document{Evidence: evidence(t, runs), Made: time.Date(2026, 1, 2, 4, 0, 0, 0, time.UTC), By: "Slipway test"}
}

func comparison(t *testing.T) *benchmarks.Comparison {
	t.Helper()
	c, err := benchmarks.Compare(measured(), benchmarks.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestGoldenReports(t *testing.T) {
	t.Parallel()
	c := comparison(t)
	single, err := benchmarks.Compare(measured()[:1], benchmarks.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for name, write := range map[string]func(*bytes.Buffer) error{
		"table-80.txt":   func(b *bytes.Buffer) error { return report.Table(b, c, report.Options{Width: 80}) },
		"table-file.txt": func(b *bytes.Buffer) error { return report.Table(b, c, report.Options{}) },
		"ascii-80.txt":   func(b *bytes.Buffer) error { return report.Table(b, c, report.Options{Width: 80, ASCII: true}) },
		"single-80.txt":  func(b *bytes.Buffer) error { return report.Table(b, single, report.Options{Width: 80}) },
		"report.md":      func(b *bytes.Buffer) error { return report.Markdown(b, document(t, measured())) },
		"report.csv":     func(b *bytes.Buffer) error { return report.CSV(b, evidence(t, measured()[2:4])) },
		"hyperfine.json": func(b *bytes.Buffer) error { return report.Hyperfine(b, evidence(t, measured())) },
		"report.txt":     func(b *bytes.Buffer) error { return report.Benchfmt(b, evidence(t, measured())) },
	} {
		var got bytes.Buffer
		if err := write(&got); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join("testdata", name)
		if *update {
			if err := os.WriteFile(path, got.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatalf("%v: make it with go test ./benchmarks/report -update, and read it", err)
		}
		if got.String() != string(want) {
			t.Errorf("%s differs; if it should, go test ./benchmarks/report -update\n--- got\n%s", name, got.String())
		}
		if strings.ContainsAny(got.String(), "\x1b\a") {
			t.Errorf("%s: a metric's name reaches the terminal", name)
		}
	}
}

func TestTablesKeepTheirWidth(t *testing.T) {
	t.Parallel()
	for _, width := range []int{80, 100, 160} {
		var b bytes.Buffer
		if err := report.Table(&b, comparison(t), report.Options{Width: width}); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(b.String()) {
			if w := ansi.StringWidth(strings.TrimSuffix(line, "\n")); w > max(width, 80) {
				t.Errorf("at %d columns a line has %d: %q", width, w, line)
			}
		}
	}
	var b bytes.Buffer
	if err := report.Table(&b, comparison(t), report.Options{ASCII: true}); err != nil {
		t.Fatal(err)
	}
	if i := strings.IndexFunc(b.String(), func(r rune) bool { return r > 126 }); i >= 0 {
		t.Errorf("not ASCII: %q", b.String()[i:min(i+20, b.Len())])
	}
}

// TestJSONIsTheContracts holds what scripts rely on: names, null for what is
// absent, never NaN.
func TestJSONIsTheContracts(t *testing.T) {
	t.Parallel()
	c := comparison(t)
	runs := measured()
	runs[1].Outcome, runs[1].Exit, runs[1].Metrics = "panic", nil, nil
	data, err := json.Marshal(report.NewBenchJSON(store.Experiment{ID: "x1", Seed: 5, Targets: []store.Target{{ID: "keel/nbody", Kernel: "keel", App: "nbody"}}}, runs, c))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`^\{"schema":1,"experiment":"x1","seed":5,"accel":"tcg","qemu":"7\.2\.0","host":"devbox","targets":\[\{"id":"keel/nbody","kernel":"keel","app":"nbody","settings":\{\}\}\],"runs":\[`,
		`"round":1,"warmup":true,`,
		`"outcome":"panic","exit":null,"reason":null,"phases":\[\{"name":"vmm","seconds":0\.05,"marker":"QMP cont"\},.*?\],"metrics":\{\}`,
		`"Nbody":\{"unit":"ns/op","better":"lower","values":\[[0-9.]+,[0-9.]+\]\}`,
		`"comparison":\{"schema":1,"baseline":"linux-cloud/nbody","order":"interleaved","metrics":\[\{"target":"keel/nbody","name":"boot/total","unit":"sec","better":"lower","n":\[8,8\],"medians":\[3\.\d+,0\.\d+\],"estimate":0\.\d+,"low":0\.\d+,"high":0\.\d+,`,
		`"p":0\.\d+,"p_adjusted":0\.\d+,"method":"[^"]+","verdict":"better","band":0\.\d+,"rounds_needed":null,`,
		`"verdict":"not-comparable"`,
		`"verdict":"unclear","band":[0-9.]+,"rounds_needed":\d+`,
	} {
		if !regexp.MustCompile(want).Match(data) {
			t.Errorf("the JSON has no %s:\n%s", want, data)
		}
	}
	if bytes.Contains(data, []byte("NaN")) || bytes.Contains(data, []byte("Inf")) {
		t.Errorf("JSON with what is no number:\n%s", data)
	}
}

// TestExportsReadBackAsTheyWere compares files that were exported from one
// experiment: the verdicts must be those of the experiment but for its pairs.
func TestExportsReadBackAsTheyWere(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var paths []string
	for _, kernel := range []string{"linux-cloud", "keel"} {
		var b bytes.Buffer
		var side []store.Run
		for _, run := range measured() {
			if run.Target.Kernel == kernel {
				side = append(side, run)
			}
		}
		if err := report.Benchfmt(&b, evidence(t, side)); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, kernel+".txt")
		if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	read, err := benchmarks.GatherFiles(t.Context(), paths, benchmarks.Options{})
	if err != nil {
		t.Fatal(err)
	}
	got := read.Comparison
	want := comparison(t)
	for _, name := range []string{"boot/total", "mem/peak", "size/image", "Nbody", "Rate"} {
		w, g := want.Cell("keel/nbody", name, ""), got.Cell(paths[1], name, "")
		if g == nil || g.N != w.N || *g.Medians[0] != *w.Medians[0] || *g.Medians[1] != *w.Medians[1] || g.Better != w.Better || g.Verdict != w.Verdict {
			t.Errorf("%s: %+v, was %+v", name, g, w)
		}
	}
}
