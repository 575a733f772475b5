package report

import (
	"encoding/csv"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"slipway/benchmarks"
	"slipway/benchmarks/store"
)

// CSVColumns are the columns of CSV, which docs/reports.md explains.
var CSVColumns = []string{
	"experiment", "run", "target", "kernel", "app", "settings", "kind", "round", "warmup", "outcome", "exit", "started",
	"metric", "unit", "better", "value_number", "value",
	"accel", "virtual", "qemu", "arch", "machine", "memory", "cpus", "host", "cpu", "load", "image", "save",
}

// CSV writes the runs as a table of one row for each value of each metric of each run, warm-ups
// among them and marked. A boot that went wrong has one row without a metric: it
// yields no sample, and must not be forgotten. Texts that a spreadsheet would
// take for a formula get a ' in front.
func CSV(w io.Writer, e *benchmarks.Evidence) error {
	out := csv.NewWriter(w)
	if err := out.Write(CSVColumns); err != nil {
		return err
	}
	for i := range e.Runs {
		run := &e.Runs[i]
		rows := values(run)
		if !run.OK() || len(rows) == 0 {
			rows = [][]string{{"", "", "", "", ""}}
		}
		head, tail := identified(run, e.Labelled(run)), surroundings(run)
		for _, row := range rows {
			if err := out.Write(slices.Concat(head, row, tail)); err != nil {
				return err
			}
		}
	}
	out.Flush()
	return out.Error()
}

// values are the columns metric to value of a run's rows.
func values(run *store.Run) [][]string {
	var rows [][]string
	for _, key := range slices.Sorted(maps.Keys(run.Metrics)) {
		m := run.Metrics[key]
		for i, v := range m.Values {
			rows = append(rows, []string{
				inert(benchmarks.MetricName(key, m.Unit)), inert(m.Unit), inert(m.Better), strconv.Itoa(i + 1), strconv.FormatFloat(v, 'g', -1, 64),
			})
		}
	}
	return rows
}

// identified are the columns before the metric's.
func identified(run *store.Run, target string) []string {
	exit, started := "", ""
	if run.Exit != nil {
		exit = strconv.Itoa(*run.Exit)
	}
	if !run.Started.IsZero() {
		started = run.Started.UTC().Format(time.RFC3339Nano)
	}
	return []string{
		inert(run.Experiment), inert(run.ID), inert(target), inert(run.Target.Kernel), inert(run.Target.App), inert(strings.Join(settings(run.Target), " ")),
		string(run.Kind), count(run.Round), strconv.FormatBool(run.Warmup), inert(run.Outcome), exit, started,
	}
}

// surroundings are the columns behind the value.
func surroundings(run *store.Run) []string {
	e := &run.Environment
	load, memory := "", ""
	if e.Load != nil {
		load = strconv.FormatFloat(*e.Load, 'g', -1, 64)
	}
	if e.Memory != 0 {
		memory = strconv.FormatInt(e.Memory, 10)
	}
	return []string{
		inert(e.Accel), strconv.FormatBool(e.Virtual), inert(e.QEMU), inert(e.Arch), inert(e.Machine), memory, count(e.CPUs),
		inert(e.Host), inert(e.CPU), load, inert(run.Image.Hash), inert(run.Save),
	}
}

// inert makes a text one that no spreadsheet computes and no terminal acts upon.
func inert(s string) string {
	s = safe(s)
	if strings.TrimLeft(s, " ") != "" && strings.ContainsRune("=+-@", rune(strings.TrimLeft(s, " ")[0])) {
		return "'" + s
	}
	return s
}
