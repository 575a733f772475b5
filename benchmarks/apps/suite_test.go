package apps_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/perf/benchfmt"

	"slipway/benchmarks/apps"
	"slipway/runner"
	"slipway/runner/boot"
	"slipway/runner/catalog"
	"slipway/runner/process"
)

// mine is the name under which the template is built.
const mine = "template"

// suite is all apps and the template, and what runs them.
type suite struct {
	runner *runner.Runner
}

var ours *suite

func TestMain(m *testing.M) { os.Exit(withSuite(m.Run)) }

func withSuite(run func() int) int {
	home, err := os.MkdirTemp("", "slipway-apps-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(home)
	sp := process.NewSpawner()
	defer sp.Close()
	if ours, err = newSuite(home, sp); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return run()
}

func newSuite(home string, sp *process.Spawner) (*suite, error) {
	project := filepath.Join(home, "apps")
	if err := instantiate(apps.Template(), filepath.Join(project, mine)); err != nil {
		return nil, err
	}
	c, problems := catalog.Load(catalog.Options{
		Kernels: []catalog.Source{{Origin: catalog.Builtin, FS: catalog.BuiltinKernels()}},
		Apps:    []catalog.Source{{Origin: catalog.Builtin, FS: apps.FS()}, {Origin: catalog.Project, Dir: project}},
	})
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	return &suite{runner.New(runner.Options{Spawner: sp, Catalog: c, Cache: filepath.Join(home, "cache"), Include: apps.Include()})}, nil
}

// instantiate writes the template out as an app of a user's.
func instantiate(tree fs.FS, dir string) error {
	if err := os.CopyFS(dir, tree); err != nil {
		return err
	}
	path := filepath.Join(dir, "app.toml")
	manifest, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return os.WriteFile(path, bytes.ReplaceAll(manifest, []byte("SLIPWAY_APP_NAME"), []byte(mine)), 0o600)
}

// output runs an app to its end and returns what it printed, with plain line ends.
func (s *suite) output(t *testing.T, kernel, app string, params ...string) (string, int) {
	t.Helper()
	target := runner.Target{Kernel: kernel, App: app}
	if kernel != "host" {
		target.Settings.Accel = "tcg"
	}
	for _, p := range params {
		name, value, _ := strings.Cut(p, "=")
		if err := target.Settings.Set(name, value); err != nil {
			t.Fatal(err)
		}
	}
	image, err := s.runner.Build(context.Background(), target, nil)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := s.runner.Plan(context.Background(), image, runner.Timed)
	if err != nil {
		t.Fatal(err)
	}
	var console bytes.Buffer
	b, err := s.runner.Start(context.Background(), plan, boot.Options{
		Console: func(_ time.Duration, p []byte) { console.Write(p) },
	})
	if err != nil {
		t.Fatal(err)
	}
	r := b.Wait()
	text := strings.ReplaceAll(console.String(), "\r\n", "\n")
	if r.Outcome != boot.Exit {
		t.Fatalf("%s/%s: %s (%s):\n%s", kernel, app, r.Outcome, r.Reason, text)
	}
	return text, r.Status
}

// results are the values of each benchmark in a text, as benchstat would read it.
// A line that begins as a result and is none fails the test.
func results(t *testing.T, text string) map[string][]benchfmt.Result {
	t.Helper()
	found := map[string][]benchfmt.Result{}
	lines := benchfmt.NewReader(strings.NewReader(text), "console")
	for lines.Scan() {
		switch record := lines.Result().(type) {
		case *benchfmt.Result:
			name := record.Name.String()
			found[name] = append(found[name], *record.Clone())
		case *benchfmt.SyntaxError:
			t.Errorf("%v in:\n%s", record, text)
		}
	}
	if n := strings.Count(text, "Benchmark"); n != total(found) {
		t.Errorf("%d of %d results can be read by benchfmt:\n%s", total(found), n, text)
	}
	return found
}

func total(found map[string][]benchfmt.Result) int {
	n := 0
	for list := range maps.Values(found) {
		n += len(list)
	}
	return n
}

func value(r benchfmt.Result) float64 { return r.Values[0].Value }

func TestAppsBuildWithoutWarnings(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	include := filepath.Join(dir, "include")
	if err := os.CopyFS(include, apps.Include()); err != nil {
		t.Fatal(err)
	}
	for _, a := range ours.runner.Catalog().Apps() {
		sources := filepath.Join(dir, a.Name)
		if err := os.CopyFS(sources, a.Files); err != nil {
			t.Fatal(err)
		}
		for _, cc := range []string{"musl-gcc", "gcc"} {
			script := "cd " + sources + " && " + cc + " -std=gnu11 -O2 -static -Wall -Wextra -Wconversion -Wshadow -Werror -I" + include +
				" -o app *.c " + strings.Join(a.Flags, " ")
			if out, err := exec.Command("sh", "-c", script).CombinedOutput(); err != nil {
				t.Errorf("%s with %s: %v\n%s", a.Name, cc, err, out)
			}
		}
	}
}

// wanted is what each app prints: its benchmarks and how often.
var wanted = map[string]struct {
	params     []string // that make it quick
	benchmarks map[string]int
	unit       string
	better     string
}{
	"hello":    {},
	"nbody":    {[]string{"steps=1000", "repeats=3"}, map[string]int{"Nbody": 3}, "sec/op", "lower"},
	"memory":   {[]string{"kib=64", "repeats=4"}, map[string]int{"Triad": 4}, "B/s", "higher"},
	"syscalls": {[]string{"calls=500", "writes=5", "repeats=2"}, callsTwice, "sec/op", "lower"},
	"jitter": {
		[]string{"quanta=300", "work=500"},
		map[string]int{"NoiseP50": 1, "NoiseP99": 1, "NoiseMax": 1, "Quantum": 1},
		"sec", "lower",
	},
	mine: {[]string{"rounds=500"}, map[string]int{"Work": 5}, "sec/op", "lower"},
}

var callsTwice = map[string]int{"Getppid": 2, "ClockGettime": 2, "LibcClockGettime": 2, "WriteByte": 2}

func TestAppsPrintResultsThatBenchstatReads(t *testing.T) {
	t.Parallel()
	for _, kernel := range []string{"host", "keel", "linux-cloud"} {
		for _, name := range slices.Sorted(maps.Keys(wanted)) {
			if kernel == "linux-cloud" && (testing.Short() || name != "syscalls") {
				continue // seconds each; this one asks most of it
			}
			t.Run(kernel+"/"+name, func(t *testing.T) {
				want := wanted[name]
				text, status := ours.output(t, kernel, name, want.params...)
				if status != 0 {
					t.Fatalf("status %d:\n%s", status, text)
				}
				got := map[string]int{}
				for benchmark, list := range results(t, text) {
					got[benchmark] = len(list)
					for _, r := range list {
						// benchstat's reader does not turn a 0 of one unit into another.
						if len(r.Values) != 1 || r.Values[0].Unit != want.unit && value(r) != 0 || value(r) < 0 {
							t.Errorf("%s: %+v, want one value in %s", benchmark, r.Values, want.unit)
						}
					}
				}
				if !maps.Equal(got, want.benchmarks) {
					t.Errorf("benchmarks %v, want %v:\n%s", got, want.benchmarks, text)
				}
				if want.better != "" && !regexp.MustCompile(`(?m)^Unit \S+ better=`+want.better+`$`).MatchString(text) {
					t.Errorf("it does not say that its unit is better %s:\n%s", want.better, text)
				}
			})
		}
	}
}

func TestEveryAppOfTheSuiteIsTested(t *testing.T) {
	t.Parallel()
	for _, a := range ours.runner.Catalog().Apps() {
		if _, ok := wanted[a.Name]; !ok {
			t.Errorf("app %s is in the suite and not in this test", a.Name)
		}
	}
}

func TestAWrongParameterIsRefusedByName(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"0", "-3", "x", "12x", "", "99999999999999999999"} {
		text, status := ours.output(t, "host", "nbody", "steps="+bad)
		if status != 2 {
			t.Errorf("steps=%s: status %d, want 2:\n%s", bad, status, text)
		}
	}
}

// The energies are those that the Computer Language Benchmarks Game gives for its
// program: before, and after 1000 steps.
func TestNbodyComputesTheKnownEnergy(t *testing.T) {
	t.Parallel()
	for _, kernel := range []string{"host", "keel"} {
		text, status := ours.output(t, kernel, "nbody", "steps=1000", "repeats=2")
		if status != 0 || !strings.Contains(text, "energy -0.169075164, then -0.169087605\n") {
			t.Errorf("%s: status %d:\n%s", kernel, status, text)
		}
	}
}

// compiled runs an app of the suite natively, linked with what a test adds, with a
// clock that moves on by exactly a second at every look.
func compiled(t *testing.T, app string, extra []string, arguments ...string) string {
	t.Helper()
	a, err := ours.runner.Catalog().App(app)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	include := filepath.Join(dir, "include")
	if err := errors.Join(os.CopyFS(include, apps.Include()), os.CopyFS(filepath.Join(dir, "app"), a.Files)); err != nil {
		t.Fatal(err)
	}
	sources, err := filepath.Glob(filepath.Join(dir, "app", "*.c"))
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(dir, "program")
	command := slices.Concat([]string{"-std=gnu11", "-O2", "-static", "-Itestdata/clock", "-I" + include, "-o", program}, sources, extra, a.Flags)
	if out, err := exec.Command("musl-gcc", command...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	out, err := exec.Command(program, arguments...).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return string(out)
}

// With a clock that is known the results are: the triad moves three arrays of 64
// KiB in a second, and so on.
func TestAppsComputeRightFiguresFromTheirTimes(t *testing.T) {
	t.Parallel()
	for app, c := range map[string]struct{ arguments, lines []string }{
		"memory":   {[]string{"kib=64", "repeats=1"}, []string{"BenchmarkTriad 1 0.196608 MB/s"}},
		"nbody":    {[]string{"steps=1000", "repeats=1"}, []string{"BenchmarkNbody 1000 1000000 ns/op"}},
		"syscalls": {[]string{"calls=500", "writes=5", "repeats=1"}, []string{"BenchmarkGetppid 500 2000000 ns/op", "BenchmarkWriteByte 5 200000000 ns/op"}},
		"jitter":   {[]string{"quanta=50"}, []string{"BenchmarkNoiseP50 50 0 ns", "BenchmarkNoiseMax 50 0 ns", "BenchmarkQuantum 50 1000000000 ns"}},
		mine:       {[]string{"rounds=100"}, []string{"BenchmarkWork 100 10000000 ns/op"}},
	} {
		out := "\n" + compiled(t, app, nil, c.arguments...)
		for _, line := range c.lines {
			if !strings.Contains(out, "\n"+line+"\n") {
				t.Errorf("%s %v: %q is missing:\n%s", app, c.arguments, line, out)
			}
		}
	}
}

func TestSyscallsEntersTheKernelAsOftenAsItSays(t *testing.T) {
	t.Parallel()
	out := compiled(t, "syscalls", []string{"testdata/count.c", "-Wl,--wrap=syscall"}, "calls=300", "writes=7", "repeats=2")
	if want := "entered: getppid 600, clock_gettime 600, write 14\n"; !strings.HasSuffix(out, want) {
		t.Errorf("want %q at the end of:\n%s", want, out)
	}
}

func TestMemorySaysThatItDoesNotFit(t *testing.T) {
	t.Parallel()
	if text, status := ours.output(t, "keel", "memory", "kib=100000"); status != 1 || !strings.Contains(text, "there is no room") {
		t.Errorf("arrays larger than the guest: status %d\n%s", status, text)
	}
}

func TestJitterOrdersItsPercentiles(t *testing.T) {
	t.Parallel()
	for _, kernel := range []string{"host", "keel"} {
		short, _ := ours.output(t, kernel, "jitter", "quanta=400", "work=1000")
		long, _ := ours.output(t, kernel, "jitter", "quanta=400", "work=16000")
		one := results(t, short)
		at := func(name string) float64 { return value(one[name][0]) }
		if at("NoiseP50") > at("NoiseP99") || at("NoiseP99") > at("NoiseMax") || at("Quantum") <= 0 {
			t.Errorf("%s: percentiles out of order:\n%s", kernel, short)
		}
		// The quantum is the work's: sixteen times the work takes about sixteen times as long.
		ratio := value(results(t, long)["Quantum"][0]) / at("Quantum")
		if ratio < 8 || ratio > 32 {
			t.Errorf("%s: 16 times the work took %s times as long", kernel, strconv.FormatFloat(ratio, 'g', 3, 64))
		}
	}
}
