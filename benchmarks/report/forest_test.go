package report_test

import (
	"regexp"
	"strconv"
	"strings"
	"testing"

	"slipway/benchmarks/report"
	"slipway/benchmarks/store"
)

// changes is a document of one target whose metrics are factors of the baseline's.
func changes(t *testing.T, factors ...float64) *report.Document {
	t.Helper()
	runs := measured()
	for i := range runs {
		runs[i].Metrics = map[string]store.Metric{}
		for k, factor := range factors {
			value := 1 + float64(i/2%5)/1000
			if i%2 == 1 {
				value *= factor
			}
			runs[i].Metrics["M"+strconv.Itoa(k)] = store.Metric{Unit: "things/op", Better: "lower", Values: []float64{value}}
		}
	}
	return document(t, runs)
}

// The axis of changes reaches as far as they do, and not beyond a factor of 1000.
func TestTheAxisOfChangesFitsThem(t *testing.T) {
	t.Parallel()
	plot := regexp.MustCompile(`(?s)<svg role="img" viewBox="[^"]*" aria-label="Change of .*?</svg>`)
	tick := regexp.MustCompile(`class="tick[^"]*">([^<]*)<`)
	const arrows = "l8 5l-8 5z"
	for _, test := range []struct {
		factors []float64
		ticks   string
		arrows  int
	}{
		{[]float64{17, 210, 0.5}, "0 % x10 x100", 0},
		{[]float64{656, 1.02}, "0 % x10 x100", 0},
		{[]float64{0.001}, "÷1000 ÷100 ÷10 0 %", 0},
		{[]float64{20000, 3}, "0 % x10 x100 x1000", 1},
		{[]float64{1.1, 0.97}, "0 % +5.0 % +10.0 %", 0},
	} {
		svg := plot.FindString(html(t, changes(t, test.factors...)))
		var ticks []string
		for _, found := range tick.FindAllStringSubmatch(svg, -1) {
			ticks = append(ticks, found[1])
		}
		if got := strings.Join(ticks, " "); got != test.ticks {
			t.Errorf("%v: the axis has %q, want %q", test.factors, got, test.ticks)
		}
		if n := strings.Count(svg, arrows); n != test.arrows {
			t.Errorf("%v: %d changes are arrows, want %d", test.factors, n, test.arrows)
		}
		if !strings.Contains(svg, ">what counts as noise<") {
			t.Errorf("%v: nothing says what the band is", test.factors)
		}
	}
}

// On a telephone only the first columns of a table are seen without scrolling.
func TestTheVerdictStandsBesideTheName(t *testing.T) {
	t.Parallel()
	page := html(t, document(t, measured()))
	if !regexp.MustCompile(`<th scope="row">image size</th><td class="verdict better">better =</td>`).MatchString(page) {
		t.Error("the verdict does not follow the name")
	}
}
