package benchmarks

import "slices"

// Standing is where one target of an experiment under way stands, in a few words.
type Standing struct {
	Target  string
	Figures []Figure // the whole boot's time and what the app measures, as far as there is anything
}

// Figure is one headline metric of one target.
type Figure struct {
	Title   string // of the metric
	Median  string // with its unit
	Change  string // against the baseline, "" for the baseline itself
	Verdict string // as Cell.VerdictText; "" for the baseline
}

// Standings say where the targets of a comparison stand, the baseline first.
func (c *Comparison) Standings() []Standing {
	list := make([]Standing, len(c.Targets))
	for i, t := range c.Targets {
		list[i].Target = t.ID
	}
	for _, s := range c.Series {
		if s.Info.Name != "boot/total" && s.Info.rank != appRank() {
			continue
		}
		f := Figure{Title: s.Info.Title, Median: FormatValue(s.Median, s.Info.Unit)}
		if cell := c.Cell(s.Target, s.Info.Name, s.Info.Unit); cell != nil {
			f.Verdict = cell.VerdictText()
			if cell.Verdict != NotComparable || cell.Scaled() {
				f.Change = cell.ChangeText()
			}
		}
		at := slices.IndexFunc(list, func(l Standing) bool { return l.Target == s.Target })
		if at >= 0 {
			list[at].Figures = append(list[at].Figures, f)
		}
	}
	return list
}
