package benchmarks

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"slipway/benchmarks/store"
	"slipway/runner"
	"slipway/runner/catalog"
)

// facet is one thing about a boot that may keep two boots from being compared.
type facet struct {
	name string
	of   func(*store.Run) string
}

// Facets that make comparing the two sides misleading, whichever way the numbers
// turn out.
var (
	facetApp     = facet{"apps", func(r *store.Run) string { return r.Target.App }}
	facetAlone   = facet{"numbers of boots at once", func(r *store.Run) string { return strconv.Itoa(max(1, r.Environment.Parallel)) }}
	facetArch    = facet{"instruction sets", func(r *store.Run) string { return r.Environment.Arch }}
	facetParams  = facet{"app parameters", paramsOf}
	facetKind    = facet{"kinds of boot", kindOf}
	facetHost    = facet{"hosts", hostOf}
	facetQEMU    = facet{"QEMU versions", func(r *store.Run) string { return r.Environment.QEMU }}
	facetAccel   = facet{"accelerators", func(r *store.Run) string { return r.Environment.Accel }}
	facetVirtual = facet{"clocks", func(r *store.Run) string {
		if r.Environment.Virtual {
			return "virtual time (instructions)"
		}
		return "wall-clock time"
	}}
)

// Facets that may differ by design, and are named.
var byDesign = []facet{
	{"machine type", func(r *store.Run) string { return r.Environment.Machine }},
	{"guest memory", func(r *store.Run) string {
		if r.Environment.Memory == 0 {
			return ""
		}
		return FormatValue(float64(r.Environment.Memory), "B")
	}},
	{"virtual CPUs", func(r *store.Run) string {
		if r.Environment.CPUs == 0 {
			return ""
		}
		return strconv.Itoa(r.Environment.CPUs)
	}},
	{"console", func(r *store.Run) string { return r.Environment.Transport }},
	{"settings", settingsOf},
	facetAttached,
}

// facetAttached tells by content: the same file may be another disk a day later.
var facetAttached = facet{"disks and shares", func(r *store.Run) string {
	parts := make([]string, len(r.Attached))
	for i, a := range r.Attached {
		parts[i] = a.String()
	}
	return strings.Join(parts, ", ")
}}

// kindOf takes what Slipway exported, and somebody imported again, for the timed boots
// that it was: its file says what ran it.
func kindOf(r *store.Run) string {
	if r.Kind == store.Imported && r.Environment.Accel != "" {
		return string(store.Timed)
	}
	return kindWord(r)
}

// kindWord is the kind of boot as tables of runs have it.
func kindWord(r *store.Run) string {
	if r.Kind == store.Interactive {
		return "watched"
	}
	return string(r.Kind)
}

func hostOf(r *store.Run) string {
	if r.Environment.CPU == "" {
		return r.Environment.Host
	}
	return strings.TrimSpace(r.Environment.Host + " (" + r.Environment.CPU + ")")
}

// settingsOf leaves out what has a facet of its own.
func settingsOf(r *store.Run) string {
	return settingsThat(r, func(key string) bool {
		return key == "cmdline" || key == "pin" || slices.Contains(catalog.DeviceSettings, key)
	})
}

// paramsOf are the parameters that the app was given and that are not its
// manifest's: they make it another computation.
func paramsOf(r *store.Run) string {
	return cmp.Or(settingsThat(r, func(key string) bool { return !runner.IsSetting(key) }), "the app's own")
}

func settingsThat(r *store.Run, pass func(key string) bool) string {
	var parts []string
	for _, key := range slices.Sorted(maps.Keys(r.Target.Settings)) {
		if pass(key) {
			parts = append(parts, key+"="+r.Target.Settings[key])
		}
	}
	return strings.Join(parts, " ")
}

// values are the different values of a facet over a group's boots, sorted.
func (f facet) values(g *group) []string {
	set := map[string]bool{}
	for _, run := range g.boots {
		set[f.of(run)] = true
	}
	return slices.Sorted(maps.Keys(set))
}

// differ says how the two sides differ, or one of them in itself; "" where all
// agree.
func (f facet) differ(a, b *group) string {
	x, y := f.values(a), f.values(b)
	if slices.Equal(x, y) && len(x) == 1 {
		return ""
	}
	if slices.Equal(x, y) {
		return listed(x) + " within each"
	}
	return fmt.Sprintf("%s with %s, %s with %s", listed(x), a.label, listed(y), b.label)
}

func listed(values []string) string {
	named := slices.Clone(values)
	for i, v := range named {
		if v == "" {
			named[i] = "none recorded"
		}
	}
	return strings.Join(named, " or ")
}

// comparable returns why the two sides can't be compared in this metric, and what
// should be known about them where they can.
func (p pairing) comparable() (reasons, remarks []string) {
	for side, s := range []*Series{p.from, p.to} {
		g := []*group{p.base, p.test}[side]
		switch {
		case s != nil:
		case len(g.boots) == 0 && g.summary.Boots > 0:
			reasons = append(reasons, fmt.Sprintf("no boot of %s went well: %s", g.label, g.failures()))
		case len(g.boots) == 0:
			reasons = append(reasons, fmt.Sprintf("%s has no measured boot", g.label))
		default:
			reasons = append(reasons, p.missing(g))
		}
	}
	if len(reasons) > 0 {
		return reasons, nil
	}
	asked := p.computation() != ""
	for _, f := range p.decisive() {
		how := f.differ(p.base, p.test)
		switch silent := p.unsaid(f); {
		case how == "", asked && f.name == facetParams.name:
		case silent != "":
			remarks = append(remarks, fmt.Sprintf("%s does not say its %s", silent, f.name))
		default:
			reasons = append(reasons, fmt.Sprintf("other %s: %s", f.name, how))
		}
	}
	reasons = append(append(reasons, p.counters()...), p.torn()...)
	accel, remark := p.accelerators()
	reasons = append(reasons, accel...)
	if len(reasons) > 0 {
		return reasons, nil
	}
	return nil, slices.Concat(remarks, remark, p.differences())
}

// unsaid is the side that says nothing of a facet where both are files that were made
// elsewhere: that is no difference. "" where both speak, or one was measured here.
func (p pairing) unsaid(f facet) string {
	silent := ""
	for _, g := range []*group{p.base, p.test} {
		for _, run := range g.boots {
			if run.Kind != store.Imported {
				return ""
			}
		}
		if v := f.values(g); len(v) == 1 && v[0] == "" {
			silent = g.label
		}
	}
	return silent
}

// computation says how parameters of the app differ that somebody swept, in a metric
// that depends on what is computed; "" where they don't, or others do as well.
func (p pairing) computation() string {
	if p.info.Class == Exact || facetParams.differ(p.base, p.test) == "" {
		return ""
	}
	other := facet{of: func(r *store.Run) string {
		return settingsThat(r, func(key string) bool { return !runner.IsSetting(key) && !slices.Contains(p.swept, key) })
	}}
	if other.differ(p.base, p.test) != "" {
		return ""
	}
	return facetParams.differ(p.base, p.test)
}

// missing says why a target whose boots went well has no sample.
func (p pairing) missing(g *group) string {
	if p.info.Name == "mem/peak" {
		return g.label + " ended before its memory could be looked at"
	}
	return g.label + " reported none"
}

// decisive are the facets that matter for the metric's class. An image has the
// same size everywhere, and counted instructions do not care about the host.
func (p pairing) decisive() []facet {
	switch p.info.Class {
	case Exact:
		return []facet{facetApp, facetArch}
	case Virtual:
		return append([]facet{facetApp, facetParams, facetArch}, p.sameQEMU()...)
	default:
		return append([]facet{facetApp, facetParams, facetArch, facetKind, facetAlone, facetHost, facetVirtual}, p.sameQEMU()...)
	}
}

// sameQEMU asks for one version of QEMU where both sides are VMs.
func (p pairing) sameQEMU() []facet {
	if p.base.native() || p.test.native() {
		return nil
	}
	return []facet{facetQEMU}
}

func (g *group) native() bool {
	return slices.Equal(facetAccel.values(g), []string{store.Native})
}

// accelerators never lets emulation be ranked against hardware.
func (p pairing) accelerators() (reasons, remarks []string) {
	if p.info.Class == Exact || p.info.Class == Virtual {
		return nil, nil
	}
	a, b := facetAccel.values(p.base), facetAccel.values(p.test)
	if slices.Equal(a, b) && len(a) == 1 {
		return nil, nil
	}
	if slices.Contains(a, store.TCG) || slices.Contains(b, store.TCG) || len(a) > 1 || len(b) > 1 {
		return []string{fmt.Sprintf("%s on %s, %s on %s: emulation is never ranked against hardware", p.base.label, listed(a), p.test.label, listed(b))}, nil
	}
	return nil, []string{fmt.Sprintf("%s on %s, %s on %s: a process against a guest", p.base.label, listed(a), p.test.label, listed(b))}
}

// differences names what differs between comparable sides.
func (p pairing) differences() []string {
	var remarks []string
	if p.info.Class != Exact {
		for _, f := range byDesign {
			if f.name != "settings" && (p.base.native() || p.test.native()) {
				continue // a process has none of these
			}
			if how := f.differ(p.base, p.test); how != "" {
				remarks = append(remarks, fmt.Sprintf("%s differs: %s", f.name, how))
			}
		}
	}
	if how := (facet{of: kindWord}).differ(p.base, p.test); how != "" && p.info.Class != Exact {
		remarks = append(remarks, "read from a file, not measured here: "+how)
	}
	for _, g := range []*group{p.base, p.test} {
		if n := len((facet{of: func(r *store.Run) string { return r.Image.Hash }}).values(g)); n > 1 {
			remarks = append(remarks, fmt.Sprintf("%s: samples of %d different images together", g.label, n))
		}
	}
	if slices.Equal(facetKind.values(p.base), []string{kindWord(&store.Run{Kind: store.Interactive})}) && p.info.Class != Exact {
		remarks = append(remarks, "boots that a person watched: what was typed or stopped is in the times")
	}
	return remarks
}

// failures counts the ways in which boots went wrong: "2 hang, 1 panic".
func (g *group) failures() string {
	var parts []string
	for _, outcome := range slices.Sorted(maps.Keys(g.summary.Outcomes)) {
		parts = append(parts, fmt.Sprintf("%d %s", g.summary.Outcomes[outcome], outcome))
	}
	return strings.Join(parts, ", ")
}
