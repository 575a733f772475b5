package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"slipway/benchmarks/store"
	"slipway/runner"
)

// repetition is how to measure again what a report tells: a plan for each experiment,
// and the whole command line of one boot of each target.
type repetition struct {
	Plans []plan
	Boots []bootLine
}

type plan struct {
	Experiment string
	Text       string // plan.toml
	Command    string
}

type bootLine struct {
	Target, Command string
	Line            string // of the process, as a shell reads it
	Again           string // the verb that boots one such run again
}

// repetition says how to repeat the document's experiments and boots. What was
// imported has no plan.
func (d *Document) repetition() repetition {
	var r repetition
	for _, e := range d.Experiments {
		if len(e.Targets) == 0 || e.Rounds < 1 {
			continue
		}
		name := "plan.toml"
		if len(d.Experiments) > 1 {
			name = "plan-" + e.ID + ".toml"
		}
		r.Plans = append(r.Plans, plan{Experiment: e.ID, Text: planText(e), Command: "slipway bench --plan " + name})
	}
	for _, t := range d.Comparison.Targets {
		at := slices.IndexFunc(d.Runs, func(run store.Run) bool {
			return d.Labelled(&run) == t.ID && !run.Warmup && len(run.Args) > 0
		})
		if at < 0 {
			continue
		}
		run := &d.Runs[at]
		r.Boots = append(r.Boots, bootLine{Target: t.ID, Command: bootCommand(run.Target), Line: runner.ShellLine(run.Args), Again: "slipway rerun " + run.ID})
	}
	return r
}

// bootCommand boots a target once.
func bootCommand(t store.Target) string {
	words := []string{"slipway", "boot", "-k", t.Kernel, "-a", t.App}
	for _, s := range settings(t) {
		words = append(words, "--set", s)
	}
	return runner.ShellLine(words)
}

// settings are a target's, as --set takes them.
func settings(t store.Target) []string {
	var list []string
	for _, key := range slices.Sorted(maps.Keys(t.Settings)) {
		list = append(list, key+"="+t.Settings[key])
	}
	return list
}

// planText is the plan.toml of an experiment, its seed in it.
func planText(e store.Experiment) string {
	var b strings.Builder
	fmt.Fprintf(&b, "schema = 1\nrounds = %d\nwarmup = %d\nseed = %d\n", e.Rounds, e.Warmup, e.Seed)
	if e.Baseline != "" {
		fmt.Fprintf(&b, "baseline = %s\n", tomlText(e.Baseline))
	}
	for _, t := range e.Targets {
		fmt.Fprintf(&b, "\n[[target]]\nkernel = %s\napp = %s\n", tomlText(t.Kernel), tomlText(t.App))
		if len(t.Settings) == 0 {
			continue
		}
		var pairs []string
		for _, key := range slices.Sorted(maps.Keys(t.Settings)) {
			pairs = append(pairs, tomlText(key)+" = "+tomlText(t.Settings[key]))
		}
		fmt.Fprintf(&b, "settings = { %s }\n", strings.Join(pairs, ", "))
	}
	return b.String()
}

// tomlText is a basic string of TOML.
func tomlText(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < ' ' || r == 0x7f:
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
