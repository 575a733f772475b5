package tui

import (
	"fmt"
	"strings"

	"slipway/benchmarks"
	"slipway/themes"
	"slipway/tui/cells"
)

// trust lists the facts that speak for the numbers, and those against.
func (c *compare) trust() dialog {
	return newViewer(c.desk, "Can these numbers be trusted?", func(w int) *page {
		p := newPage(w)
		now := c.current()
		if now == nil {
			p.text(themes.Muted, "Nothing was measured yet.")
			return p
		}
		for _, f := range now.Trust {
			sign, token := trustSign(f.State)
			p.item(sign, token, f.Short, themes.Title)
			p.item(" ", token, f.Long, themes.Text)
			p.blank()
		}
		for _, n := range now.Notes {
			p.item("·", themes.Muted, n, themes.Text)
		}
		return p
	})
}

// explain says what the selected metric is, and what the table's words mean.
func (c *compare) explain() dialog {
	return newViewer(c.desk, "What is this?", func(w int) *page {
		const label = 16
		p := newPage(w)
		if m := c.metric(); m != nil {
			p.heading(m.info.Title)
			about := c.wb.MetricHelp(m.info.Name)
			if about == "" {
				about = m.info.About
			}
			p.text(themes.Text, about)
			better := "Lower is better."
			if m.info.Better == benchmarks.Higher {
				better = "Higher is better."
			}
			p.text(themes.Muted, "Name: "+m.info.Name+". "+better)
		}
		band := benchmarks.Band * 100
		if cell := c.cell(); cell != nil && cell.Band > 0 {
			band = cell.Band * 100
		}
		p.heading("Words of the table")
		p.field(label, "change", "that of the typical pair of boots, target over baseline, which need not be the ratio of the medians: +5 % is more, ÷4 a fourth, x2 twice as much", themes.Text)
		p.field(label, c.intervalTitle(), "where the true change lies, as far as these samples can tell", themes.Text)
		p.field(label, "✔ better", fmt.Sprintf("the whole interval lies more than %.3g %% off, on the good side", band), themes.Text)
		p.field(label, "✘ worse", "the same on the bad side", themes.Text)
		p.field(label, "= same", fmt.Sprintf("any change is smaller than %.3g %%, up or down", band), themes.Text)
		p.field(label, "? unclear +N", "about N more rounds would settle it: + runs them", themes.Text)
		p.field(label, "? too noisy", fmt.Sprintf("it would take more than %d rounds: quieten the host, or compare another metric", benchmarks.MostRounds), themes.Text)
		p.field(label, "– n/c", "not comparable; the row says why", themes.Text)
		p.field(label, "▲", "there is something to know: enter shows it", themes.Text)
		p.heading("Ways of looking, with v")
		for _, way := range ways {
			p.field(label, viewNames[way.view], way.about, themes.Text)
		}
		return p
	})
}

// ways say what each view shows.
var ways = []struct {
	view  compareView
	about string
}{
	{viewOverview, "every boot on one axis: the median, the middle half, 5 to 95 %, and each boot beyond; then as much of the others as there is room for"},
	{viewShares, "for each time the share of boots that were done by then: a step is a group of boots, a long way to the top a tail"},
	{viewOrder, "the boots in the order in which they ran, each target on its own scale: a slope is a drift of the host"},
	{viewIntervals, "the typical pair's change with its interval, over the shaded band in which a change is called none"},
	{viewPhases, "the medians of the phases end to end; the figure behind a bar is the whole boot's own median. Phases that no marker parts are one, and bear both names"},
	{viewTrend, "the median of each save with its interval, the newest at the right; left of the first target is the baseline's. They were timed at different moments: the trend gives no verdict"},
	{viewWords, "the comparison in plain English"},
}

// detail is all there is about one cell, every sample included.
func (c *compare) detail(cell *benchmarks.Cell) dialog {
	now := c.current()
	return newViewer(c.desk, cell.Info.Title, func(w int) *page {
		const label = 14
		p := newPage(w)
		sign, token := verdictToken(cell.Verdict)
		p.field(label, "verdict", sign+" "+cell.VerdictText(), token)
		p.field(label, "target", fmt.Sprintf("%s, median of %s: %s", cell.Target, plural(cell.N[1], "boot"), withUnit(cell.Medians[1], cell.Unit)), themes.Text)
		p.field(label, "baseline", fmt.Sprintf("%s, median of %s: %s", now.BaselineOf(cell.Target), plural(cell.N[0], "boot"), withUnit(cell.Medians[0], cell.Unit)), themes.Text)
		if cell.Verdict != benchmarks.NotComparable {
			p.field(label, "change", changeText(cell)+"  "+cell.IntervalText(), themes.Text)
		}
		if cell.Confidence != nil {
			p.field(label, "confidence", fmt.Sprintf("%.3g %%", *cell.Confidence*100), themes.Text)
		}
		if cell.PAdjusted != nil {
			p.field(label, "p", benchmarks.FormatP(*cell.PAdjusted)+", corrected over the table (Holm)", themes.Text)
		}
		p.field(label, "method", string(cell.Method), themes.Text)
		for i, n := range cell.Notes {
			if i == 0 {
				p.heading("To know")
			}
			p.item("·", themes.Muted, n, themes.Text)
		}
		p.heading("In words")
		p.text(themes.Text, now.Sentence(cell))
		for _, s := range []*benchmarks.Series{cell.Base, cell.Test} {
			if s == nil {
				continue
			}
			p.heading(s.Target + ", in the order of measuring")
			texts := make([]string, len(s.Values))
			widest := 0
			for i, v := range s.Values {
				texts[i] = benchmarks.FormatValue(v, s.Info.Unit)
				widest = max(widest, cells.Width(texts[i]))
			}
			for i := range texts {
				texts[i] = cells.PadLeft(texts[i], widest)
			}
			perLine := max((w+2)/(widest+2), 1)
			for i := 0; i < len(texts); i += perLine {
				p.add(span{strings.Join(texts[i:min(i+perLine, len(texts))], "  "), themes.Text})
			}
		}
		return p
	})
}

func withUnit(v *float64, unit string) string {
	if v == nil {
		return "–"
	}
	return benchmarks.FormatValue(*v, unit)
}
