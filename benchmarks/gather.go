package benchmarks

import (
	"cmp"
	"slices"
	"strings"

	"slipway/benchmarks/stats"
	"slipway/benchmarks/store"
)

// Gather returns the samples of runs with their medians and intervals, by label and in
// the order of a table, without comparing anything. As in Compare, warm-ups and boots
// that went wrong yield none.
func Gather(runs []store.Run, label func(*store.Run) string) map[string][]*Series {
	gs, err := collect(runs, Options{Label: label})
	if err != nil {
		return nil // it fails only without runs
	}
	infos, all := gs.series()
	gathered := map[string][]*Series{}
	for _, id := range sortedIdentities(infos) {
		for _, g := range gs.list {
			if s := all[id][g.label]; s != nil {
				gathered[g.label] = append(gathered[g.label], s)
			}
		}
	}
	return gathered
}

// Unlike names, for people, the first thing by which the times of two runs of one target
// differ whatever the target's sources are: "host", "QEMU version"; "" where there is none.
func Unlike(a, b *store.Run) string {
	for _, f := range append([]facet{facetKind, facetHost, facetQEMU, facetAccel, facetVirtual, facetArch, facetParams}, byDesign...) {
		if f.of(a) != f.of(b) {
			return cmp.Or(map[string]string{
				facetKind.name: "kind of boot", facetHost.name: "host", facetQEMU.name: "QEMU version", facetAccel.name: "accelerator",
				facetVirtual.name: "clock", facetArch.name: "instruction set",
			}[f.name], f.name)
		}
	}
	return ""
}

// Drift says whether a series rose or fell in the course of measuring: Kendall's tau with
// the order and its p value (Mann-Kendall). ok is false where there are too few values to tell.
func (s *Series) Drift() (tau, p float64, ok bool) {
	if len(s.Values) < MinSamples {
		return 0, 0, false
	}
	d, err := stats.MannKendall(s.Values)
	if err != nil {
		return 0, 0, false
	}
	return d.Tau, d.P, true
}

// Falling reports whether a drift that is strong enough to be named in a table goes down,
// and whether there is one at all.
func (s *Series) Falling() (falling, drifts bool) {
	tau, p, ok := s.Drift()
	return tau < 0, ok && p < driftLevel
}

// phaseOrder are the stages of a boot's timeline as they follow one another.
var phaseOrder = []string{"vmm", "handover", "firmware", "kernel", "app", "shutdown"}

// Phases are the series of a target's boot that follow one another and together are its
// whole time, in that order. Where no marker parts two of them they are one here too, and
// bear both names. Phases of fewer than half of the boots are left out: in those boots
// markers were read at once.
func (c *Comparison) Phases(target string) []*Series {
	var phases []*Series
	most := 0
	for _, s := range c.Series {
		if s.Target == target && phaseRank(s.Info.Name) >= 0 {
			phases = append(phases, s)
			most = max(most, len(s.Values))
		}
	}
	phases = slices.DeleteFunc(phases, func(s *Series) bool { return 2*len(s.Values) < most })
	slices.SortStableFunc(phases, func(a, b *Series) int { return cmp.Compare(phaseRank(a.Info.Name), phaseRank(b.Info.Name)) })
	return phases
}

// phaseRank is the place of a phase in a boot, -1 for what is none.
func phaseRank(metric string) int {
	name, ok := strings.CutPrefix(metric, "boot/")
	if !ok {
		return -1
	}
	first, _, _ := strings.Cut(name, "+")
	return slices.Index(phaseOrder, first)
}

// PhaseInfos are the different phases of all targets' boots, in the order of a boot.
func (c *Comparison) PhaseInfos() []Info {
	var infos []Info
	for _, t := range c.Targets {
		for _, s := range c.Phases(t.ID) {
			if !slices.ContainsFunc(infos, func(i Info) bool { return i.Name == s.Info.Name }) {
				infos = append(infos, s.Info)
			}
		}
	}
	slices.SortStableFunc(infos, func(a, b Info) int { return cmp.Compare(phaseRank(a.Name), phaseRank(b.Name)) })
	return infos
}
