package benchmarks

import (
	"fmt"
	"math"
	"slices"

	"slipway/benchmarks/stats"
)

// PairedRounds is the number of interleaved rounds from which values of one
// round are compared with each other, which takes out what disturbed the whole
// round. Fewer pairs give intervals that are too coarse.
const PairedRounds = 12

// pairing is one target and the baseline in one metric.
type pairing struct {
	base, test *group
	from, to   *Series // nil without samples
	info       Info
	order      Order
	swept      []string // see Options.Swept
	declared   [2]directions
	lack       [2]int // boots whose markers do not part the phase that the metric is
}

// effect is an estimate with both intervals that verdicts need, as logarithms of
// ratios or, where there are none, as differences in shares of the smaller side.
type effect struct {
	known            bool
	shift            float64
	difference       bool
	exact            bool
	low, high        float64 // "differs" is read off this one, 95 % unless a level was chosen
	confidence       float64
	narrowLow        float64 // "same" is read off this one, 90 % unless a level was chosen
	narrowHigh       float64
	narrowConfidence float64
}

const assumedBetter = "nobody said which way is better: lower is taken"

func (p pairing) cell(o Options) Cell {
	cell := Cell{
		Target: p.test.label, Name: p.info.Name, Unit: p.info.Unit, Better: p.info.Better,
		Method: MethodNone, Verdict: NotComparable, Notes: []string{}, Info: p.info, Base: p.from, Test: p.to,
		Band: p.band(o), level: o.level(),
	}
	for side, s := range []*Series{p.from, p.to} {
		if s != nil {
			cell.N[side], cell.Medians[side] = len(s.Values), number(s.Median)
		}
	}
	if p.info.Assumed {
		cell.note(assumedBetter)
	}
	reasons, remarks := p.comparable()
	if len(reasons) > 0 {
		cell.Notes = append(cell.Notes, reasons...)
		return cell
	}
	cell.Verdict = Unclear
	cell.Notes = append(cell.Notes, remarks...)
	for side, g := range []*group{p.base, p.test} {
		if n := p.lack[side]; n > 0 {
			cell.note("%s: not of %s, whose markers were read at once", g.label, plural(n, "boot"))
		}
	}
	if p.exact() {
		cell.exactly(p.from.Values[0], p.to.Values[0])
	} else {
		p.estimate(&cell, o.level())
	}
	p.shapes(&cell)
	if how := p.computation(); how != "" {
		cell.scales(how)
	}
	return cell
}

// scales turns a cell into one that says how a figure grows with what was swept: the
// two sides compute something else, so that neither is better.
func (c *Cell) scales(how string) {
	c.Verdict, c.P = NotComparable, nil
	c.Notes = slices.Insert(c.Notes, 0, "another computation, as the sweep asks for: "+how+"; the change says how it scales")
}

// Scaled reports whether the two sides compute something else because somebody asked
// how much that matters: the change is known, and no verdict on it.
func (c *Cell) Scaled() bool { return c.Verdict == NotComparable && c.effect.known }

func (p pairing) band(o Options) float64 {
	if band, ok := o.Bands.of(p.info); ok {
		return band
	}
	return p.info.defaultBand(p.base.shared() || p.test.shared())
}

// shared reports whether others use the CPUs of the host on which the boots ran.
// A host that was not looked at counts as shared: nobody can promise it is not.
func (g *group) shared() bool {
	for _, run := range g.boots {
		if run.Environment.Shared == nil || *run.Environment.Shared {
			return true
		}
	}
	return false
}

// exact reports whether the metric is one that repeats by nature, and did.
// Counted instructions must have had the chance to differ.
func (p pairing) exact() bool {
	if !stats.Constant(p.from.Values) || !stats.Constant(p.to.Values) {
		return false
	}
	return p.info.Class == Exact || p.info.Class == Virtual && len(p.from.Values) > 1 && len(p.to.Values) > 1
}

func (c *Cell) note(format string, args ...any) {
	c.Notes = append(c.Notes, fmt.Sprintf(format, args...))
}

// exactly fills a cell from two numbers that hold for every boot.
func (c *Cell) exactly(from, to float64) {
	c.Method = MethodExact
	one := 1.0
	c.Confidence = &one
	c.effect = effect{known: true, exact: true, confidence: 1, narrowConfidence: 1}
	switch {
	case from > 0 && to > 0:
		c.Estimate, c.Low, c.High = number(to/from), number(to/from), number(to/from)
		c.effect.shift = math.Log(to / from)
	default:
		c.Difference = &Difference{Estimate: to - from, Low: number(to - from), High: number(to - from)}
		c.effect.difference = true
		c.effect.shift = share(to-from, from, to)
	}
	e := &c.effect
	e.low, e.high, e.narrowLow, e.narrowHigh = e.shift, e.shift, e.shift, e.shift
	if from == to {
		c.note("equal in every boot")
	}
}

// share is a difference as a share of the smaller one's size, as a ratio has it: it
// is the same whichever side is the baseline.
func share(difference, from, to float64) float64 {
	if difference == 0 {
		return 0
	}
	return difference / min(math.Abs(from), math.Abs(to)) // an infinity for 0, which lies beyond every band
}

// estimate fills a cell with the effect, its interval and its p value.
func (p pairing) estimate(c *Cell, level float64) {
	logs := stats.Positive(p.from.Values, p.to.Values)
	from, to := p.from.Values, p.to.Values
	if logs {
		from, to = stats.Logs(from), stats.Logs(to)
	} else {
		c.note("zeros or negative values have no ratio: the change is given as a difference")
	}
	differences, lonely := p.pairs(from, to)
	paired := p.order == Interleaved && len(differences) >= PairedRounds
	var wide, narrow stats.Estimate
	var test stats.Test
	var errs [3]error
	switch {
	case paired:
		c.Method = MethodPaired
		if !logs {
			c.Method = methodPairedDifferences
		}
		if lonely > 0 {
			lack := "lacks its partner and counts"
			if lonely > 1 {
				lack = "lack their partners and count"
			}
			c.note("%s %s in the medians only", plural(lonely, "boot"), lack)
		}
		wide, errs[0] = stats.Pseudomedian(differences, 1-level)
		narrow, errs[1] = stats.Pseudomedian(differences, 1-2*level)
		test, errs[2] = stats.SignedRank(differences)
	default:
		c.Method = MethodUnpaired
		if !logs {
			c.Method = methodUnpairedDifferences
		}
		if p.order != Interleaved {
			c.note("not interleaved")
		}
		wide, errs[0] = stats.HodgesLehmann(from, to, 1-level)
		narrow, errs[1] = stats.HodgesLehmann(from, to, 1-2*level)
		// Ranks do not change under a logarithm, so these are the raw values' ranks.
		test, errs[2] = stats.MannWhitney(p.from.Values, p.to.Values)
	}
	for _, err := range errs {
		if err != nil {
			c.Verdict, c.Method = NotComparable, MethodNone
			c.note("no statistics: %v", err)
			return
		}
	}
	c.P = number(test.P)
	c.set(wide, narrow, logs)
	if wide.Confidence <= 0 {
		c.note("one value of each gives no interval")
	} else if wide.Confidence < 1-level-slack {
		c.note("too few samples for a %s interval: this one covers %.0f %%", percent(1-level), math.Floor(wide.Confidence*100))
	}
}

// set stores an estimate with its intervals in the cell.
func (c *Cell) set(wide, narrow stats.Estimate, logs bool) {
	c.effect = effect{
		known: true, shift: wide.Point, low: wide.Low, high: wide.High, narrowLow: narrow.Low, narrowHigh: narrow.High,
		confidence: wide.Confidence, narrowConfidence: narrow.Confidence, difference: !logs,
	}
	e := &c.effect
	bounded := wide.Confidence > 0
	if logs {
		c.Estimate = number(math.Exp(wide.Point))
		if bounded {
			c.Low, c.High, c.Confidence = number(math.Exp(wide.Low)), number(math.Exp(wide.High)), number(wide.Confidence)
		}
		return
	}
	c.Difference = &Difference{Estimate: wide.Point}
	if bounded {
		c.Difference.Low, c.Difference.High, c.Confidence = number(wide.Low), number(wide.High), number(wide.Confidence)
	}
	for _, v := range []*float64{&e.shift, &e.low, &e.high, &e.narrowLow, &e.narrowHigh} {
		*v = share(*v, *c.Medians[0], *c.Medians[1])
	}
}

// pairs returns test minus base for every round that has both, in order of the
// rounds, and how many values have no partner.
func (p pairing) pairs(from, to []float64) (differences []float64, lonely int) {
	byRound := map[int]float64{}
	for i, round := range p.from.Rounds {
		if _, twice := byRound[round]; twice {
			return nil, 0 // no experiment of ours: a round has each target once
		}
		byRound[round] = from[i]
	}
	seen := map[int]bool{}
	for i, round := range p.to.Rounds {
		if seen[round] {
			return nil, 0
		}
		seen[round] = true
		if base, ok := byRound[round]; ok {
			differences = append(differences, to[i]-base)
		}
	}
	return differences, len(from) + len(to) - 2*len(differences)
}
