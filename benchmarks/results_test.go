package benchmarks_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"slipway/benchmarks"
	"slipway/benchmarks/store"
)

// resultFile writes a file of results and returns its path.
func resultFile(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func results(name, unit string, values ...float64) string {
	var b strings.Builder
	for _, v := range values {
		fmt.Fprintf(&b, "Benchmark%s 10 %v %s\n", name, v, unit)
	}
	return b.String()
}

func compareFiles(t *testing.T, paths []string) (*benchmarks.Comparison, error) {
	t.Helper()
	e, err := benchmarks.GatherFiles(t.Context(), paths, benchmarks.Options{})
	if err != nil {
		return nil, err
	}
	return e.Comparison, nil
}

func compareTexts(t *testing.T, old, fresh string) (c *benchmarks.Comparison, a, b string) {
	t.Helper()
	a, b = resultFile(t, "old.txt", old), resultFile(t, "new.txt", fresh)
	c, err := compareFiles(t, []string{a, b})
	if err != nil {
		t.Fatal(err)
	}
	return c, a, b
}

// p values are those of full enumeration: of 20 ways to deal 6 ranks, of 6, of 2.
func TestSmallSamplesHaveTheirNumbersAndNoVerdict(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		old, fresh []float64
		p          float64
		interval   bool
	}{
		{[]float64{1, 2, 3}, []float64{4, 5, 6}, 0.1, true},
		{[]float64{1, 2}, []float64{3, 4}, 1.0 / 3, true},
		{[]float64{1}, []float64{2}, 1, false},
		{[]float64{5, 5}, []float64{5, 5}, 1, true},
		{[]float64{2, 1}, []float64{0, 0, 0, 1, 0, 1}, 6.0 / 28, true}, // x/perf's benchmath says 0
	} {
		c, _, b := compareTexts(t, results("X-8", "ns/op", test.old...), results("X-8", "ns/op", test.fresh...))
		x := cell(t, c, b, "X-8")
		if x.P == nil || *x.P-test.p > 1e-12 || test.p-*x.P > 1e-12 || x.PAdjusted == nil || x.N != [2]int{len(test.old), len(test.fresh)} {
			t.Errorf("%v against %v: p %v, want %v; n %v", test.fresh, test.old, x.P, test.p, x.N)
		}
		if known := x.Low != nil && x.High != nil || x.Difference != nil && x.Difference.Low != nil; known != test.interval {
			t.Errorf("%v against %v: an interval is there: %t", test.fresh, test.old, known)
		}
		if x.Verdict != benchmarks.Unclear || x.RoundsNeeded == nil {
			t.Errorf("%v against %v: %s", test.fresh, test.old, x.Verdict)
		}
	}
}

func TestOddFilesAreReadAsTheyAreMeant(t *testing.T) {
	t.Parallel()
	old := results("A-8", "ns/op", 100, 101, 102, 103, 104, 105) + results("A/sub=1-8", "ns/op", 7) + results("B-4", "ns/op", 1)
	fresh := "\ufeffgoos: linux\r\npkg: x\r\n" + strings.ReplaceAll(
		results("A-8", "us/op", 0.2, 0.201, 0.202, 0.203, 0.204, 0.205)+results("A/sub=1-8", "ns/op", 7)+results("B-8", "ns/op", 1)+"PASS\nok x 1s\n", "\n", "\r\n")
	c, a, b := compareTexts(t, old, fresh)
	x := cell(t, c, b, "A-8")
	if x.Unit != "sec/op" || x.N != [2]int{6, 6} || x.Verdict != benchmarks.IsWorse || *x.Medians[0] != 102.5e-9 || *x.Estimate < 1.9 || *x.Estimate > 2.1 {
		t.Errorf("ns against us: %+v", x)
	}
	if sub := cell(t, c, b, "A/sub=1-8"); sub.N != [2]int{1, 1} {
		t.Errorf("the sub-benchmark: %+v", sub)
	}
	for name, n := range map[string][2]int{"B-4": {1, 0}, "B-8": {0, 1}} {
		if x := cell(t, c, b, name); x.N != n || x.Verdict != benchmarks.NotComparable || x.P != nil {
			t.Errorf("%s: %+v", name, x)
		}
	}
	if notes := strings.Join(c.Notes, "\n"); !strings.Contains(notes, "B-4 and B-8 differ in the number of CPUs") {
		t.Errorf("notes: %s", notes)
	}

	// The same, gzipped, is the same.
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write([]byte(old)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := compareFiles(t, []string{a, resultFile(t, "old.txt.gz", packed.String())})
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range again.Cells {
		if *x.Estimate != 1 || x.N[0] != x.N[1] {
			t.Errorf("a file against itself, gzipped: %+v", x)
		}
	}
	// Nor does it matter that one says its machine and the other does not; two machines do.
	for cpu, want := range map[string]benchmarks.Verdict{"": benchmarks.Same, "cpu: fast\n": benchmarks.Same, "cpu: slow\n": benchmarks.NotComparable} {
		text := results("A-8", "ns/op", 5, 5, 5, 5, 5, 5)
		c, _, b := compareTexts(t, "goarch: amd64\ncpu: fast\n"+text, cpu+text)
		if x := cell(t, c, b, "A-8"); x.Verdict != want {
			t.Errorf("%q: %s, want %s: %v", cpu, x.Verdict, want, x.Notes)
		}
		if f := c.Trust[1]; f.State == benchmarks.Good {
			t.Errorf("%q: that nothing is known is told as %+v", cpu, f)
		}
	}
}

func TestBadFilesAreToldByLine(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ text, want string }{
		"nan":   {"x: y\n" + results("A", "ns/op", 1) + "BenchmarkA 1 NaN ns/op\n", ":3: A ns/op is NaN"},
		"inf":   {"BenchmarkA 1 1 ns/op -Inf B/op\n", ":1: A B/op is -Inf"},
		"lines": {"BenchmarkA x 1 ns/op\nBenchmarkA 1\n", ":1: parsing iteration count: invalid syntax; "},
		"last":  {strings.Repeat("BenchmarkA 1\n", 9), "/last:3: missing measurements; and more like these)"},
		"huge":  {results("A", "ns/op", 1) + "BenchmarkA 1 1e999 ns/op\n", ":2: a value is too large for a number"},
		"utf16": {"\xff\xfeB\x00e\x00", "is UTF-16"},
		"empty": {"", "holds no result"},
		"prose": {"Benchmarking is fun\n", "holds no result"},
		"gzip":  {"\x1f\x8bnot gzip", "unpack"},
		"boots": {strings.Repeat("BenchmarkA 1 1 ns/op\n", 10_001), ":10001: more than 10000 boots: split the file"},
	} {
		path := resultFile(t, name, test.text)
		if _, err := compareFiles(t, []string{path, path}); err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v, want %q", name, err, test.want)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := benchmarks.GatherFiles(ctx, []string{resultFile(t, "given up", results("A", "ns/op", 1))}, benchmarks.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("a file, given up: %v", err)
	}
	if _, err := benchmarks.GatherFiles(t.Context(), []string{"/dev/zero"}, benchmarks.Options{}); err == nil || !strings.Contains(err.Error(), "not a file") {
		t.Errorf("a file without an end: %v", err)
	}
	long := "BenchmarkA " + strings.Repeat("x", 9000) + "\n"
	path := resultFile(t, "lines", long+"BenchmarkA x 1 ns/op\nBenchmarkA 1\n"+results("A", "ns/op", 1))
	read, err := benchmarks.ReadResults(strings.NewReader(long+"BenchmarkA x 1 ns/op\nBenchmarkA 1\n"+results("A", "ns/op", 1)), path, "x")
	if err != nil || len(read.Runs) != 1 || len(read.Notes) != 3 {
		t.Fatalf("%d runs, %v, notes %q", len(read.Runs), err, read.Notes)
	}
	for i, note := range read.Notes {
		if !strings.HasPrefix(note, fmt.Sprintf("%s:%d: ", path, i+1)) {
			t.Errorf("note %d is %q", i+1, note)
		}
	}
}

// An import is an experiment like any other, and claims nothing that its file does not
// say.
func TestImportedResultsAreComparedAndReported(t *testing.T) {
	t.Parallel()
	history, err := store.Open(filepath.Join(t.TempDir(), "data"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := history.Close(); err != nil {
			t.Error(err)
		}
	}()
	head := "host: devbox\ncpu: a CPU\ngoarch: amd64\n"
	old := resultFile(t, "old.txt", head+results("A-8", "ns/op", 1, 2, 3, 4, 5, 6)+"Unit ns/op better=lower\n")
	fresh := resultFile(t, "new.txt", head+results("A-8", "ns/op", 11, 12, 13, 14, 15, 16))
	var ids []string
	files, err := benchmarks.ReadImports(t.Context(), []string{old, fresh})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if _, known, err := f.Known(history); known || err != nil {
			t.Errorf("%s is known before it is stored: %v", f.Path, err)
		}
		done, err := f.Import(t.Context(), history, "/project")
		if err != nil || done.Runs != 6 || done.Experiment.State != store.Done {
			t.Fatalf("%+v, %v", done, err)
		}
		ids = append(ids, done.Experiment.ID)
		if e, known, err := f.Known(history); !known || e.ID != done.Experiment.ID || err != nil {
			t.Errorf("%s is not known: %s, %v", f.Path, e.ID, err)
		}
	}
	for _, names := range [][]string{ids, {"old", "new"}} {
		c, err := benchmarks.CompareStored(history, names, "", "/project")
		if err != nil {
			t.Fatal(err)
		}
		files, err := compareFiles(t, []string{old, fresh})
		if err != nil {
			t.Fatal(err)
		}
		got, want := cell(t, c, names[1], "A-8"), cell(t, files, fresh, "A-8")
		if got.Verdict != benchmarks.IsWorse || *got.Estimate != *want.Estimate || *got.Low != *want.Low || *got.High != *want.High || *got.P != *want.P || c.Order != benchmarks.NotInterleaved {
			t.Errorf("%v: %+v\nof the files: %+v", names, got, want)
		}
	}
	list, err := history.List(store.Filter{Kind: store.Imported}, 0)
	if err != nil || len(list) != 12 || list[0].Target != "new" {
		t.Fatalf("%d runs are marked, %v", len(list), err)
	}
	run, err := history.Get(list[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	e := run.Environment
	if e.Host != "devbox" || e.CPU != "a CPU" || e.Arch != "amd64" || e.QEMU+e.Accel+e.Machine+e.Slipway != "" || e.Load != nil || run.Round != 0 || run.Total != 0 || len(run.Phases) != 0 ||
		!strings.Contains(strings.Join(run.Notes, " "), "read from new.txt (sha256 ") {
		t.Errorf("%+v", run)
	}

	// A timed boot that says less than everything in common is another kind of boot.
	b := newBoots(1)
	b.rounds(6, 0.01, map[string]float64{"linux": 1}, nil)
	mixed := b.runs
	for i := range mixed {
		mixed[i].Target.ID = "timed"
		mixed[i].Target.App = ""
		mixed[i].Metrics["A-8"] = store.Metric{Unit: "ns/op", Values: []float64{1}}
	}
	imported, err := history.Load(store.Filter{Experiment: ids[0]})
	if err != nil {
		t.Fatal(err)
	}
	c, err := benchmarks.Compare(slices.Concat(mixed, imported), benchmarks.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if x := cell(t, c, "old", "A-8"); x.Verdict != benchmarks.NotComparable || !strings.Contains(strings.Join(x.Notes, " "), "other kinds of boot") {
		t.Errorf("%+v", x)
	}
}

// Files with several targets, as our export of an experiment is, are several targets.
func TestAFileOfSeveralTargets(t *testing.T) {
	t.Parallel()
	text := "target: linux/app\n" + results("X", "ns/op", 1, 1, 1, 1, 1, 1) + "target: keel/app\n" + results("X", "ns/op", 3, 3, 3, 3, 3, 3)
	path := resultFile(t, "both.txt", text)
	alone, err := compareFiles(t, []string{path})
	if err != nil {
		t.Fatal(err)
	}
	if x := cell(t, alone, "keel/app", "X"); alone.Baseline != "linux/app" || x.Verdict != benchmarks.IsWorse || *x.Medians[1] != 3 || x.N != [2]int{6, 6} {
		t.Errorf("%+v", x)
	}
	two, err := compareFiles(t, []string{path, resultFile(t, "other.txt", results("X", "ns/op", 2))})
	if err != nil || len(two.Targets) != 3 || two.Baseline != path+" linux/app" {
		t.Errorf("%+v, %v", two, err)
	}
}

// TestTwoUnitsOfOneQuantityAreOneSample holds that n counts boots: what a benchmark says
// in two units it has measured once.
func TestTwoUnitsOfOneQuantityAreOneSample(t *testing.T) {
	t.Parallel()
	old := strings.Repeat("BenchmarkX 1 100 ns/op 1e-7 sec/op\n", 3)
	c, _, fresh := compareTexts(t, old, strings.ReplaceAll(strings.ReplaceAll(old, "100 ns", "200 ns"), "1e-7", "4e-7"))
	found := c.Cell(fresh, "X", "")
	if found == nil || found.N != [2]int{3, 3} || found.Verdict != benchmarks.Unclear {
		t.Fatalf("the cell is %+v; want 3 samples of each, and no verdict", found)
	}
	if math.Abs(*found.Medians[1]-3e-7) > 1e-15 || len(c.Cells) != 1 {
		t.Errorf("the median is %v in %d cells; want that of all values of a boot, 3e-7", *found.Medians[1], len(c.Cells))
	}
}

// ofPackage is results of one Go package.
func ofPackage(pkg, name string, values ...float64) string {
	return "pkg: " + pkg + "\n" + results(name, "ns/op", values...)
}

// A benchmark is a package's, in whatever order a file has the packages.
func TestBenchmarksOfOnePackageAreCompared(t *testing.T) {
	t.Parallel()
	slow, fast := []float64{200, 201, 202, 203, 204, 205}, []float64{100, 101, 102, 103, 104, 105}
	old := ofPackage("p0", "X", fast...) + ofPackage("p1", "X", slow...) + ofPackage("p1", "Y", fast...)
	fresh := ofPackage("p1", "X", slow...) + ofPackage("p0", "X", slow...) + ofPackage("p1", "Y", fast...)
	c, _, b := compareTexts(t, old, fresh)
	for name, want := range map[string]benchmarks.Verdict{"p0.X": benchmarks.IsWorse, "p1.X": benchmarks.Same, "Y": benchmarks.Same} {
		if x := cell(t, c, b, name); x.Verdict != want || x.N != [2]int{6, 6} {
			t.Errorf("%s: %s of %v, want %s", name, x.Verdict, x.N, want)
		}
	}
	if len(c.Notes) > 0 {
		t.Errorf("nothing is odd here: %q", c.Notes)
	}

	c, a, b := compareTexts(t, ofPackage("aaa", "X", fast...), ofPackage("bbb", "X", slow...))
	for name, n := range map[string][2]int{"aaa.X": {6, 0}, "bbb.X": {0, 6}} {
		if x := cell(t, c, b, name); x.Verdict != benchmarks.NotComparable || x.N != n {
			t.Errorf("%s: %s of %v", name, x.Verdict, x.N)
		}
	}
	if want := "X: other package: bbb with " + b + ", aaa with " + a; !strings.Contains(strings.Join(c.Notes, "\n"), "X: other package: ") ||
		!strings.Contains(strings.Join(c.Notes, "\n"), "aaa with "+a) || !strings.Contains(strings.Join(c.Notes, "\n"), "bbb with "+b) {
		t.Errorf("notes %q, want such as %q", c.Notes, want)
	}

	// Who names no package may mean that one.
	c, _, b = compareTexts(t, results("X", "ns/op", fast...), ofPackage("aaa", "X", slow...))
	if x := cell(t, c, b, "X"); x.Verdict != benchmarks.IsWorse || len(c.Notes) > 0 {
		t.Errorf("%s, %q", x.Verdict, c.Notes)
	}
}

// An ID of a run is its target's: another program numbers the runs of each from 1.
func TestTargetsMayNumberTheirRunsAlike(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	for i := range 6 {
		for target, value := range map[string]float64{"a": 100, "b": 200} {
			fmt.Fprintf(&text, "target: %s\nrun: r%d\n%s", target, i, results("X", "ns/op", value+float64(i)))
		}
	}
	c, err := compareFiles(t, []string{resultFile(t, "both.txt", "target: a\nrun: r0\nBenchmarkY 1 1 ns/op\n"+text.String())})
	if err != nil {
		t.Fatal(err)
	}
	if x := cell(t, c, "b", "X"); x.Verdict != benchmarks.IsWorse || x.N != [2]int{6, 6} {
		t.Errorf("%s of %v", x.Verdict, x.N)
	}
}

// A line ends with \n, \r\n or \r alike, also where a reader's buffer ends in between.
func TestLinesOfAFileEndInAnyWay(t *testing.T) {
	t.Parallel()
	text := "cpu: x\n\n" + results("X", "ns/op", 1, 2, 3) + "BenchmarkX 1 NaN ns/op\n"
	for name, end := range map[string]string{"unix": "\n", "windows": "\r\n", "classic": "\r"} {
		path := resultFile(t, name, strings.ReplaceAll(text, "\n", end))
		if _, err := compareFiles(t, []string{path}); err == nil || !strings.Contains(err.Error(), path+":6: X ns/op is NaN") {
			t.Errorf("%s: %v", name, err)
		}
		read, err := benchmarks.ReadResults(iotest.OneByteReader(strings.NewReader(strings.ReplaceAll(results("X", "ns/op", 1, 2, 3), "\n", end))), path, "x")
		if err != nil || len(read.Runs) != 3 {
			t.Errorf("%s: %d runs, %v", name, len(read.Runs), err)
		}
	}
}
