package report_test

import (
	"bytes"
	"math"
	"regexp"
	"strings"
	"testing"

	"slipway/benchmarks"
	"slipway/benchmarks/report"
	"slipway/benchmarks/store"
)

// parted gives runs the metrics that recorded boots have of their phases.
func parted(runs []store.Run) []store.Run {
	for i := range runs {
		delete(runs[i].Metrics, "boot/kernel")
		for _, p := range runs[i].Phases {
			runs[i].Metrics["boot/"+p.Name] = store.Metric{Unit: "sec", Better: "lower", Values: []float64{p.Seconds}}
		}
	}
	return runs
}

// Boots whose markers were not all seen one by one must not have any of their time
// counted twice.
func TestTheLedgerCountsNoTimeTwice(t *testing.T) {
	t.Parallel()
	runs := measured()
	for i := range runs {
		run := &runs[i]
		run.Phases = []store.Phase{
			{Name: "vmm", Seconds: 0.03}, {Name: "firmware", Seconds: 0.02}, {Name: "kernel", Seconds: 0.03}, {Name: "app", Seconds: 0.05}, {Name: "shutdown", Seconds: 0.01},
		}
		switch {
		case i < 12 && i != 5:
			run.Phases = []store.Phase{run.Phases[0], {Name: "firmware+kernel", Seconds: 0.05}, run.Phases[3], run.Phases[4]}
		case i == 5:
			run.Phases = []store.Phase{run.Phases[0], run.Phases[1], {Name: "kernel+app", Seconds: 0.08}, run.Phases[4]}
		}
		run.Metrics = map[string]store.Metric{"boot/total": {Unit: "sec", Better: "lower", Values: []float64{0.14}}}
	}
	d := document(t, parted(runs))
	page := html(t, d)
	for _, target := range d.Comparison.Targets {
		sum := 0.0
		for _, s := range d.Comparison.Phases(target.ID) {
			sum += s.Median
		}
		if math.Abs(sum-0.14) > 0.001 {
			t.Errorf("%s: its phases are %.3f s of 0.140 s: %v", target.ID, sum, d.Comparison.PhaseInfos())
		}
	}
	for _, want := range []string{"keel/nbody: 140 ms", "linux-cloud/nbody: 140 ms"} {
		if !strings.Contains(page, ">"+want+"<") {
			t.Errorf("the ledger does not say %q", want)
		}
	}
	if strings.Contains(page, "kernel+app") {
		t.Error("the ledger has the phases of one boot alone")
	}
	row := regexp.MustCompile(`<tr><th scope="row">keel/nbody</th>((?:<td class="number">[^<]* ms</td>)+)</tr>`).FindStringSubmatch(page)
	if row == nil || strings.Count(row[1], "<td") != 5 {
		t.Errorf("the ledger's row is %q, want vmm, firmware+kernel, app, shutdown and the whole", row)
	}
}

// counted makes of runs boots whose clocks counted instructions.
func counted(runs []store.Run) []store.Run {
	for i := range runs {
		runs[i].Counted, runs[i].Environment.Virtual, runs[i].Total, runs[i].CPU = store.ByClock, true, 4.93, 4.8
		runs[i].Metrics = map[string]store.Metric{}
		benchmarks.AddMetrics(&runs[i], benchmarks.Measured{Instructions: benchmarks.Instructions{App: 1000, Exit: 4000}})
	}
	return runs
}

// How long such boots took on the host says nothing, so nothing of it is anywhere.
func TestBootsThatCountInstructionsHaveNoTimes(t *testing.T) {
	t.Parallel()
	d := document(t, counted(measured()))
	page := html(t, d)
	if want := "No boot was parted into phases: their clocks counted instructions."; !strings.Contains(page, want) {
		t.Errorf("the page does not say %q", want)
	}
	if strings.Contains(page, "times rank kernels") {
		t.Error("the page speaks of times that it has not")
	}
	var markdown, table, rows bytes.Buffer
	for _, err := range []error{report.Markdown(&markdown, d), report.Table(&table, d.Comparison, report.Options{}), report.CSV(&rows, d.Evidence)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	times := regexp.MustCompile(`\b[0-9.]+ m?s\b|boot/|cpu/qemu|,sec,|4\.93`)
	for form, text := range map[string]string{"html": page, "markdown": markdown.String(), "table": table.String(), "csv": rows.String()} {
		if found := times.FindString(text); found != "" {
			t.Errorf("%s has the time %q", form, found)
		}
	}
	var b bytes.Buffer
	if err := report.Hyperfine(&b, d.Evidence); err == nil || !strings.Contains(err.Error(), "counted instructions") || b.Len() > 0 {
		t.Errorf("hyperfine's form of what has no times: %v, %q", err, b.String())
	}
}

func html(t *testing.T, d *report.Document) string {
	t.Helper()
	var b bytes.Buffer
	if err := report.HTML(&b, d); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
