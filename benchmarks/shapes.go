package benchmarks

import (
	"fmt"
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

// leastGroup is how many boots make a group, beside a tenth of all.
const leastGroup = 3

// rounding is how far a change's logarithm may lie from 0 and still be shown as none.
const rounding = 0.0005

// shapes says what one number hides: values far from the rest, two groups, a trend,
// and samples of different shape, for which a second interval is given. Nothing is
// left out of the statistics because of it.
func (p pairing) shapes(c *Cell) {
	parted := false
	for _, s := range []*Series{p.from, p.to} {
		g, two := stats.TwoGroups(s.Values)
		two = two && min(g.N[0], g.N[1]) >= max(leastGroup, (len(s.Values)+9)/10) // else they are outliers
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
	p.medianRatio(c, parted)
}

// medianRatio says what the ratio of the medians is where the change is another: the
// medians stand beside it, and whoever divides them must not think of a mistake.
func (p pairing) medianRatio(c *Cell, parted bool) {
	if e := c.effect; e.difference || !e.known || e.exact {
		return
	}
	a, b := spread(p.from.Values), spread(p.to.Values)
	differ := parted || (a > 0 || b > 0) && math.Max(a, b) >= 3*math.Min(a, b)
	ratio, change := math.Log(p.to.Median/p.from.Median), c.effect.shift
	shown := FormatTabled(p.from.Median, c.Unit) != FormatTabled(p.to.Median, c.Unit) && math.Abs(change) >= rounding
	opposite := shown && ratio*change < 0
	another := opposite || math.Abs(ratio-change) > math.Log1p(c.Band)
	if !differ && !another {
		return // the bootstrap takes longer than all the rest
	}
	interval := ""
	if len(p.from.Values) >= MinSamples && len(p.to.Values) >= MinSamples {
		e, err := stats.MedianRatio(p.from.Values, p.to.Values, c.wanted())
		if err != nil {
			return
		}
		c.MedianRatio = &Ratio{Estimate: e.Point, Low: e.Low, High: e.High}
		interval = fmt.Sprintf(" [%.4g, %.4g] (bootstrap)", e.Low, e.High)
	}
	switch {
	case !another && !parted:
	case differ:
		c.note("the two differ in shape: the medians' ratio is %.4g%s", math.Exp(ratio), interval)
	default:
		c.note("the change is the typical pair of boots'; the ratio of the two medians shown is %.4g%s", math.Exp(ratio), interval)
	}
}

// spread is the middle half's width as a ratio.
func spread(x []float64) float64 { return math.Log(stats.Quantile(x, 0.75) / stats.Quantile(x, 0.25)) }
