package report

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"slipway/benchmarks"
	"slipway/benchmarks/stats"
	"slipway/benchmarks/store"
)

// Benchfmt writes the samples of a comparison in the Go benchmark format, one line for
// each benchmark of each boot, so that benchstat counts boots: `benchstat -col target
// -ignore kernel,machine,experiment,round,run FILE`. Warm-ups and boots that went wrong
// are left out, as in every comparison. Slipway's own metrics are named like
// BenchmarkBoot/total. The configuration lines hold all that a comparison asks of a boot:
// whoever compares the file again comes to the same verdicts.
func Benchfmt(w io.Writer, e *benchmarks.Evidence) error {
	x := &export{out: bufio.NewWriter(w), names: map[benchmark]string{}, said: map[string]string{}}
	asked := x.name(e)
	x.configure(asked.Lines())
	for i := range e.Runs {
		if run := &e.Runs[i]; sampled(run) {
			x.configure(append([][2]string{{"target", e.Labelled(run)}}, benchmarks.Config(run)...))
			x.lines(run)
		}
	}
	return x.out.Flush()
}

func sampled(run *store.Run) bool { return run.OK() && !run.Warmup }

// benchmark is what lines of one name are of: a package, "" for an app's, and its name.
type benchmark struct{ pkg, name string }

// forged reports whether the benchmark would be read back as one of Slipway's own.
func (b benchmark) forged() bool { return b.pkg == "" && benchmarks.Forged(b.name) }

// export is a file that is being written.
type export struct {
	out   *bufio.Writer
	names map[benchmark]string // in the file
	said  map[string]string    // configuration in force
	// results are what was written last.
	results bool
}

// name names all benchmarks, and writes which way their units improve. Those of single
// benchmarks that improve otherwise, it returns with what was asked of the comparison.
func (x *export) name(e *benchmarks.Evidence) benchmarks.Asked {
	better, ways := map[string]string{}, map[benchmark]map[string]string{} // by unit
	for i := range e.Runs {
		run := &e.Runs[i]
		if !sampled(run) {
			continue
		}
		for _, key := range slices.Sorted(maps.Keys(run.Metrics)) {
			m := run.Metrics[key]
			b := of(key, m)
			if b.forged() {
				continue
			}
			if ways[b] == nil {
				ways[b] = map[string]string{}
			}
			if ways[b][m.Unit] == "" {
				ways[b][m.Unit] = m.Better
			}
			if better[m.Unit] == "" {
				better[m.Unit] = m.Better
			}
		}
	}
	for _, unit := range slices.Sorted(maps.Keys(better)) {
		if better[unit] != "" {
			fmt.Fprintf(x.out, "Unit %s better=%s\n", exportUnit(unit), better[unit])
		}
	}
	c := e.Comparison
	asked := benchmarks.Asked{Baseline: c.Baseline, Level: c.Level, Swept: c.Swept, Better: map[string]string{}}
	taken := map[benchmark]bool{}
	// Capitals come first, so that names which are fit for the format keep them.
	for _, b := range slices.SortedFunc(maps.Keys(ways), func(a, b benchmark) int { return strings.Compare(a.name+" "+a.pkg, b.name+" "+b.pkg) }) {
		name := safe(benchmarks.ExportName(b.name, ""))
		for n := 2; taken[benchmark{b.pkg, name}]; n++ {
			name = fmt.Sprintf("%s_%d", safe(benchmarks.ExportName(b.name, "")), n)
		}
		taken[benchmark{b.pkg, name}] = true
		x.names[b] = name
		for unit, way := range ways[b] {
			if way != better[unit] {
				asked.Better[name] = way
			}
		}
	}
	return asked
}

// of is the benchmark of a metric.
func of(key string, m store.Metric) benchmark {
	return benchmark{m.Package, benchmarks.MetricName(benchmarks.WithoutPackage(key, m), m.Unit)}
}

// configure writes the configuration lines that are no longer in force, or not yet. A key
// without a value takes it back where the boot before had one.
func (x *export) configure(lines [][2]string) {
	changed := false
	for _, kv := range lines {
		key, value := kv[0], safe(kv[1])
		if x.said[key] == value {
			continue
		}
		x.said[key] = value
		if !changed && x.results {
			fmt.Fprintln(x.out)
		}
		changed, x.results = true, false
		fmt.Fprintln(x.out, strings.TrimSpace(key+": "+value))
	}
	if changed {
		fmt.Fprintln(x.out)
	}
}

// lines writes a run's metrics, all units of one benchmark on one line.
func (x *export) lines(run *store.Run) {
	values := map[benchmark][]string{}
	for _, key := range slices.Sorted(maps.Keys(run.Metrics)) {
		if m := run.Metrics[key]; len(m.Values) > 0 && !of(key, m).forged() {
			values[of(key, m)] = append(values[of(key, m)], fmt.Sprintf("%v %s", stats.Median(m.Values), exportUnit(m.Unit)))
		}
	}
	for _, b := range slices.SortedFunc(maps.Keys(values), func(a, b benchmark) int { return strings.Compare(a.pkg+" "+x.names[a], b.pkg+" "+x.names[b]) }) {
		x.configure([][2]string{{"pkg", b.pkg}})
		fmt.Fprintf(x.out, "Benchmark%s 1 %s\n", x.names[b], strings.Join(values[b], " "))
		x.results = true
	}
}

// exportUnit is a unit as one word.
func exportUnit(unit string) string { return strings.Join(strings.Fields(safe(unit)), "_") }
