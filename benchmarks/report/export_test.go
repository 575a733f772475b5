package report_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"

	"golang.org/x/perf/benchfmt"

	"slipway/benchmarks"
	"slipway/benchmarks/report"
	"slipway/benchmarks/store"
)

// What benchstat reads is read by the library that it reads with.
func TestBenchfmtIsReadWithoutComplaint(t *testing.T) {
	t.Parallel()
	e := evidence(t, measured())
	var b bytes.Buffer
	if err := report.Benchfmt(&b, e); err != nil {
		t.Fatal(err)
	}
	reader := benchfmt.NewReader(&b, "report")
	boots := map[string]int{}
	for reader.Scan() {
		switch r := reader.Result().(type) {
		case *benchfmt.SyntaxError:
			t.Error(r)
		case *benchfmt.Result:
			boots[r.GetConfig("target")+" "+string(r.Name)]++
		}
	}
	if err := reader.Err(); err != nil {
		t.Fatal(err)
	}
	for _, target := range []string{"linux-cloud/nbody", "keel/nbody"} {
		if n := boots[target+" Boot/total"]; n != 8 {
			t.Errorf("%s: %d boots, want 8: %v", target, n, boots)
		}
	}
}

// An old record may have what a guest is not allowed to print.
func TestBenchfmtLeavesForgedMetricsOut(t *testing.T) {
	t.Parallel()
	runs := measured()
	for i := range runs {
		runs[i].Metrics["Boot/total"] = store.Metric{Unit: "sec", Better: "lower", Values: []float64{1e-9}}
	}
	var b bytes.Buffer
	if err := report.Benchfmt(&b, evidence(t, runs)); err != nil {
		t.Fatal(err)
	}
	if text := b.String(); strings.Contains(text, "1e-09") || strings.Count(text, "BenchmarkBoot/total ") != 16 {
		t.Error(text)
	}
}

func TestCSVHasARowForEachValueAndNoFormula(t *testing.T) {
	t.Parallel()
	runs := measured()[:4]
	for i := range runs {
		runs[i].Target.App = "=HYPERLINK(\"http://x\")"
		runs[i].Metrics["@SUM(A1)"] = store.Metric{Unit: "-things", Values: []float64{-1, 2}}
		runs[i].Metrics[" +1"] = store.Metric{Unit: "x", Values: []float64{1}}
	}
	runs[3].Outcome, runs[3].Exit = "panic", nil
	e := evidence(t, runs)
	var b bytes.Buffer
	if err := report.CSV(&b, e); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&b).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want := 1 + 1 // the heading, and the boot that went wrong
	for i := range runs[:3] {
		for _, m := range runs[i].Metrics {
			want += len(m.Values)
		}
	}
	if len(rows) != want || !slices.Equal(rows[0], report.CSVColumns) {
		t.Errorf("%d rows, want %d; columns %v", len(rows), want, rows[0])
	}
	column := func(row []string, name string) string { return row[slices.Index(report.CSVColumns, name)] }
	negative, failed := false, 0
	for _, row := range rows[1:] {
		for i, cell := range row {
			name := report.CSVColumns[i]
			if name != "value" && cell != "" && strings.ContainsAny(strings.TrimSpace(cell)[:1], "=+-@") {
				t.Errorf("%s is %q: a formula", name, cell)
			}
		}
		negative = negative || column(row, "metric") == "'@SUM(A1)" && column(row, "value") == "-1" && column(row, "value_number") == "1"
		if column(row, "outcome") == "panic" {
			failed++
			if column(row, "metric") != "" || column(row, "value") != "" {
				t.Errorf("a boot that went wrong has a value: %v", row)
			}
		}
	}
	if !negative || failed != 1 {
		t.Errorf("the negative value is there: %t; rows of the boot that went wrong: %d", negative, failed)
	}
}

func TestHyperfineHasItsNumbers(t *testing.T) {
	t.Parallel()
	runs := measured()
	runs[5].Outcome, runs[5].Exit = "hang", nil // of keel
	e := evidence(t, runs)
	var b bytes.Buffer
	if err := report.Hyperfine(&b, e); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Results []struct {
			Command                string
			Mean, Median, Min, Max float64
			StdDev                 *float64
			User, System           *float64
			Times                  []float64
			ExitCodes              []int `json:"exit_codes"`
		}
	}
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Results) != 2 {
		t.Fatalf("%d results", len(got.Results))
	}
	for i, want := range []struct {
		target, command string
		n               int
	}{{"linux-cloud/nbody", "slipway boot -k linux-cloud -a nbody", 8}, {"keel/nbody", "slipway boot -k keel -a nbody", 7}} {
		r, s := got.Results[i], e.Comparison.Find(want.target, "boot/total", "sec")
		mean, squares := 0.0, 0.0
		for _, v := range s.Values {
			mean += v / float64(len(s.Values))
		}
		for _, v := range s.Values {
			squares += (v - mean) * (v - mean)
		}
		if r.Command != want.command || !slices.Equal(r.Times, s.Values) || len(r.Times) != want.n || len(r.ExitCodes) != want.n || r.Median != s.Median ||
			math.Abs(r.Mean-mean) > 1e-12 || math.Abs(*r.StdDev-math.Sqrt(squares/float64(want.n-1))) > 1e-12 || r.Min != slices.Min(s.Values) || r.Max != slices.Max(s.Values) {
			t.Errorf("%+v", r)
		}
	}
	for _, key := range []string{`"user": null`, `"system": null`} {
		if !bytes.Contains(b.Bytes(), []byte(key)) {
			t.Errorf("no %s in\n%s", key, b.String())
		}
	}
	// Two sides that boot the same are told apart by their names.
	e.Label = func(r *store.Run) string { return []string{"old", "new"}[r.Round%2] }
	c, err := benchmarks.Compare(runs, benchmarks.Options{Label: e.Label})
	if err != nil {
		t.Fatal(err)
	}
	e.Comparison = c
	for i := range runs {
		runs[i].Target.Kernel = "keel"
	}
	b.Reset()
	if err := report.Hyperfine(&b, e); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b.Bytes(), &got); err != nil || got.Results[0].Command == got.Results[1].Command {
		t.Errorf("%v: %s", err, b.String())
	}
}
