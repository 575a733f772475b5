package benchmarks

import (
	"fmt"
	"math"
	"strings"
)

// MostRounds is how many further rounds may be asked of a person: what needs more
// is too noisy to be settled by waiting.
const MostRounds = 200

// TooNoisy reports whether a cell is unclear and no reasonable number of rounds
// would settle it.
func (c *Cell) TooNoisy() bool {
	return c.Verdict == Unclear && c.RoundsNeeded != nil && *c.RoundsNeeded > MostRounds
}

// VerdictText is the verdict in a word or two, as tables have it: "better",
// "unclear +26" with the rounds that would settle it, "too noisy", "n/c" where the
// two sides can't be compared.
func (c *Cell) VerdictText() string {
	switch {
	case c.Scaled():
		return "scales"
	case c.Verdict == NotComparable:
		return "n/c"
	case c.TooNoisy():
		return "too noisy"
	case c.Verdict == Unclear && c.RoundsNeeded != nil:
		return fmt.Sprintf("unclear +%d", *c.RoundsNeeded)
	}
	return string(c.Verdict)
}

// ChangeText is how the target differs from the baseline: "-5.6 %", "÷4.60", or a
// difference with its unit where there is no ratio; "" where nothing is known.
func (c *Cell) ChangeText() string {
	switch {
	case c.Estimate != nil && c.factors():
		return factor(*c.Estimate)
	case c.Estimate != nil:
		return FormatChange(*c.Estimate)
	case c.Difference != nil:
		return c.signed(c.Difference.Estimate)
	}
	return ""
}

// IntervalText is where the true change lies, in the notation of ChangeText. "!"
// marks one that covers less than was wanted, which is 95 % unless a level was chosen.
func (c *Cell) IntervalText() string {
	var text string
	switch d := c.Difference; {
	case c.Method == MethodExact:
		return "exact"
	case c.Low != nil && c.High != nil:
		low, high := c.bounds()
		text = "[" + low + ", " + high + "]"
	case d != nil && d.Low != nil && d.High != nil:
		text = "[" + c.signed(*d.Low) + ", " + c.signed(*d.High) + "]"
	case c.Estimate != nil:
		return "none"
	default:
		return ""
	}
	if c.Confidence != nil && *c.Confidence < c.wanted()-slack {
		text += "!"
	}
	return text
}

// wanted is the confidence that the cell's interval was meant to have.
func (c *Cell) wanted() float64 { return 1 - Options{Level: c.level}.level() }

// bounds are both ends of the interval in one notation: shares without their
// percent signs as long as all of it is less than a factor of two, else factors.
func (c *Cell) bounds() (low, high string) {
	if c.factors() {
		return factor(*c.Low), factor(*c.High)
	}
	return strings.TrimSuffix(FormatChange(*c.Low), " %"), strings.TrimSuffix(FormatChange(*c.High), " %")
}

// factors says whether the change or an end of its interval is a factor of two or
// more.
func (c *Cell) factors() bool {
	for _, v := range []*float64{c.Estimate, c.Low, c.High} {
		if v != nil && (*v >= 2 || *v <= 0.5) {
			return true
		}
	}
	return false
}

// factor writes a ratio as "x1.26" or "÷4.60".
func factor(ratio float64) string {
	switch {
	case !(ratio > 0) || math.IsInf(ratio, 0):
		return "n/a"
	case ratio >= 1:
		return "x" + digits(ratio)
	}
	return "÷" + digits(1/ratio)
}

// signed is a difference in the metric's unit, without what its label says already.
func (c *Cell) signed(v float64) string {
	text := FormatTabled(v, c.Unit)
	if v > 0 {
		return "+" + text
	}
	return text
}
