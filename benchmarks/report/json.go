package report

import (
	"time"

	"slipway/benchmarks"
	"slipway/benchmarks/store"
)

// RunJSON is a run as `bench --json` and `boot --json` print it.
type RunJSON struct {
	ID         string                `json:"id"`
	Experiment *string               `json:"experiment"`
	Target     string                `json:"target"`
	Round      int                   `json:"round"`
	Warmup     bool                  `json:"warmup"`
	Kind       store.Kind            `json:"kind"`
	Origin     *string               `json:"origin"`  // null: its times count from the spawn
	Counted    *string               `json:"counted"` // what counted the guest's instructions: icount or plugin
	Started    *time.Time            `json:"started"`
	Outcome    string                `json:"outcome"`
	Exit       *int                  `json:"exit"`
	Reason     *string               `json:"reason"`
	Phases     []store.Phase         `json:"phases"`
	Metrics    map[string]MetricJSON `json:"metrics"`
	Notes      []string              `json:"notes"`
	LastLines  []string              `json:"last_lines"` // of the console, of a boot that did not end by itself
	Registers  *string               `json:"registers"`  // of a guest that hung or ran out of time
}

// MetricJSON is one metric of a run; several values are one sample.
type MetricJSON struct {
	Unit   string    `json:"unit"`
	Better *string   `json:"better"`
	Values []float64 `json:"values"`
}

// NewRunJSON returns the form of a run that is printed.
func NewRunJSON(run store.Run) RunJSON {
	j := RunJSON{
		ID: run.ID, Experiment: text(run.Experiment), Target: run.Target.ID, Round: run.Round, Warmup: run.Warmup, Kind: run.Kind, Origin: text(run.Origin),
		Counted: text(run.Counted),
		Outcome: run.Outcome, Exit: run.Exit, Reason: text(run.Reason),
		Phases: some(run.Phases), Metrics: map[string]MetricJSON{}, Notes: some(run.Notes),
		LastLines: some(run.LastLines), Registers: text(run.Registers),
	}
	if !run.Started.IsZero() {
		j.Started = &run.Started
	}
	for name, m := range run.Metrics {
		j.Metrics[name] = MetricJSON{Unit: m.Unit, Better: text(m.Better), Values: some(m.Values)}
	}
	return j
}

// TargetJSON is a target of an experiment.
type TargetJSON struct {
	ID       string            `json:"id"`
	Kernel   string            `json:"kernel"`
	App      string            `json:"app"`
	Settings map[string]string `json:"settings"`
}

// BenchJSON is what `bench --json` prints.
type BenchJSON struct {
	Schema     int                    `json:"schema"`
	Experiment *string                `json:"experiment"`
	Seed       uint64                 `json:"seed"`
	Accel      *string                `json:"accel"` // of the guests; nil where all are native
	QEMU       *string                `json:"qemu"`
	Host       *string                `json:"host"`
	Targets    []TargetJSON           `json:"targets"`
	Runs       []RunJSON              `json:"runs"`
	Comparison *benchmarks.Comparison `json:"comparison"` // nil where there is nothing to compare
}

// NewBenchJSON returns what `bench --json` prints of an experiment.
func NewBenchJSON(e store.Experiment, runs []store.Run, c *benchmarks.Comparison) BenchJSON {
	j := BenchJSON{
		Schema: 1, Experiment: text(e.ID), Seed: e.Seed, Targets: []TargetJSON{}, Runs: []RunJSON{}, Comparison: c,
	}
	for _, t := range e.Targets {
		settings := t.Settings
		if settings == nil {
			settings = map[string]string{}
		}
		j.Targets = append(j.Targets, TargetJSON{ID: t.ID, Kernel: t.Kernel, App: t.App, Settings: settings})
	}
	for _, run := range runs {
		j.Runs = append(j.Runs, NewRunJSON(run))
		env := run.Environment
		if j.Host == nil {
			j.Host = text(env.Host)
		}
		if env.Accel != store.Native && env.QEMU != "" {
			j.Accel, j.QEMU = text(env.Accel), text(env.QEMU)
		}
	}
	return j
}

// text is null for what is absent.
func text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// some is an empty list rather than null.
func some[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
