package benchmarks

import (
	"slices"

	"slipway/benchmarks/stats"
	"slipway/benchmarks/store"
)

// LastLook is how many rounds an experiment takes that stops when it is sure, at
// most: those of its last look.
func LastLook() int { return stats.Looks[len(stats.Looks)-1] }

// looks are the rounds at which the plan looks at its data; none unless it stops
// when it is sure.
func (p Plan) looks() []int {
	if !p.UntilSure {
		return nil
	}
	at := slices.DeleteFunc(slices.Clone(stats.Looks), func(round int) bool { return round > p.Rounds })
	return at
}

// all says whether something holds for whatever the experiment is about. Where it has
// one target alone there is nothing that more rounds would tell apart.
func (x *Experiment) all(runs []store.Run, level float64, holds func(*Comparison) bool) bool {
	if x.Judged != nil {
		return !slices.ContainsFunc(x.Judged(runs, level), func(c *Comparison) bool { return !holds(c) })
	}
	if len(x.Arms) < 2 {
		return true
	}
	c, err := Compare(runs, Options{Baseline: x.baseline(), Level: level, Bands: x.Bands})
	return err == nil && holds(c)
}

// exactFrom is the round from which figures can be known to repeat: what is counted
// must have had the chance to differ.
const exactFrom = 2

// exact says whether more rounds would only repeat what is known. There is no harm in
// looking for that after every round: exact figures raise no false alarm.
func (c *carrying) exact(round int) bool {
	return c.Plan.UntilSure && round >= exactFrom && len(c.Arms) > 1 && c.done.Record.Look == 0 && c.all(c.done.Runs, c.done.Record.Level, (*Comparison).Exact)
}

// strictest is the lowest level of the experiments that runs belong to: one that was
// stopped because it looked sure must not be judged as if nobody had looked. 0 is the
// usual one.
func strictest(history *store.Store, runs []store.Run) (level float64) {
	seen := map[string]bool{"": true}
	for _, r := range runs {
		if seen[r.Experiment] {
			continue
		}
		seen[r.Experiment] = true
		if e, err := history.Experiment(r.Experiment); err == nil && e.Level > 0 && (level == 0 || e.Level < level) {
			level = e.Level
		}
	}
	return level
}

// look is made after a round: it says whether that was the last one. What it found
// is stored at once: who goes on with the experiment must not look again.
func (c *carrying) look(round int) (last bool, err error) {
	record := &c.done.Record
	if c.exact(round) {
		c.endAfter(round)
		return true, nil
	}
	at := slices.Index(c.Plan.looks(), round)
	if at < record.Look { // none is due, or it was made before the experiment was interrupted
		return false, nil
	}
	record.Look, record.Level = at+1, stats.LookLevel(at)
	if at+1 == len(c.Plan.looks()) || c.all(c.done.Runs, record.Level, (*Comparison).Sure) {
		c.endAfter(round)
		return true, nil
	}
	_, err = c.Store.PutExperiment(*record)
	return false, err
}

// endAfter makes a round the last one.
func (c *carrying) endAfter(round int) {
	c.done.Record.Rounds = round
	c.progress.Rounds, c.progress.Total = round, c.progress.Done+c.Plan.Counted*len(c.Arms)-len(c.counted)
	c.report(nil)
}
