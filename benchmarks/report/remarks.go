package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"slipway/benchmarks"
)

// remark is one thing that is to be known about cells of a comparison.
type remark struct {
	text    string
	metrics []string
	targets []string // whose boots it is about, where it names them
	ratios  []string // of medians, each with its metric, where the remark is that they tell more
	cells   int      // that it is about
	weight  int      // the lightest come last
}

// Weights of remarks: what leaves cells without a verdict, what qualifies one, and what only
// describes the boots.
const (
	describes = iota
	qualifies
	prevents
)

// ratioOf is what the remark on other shapes says before the ratio of the medians.
const ratioOf = ": the medians' ratio is "

// remarks are the notes on a comparison and on its cells, each once, with the metrics and
// targets it holds for, the weightiest first.
func remarks(c *benchmarks.Comparison) []string {
	var order []*remark
	byText := map[string]*remark{}
	for i := range c.Cells {
		cell := &c.Cells[i]
		for _, note := range cell.Notes {
			target, text := ofTarget(c, note)
			text, ratio, shape := strings.Cut(text, ratioOf)
			r := byText[text]
			if r == nil {
				r = &remark{text: text, weight: weight(cell, target != "" || shape)}
				byText[text] = r
				order = append(order, r)
			}
			r.cells++
			title := label(cell.Name, cell.Unit)
			r.metrics = with(r.metrics, title)
			if target != "" {
				r.targets = with(r.targets, target)
			}
			if shape {
				r.ratios = append(r.ratios, title+" "+strings.TrimSuffix(ratio, " (bootstrap)"))
			}
		}
	}
	slices.SortStableFunc(order, func(a, b *remark) int { return cmp.Compare(b.weight, a.weight) })
	list := slices.Clone(c.Notes)
	for _, r := range order {
		list = append(list, r.words(len(c.Cells)))
	}
	return list
}

// ofTarget parts a note that begins with a target from the target.
func ofTarget(c *benchmarks.Comparison, note string) (target, text string) {
	for _, t := range c.Targets {
		if rest, ok := strings.CutPrefix(note, t.ID+": "); ok {
			return t.ID, rest
		}
	}
	return "", note
}

func weight(cell *benchmarks.Cell, describesBoots bool) int {
	switch {
	case describesBoots:
		return describes
	case cell.Verdict == benchmarks.NotComparable:
		return prevents
	}
	return qualifies
}

func with(list []string, s string) []string {
	if slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

// words are the remark as a sentence.
func (r *remark) words(all int) string {
	text := r.text
	switch {
	case len(r.ratios) > 1:
		return text + "; the medians' ratios (bootstrap): " + strings.Join(r.ratios, ", ")
	case len(r.ratios) == 1:
		_, ratio, _ := strings.Cut(r.ratios[0], r.metrics[0]+" ")
		text += ratioOf + ratio + " (bootstrap)"
	}
	if len(r.targets) > 0 {
		text = few(r.targets) + ": " + text
	}
	if all > 1 && r.cells >= all && len(r.targets) < 2 {
		return "all metrics: " + text
	}
	return few(r.metrics) + ": " + text
}

// few names things, briefly where they are many.
func few(names []string) string {
	if len(names) > 3 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:2], ", "), len(names)-2)
	}
	return strings.Join(names, ", ")
}
