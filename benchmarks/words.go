package benchmarks

import (
	"fmt"
	"slices"
	"strings"
)

// words says the comparison in plain English: one paragraph for each target, its
// headline first.
func (c *Comparison) words() []string {
	if len(c.Targets) < 2 {
		return []string{fmt.Sprintf("Only %s was measured: there is nothing to compare it with.", c.Baseline)}
	}
	words := []string{}
	for _, target := range c.Targets {
		switch {
		case target.Baseline != "":
			words = append(words, c.paragraph(target))
		case !slices.ContainsFunc(c.Targets, func(o TargetSummary) bool { return o.Baseline == target.ID }):
			words = append(words, c.lonely(target))
		}
	}
	return words
}

// lonely says what a target took that no other is compared with.
func (c *Comparison) lonely(target TargetSummary) string {
	text := fmt.Sprintf("%s has no other target to be compared with", target.ID)
	for _, s := range c.Series {
		if s.Target == target.ID && (s.Info.Name == "boot/total" || s.Info.rank == appRank()) {
			return fmt.Sprintf("%s: its %s is %s.", text, s.Info.Title, FormatValue(s.Median, s.Info.Unit))
		}
	}
	return text + "."
}

func (c *Comparison) paragraph(target TargetSummary) string {
	var parts []string
	counts := map[Verdict]int{}
	var headline *Cell
	var barred []*Cell
	for i := range c.Cells {
		cell := &c.Cells[i]
		if cell.Target != target.ID {
			continue
		}
		counts[cell.Verdict]++
		if cell.Verdict == NotComparable {
			barred = append(barred, cell)
			continue
		}
		switch {
		case headline == nil, cell.headline() && !headline.headline(), cell.Name == "boot/total" && headline.Name == "virt/total":
			headline = cell // what the experiment was made for, however clear anything else may be
		case !headline.headline() && !headline.decided() && cell.decided() && cell.Info.Class == Wall:
			headline = cell
		}
	}
	if headline != nil {
		parts = append(parts, headline.sentence(target.Baseline))
	}
	if others := summarised(counts, headline); others != "" {
		parts = append(parts, others)
	}
	if len(barred) > 0 {
		parts = append(parts, whyBarred(barred, target, headline == nil))
	}
	if len(parts) == 0 {
		return fmt.Sprintf("%s and %s share no metric that could be compared.", target.ID, target.Baseline)
	}
	return strings.Join(parts, " ")
}

// whyBarred says which metrics have no verdict, and the first one's reason.
func whyBarred(cells []*Cell, target TargetSummary, all bool) string {
	reason := cells[0].reason()
	var alike []string
	for _, cell := range cells {
		if cell.reason() == reason {
			alike = append(alike, cell.Info.Title)
		}
	}
	metrics := few(alike)
	if all && len(alike) == len(cells) {
		metrics = target.ID + " and " + target.Baseline
	}
	others := ""
	switch n := len(cells) - len(alike); {
	case n == 1:
		others = " Nor can 1 other metric."
	case n > 1:
		others = fmt.Sprintf(" Nor can %d other metrics.", n)
	}
	if cells[0].Scaled() {
		return fmt.Sprintf("No verdict on %s: %s.", metrics, reason) + strings.Replace(others, "Nor can", "Nor on", 1)
	}
	return fmt.Sprintf("%s can't be compared: %s.", metrics, reason) + others
}

// reason is why a cell has no verdict.
func (c *Cell) reason() string {
	for _, note := range c.Notes {
		if note != assumedBetter {
			return note
		}
	}
	return "nobody said why"
}

// few names up to three metrics, and counts more.
func few(titles []string) string {
	last := len(titles) - 1
	switch {
	case last < 1:
		return strings.Join(titles, "")
	case last < 3:
		return strings.Join(titles[:last], ", ") + " and " + titles[last]
	}
	return plural(len(titles), "metric")
}

func (c *Cell) decided() bool {
	return c.Verdict == IsBetter || c.Verdict == IsWorse || c.Verdict == Same
}

// sentence says one cell in words.
func (c *Cell) sentence(baseline string) string {
	values := c.medians(" (%s against %s)")
	name := c.Info.Title
	switch c.Verdict {
	case IsBetter, IsWorse:
		typically := ""
		if c.Method != MethodExact {
			// The estimate is that of the typical pair of boots, which need not be the
			// ratio of the medians: the sentence must not look like a wrong division.
			typically, values = "typically ", c.medians(" (medians %s against %s)")
		}
		return fmt.Sprintf("%s: %s is %s%s than with %s%s%s.", c.Target, name, typically, c.comparative(), baseline, values, c.sureness())
	case Same:
		return fmt.Sprintf("%s: %s is the same as with %s, within %.3g %%%s.", c.Target, name, baseline, c.Band*100, values)
	default:
		if n := MinSamples - min(c.N[0], c.N[1]); n > 0 {
			return fmt.Sprintf("%s: %s can't be judged yet%s: it needs %s of each for a verdict.", c.Target, name, values, plural(n, "more boot"))
		}
		more := ""
		switch {
		case c.TooNoisy():
			more = fmt.Sprintf("; that would take more than %d rounds on a host as noisy as this", MostRounds)
		case c.RoundsNeeded != nil:
			more = fmt.Sprintf("; about %s would settle it", plural(*c.RoundsNeeded, "more round"))
		}
		return fmt.Sprintf("%s: %s can't be told from %s yet%s%s.", c.Target, name, baseline, values, more)
	}
}

// medians puts the target's and the baseline's median into a form; "" where one is
// missing.
func (c *Cell) medians(form string) string {
	if c.Medians[0] == nil || c.Medians[1] == nil {
		return ""
	}
	return fmt.Sprintf(form, FormatValue(*c.Medians[1], c.Unit), FormatValue(*c.Medians[0], c.Unit))
}

// comparative says how much: "4.6 times as low", "5.6 % lower".
func (c *Cell) comparative() string {
	word := "lower"
	if c.effect.shift > 0 {
		word = "higher"
	}
	if c.Info.Class == Wall && !strings.HasSuffix(c.Unit, "/s") {
		word = map[string]string{"lower": "shorter", "higher": "longer"}[word]
	}
	if c.Estimate == nil {
		return word
	}
	ratio := *c.Estimate
	switch {
	case ratio >= 2:
		return digits(ratio) + " times " + word
	case ratio <= 0.5:
		return digits(1/ratio) + " times " + word
	}
	return fmt.Sprintf("%s %% %s", digits(100*abs(ratio-1)), word)
}

func (c *Cell) sureness() string {
	if c.Method == MethodExact {
		return ", exactly"
	}
	if c.Low == nil || c.High == nil {
		return ""
	}
	from, to := c.bounds()
	if *c.High < 1 { // the smaller change first: ÷3.02 to ÷3.07
		from, to = to, from
	}
	unit := " %"
	if c.factors() {
		unit = ""
	}
	return fmt.Sprintf("; %s sure: %s%s to %s%s", percent(c.wanted()), from, unit, to, unit)
}

func abs(v float64) float64 {
	if v < 0 {
		return -v
	}
	return v
}

// summarised counts the other cells: "Of the others 2 are better, 1 is worse."
func summarised(counts map[Verdict]int, headline *Cell) string {
	var parts []string
	for _, v := range []Verdict{IsBetter, IsWorse, Same, Unclear} {
		n := counts[v]
		if headline != nil && headline.Verdict == v {
			n--
		}
		switch {
		case n == 1:
			parts = append(parts, "1 is "+string(v))
		case n > 1:
			parts = append(parts, fmt.Sprintf("%d are %s", n, v))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "Of the other metrics " + strings.Join(parts, ", ") + "."
}
