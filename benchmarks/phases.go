package benchmarks

import (
	"maps"
	"slices"
	"strings"

	"slipway/benchmarks/store"
)

// mostHave is the share of a target's boots that must have a marker for it to part
// phases.
const mostHave = 0.8

// evenPhases gives all guests' boots of a comparison the same phases, those between
// markers that nearly all boots of every target have, and adds the others up. A kernel may
// lack a marker that another has, and on a busy host two markers are read at once in some
// boots: to compare a phase over the boots that happen to have it would choose among
// boots. A boot that lacks one of the markers in spite of that has no sample of the phases
// beside it. It returns what was joined, as a note.
func (gs *groups) evenPhases() string {
	ends, split := gs.phaseEnds()
	uneven := func(run *store.Run) bool {
		return hasPhases(run) && slices.ContainsFunc(slices.Collect(maps.Keys(split)), func(stage string) bool { return ends[stage] != hasEnd(run, stage) })
	}
	joined := map[string]bool{}
	for _, g := range gs.list {
		for i, run := range g.boots {
			if uneven(run) {
				g.boots[i] = withPhases(run, ends, joined)
			}
		}
	}
	if len(joined) == 0 {
		return ""
	}
	return "taken together, since not every boot has a marker between them: " + strings.Join(slices.Sorted(maps.Keys(joined)), ", ")
}

// phaseEnds are the stages that end a phase in nearly all boots of every target, and
// those that do in some boot.
func (gs *groups) phaseEnds() (ends, some map[string]bool) {
	ends, some = map[string]bool{}, map[string]bool{}
	var counts []map[string]float64
	for _, g := range gs.list {
		count, boots := map[string]float64{}, 0.0
		for _, run := range g.boots {
			if !hasPhases(run) {
				continue
			}
			boots++
			for _, p := range run.Phases {
				count[lastStage(p.Name)]++
				some[lastStage(p.Name)] = true
			}
		}
		for stage := range count {
			count[stage] /= boots
		}
		if boots > 0 {
			counts = append(counts, count)
		}
	}
	for stage := range some {
		ends[stage] = !slices.ContainsFunc(counts, func(share map[string]float64) bool { return share[stage] < mostHave })
	}
	return ends, some
}

func hasEnd(run *store.Run, stage string) bool {
	return slices.ContainsFunc(run.Phases, func(p store.Phase) bool { return lastStage(p.Name) == stage })
}

// hasPhases reports whether a run is a guest's with a timeline; a process of the host is
// all app.
func hasPhases(run *store.Run) bool {
	return len(run.Phases) > 0 && run.Environment.Accel != store.Native && run.Counted == ""
}

// lastStage is the stage that a phase ends with: kernel of firmware+kernel.
func lastStage(phase string) string { return phase[strings.LastIndexByte(phase, '+')+1:] }

// withPhases is the run with its phases joined up to the common ends.
func withPhases(run *store.Run, ends, joined map[string]bool) *store.Run {
	even := *run
	even.Phases, even.Metrics = nil, maps.Clone(run.Metrics)
	for _, p := range run.Phases {
		delete(even.Metrics, "boot/"+p.Name)
	}
	open := false
	for _, p := range run.Phases {
		if last := len(even.Phases) - 1; open {
			q := &even.Phases[last]
			joint := p // ends as it does
			joint.Name, joint.Seconds = q.Name+"+"+p.Name, q.Seconds+p.Seconds
			*q = joint
		} else {
			even.Phases = append(even.Phases, p)
		}
		open = !ends[lastStage(p.Name)]
	}
	if !slices.ContainsFunc(even.Phases, func(p store.Phase) bool { return p.Name == "app" }) {
		delete(even.Metrics, "boot/to-app") // few boots know when the app began
	}
	for _, p := range even.Phases {
		if slices.ContainsFunc(strings.Split(p.Name, "+"), func(stage string) bool { return ends[stage] && stage != lastStage(p.Name) }) {
			continue // it has no marker where the others have one
		}
		if !wasMeasured(run, p.Name) {
			continue // a machine that was started beforehand has no vmm
		}
		even.Metrics["boot/"+p.Name] = store.Metric{Unit: "sec", Better: string(Lower), Values: []float64{p.Seconds}}
		if strings.Contains(p.Name, "+") {
			joined[p.Name] = true
		}
	}
	return &even
}

// lacking counts the boots that have a timeline and no sample of a phase that others of
// the group have.
func (g *group) lacking(s *Series) int {
	if s == nil || !strings.HasPrefix(s.Info.Name, "boot/") {
		return 0
	}
	n := 0
	for _, run := range g.boots {
		if hasPhases(run) && run.Origin == store.Spawned {
			n++
		}
	}
	return max(n-len(s.Values), 0)
}

// wasMeasured reports whether all parts of a joined phase are metrics of the run.
func wasMeasured(run *store.Run, phase string) bool {
	for _, p := range run.Phases {
		if strings.Contains("+"+phase+"+", "+"+p.Name+"+") {
			if _, ok := run.Metrics["boot/"+p.Name]; !ok {
				return false
			}
		}
	}
	return true
}
