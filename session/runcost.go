package session

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"slipway/benchmarks"
	"slipway/benchmarks/store"
)

// RunCost is what the metrics of two runs say: what a change has cost.
type RunCost struct {
	// Basis says what the figures rest on: "20 rounds of experiment ..., interleaved", or
	// that they are of one boot each, which makes no verdict.
	Basis      string
	Experiment string    // whose comparison it is, "" for one boot each
	Rows       []CostRow // those that changed, in the order of a table
	Close      []CostRow // those that hardly did: verdict same, or by less than 1 % from one boot to the other
	Equal      []CostRow
	// Remarks are sentences about all of it: why rows are not comparable, what would judge
	// them.
	Remarks []string
}

// CostRow is one metric of both sides. A and B are medians; nil: that side has none.
type CostRow struct {
	Name, Title, Unit string
	Better            benchmarks.Better
	A, B              *float64
	Ratio             *float64 // B over A
	Change            string   // the same for people: "-5.6 %", "÷4.60"
	Low, High         *float64 // of Ratio; nil without a verdict
	Verdict           string   // contract's word, "" where there is none
	Notes             []string
}

// closeShare is by how much two single boots may differ to be called close: no verdict,
// but nothing that anybody would look at first.
const closeShare = 0.01

// costOf compares what two runs measured: by an experiment that timed what both booted,
// where there is one, else by themselves.
func costOf(history *store.Store, a, b store.Run) RunCost {
	if cost, ok := experimentCost(history, a, b); ok {
		return cost
	}
	cost := RunCost{Basis: "one boot each: no verdict"}
	if a.Experiment != "" && a.Experiment == b.Experiment && a.Target.ID == b.Target.ID {
		cost.Basis = "one boot each of the same target and experiment: no verdict"
	}
	if a.Experiment != "" && b.Experiment != "" && a.Experiment != b.Experiment {
		cost.Remarks = append(cost.Remarks, fmt.Sprintf("'slipway compare %s %s' judges all rounds of their experiments", a.Experiment, b.Experiment))
	}
	x, y := a, b
	x.Warmup, y.Warmup = false, false // as single boots they may be looked at
	x.ID, y.ID = "A", "B"             // what the reasons call them
	c, err := benchmarks.Compare([]store.Run{x, y}, benchmarks.Options{
		Baseline: x.ID, Label: func(r *store.Run) string { return r.ID },
	})
	if err != nil {
		c = &benchmarks.Comparison{}
	}
	seen := map[string]bool{}
	for i := range c.Cells {
		cell := &c.Cells[i]
		row := costRow(cell.Name, cell.Unit, a, b)
		seen[cell.Name] = true
		switch {
		case cell.Verdict == benchmarks.NotComparable:
			row.Verdict, row.Notes, row.Ratio, row.Change = string(cell.Verdict), plainAll(cell.Notes), nil, ""
		case cell.Method == benchmarks.MethodExact:
			row.Verdict = string(cell.Verdict)
		}
		cost.add(row)
	}
	cost.sort()
	names := maps.Clone(a.Metrics)
	maps.Copy(names, b.Metrics)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if !seen[name] { // a boot that went wrong yields no sample and still a figure
			cost.add(costRow(name, names[name].Unit, a, b))
		}
	}
	return cost
}

// sort puts first what was asked for: the whole boot, and what the app itself measures.
// The rest keeps the order of a table.
func (c *RunCost) sort() {
	rank := func(r CostRow) int {
		switch {
		case r.Name == "boot/total":
			return 0
		case !strings.Contains(r.Name, "/") || benchmarks.Describe(r.Name, r.Unit, "").Title == r.Name+" "+r.Unit:
			return 1
		}
		return 2
	}
	slices.SortStableFunc(c.Rows, func(a, b CostRow) int { return rank(a) - rank(b) })
}

// costRow is a metric as two single boots have it.
func costRow(name, unit string, a, b store.Run) CostRow {
	x, y := a.Metrics[name], b.Metrics[name]
	info := benchmarks.Describe(name, unit, benchmarks.Better(x.Better))
	row := CostRow{Name: name, Title: plain(info.Title), Unit: unit, Better: info.Better}
	for i, m := range []store.Metric{x, y} {
		if len(m.Values) > 0 && m.Unit == unit {
			*[]**float64{&row.A, &row.B}[i] = middle(m.Values)
		}
	}
	if row.A != nil && row.B != nil && *row.A > 0 && *row.B > 0 {
		ratio := *row.B / *row.A
		row.Ratio, row.Change = &ratio, benchmarks.FormatChange(ratio)
	}
	return row
}

// middle is the median of what one boot said.
func middle(values []float64) *float64 {
	sorted := slices.Sorted(slices.Values(values))
	m := (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
	return &m
}

// add puts a row where it belongs.
func (c *RunCost) add(row CostRow) {
	notComparable := row.Verdict == string(benchmarks.NotComparable)
	switch {
	case row.A == nil && row.B == nil:
	case c.Experiment == "" && row.A != nil && row.B != nil && *row.A == *row.B && !notComparable:
		c.Equal = append(c.Equal, row)
	case c.Experiment != "" && row.Verdict == string(benchmarks.Same),
		c.Experiment == "" && row.Ratio != nil && math.Abs(*row.Ratio-1) < closeShare && row.Verdict == "":
		c.Close = append(c.Close, row)
	default:
		c.Rows = append(c.Rows, row)
		if why := row.why(); why != "" && !slices.Contains(c.Remarks, why) {
			c.Remarks = append(c.Remarks, why)
		}
	}
}

func plainAll(texts []string) []string {
	all := make([]string, len(texts))
	for i, t := range texts {
		all[i] = plain(t)
	}
	return all
}

// Titles are the names of rows for people.
func Titles(rows []CostRow) []string {
	names := make([]string, len(rows))
	for i, r := range rows {
		names[i] = r.Title
	}
	return names
}
