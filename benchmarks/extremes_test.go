package benchmarks

import (
	"math"
	"strings"
	"testing"
)

// A guest prints what it likes; cut off at a column's edge, 1e308 would read as a
// number that is nearly 300 orders of magnitude smaller.
func TestNumbersOfAnySizeFitAColumn(t *testing.T) {
	t.Parallel()
	for _, unit := range []string{"ns/op", "sec", "B", "insns", "widgets"} {
		for exponent := -320; exponent <= 308; exponent++ {
			for _, sign := range []float64{1, -1} {
				v := sign * 1.7 * math.Pow10(exponent)
				if text := FormatValue(v, unit); len(text) > 20 {
					t.Fatalf("%g %s is written as %q", v, unit, text)
				}
			}
		}
	}
	if got := FormatValue(1.7e308, "widgets"); got != "1.7e+308 widgets" {
		t.Errorf("1.7e308 widgets is written as %q", got)
	}
}

func TestAResultNeedsAName(t *testing.T) {
	t.Parallel()
	metrics, notes := ParseOutput(strings.NewReader("Benchmark 1 5 ns/op\nBenchmarkOk 1 6 ns/op\n"), "console.log")
	if len(metrics) != 1 || metrics["Ok"].Values == nil || len(notes) != 1 || !strings.Contains(notes[0], "console.log:1") {
		t.Errorf("metrics %v, notes %q", metrics, notes)
	}
}
