package session

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"slipway/benchmarks"
	"slipway/benchmarks/store"
)

// maxExperiments is how many experiments that timed both images are looked at, the newest
// first, until one of them has figures of both.
const maxExperiments = 3

// experimentCost judges by the rounds of an experiment: that of both runs, where they are
// boots of two targets of it, else the newest one that interleaved what they booted, as
// the rounds after a save do.
func experimentCost(history *store.Store, a, b store.Run) (RunCost, bool) {
	if sameBoot(&a, &b) {
		return RunCost{}, false
	}
	for _, id := range commonExperiments(history, a, b) {
		if cost, ok := costIn(history, id, a, b); ok {
			if a.Experiment != id || b.Experiment != id {
				cost.Remarks = append(cost.Remarks, "experiment "+id+" timed both images side by side")
			}
			return cost, true
		}
	}
	return RunCost{}, false
}

// machineSettings are those that a target has by its kernel too, and that timed targets
// are given so that they share them.
var machineSettings = []string{"machine", "memory", "cpus"}

// sameProgram says whether two runs booted the same image with the same settings, but
// for the machine's.
func sameProgram(a, b *store.Run) bool {
	rest := func(r *store.Run) map[string]string {
		settings := maps.Clone(r.Target.Settings)
		for _, key := range machineSettings {
			delete(settings, key)
		}
		return settings
	}
	return a.Image.Hash == b.Image.Hash && a.Target.Kernel == b.Target.Kernel && a.Target.App == b.Target.App && maps.Equal(rest(a), rest(b))
}

// sameBoot says whether two runs booted the same thing on the same machine.
func sameBoot(a, b *store.Run) bool {
	return sameProgram(a, b) && a.Environment.Machine == b.Environment.Machine && a.Environment.Memory == b.Environment.Memory && a.Environment.CPUs == b.Environment.CPUs
}

// commonExperiments are those with timed boots of both images, the runs' own one first,
// then the newest.
func commonExperiments(history *store.Store, a, b store.Run) []string {
	of := func(r store.Run) map[string]bool {
		list, err := history.List(store.Filter{Image: r.Image.Hash, Kernel: r.Target.Kernel, App: r.Target.App, Kind: store.Timed, NoWarmup: true}, 0)
		if err != nil || r.Image.Hash == "" {
			return nil // without a verdict there are still the two boots
		}
		found := map[string]bool{}
		for _, s := range list {
			found[s.Experiment] = s.Experiment != ""
		}
		return found
	}
	others := of(b)
	var ids []string
	for id, timed := range of(a) {
		if timed && others[id] {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	slices.Reverse(ids)
	if at := slices.Index(ids, a.Experiment); at >= 0 && a.Experiment == b.Experiment {
		ids = append([]string{a.Experiment}, slices.Delete(ids, at, at+1)...)
	}
	return ids[:min(len(ids), maxExperiments)]
}

// costIn is what an experiment says about the targets that booted what a and b did.
func costIn(history *store.Store, id string, a, b store.Run) (RunCost, bool) {
	e, err := history.Experiment(id)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return RunCost{}, false
	}
	e.ID = id // its record may be gone; the runs are not
	runs, err := history.Load(store.Filter{Experiment: id})
	if err != nil {
		return RunCost{}, false
	}
	target := func(like *store.Run, same func(a, b *store.Run) bool) string {
		for i := range runs {
			if runs[i].ID == like.ID || same(&runs[i], like) {
				return runs[i].Target.ID
			}
		}
		return ""
	}
	from, to := target(&a, sameBoot), target(&b, sameBoot)
	if from == "" || to == "" { // it may have had both on a machine that they share with another kernel
		from, to = target(&a, sameProgram), target(&b, sameProgram)
	}
	if from == "" || to == "" || from == to {
		return RunCost{}, false
	}
	c, err := benchmarks.CompareRuns(e, runs, from, []string{from, to})
	if err != nil {
		return RunCost{}, false
	}
	cost := RunCost{Experiment: id}
	rounds := 0
	for i := range c.Cells {
		cell := &c.Cells[i]
		if cell.Target != to {
			continue
		}
		rounds = max(rounds, cell.N[0], cell.N[1])
		row := CostRow{
			Name: cell.Name, Title: plain(cell.Info.Title), Unit: cell.Unit, Better: cell.Better, A: cell.Medians[0], B: cell.Medians[1],
			Ratio: cell.Estimate, Low: cell.Low, High: cell.High, Change: cell.ChangeText(), Verdict: string(cell.Verdict), Notes: plainAll(cell.Notes),
		}
		if cell.Verdict == benchmarks.NotComparable {
			row.Ratio, row.Low, row.High, row.Change = nil, nil, nil, ""
		}
		cost.add(row)
	}
	if rounds == 0 {
		return RunCost{}, false // no boot of it went well
	}
	cost.sort()
	cost.Basis = fmt.Sprintf("%d rounds of experiment %s, %s", rounds, id, c.Order)
	return cost, true
}
