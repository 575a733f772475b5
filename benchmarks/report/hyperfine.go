package report

import (
	"encoding/json"
	"errors"
	"io"
	"math"
	"slices"

	"slipway/benchmarks"
	"slipway/benchmarks/stats"
	"slipway/benchmarks/store"
)

// hyperfine is the form that `hyperfine --export-json` writes, so that what reads
// that reads this.
type hyperfine struct {
	Results []hyperfineResult `json:"results"`
}

// hyperfineResult is one command's. User and System are null: of a boot the CPU
// time is known as a whole, not by who used it.
type hyperfineResult struct {
	Command   string    `json:"command"`
	Mean      float64   `json:"mean"`
	StdDev    *float64  `json:"stddev"` // null for one boot
	Median    float64   `json:"median"`
	User      *float64  `json:"user"`
	System    *float64  `json:"system"`
	Min       float64   `json:"min"`
	Max       float64   `json:"max"`
	Times     []float64 `json:"times"`
	ExitCodes []int     `json:"exit_codes"`
}

// Hyperfine writes the time from spawn to exit of each target's boots, one command a
// target. Boots that went wrong and warm-ups are left out, as in every comparison, and
// so is a target that has no such time; where none has, there is nothing to write.
func Hyperfine(w io.Writer, e *benchmarks.Evidence) error {
	list := hyperfine{Results: []hyperfineResult{}}
	used := map[string]bool{}
	for _, t := range e.Comparison.Targets {
		s := e.Comparison.Find(t.ID, "boot/total", "sec")
		if s == nil {
			continue
		}
		command := commandOf(e, t.ID)
		if command == "" || used[command] { // two saves of one target: their names tell them apart
			command = safe(t.ID)
		}
		used[command] = true
		r := hyperfineResult{
			Command: command, Median: s.Median, Min: slices.Min(s.Values), Max: slices.Max(s.Values),
			Times: s.Values, ExitCodes: make([]int, len(s.Values)), // all 0, else the boot had no sample
		}
		r.Mean, r.StdDev = meanAndDeviation(s.Values)
		list.Results = append(list.Results, r)
	}
	switch {
	case len(list.Results) > 0:
	case instructionsAlone(e.Runs):
		return errors.New("hyperfine's form is one of times, and the clocks of these boots counted instructions: choose another, such as --format csv")
	default:
		return errors.New("hyperfine's form is one of whole boots' times, and no boot here has one: choose another, such as --format csv")
	}
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(list)
}

// commandOf is what boots a target.
func commandOf(e *benchmarks.Evidence, label string) string {
	at := slices.IndexFunc(e.Runs, func(r store.Run) bool {
		return e.Labelled(&r) == label && r.Target.Kernel != "" && r.Kind != store.Imported
	})
	if at < 0 {
		return ""
	}
	return safe(bootCommand(e.Runs[at].Target))
}

// meanAndDeviation are the sample's mean and standard deviation, the latter nil
// for one value.
func meanAndDeviation(x []float64) (mean float64, deviation *float64) {
	for i, v := range x {
		mean += (v - mean) / float64(i+1)
	}
	if len(x) < 2 {
		return mean, nil
	}
	squares := 0.0
	for _, v := range x {
		squares += (v - mean) * (v - mean)
	}
	d := math.Sqrt(squares / float64(len(x)-1))
	if !stats.Finite(d) {
		return mean, nil
	}
	return mean, &d
}
