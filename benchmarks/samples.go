package benchmarks

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"slipway/benchmarks/stats"
	"slipway/benchmarks/store"
)

// group is the runs of one target, in the order in which they were started.
type group struct {
	label   string
	boots   []*store.Run // measured boots that went well
	summary TargetSummary
}

// groups are the targets of a comparison, the baseline first.
type groups struct {
	list []*group
	// rounds numbers the rounds of all experiments, so that what is paired by its
	// round is paired within its experiment.
	rounds map[roundKey]int
	notes  []string // on what was found in sorting them
}

// roundKey is one round of one experiment.
type roundKey struct {
	experiment string
	round      int
}

// round is the number of a run's round among those of all experiments.
func (gs *groups) round(run *store.Run) int {
	key := roundKey{run.Experiment, run.Round}
	n, ok := gs.rounds[key]
	if !ok {
		n = len(gs.rounds) + 1
		gs.rounds[key] = n
	}
	return n
}

// inOrder compares runs by when they were measured. IDs tell that even where a clock was
// set in between; what comes from a file of another program has none.
func inOrder(runs []*store.Run) func(a, b *store.Run) int {
	if slices.ContainsFunc(runs, func(r *store.Run) bool { return r.ID == "" }) {
		return func(a, b *store.Run) int { return a.Started.Compare(b.Started) }
	}
	return func(a, b *store.Run) int { return strings.Compare(a.ID, b.ID) }
}

// collect sorts runs into targets. Warm-ups, boots that went wrong and boots
// that a person watched beside timed ones are counted and yield no samples.
func collect(runs []store.Run, o Options) (*groups, error) {
	label := o.Label
	if label == nil {
		label = func(r *store.Run) string { return r.Target.ID }
	}
	ordered := make([]*store.Run, len(runs))
	for i := range runs {
		ordered[i] = &runs[i]
	}
	slices.SortStableFunc(ordered, inOrder(ordered))

	byLabel := map[string]*group{}
	gs := &groups{rounds: map[roundKey]int{}, notes: unpackage(ordered, label)}
	// Targets come in the order in which the caller named their runs first.
	for i := range runs {
		name := label(&runs[i])
		if byLabel[name] == nil {
			byLabel[name] = &group{label: name, summary: TargetSummary{ID: name, Outcomes: map[string]int{}}}
			gs.list = append(gs.list, byLabel[name])
		}
	}
	for _, run := range ordered {
		byLabel[label(run)].add(run)
	}
	if len(gs.list) == 0 {
		return nil, errNothing
	}
	if o.Baseline == "" {
		return gs, nil
	}
	at := slices.IndexFunc(gs.list, func(g *group) bool { return g.label == o.Baseline })
	if at < 0 {
		// "linux-cloud" may stand for linux-cloud/nbody where only one target begins so.
		for i, g := range gs.list {
			if !strings.HasPrefix(g.label, o.Baseline+"/") {
				continue
			}
			if at >= 0 {
				return nil, fmt.Errorf("baseline %q could be %s or %s: name it in full", o.Baseline, gs.list[at].label, g.label)
			}
			at = i
		}
	}
	if at < 0 {
		return nil, fmt.Errorf("baseline %q is none of the compared targets: %s", o.Baseline, strings.Join(gs.labels(), ", "))
	}
	base := gs.list[at]
	gs.list = slices.Insert(slices.Delete(gs.list, at, at+1), 0, base)
	return gs, nil
}

func (g *group) add(run *store.Run) {
	s := &g.summary
	s.Kernel, s.App, s.Accel = run.Target.Kernel, run.Target.App, run.Environment.Accel
	switch {
	case run.Warmup:
		s.Warmups++
	case run.OK():
		s.Boots++
		s.OK++
		g.boots = append(g.boots, run)
	default:
		s.Boots++
		outcome := run.Outcome
		if outcome == "exit" {
			outcome = "exit with an error"
		}
		s.Outcomes[outcome]++
	}
}

func (gs *groups) labels() []string {
	var labels []string
	for _, g := range gs.list {
		labels = append(labels, g.label)
	}
	return labels
}

// identity is what makes two metrics the same: the name and the unit without a
// prefix, so that ns/op on one side meets sec/op on the other.
type identity struct{ name, unit string }

// series gathers the samples of all targets by metric. Values are in the unit in
// which they were reported where all agree on it, else in the unit without a
// prefix.
func (gs *groups) series() (infos map[identity]Info, all map[identity]map[string]*Series) {
	infos, all = map[identity]Info{}, map[identity]map[string]*Series{}
	mixed := map[identity]bool{}
	visit := func(do func(g *group, run *store.Run, id identity, m store.Metric, name string)) {
		for _, g := range gs.list {
			for _, run := range g.boots {
				for key, m := range run.Metrics {
					name := MetricName(key, m.Unit)
					_, tidy := tidied(1, m.Unit)
					do(g, run, identity{name, tidy}, m, name)
				}
			}
		}
	}
	visit(func(_ *group, _ *store.Run, id identity, m store.Metric, name string) {
		known, ok := infos[id]
		switch {
		case !ok:
			infos[id] = Describe(name, m.Unit, Better(m.Better))
		case known.Unit != m.Unit:
			mixed[id] = true
		case known.Assumed && m.Better != "":
			infos[id] = Describe(name, m.Unit, Better(m.Better))
		}
	})
	for id := range mixed {
		infos[id] = Describe(id.name, id.unit, infos[id].Better)
	}
	visit(func(g *group, run *store.Run, id identity, m store.Metric, _ string) {
		value, ok := sample(m)
		if !ok || !stats.Finite(value) {
			return
		}
		if mixed[id] {
			value, _ = tidied(value, m.Unit)
		}
		if all[id] == nil {
			all[id] = map[string]*Series{}
		}
		s := all[id][g.label]
		if s == nil {
			s = &Series{Target: g.label, Info: infos[id]}
			all[id][g.label] = s
		}
		s.Values = append(s.Values, value)
		s.Rounds = append(s.Rounds, gs.round(run))
		s.Runs = append(s.Runs, run.ID)
	})
	for _, targets := range all {
		for _, s := range targets {
			s.Median = stats.Median(s.Values)
			// Values are finite and there is at least one: no error is possible.
			if interval, err := stats.MedianInterval(s.Values, 0.95); err == nil {
				s.Low, s.High, s.Confidence = interval.Low, interval.High, interval.Confidence
			}
		}
	}
	return infos, all
}

// sortedIdentities is the order of a table.
func sortedIdentities(infos map[identity]Info) []identity {
	var ids []identity
	for id := range infos {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b identity) int {
		return cmp.Or(compareInfo(infos[a], infos[b]), cmp.Compare(a.unit, b.unit))
	})
	return ids
}

// compare makes all cells, without p values corrected and without verdicts.
func (gs *groups) compare(o Options) *Comparison {
	c := &Comparison{Schema: 1, Baseline: gs.list[0].label, Order: gs.order(), Level: o.level(), Cells: []Cell{}, Notes: append([]string{}, gs.notes...)}
	for _, g := range gs.list {
		c.Targets = append(c.Targets, g.summary)
	}
	if joined := gs.evenPhases(); joined != "" {
		c.Notes = append(c.Notes, joined)
	}
	infos, all := gs.series()
	base := gs.list[0]
	lone := map[[2]string][]string{} // phases that only one side's markers part, by who lacks and who has them
	for _, id := range sortedIdentities(infos) {
		for _, g := range gs.list {
			if s := all[id][g.label]; s != nil {
				c.Series = append(c.Series, s)
			}
		}
		for _, g := range gs.list[1:] {
			from, to := all[id][base.label], all[id][g.label]
			if from == nil && to == nil {
				continue
			}
			if (from == nil || to == nil) && strings.HasPrefix(id.name, "boot/") && len(base.boots) > 0 && len(g.boots) > 0 {
				has, lacks, seen := base, g, from
				if from == nil {
					has, lacks, seen = g, base, to
				}
				if 2*len(seen.Values) < len(has.boots) {
					continue // markers that were read at once in a few boots part no timeline
				}
				// Their timelines have other phases: a row of its own would only be noise.
				sides := [2]string{lacks.label, has.label}
				lone[sides] = append(lone[sides], infos[id].Title)
				continue
			}
			pair := pairing{base: base, test: g, from: from, to: to, info: infos[id].reckoned(base, g), order: gs.orderOf(base, g), swept: o.Swept}
			c.Cells = append(c.Cells, pair.cell(o))
		}
	}
	var parted []string
	for _, lacks := range gs.list {
		for _, has := range gs.list {
			if phases := lone[[2]string{lacks.label, has.label}]; len(phases) > 0 {
				parted = append(parted, lacks.label+" has nothing to set beside "+strings.Join(phases, " and ")+" of "+has.label)
			}
		}
	}
	if len(parted) > 0 {
		c.Notes = append(c.Notes, "markers part the boots differently: "+strings.Join(parted, "; "))
	}
	return c
}

// order is interleaved where every target is with the baseline.
func (gs *groups) order() Order {
	for _, g := range gs.list[1:] {
		if gs.orderOf(gs.list[0], g) != Interleaved {
			return NotInterleaved
		}
	}
	if len(gs.list) < 2 {
		return NotInterleaved
	}
	return Interleaved
}

// orderOf reports whether two targets were booted in turns: each experiment that
// booted one of them booted the other too, and an experiment boots every target once
// a round in random order. Experiments after one another are as many blocks of such
// rounds.
func (gs *groups) orderOf(a, b *group) Order {
	var of [2]map[string]bool
	for i, g := range []*group{a, b} {
		of[i] = map[string]bool{}
		for _, run := range g.boots {
			if run.Experiment == "" || run.Round < 1 {
				return NotInterleaved
			}
			of[i][run.Experiment] = true
		}
	}
	if len(of[0]) == 0 || !maps.Equal(of[0], of[1]) {
		return NotInterleaved
	}
	return Interleaved
}
