package benchmarks

import (
	"slices"
	"strings"

	"slipway/benchmarks/store"
	"slipway/runner/boot"
)

// instructions notes who counted the guest's instructions, if anybody did, and returns
// what was counted.
func (r *Recording) instructions(result boot.Result) Instructions {
	switch {
	case r.plan.VM.Virtual:
		r.run.Counted = store.ByClock
		if result.Outcome == boot.Exit && result.Counts.Exit == 0 {
			r.run.Notes = append(r.run.Notes, "its markers do not say the guest's counter: how many instructions it executed is not known (docs/kernels.md)")
		}
	case r.plan.VM.Counter != "":
		r.run.Counted = store.ByPlugin
	case r.plan.VM.CountExits:
		r.run.Counted = store.ByKVM
		return Instructions{}
	default:
		return Instructions{}
	}
	return Instructions{App: result.Counts.App, Exit: result.Counts.Exit}
}

// countedBy says in words who counted.
var countedBy = map[string]string{
	store.ByClock:  "by the guest's clock (-icount)",
	store.ByPlugin: "by a plugin",
}

// counters says why counted instructions of the two sides cannot be compared: those
// who count do not count alike. An experiment may have counted in some boots only.
func (p pairing) counters() []string {
	if p.info.Class != Virtual {
		return nil
	}
	base, test := p.base.counted(), p.test.counted()
	if len(base.boots) == 0 || len(test.boots) == 0 {
		return nil // figures from a file: nobody knows
	}
	how := facet{"ways of counting", func(r *store.Run) string { return countedBy[r.Counted] }}
	if differ := how.differ(base, test); differ != "" {
		return []string{"other " + how.name + ": " + differ}
	}
	return nil
}

// counted is the group's boots in which somebody counted.
func (g *group) counted() *group {
	return &group{label: g.label, boots: slices.DeleteFunc(slices.Clone(g.boots), func(r *store.Run) bool { return r.Counted == "" })}
}

// virtual reports whether the guests' clocks counted instructions in all boots.
func (g *group) virtual() bool {
	return len(g.boots) > 0 && !slices.ContainsFunc(g.boots, func(r *store.Run) bool { return !r.Environment.Virtual })
}

// reckoned is what a metric is in boots of two groups: a time that an app took of a
// clock that counts instructions is no time of the host's, and may repeat exactly. So may
// what an app calls instructions; elsewhere that is a word of the app's.
func (i Info) reckoned(a, b *group) Info {
	instructions := i.Class == Other && (i.Unit == "insns" || strings.HasPrefix(i.Unit, "insns/"))
	if !instructions && i.Class != Wall || !a.virtual() || !b.virtual() {
		return i
	}
	if i.Class == Wall {
		i.About += " Here a nanosecond is an instruction of the guest's."
	}
	i.Class = Virtual
	return i
}

// countedAll reports whether every boot counted its instructions, so that how busy the
// host was cannot show in them.
func (gs *groups) countedAll() bool {
	return !slices.ContainsFunc(gs.list, func(g *group) bool { return !g.virtual() })
}
