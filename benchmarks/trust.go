package benchmarks

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"slipway/benchmarks/stats"
	"slipway/benchmarks/store"
)

// FactState says how a fact bears on the trust in a comparison.
type FactState string

// States of a fact.
const (
	Good    FactState = "good"
	Warning FactState = "warning" // look before you quote
	Unknown FactState = "unknown" // not recorded
)

// Fact is one reason to trust a comparison or not.
type Fact struct {
	Name  string    `json:"name"` // interleaved, environment, boots, drift, load, accelerator, rounds where some were added
	State FactState `json:"state"`
	Short string    `json:"short"` // for a line that lists all facts
	Long  string    `json:"long"`  // a sentence or two
}

// trust says what speaks for the comparison and what against it.
func (gs *groups) trust(c *Comparison) []Fact {
	return []Fact{gs.trustOrder(c.Order), gs.trustEnvironment(), gs.trustBoots(), gs.trustDrift(c), gs.trustLoad(), gs.trustAccelerator()}
}

func (gs *groups) trustOrder(order Order) Fact {
	if order == Interleaved {
		return Fact{"interleaved", Good, "interleaved", "Every round booted each target once, in random order, so that what the host did hit all of them alike."}
	}
	if !slices.ContainsFunc(gs.list, func(g *group) bool { return len(g.boots) > 0 }) {
		return Fact{"interleaved", Unknown, "no order", "No boot went well: there is nothing whose order could matter."}
	}
	if len(gs.list) < 2 {
		return Fact{"interleaved", Unknown, "one target", "There is only one target: nothing is compared."}
	}
	return Fact{"interleaved", Warning, "not interleaved", "The targets were not booted in turns: what changed on the host meanwhile looks like a difference between them. 'slipway bench' interleaves."}
}

func (gs *groups) trustEnvironment() Fact {
	var differ []string
	for _, f := range append([]facet{facetHost, facetQEMU, facetAccel, facetVirtual, facetKind, facetParams}, byDesign...) {
		for _, g := range gs.list {
			base := gs.baseline(g)
			if base == nil {
				base = g
			}
			if f.name == facetQEMU.name || f.name != facetHost.name && f.name != facetKind.name && f.name != facetParams.name && f.name != "settings" {
				if g.native() || base.native() {
					continue // a process has no QEMU, machine or memory of its own
				}
			}
			if len(g.boots) == 0 || len(base.boots) == 0 {
				continue
			}
			if how := f.differ(base, g); how != "" {
				differ = append(differ, f.name+" ("+how+")")
			}
		}
	}
	natives, guests, silent := 0, 0, 0
	for _, g := range gs.list {
		switch {
		case len(g.boots) == 0:
		case g.silent():
			silent++
		case g.native():
			natives++
		default:
			guests++
		}
	}
	switch {
	case len(differ) > 0:
	case silent > 0:
		return Fact{"environment", Unknown, "environment unknown", "Results were read from files that do not say what ran them: that nothing differed is for you to know."}
	case natives+guests == 0:
		return Fact{"environment", Unknown, "no environment", "No boot went well: nothing ran that could differ."}
	case !slices.ContainsFunc(gs.list, (*group).hosted):
		return Fact{"environment", Unknown, "environment unknown", "It was not recorded what ran this: another host or another version would look like a difference between the targets."}
	case guests == 0:
		return Fact{"environment", Good, "same host", "All were processes of the same host."}
	case natives > 0:
		return Fact{"environment", Warning, "native beside guests", "Some were processes of this host, the others guests of QEMU. Where guests are emulated, the two are not compared."}
	default:
		return Fact{"environment", Good, "same qemu+args+host", "All boots had the same host, QEMU, accelerator, machine type, memory and console."}
	}
	return Fact{"environment", Warning, plural(len(differ), "difference"), "What differs: " + strings.Join(differ, "; ") + "."}
}

// silent reports whether the boots are from a file that does not say what ran them.
func (g *group) silent() bool {
	return !slices.ContainsFunc(g.boots, func(r *store.Run) bool { return r.Kind != store.Imported || r.Environment.Accel != "" })
}

// hosted reports whether anything is known about what ran a target.
func (g *group) hosted() bool {
	return slices.ContainsFunc(g.boots, func(r *store.Run) bool {
		return r.Environment.Host != "" || r.Environment.CPU != "" || r.Environment.QEMU != ""
	})
}

func (gs *groups) trustBoots() Fact {
	boots, good := 0, 0
	var failures []string
	for _, g := range gs.list {
		boots, good = boots+g.summary.Boots, good+g.summary.OK
		if g.summary.OK < g.summary.Boots {
			failures = append(failures, g.label+" "+g.failures())
		}
	}
	short := fmt.Sprintf("%d/%d boots ok", good, boots)
	if boots > 0 && good == boots {
		return Fact{"boots", Good, short, "Every boot went well. Warm-ups are not counted."}
	}
	if boots == 0 {
		return Fact{"boots", Warning, "no boots", "There is no measured boot."}
	}
	return Fact{"boots", Warning, short, "Boots that went wrong yield no samples: " + strings.Join(failures, "; ") + ". If they are the slow ones, what is left looks too good."}
}

// trustDrift looks at the headline metric of each target; every cell has a note
// of its own where it drifts.
func (gs *groups) trustDrift(c *Comparison) Fact {
	var p []float64
	var names []string
	for _, g := range gs.list {
		s := c.Find(g.label, "boot/total", "")
		if s == nil {
			s = c.first(g.label)
		}
		if s == nil || len(s.Values) < MinSamples {
			continue
		}
		if d, err := stats.MannKendall(s.Values); err == nil {
			p, names = append(p, d.P), append(names, g.label)
		}
	}
	if len(p) == 0 {
		return Fact{"drift", Unknown, "drift unknown", fmt.Sprintf("A trend over time can be seen from %d boots on.", MinSamples)}
	}
	least, at := math.Inf(1), 0
	for i, adjusted := range stats.Holm(p) {
		if adjusted < least {
			least, at = adjusted, i
		}
	}
	if least >= Level {
		return Fact{"drift", Good, "no drift (p " + FormatP(least) + ")", "No target became faster or slower in the course of the experiment (Mann-Kendall)."}
	}
	return Fact{"drift", Warning, "drift (p " + FormatP(least) + ")", names[at] + " became faster or slower in the course of the experiment (Mann-Kendall): the host was changing."}
}

// first returns a target's first wall-clock series.
func (c *Comparison) first(target string) *Series {
	for _, s := range c.Series {
		if s.Target == target && s.Info.Class == Wall {
			return s
		}
	}
	return nil
}

func (gs *groups) trustLoad() Fact {
	var loads []float64
	cores := 0
	for _, g := range gs.list {
		for _, run := range g.boots {
			if run.Environment.Load != nil {
				loads = append(loads, *run.Environment.Load)
				cores = run.Environment.Cores
			}
		}
	}
	if len(loads) == 0 || cores == 0 {
		return Fact{"load", Unknown, "host load unknown", "The host's load was not recorded."}
	}
	if gs.countedAll() {
		return Fact{"load", Good, "virtual time", "The guests' clocks counted instructions: how busy the host was does not show in them."}
	}
	if short, long := gs.disturbed(); short != "" {
		return Fact{"load", Warning, short, long}
	}
	load := stats.Median(loads)
	short := fmt.Sprintf("load %.1f of %s", load, plural(cores, "core"))
	// The boots themselves keep about one CPU busy.
	if load > max(1.5, 0.75*float64(cores)) {
		return Fact{"load", Warning, short + ": noisier", "Other work used the host's CPUs during the boots: intervals are wider than they need be."}
	}
	return Fact{"load", Good, short, "The host had CPUs to spare."}
}

func (gs *groups) trustAccelerator() Fact {
	for _, g := range gs.list {
		for _, run := range g.boots {
			if run.Environment.Accel != store.TCG {
				continue
			}
			if gs.countedAll() {
				return Fact{"accelerator", Good, "tcg counted instructions", "Guests were emulated (TCG), and a nanosecond is an instruction of theirs: the figures rank by instructions, and say nothing about time on hardware."}
			}
			long := "Guests were emulated (TCG): times rank kernels under emulation and say little about hardware."
			if reason := run.Environment.AccelReason; reason != "" {
				long += " Why not KVM: " + strings.TrimSuffix(reason, ".") + "."
			}
			return Fact{"accelerator", Warning, "tcg: emulated", long}
		}
	}
	for _, g := range gs.list {
		for _, accel := range facetAccel.values(g) {
			if accel != "" {
				return Fact{"accelerator", Good, accel, "No guest was emulated."}
			}
		}
	}
	return Fact{"accelerator", Unknown, "accelerator unknown", "It was not recorded what ran the boots."}
}
