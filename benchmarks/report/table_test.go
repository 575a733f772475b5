package report_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"slipway/benchmarks"
	"slipway/benchmarks/report"
	"slipway/benchmarks/store"
)

func table(t *testing.T, runs []store.Run, o report.Options) string {
	t.Helper()
	c, err := benchmarks.Compare(runs, benchmarks.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := report.Table(&b, c, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// sweep makes of two kernels' runs those of four targets with long names.
func sweep() []store.Run {
	var runs []store.Run
	for _, memory := range []string{"64M", "128M"} {
		for _, run := range measured() {
			run.ID = memory + run.ID
			run.Target.ID += " memory=" + memory
			run.Metrics["A long name of a benchmark that goes on/first"] = store.Metric{Unit: "ns/op", Values: []float64{1}}
			run.Metrics["A long name of a benchmark that goes on/second"] = store.Metric{Unit: "ns/op", Values: []float64{2}}
			run.Metrics["A long name of a benchmark"] = store.Metric{Unit: "ns/op", Values: []float64{3}}
			runs = append(runs, run)
		}
	}
	return runs
}

// What goes into a file is not cut, and on a terminal no figure is, nor do two rows of a
// table have titles that look alike.
func TestNoTableHasRowsThatLookAlike(t *testing.T) {
	t.Parallel()
	if text := table(t, sweep(), report.Options{}); strings.Contains(text, "…") || !strings.Contains(text, "A long name of a benchmark that goes on/second ns/op ") {
		t.Errorf("without a terminal it is cut:\n%s", text)
	}
	for _, width := range []int{80, 90, 120} {
		text := table(t, sweep(), report.Options{Width: width})
		for block := range strings.SplitSeq(text, "\n\n") {
			_, rows, found := strings.Cut(block, "----\n")
			if !found {
				continue
			}
			whole := map[string]bool{}
			var titles []string
			for line := range strings.Lines(rows) {
				title, rest, _ := strings.Cut(line, "  ")
				if strings.Contains(rest, "…") {
					t.Errorf("at %d columns a figure is cut: %q", width, line)
				}
				titles = append(titles, title)
				whole[title] = !strings.Contains(title, "…")
			}
			if len(whole) != len(titles) {
				t.Errorf("at %d columns rows look alike:\n%s", width, block)
			}
			for _, title := range titles {
				if stem, cut := strings.CutSuffix(title, "…"); cut {
					for _, other := range titles {
						if other != title && strings.HasPrefix(other, strings.TrimSpace(stem)) {
							t.Errorf("at %d columns %q could be %q", width, title, other)
						}
					}
				}
			}
		}
	}
}

// A row with fewer samples than boots says so.
func TestRowsOfFewerBootsSayHowMany(t *testing.T) {
	t.Parallel()
	runs := measured()
	if text := table(t, runs, report.Options{}); strings.Contains(text, "  n\n") {
		t.Errorf("every row has all boots:\n%s", text)
	}
	delete(runs[5].Metrics, "mem/peak")
	delete(runs[7].Metrics, "boot/vmm")
	delete(runs[8].Metrics, "boot/vmm")
	text := table(t, runs, report.Options{})
	for _, want := range []string{"verdict         n\n", "8, 7\n", " 7\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("the table does not say %q:\n%s", want, text)
		}
	}
	for i := range runs {
		runs[i].Metrics["A name that leaves no room for a column more"] = store.Metric{Unit: "ns/op", Values: []float64{1}}
	}
	if text := table(t, runs, report.Options{Width: 80}); !strings.Contains(text, "n: 7 of QEMU's start; 8, 7 of peak memory") {
		t.Errorf("where there is no room for a column no word says it:\n%s", text)
	}
}

// Remarks that differ in their target alone are one, and many are in the report alone.
func TestRemarksAreGrouped(t *testing.T) {
	t.Parallel()
	runs := sweep()
	for i := range runs {
		if runs[i].Round == 3 && !runs[i].Warmup {
			runs[i].Metrics["boot/vmm"] = store.Metric{Unit: "sec", Better: "lower", Values: []float64{9}}
		}
	}
	text := strings.Join(strings.Fields(table(t, runs, report.Options{})), " ")
	if n := strings.Count(text, "the two differ in shape"); n > 1 {
		t.Errorf("one remark stands there %d times", n)
	}
	if !strings.Contains(text, "linux-cloud/nbody memory=64M, keel/nbody memory=64M and 2 more: 1 of 8 boots far from the rest") {
		t.Errorf("what holds for four targets is said of each:\n%s", text)
	}
	for i := range 20 {
		for k := range runs {
			runs[k].Metrics[fmt.Sprintf("Odd%d", i)] = store.Metric{Unit: fmt.Sprintf("things%d/op", i), Values: []float64{float64(k%2*(k%(i+2)) + 1)}}
		}
	}
	all := table(t, runs, report.Options{})
	text = table(t, runs, report.Options{Whole: "'slipway report x1 --format markdown'"})
	if !strings.Contains(text, ": 'slipway report x1 --format markdown' has all of them") || len(text) >= len(all) {
		t.Errorf("all remarks are there:\n%s", text)
	}
	before, _, _ := strings.Cut(text, "trust: ")
	if n := strings.Count(before, "\n  ! "); n != 8 {
		t.Errorf("%d remarks are shown", n)
	}
}
