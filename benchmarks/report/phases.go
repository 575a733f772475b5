package report

import (
	"html/template"
	"maps"
	"slices"
	"strings"

	"slipway/benchmarks"
	"slipway/benchmarks/stats"
	"slipway/benchmarks/store"
)

// ledger is where the time of a boot goes: for each target the median of each phase.
type ledger struct {
	Phases []string // in the order in which they follow each other
	Rows   []ledgerRow
}

type ledgerRow struct {
	Target  string
	Texts   []string // by Phases; "" where the target's markers don't part it
	Total   string   // of the medians
	Markers []string // what ended each phase
	seconds map[string]float64
}

// ledger gathers the phases of the boots that count.
func (d *Document) ledger() ledger {
	var l ledger
	for _, t := range d.Comparison.Targets {
		seconds := map[string][]float64{}
		row := ledgerRow{Target: t.ID, seconds: map[string]float64{}}
		for i := range d.Runs {
			run := &d.Runs[i]
			if d.Labelled(run) != t.ID || run.Warmup || !run.OK() {
				continue
			}
			for at, phase := range run.Phases {
				seconds[phase.Name] = append(seconds[phase.Name], phase.Seconds)
				if !slices.Contains(l.Phases, phase.Name) {
					l.Phases = slices.Insert(l.Phases, l.place(run.Phases[:at]), phase.Name)
				}
				if m := phase.Name + ": " + phase.Marker; phase.Marker != "" && !slices.Contains(row.Markers, m) {
					row.Markers = append(row.Markers, m)
				}
			}
		}
		for name, values := range seconds {
			row.seconds[name] = stats.Median(values)
		}
		if len(seconds) > 0 {
			l.Rows = append(l.Rows, row)
		}
	}
	for i := range l.Rows {
		row := &l.Rows[i]
		total := 0.0
		for _, name := range l.Phases {
			text := ""
			if v, ok := row.seconds[name]; ok {
				text, total = benchmarks.FormatValue(v, "sec"), total+v
			}
			row.Texts = append(row.Texts, text)
		}
		row.Total = benchmarks.FormatValue(total, "sec")
	}
	return l
}

// place is where a phase belongs that comes behind others.
func (l *ledger) place(before []store.Phase) int {
	at := 0
	for _, b := range before {
		at = max(at, slices.Index(l.Phases, b.Name)+1)
	}
	return at
}

// bars draws the phases of each target as one bar, all on one axis from the spawn on.
func (l *ledger) bars() template.HTML {
	const row = 44
	if len(l.Rows) == 0 {
		return ""
	}
	longest := 0.0
	for _, r := range l.Rows {
		total := 0.0
		for _, name := range slices.Sorted(maps.Keys(r.seconds)) {
			total += r.seconds[name]
		}
		longest = max(longest, total)
	}
	if longest <= 0 {
		return ""
	}
	s := scale{high: longest, from: plotMargin, to: plotWidth - plotMargin}
	var d drawing
	var about []string
	for i, r := range l.Rows {
		top := float64(i * row)
		d.text(plotMargin, top+13, "name", r.Target+": "+r.Total)
		var words []string
		from := 0.0
		for k, name := range l.Phases {
			v, ok := r.seconds[name]
			if !ok {
				continue
			}
			d.rect(s.at(from), top+19, s.at(from+v)-s.at(from), 18, "bar "+colour(k))
			words = append(words, name+" "+r.Texts[k])
			from += v
		}
		about = append(about, r.Target+": "+strings.Join(words, ", "))
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
