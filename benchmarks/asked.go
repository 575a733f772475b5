package benchmarks

import (
	"slices"
	"strconv"
	"strings"

	"golang.org/x/perf/benchfmt"

	"slipway/benchmarks/store"
)

// Asked is what a file of results says of the comparison that it was written from.
type Asked struct {
	Baseline string   // a target of the file
	Level    float64  // see Options.Level
	Swept    []string // see Options.Swept
	// Better are the ways in which single benchmarks improve, by their names in the file,
	// where those of their units do not hold: "lower", "higher", or "" where nobody said.
	Better map[string]string
}

// Lines are the configuration lines that say it.
func (a Asked) Lines() [][2]string {
	level := ""
	if a.Level > 0 && a.Level != Level {
		level = strconv.FormatFloat(a.Level, 'g', -1, 64)
	}
	var better []string
	for name, way := range a.Better {
		better = append(better, name+"="+way)
	}
	slices.Sort(better)
	return [][2]string{{"baseline", a.Baseline}, {"level", level}, {"swept", strings.Join(a.Swept, " ")}, {"better", strings.Join(better, " ")}}
}

// read takes what Lines wrote. A level above the usual one would make verdicts of what
// is none.
func (a *Asked) read(res *benchfmt.Result) {
	if a.Baseline == "" {
		a.Baseline = res.GetConfig("baseline")
	}
	if level, err := strconv.ParseFloat(res.GetConfig("level"), 64); err == nil && level > 0 && level < Level && a.Level == 0 {
		a.Level = level
	}
	if a.Swept == nil {
		a.Swept = strings.Fields(res.GetConfig("swept"))
	}
	if a.Better != nil {
		return
	}
	a.Better = map[string]string{}
	for _, pair := range strings.Fields(res.GetConfig("better")) {
		if name, way, ok := strings.Cut(pair, "="); ok && (way == "" || way == string(Lower) || way == string(Higher)) {
			a.Better[name] = way
		}
	}
}

// options are those of a comparison of the file alone.
func (a Asked) options(runs []store.Run, o Options) Options {
	if o.Baseline == "" && slices.ContainsFunc(runs, func(r store.Run) bool { return r.Target.ID == a.Baseline }) {
		o.Baseline = a.Baseline
	}
	if o.Level == 0 {
		o.Level = a.Level
	}
	if o.Swept == nil {
		o.Swept = a.Swept
	}
	return o
}
