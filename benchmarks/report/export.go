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
// each benchmark of each boot, so that benchstat counts boots: `benchstat -col
// target -ignore kernel,machine FILE`. Warm-ups and boots that went wrong are left out, as in every
// comparison. Slipway's own metrics are named like BenchmarkBoot/total.
func Benchfmt(w io.Writer, e *benchmarks.Evidence) error {
	runs := e.Runs
	out := bufio.NewWriter(w)
	better := map[string]string{}
	for _, run := range runs {
		for _, m := range run.Metrics {
			if m.Better != "" && better[m.Unit] == "" {
				better[m.Unit] = m.Better
			}
		}
	}
	for _, unit := range slices.Sorted(maps.Keys(better)) {
		fmt.Fprintf(out, "Unit %s better=%s\n", exportUnit(unit), better[unit])
	}
	var last string
	for i := range runs {
		run := &runs[i]
		if run.Warmup || !run.OK() {
			continue
		}
		if head := header(run, e.Labelled(run)); head != last {
			fmt.Fprintf(out, "\n%s\n", head)
			last = head
		}
		lines(out, run)
	}
	return out.Flush()
}

// header is the configuration lines of a run: what makes it comparable.
func header(run *store.Run, target string) string {
	var b strings.Builder
	for _, kv := range [][2]string{
		{"target", target},
		{"kernel", run.Target.Kernel},
		{"app", run.Target.App},
		{"accel", run.Environment.Accel},
		{"qemu", run.Environment.QEMU},
		{"machine", run.Environment.Machine},
		{"host", run.Environment.Host},
		{"cpu", run.Environment.CPU},
	} {
		// A key without a value takes it back where the run before had one.
		fmt.Fprintf(&b, "%s: %s\n", kv[0], safe(kv[1]))
	}
	return strings.ReplaceAll(b.String(), ": \n", ":\n")
}

// lines writes a run's metrics, all units of one benchmark on one line.
func lines(out *bufio.Writer, run *store.Run) {
	byName := map[string][]string{}
	for _, key := range slices.Sorted(maps.Keys(run.Metrics)) {
		m := run.Metrics[key]
		if len(m.Values) == 0 {
			continue
		}
		name := benchmarks.ExportName(key, m.Unit)
		byName[name] = append(byName[name], fmt.Sprintf("%v %s", stats.Median(m.Values), exportUnit(m.Unit)))
	}
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		fmt.Fprintf(out, "Benchmark%s 1 %s\n", safe(name), strings.Join(byName[name], " "))
	}
}

// exportUnit is a unit as one word.
func exportUnit(unit string) string { return strings.Join(strings.Fields(safe(unit)), "_") }
