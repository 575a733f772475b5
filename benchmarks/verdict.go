package benchmarks

import (
	"math"

	"slipway/benchmarks/stats"
)

// Verdict is the contract's word for what a cell says.
type Verdict string

// Verdicts.
const (
	IsBetter      Verdict = "better"         // the interval lies wholly beyond the band, on the good side
	IsWorse       Verdict = "worse"          // the same on the bad side
	Same          Verdict = "same"           // the 90 % interval lies inside the band: two one-sided tests
	Unclear       Verdict = "unclear"        // more rounds are needed
	NotComparable Verdict = "not-comparable" // comparing would mislead: see the notes
)

// MinSamples is the number of samples of each side from which there are
// verdicts. Exact metrics need none of this.
const MinSamples = 6

// Level is the corrected p value below which a difference counts where nobody
// chose another.
const Level = 0.05

// IntervalTitle heads a column of intervals: "95 % interval" unless another level
// was chosen.
func (c *Comparison) IntervalTitle() string { return percent(1-c.Level) + " interval" }

// judge corrects the p values over all cells that have one and gives every cell
// its verdict.
func (c *Comparison) judge() {
	var p []float64
	var with []int
	for i := range c.Cells {
		if c.Cells[i].P != nil {
			p, with = append(p, *c.Cells[i].P), append(with, i)
		}
	}
	for k, adjusted := range stats.Holm(p) {
		c.Cells[with[k]].PAdjusted = number(adjusted)
	}
	for i := range c.Cells {
		if cell := &c.Cells[i]; cell.Verdict != NotComparable {
			cell.judge(c.Level)
		}
	}
}

func (c *Cell) judge(level float64) {
	c.noted = len(c.Notes)
	e := c.effect
	// The band is as wide downwards as upwards, in ratios: whoever swaps the two
	// sides gets the mirrored verdict.
	edge := math.Log1p(c.Band)
	if e.difference {
		edge = c.Band
	}
	least := min(c.N[0], c.N[1])
	if !e.exact && least < MinSamples {
		c.note("%s: a verdict needs %d of each", plural(least, "sample"), MinSamples)
		more := MinSamples - least
		c.RoundsNeeded = &more
		return
	}
	sure := e.exact || c.PAdjusted != nil && *c.PAdjusted < level && e.confidence >= 1-level-slack
	switch {
	case sure && e.high < -edge:
		c.Verdict = direction(c.Better == Lower)
	case sure && e.low > edge:
		c.Verdict = direction(c.Better == Higher)
	case e.narrowConfidence >= 1-2*level-slack && e.narrowLow >= -edge && e.narrowHigh <= edge:
		c.Verdict = Same
	default:
		c.further(least, edge, level)
	}
}

// slack is for confidences that are what was wanted but for rounding.
const slack = 1e-9

func direction(good bool) Verdict {
	if good {
		return IsBetter
	}
	return IsWorse
}

// further says how many more rounds would settle the cell.
func (c *Cell) further(n int, edge, level float64) {
	e := c.effect
	more, ok := stats.RoundsNeeded(n, e.shift, edge, (e.high-e.low)/2, (e.narrowHigh-e.narrowLow)/2)
	if p := c.PAdjusted; ok && math.Abs(e.shift) > edge && p != nil && *p >= level {
		// The interval may be clear of the band already, and p not small enough for a
		// table of so many cells.
		var forP int
		if forP, ok = stats.RoundsForP(n, *c.P, level**c.P / *p); ok {
			more = max(more, forP)
		}
	}
	if ok {
		c.RoundsNeeded = &more
		return
	}
	c.note("more rounds are unlikely to settle it: the noise is too large, or the change lies on the edge of the band")
}

// Worst is the verdict that a gate acts on: worse before not-comparable before
// unclear before the rest, over all cells.
func (c *Comparison) Worst() Verdict {
	if len(c.Cells) == 0 {
		return NotComparable
	}
	worst := Same
	severity := map[Verdict]int{Same: 0, IsBetter: 0, Unclear: 1, NotComparable: 2, IsWorse: 3}
	for _, cell := range c.Cells {
		if severity[cell.Verdict] > severity[worst] {
			worst = cell.Verdict
		}
	}
	return worst
}
