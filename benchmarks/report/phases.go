package report

import (
	"html/template"
	"slices"
	"strings"

	"slipway/benchmarks"
	"slipway/benchmarks/store"
)

// ledger is where the time of a boot goes: for each target the median of each phase.
type ledger struct {
	Phases []string // in the order in which they follow each other
	Rows   []ledgerRow
	None   string // why there is none, where that is known
}

type ledgerRow struct {
	Target  string
	Texts   []string // by Phases; "" where the target's markers don't part it
	Total   string   // the median of its whole boots; "" where they have none
	Markers []string // what ended each phase
	seconds []float64
}

// name is the target with the time of its whole boot.
func (r *ledgerRow) name() string {
	if r.Total == "" {
		return r.Target
	}
	return r.Target + ": " + r.Total
}

// sum is how long the row's bar is.
func (r *ledgerRow) sum() float64 {
	sum := 0.0
	for _, v := range r.seconds {
		sum += v
	}
	return sum
}

// ledger gathers the phases that the comparison has. A boot whose instructions were
// counted has none: its times say nothing of a boot that is not counted.
func (d *Document) ledger() ledger {
	var l ledger
	infos := d.Comparison.PhaseInfos()
	for _, info := range infos {
		l.Phases = append(l.Phases, info.Title)
	}
	for _, t := range d.Comparison.Targets {
		row := ledgerRow{Target: t.ID, Texts: make([]string, len(infos)), seconds: make([]float64, len(infos))}
		phases := d.Comparison.Phases(t.ID)
		for _, s := range phases {
			at := slices.IndexFunc(infos, func(i benchmarks.Info) bool { return i.Name == s.Info.Name })
			row.Texts[at], row.seconds[at] = benchmarks.FormatValue(s.Median, s.Info.Unit), s.Median
			row.Markers = append(row.Markers, d.markers(t.ID, s)...)
		}
		if total := d.Comparison.Find(t.ID, "boot/total", "sec"); total != nil {
			row.Total = benchmarks.FormatValue(total.Median, "sec")
		}
		if len(phases) > 0 {
			l.Rows = append(l.Rows, row)
		}
	}
	if len(l.Rows) == 0 && instructionsAlone(d.Runs) {
		l.None = "No boot was parted into phases: their clocks counted instructions."
	}
	return l
}

// markers are what ended a phase in a target's boots, each as "phase: marker".
func (d *Document) markers(target string, s *benchmarks.Series) []string {
	var list []string
	name := strings.TrimPrefix(s.Info.Name, "boot/")
	last := name[strings.LastIndexByte(name, '+')+1:] // in a boot it may have had more company, or less
	for i := range d.Runs {
		run := &d.Runs[i]
		if d.Labelled(run) != target || run.Warmup || !run.OK() || run.Counted != "" {
			continue
		}
		for _, p := range run.Phases {
			if m := s.Info.Title + ": " + p.Marker; p.Marker != "" && (p.Name == last || strings.HasSuffix(p.Name, "+"+last)) && !slices.Contains(list, m) {
				list = append(list, m)
			}
		}
	}
	return list
}

// instructionsAlone reports whether the clocks of all boots counted instructions, so that none
// has a time.
func instructionsAlone(runs []store.Run) bool {
	return len(runs) > 0 && !slices.ContainsFunc(runs, func(r store.Run) bool { return r.Counted != store.ByClock })
}

// bars draws the phases of each target as one bar, all on one axis from the spawn on.
func (l *ledger) bars() template.HTML {
	const row = 44
	longest := 0.0
	for i := range l.Rows {
		longest = max(longest, l.Rows[i].sum())
	}
	if longest <= 0 {
		return ""
	}
	s := scale{high: longest, from: plotMargin, to: plotWidth - plotMargin}
	var d drawing
	var about []string
	for i := range l.Rows {
		r := &l.Rows[i]
		top := float64(i * row)
		d.text(plotMargin, top+13, "name", r.name())
		var words []string
		from := 0.0
		for k, name := range l.Phases {
			if r.Texts[k] == "" {
				continue
			}
			v := r.seconds[k]
			d.rect(s.at(from), top+19, s.at(from+v)-s.at(from), 18, "bar "+colour(k))
			words = append(words, name+" "+r.Texts[k])
			from += v
		}
		about = append(about, r.name()+": "+strings.Join(words, ", "))
	}
	bottom := float64(len(l.Rows)*row + 2)
	d.axis(s, bottom, "sec")
	y := bottom + 38
	for k, name := range l.Phases {
		d.rect(plotMargin, y-10, 12, 12, "bar "+colour(k))
		d.text(plotMargin+20, y, "name", name)
		y += 18
	}
	return d.picture(y-6, "Where the time of a boot goes", strings.Join(about, "; "))
}
