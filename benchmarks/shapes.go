package benchmarks

import (
	"math"

	"slipway/benchmarks/stats"
)

// driftLevel is strict, as the test is made for every series of a table.
const driftLevel = 0.001

// Ratio is a ratio of target to baseline with its interval.
type Ratio struct {
	Estimate float64 `json:"estimate"`
	Low      float64 `json:"low"`
	High     float64 `json:"high"`
}

// shapes says what one number hides: values far from the rest, two groups, a trend,
// and samples of different shape, for which a second interval is given. Nothing is
// left out of the statistics because of it.
func (p pairing) shapes(c *Cell) {
	parted := false
	for _, s := range []*Series{p.from, p.to} {
		g, two := stats.TwoGroups(s.Values)
		two = two && math.Abs(share(g.Medians[1]-g.Medians[0], g.Medians[0], g.Medians[1])) > Band
		parted = parted || two
		if two {
			c.note("%s: two groups, %s near %s and %d near %s: no single number describes both", s.Target,
				plural(g.N[0], "boot"), FormatValue(g.Medians[0], c.Unit), g.N[1], FormatValue(g.Medians[1], c.Unit))
		} else if n := len(stats.Outliers(s.Values)); n > 0 { // the smaller group is far off as well
			c.note("%s: %d of %s far from the rest; kept, not dropped", s.Target, n, plural(len(s.Values), "boot"))
		}
		if d, err := stats.MannKendall(s.Values); err == nil && len(s.Values) >= MinSamples && d.P < driftLevel {
			direction := "rising"
			if d.Tau < 0 {
				direction = "falling"
			}
			c.note("%s: %s in the course of the experiment (Mann-Kendall p %s)", s.Target, direction, FormatP(d.P))
		}
	}
	if c.effect.difference || !c.effect.known || c.effect.exact || len(p.from.Values) < MinSamples || len(p.to.Values) < MinSamples {
		return
	}
	a, b := spread(p.from.Values), spread(p.to.Values)
	differ := parted || (a > 0 || b > 0) && math.Max(a, b) >= 3*math.Min(a, b)
	ratio := math.Log(p.to.Median / p.from.Median)
	if !differ && ratio >= c.effect.low && ratio <= c.effect.high {
		return // the bootstrap takes longer than all the rest
	}
	e, err := stats.MedianRatio(p.from.Values, p.to.Values, c.wanted())
	switch {
	case err != nil:
		return
	case differ:
		c.note("the two differ in shape: the medians' ratio is %.4g [%.4g, %.4g] (bootstrap)", e.Point, e.Low, e.High)
	default:
		c.note("the change is the typical pair of boots'; the ratio of the two medians shown is %.4g [%.4g, %.4g] (bootstrap)", e.Point, e.Low, e.High)
	}
	c.MedianRatio = &Ratio{Estimate: e.Point, Low: e.Low, High: e.High}
}

// spread is the middle half's width as a ratio.
func spread(x []float64) float64 { return math.Log(stats.Quantile(x, 0.75) / stats.Quantile(x, 0.25)) }
