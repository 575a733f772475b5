package benchmarks

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"slipway/benchmarks/stats"
	"slipway/benchmarks/store"
)

// group is the runs of one target, in the order in which they were started.
type group struct {
	label    string
	settings map[string]string // of its target
	boots    []*store.Run      // measured boots that went well
	summary  TargetSummary
}

// groups are the targets of a comparison, the baseline first.
type groups struct {
	list []*group
	// rounds numbers the rounds of all experiments, so that what is paired by its
	// round is paired within its experiment.
	rounds map[roundKey]int
	// declared are the ways in which metrics improve, by who said so.
	declared map[identity]map[string]directions
	bases    map[*group]*group // what a group is compared with; baselines are not in it
	notes    []string          // on what was found in sorting them
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
	if o.Baseline != "" {
		if err := gs.named(o.Baseline); err != nil {
			return nil, err
		}
	}
	gs.chooseBaselines(o.Baselines)
	return gs, nil
}

func (g *group) add(run *store.Run) {
	s := &g.summary
	s.Kernel, s.App, s.Accel = run.Target.Kernel, run.Target.App, run.Environment.Accel
	g.settings = run.Target.Settings
	switch {
	case run.Warmup:
		s.Warmups++
	case run.OK() && run.InCountPass():
		s.Counted++
		g.boots = append(g.boots, run)
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
	mixed, declared := gs.described(infos)
	for id := range mixed {
		infos[id] = Describe(id.name, id.unit, declared[id])
	}
	for _, g := range gs.list {
		for _, run := range g.boots {
			for id, values := range pooled(run, mixed) {
				if all[id] == nil {
					all[id] = map[string]*Series{}
				}
				s := all[id][g.label]
				if s == nil {
					s = &Series{Target: g.label, Info: infos[id]}
					all[id][g.label] = s
				}
				s.Values = append(s.Values, stats.Median(values))
				s.Rounds = append(s.Rounds, gs.round(run))
				s.Runs = append(s.Runs, run.ID)
				s.boots = append(s.boots, run)
			}
		}
	}
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

// described fills in what is known of every metric, and returns those that were
// reported in several units, and the ways of improving that somebody named.
func (gs *groups) described(infos map[identity]Info) (mixed map[identity]bool, declared map[identity]Better) {
	mixed, declared = map[identity]bool{}, map[identity]Better{}
	gs.declared = map[identity]map[string]directions{}
	for _, g := range gs.list {
		for _, run := range g.boots {
			for _, key := range slices.Sorted(maps.Keys(run.Metrics)) {
				m := run.Metrics[key]
				id := identityOf(key, m.Unit)
				known, ok := infos[id]
				if ok && known.Unit != m.Unit {
					mixed[id] = true
				}
				silent := declared[id] == "" && m.Better != ""
				if silent {
					declared[id] = Better(m.Better)
				}
				if m.Better != "" {
					if gs.declared[id] == nil {
						gs.declared[id] = map[string]directions{}
					}
					gs.declared[id][g.label] = gs.declared[id][g.label].with(Better(m.Better))
				}
				if !ok {
					known.Unit = m.Unit
				}
				if !ok || silent {
					infos[id] = Describe(id.name, known.Unit, declared[id])
				}
			}
		}
	}
	return mixed, declared
}

func identityOf(key, unit string) identity {
	_, tidy := tidied(1, unit)
	return identity{MetricName(key, unit), tidy}
}

// pooled is what a run measured of each metric: however many values there are, and in
// however many units, one boot is one sample.
func pooled(run *store.Run, mixed map[identity]bool) map[identity][]float64 {
	values := map[identity][]float64{}
	for key, m := range run.Metrics {
		id := identityOf(key, m.Unit)
		for _, value := range m.Values {
			if mixed[id] {
				value, _ = tidied(value, m.Unit)
			}
			if stats.Finite(value) {
				values[id] = append(values[id], value)
			}
		}
	}
	return values
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
	lone := map[[2]string][]string{} // phases that only one side's markers part, by who lacks and who has them
	for _, id := range sortedIdentities(infos) {
		for _, g := range gs.list {
			if s := all[id][g.label]; s != nil {
				c.Series = append(c.Series, s)
			}
		}
		for _, g := range gs.list {
			base := gs.baseline(g)
			if base == nil {
				continue
			}
			from, to := all[id][base.label], all[id][g.label]
			if from == nil && to == nil {
				continue
			}
			if (from == nil || to == nil) && strings.HasPrefix(id.name, "boot/") && len(base.boots) > 0 && len(g.boots) > 0 {
				has, lacks, seen := base, g, from
				if from == nil {
					has, lacks, seen = g, base, to
				}
				if 2*len(seen.Values) < has.summary.OK {
					continue // markers that were read at once in a few boots part no timeline
				}
				// Their timelines have other phases: a row of its own would only be noise.
				sides := [2]string{lacks.label, has.label}
				lone[sides] = append(lone[sides], infos[id].Title)
				continue
			}
			c.Cells = append(c.Cells, gs.pair(base, g, from, to, id, infos[id], o).cell(o))
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

// pair is a group and its baseline in one metric, of the boots that have it: those that
// were made for their counts alone are no boots of a time.
func (gs *groups) pair(base, test *group, from, to *Series, id identity, info Info, o Options) pairing {
	said := [2]directions{gs.declared[id][base.label], gs.declared[id][test.label]}
	p := pairing{base: base.with(from), test: test.with(to), from: from, to: to, swept: o.Swept, declared: said}
	info = info.declared(said[0], said[1])
	p.info, p.order = info.reckoned(p.base, p.test), gs.orderOf(p.base, p.test)
	for side, s := range []*Series{from, to} {
		p.lack[side] = []*group{base, test}[side].lacking(s)
	}
	return p
}

// with is the group with those boots alone that a series has samples of.
func (g *group) with(s *Series) *group {
	if s == nil {
		return g
	}
	return &group{label: g.label, settings: g.settings, boots: s.boots, summary: g.summary}
}

// timed leaves out the boots that were made for their counts alone, where there are others.
func (gs *groups) timed() {
	for _, g := range gs.list {
		if g.summary.OK > 0 {
			g.boots = slices.DeleteFunc(g.boots, (*store.Run).InCountPass)
		}
	}
}

// order is interleaved where every target is with its baseline.
func (gs *groups) order() Order {
	for _, g := range gs.list {
		if base := gs.baseline(g); base != nil && gs.orderOf(base, g) != Interleaved {
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
