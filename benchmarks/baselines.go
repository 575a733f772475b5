package benchmarks

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"slipway/benchmarks/store"
)

// LastSave ends the name of a target that is the last save's image.
const LastSave = " (last save)"

// BaselineOf is the ID of the target that one is compared with, "" for a baseline.
func (c *Comparison) BaselineOf(target string) string {
	for i := range c.Targets {
		if c.Targets[i].ID == target {
			return c.Targets[i].Baseline
		}
	}
	return ""
}

// Baselines are the targets that others are compared with, the first one first.
func (c *Comparison) Baselines() []string {
	list := []string{c.Baseline}
	for i := range c.Targets {
		if base := c.Targets[i].Baseline; base != "" && !slices.Contains(list, base) {
			list = append(list, base)
		}
	}
	return list
}

// recordedBaselines are what an experiment's targets are compared with where nobody says:
// its baseline or, in the rounds after a save, each target's last save.
func recordedBaselines(e store.Experiment, runs []store.Run) (baseline string, baselines map[string]string) {
	if !e.Saves {
		return e.Baseline, nil
	}
	there := map[string]bool{}
	for i := range runs {
		there[runs[i].Target.ID] = true
	}
	baselines = map[string]string{}
	for id := range there {
		if there[id+LastSave] {
			baselines[id], baselines[id+LastSave] = id+LastSave, id+LastSave
		}
	}
	return cmp.Or(baselines[e.Baseline], e.Baseline), baselines
}

// baseline is the group that one is compared with, nil for a baseline.
func (gs *groups) baseline(g *group) *group { return gs.bases[g] }

// chooseBaselines says what each group is compared with: what the caller named for it,
// else the first group. Another app is never comparable with that one's, so an app that
// several others have has a baseline of its own, that of the first one's kernel and
// settings where there is one. The groups come to stand behind their baselines.
func (gs *groups) chooseBaselines(named map[string]string) {
	gs.bases = map[*group]*group{}
	place := map[*group]int{}
	for i, g := range gs.list {
		place[g] = i
		base := gs.appBaseline(g, named)
		if label, ok := named[g.label]; ok {
			if at := slices.IndexFunc(gs.list, func(o *group) bool { return o.label == label }); at >= 0 {
				base = gs.list[at]
			}
		}
		if base != g {
			gs.bases[g], g.summary.Baseline = base, base.label
		}
	}
	behind := func(g *group) int {
		base, ok := gs.bases[g]
		if !ok {
			return 2 * place[g]
		}
		return 2*place[base] + 1
	}
	slices.SortStableFunc(gs.list, func(a, b *group) int { return cmp.Compare(behind(a), behind(b)) })
}

// appBaseline is the baseline of a group's app among those that have none by name.
func (gs *groups) appBaseline(g *group, named map[string]string) *group {
	first := gs.list[0]
	if g.summary.App == first.summary.App {
		return first
	}
	var alike []*group
	for _, o := range gs.list {
		if _, ok := named[o.label]; !ok && o.summary.App == g.summary.App {
			alike = append(alike, o)
		}
	}
	if len(alike) < 2 {
		return first
	}
	for _, fits := range []func(o *group) bool{
		func(o *group) bool {
			return o.summary.Kernel == first.summary.Kernel && maps.Equal(o.settings, first.settings)
		},
		func(o *group) bool { return o.summary.Kernel == first.summary.Kernel },
	} {
		if at := slices.IndexFunc(alike, fits); at >= 0 {
			return alike[at]
		}
	}
	return alike[0]
}

// named puts the group that a baseline's name stands for first. What a name may be is
// what Plan.Named says, and the beginning of a label up to a slash.
func (gs *groups) named(name string) error {
	words := strings.Fields(name)
	for _, fits := range []func(g *group) bool{
		func(g *group) bool { return g.label == name },
		func(g *group) bool { return g.summary.Kernel == name || strings.HasPrefix(g.label, name+"/") },
		func(g *group) bool {
			has := strings.FieldsFunc(g.label, func(r rune) bool { return strings.ContainsRune(" ()", r) })
			for key, value := range g.settings {
				has = append(has, key+"="+value)
			}
			return len(words) > 0 && !slices.ContainsFunc(words, func(w string) bool { return !slices.Contains(has, w) })
		},
	} {
		var found []int
		for i, g := range gs.list {
			if fits(g) {
				found = append(found, i)
			}
		}
		if len(found) > 1 {
			return fmt.Errorf("baseline %q could be %s or %s: name it in full", name, gs.list[found[0]].label, gs.list[found[1]].label)
		}
		if len(found) == 1 {
			base := gs.list[found[0]]
			gs.list = slices.Insert(slices.Delete(gs.list, found[0], found[0]+1), 0, base)
			return nil
		}
	}
	return fmt.Errorf("baseline %q is none of the compared targets: %s", name, strings.Join(gs.labels(), ", "))
}
