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

// sure looks at what has been measured.
func (x *Experiment) sure(runs []store.Run, level float64) bool {
	if x.Sure != nil {
		return x.Sure(runs, level)
	}
	if len(x.Arms) < 2 {
		return true // there is nothing that more rounds would tell apart
	}
	c, err := Compare(runs, Options{Baseline: x.baseline(), Level: level, Bands: x.Bands})
	return err == nil && c.Sure()
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
	at := slices.Index(c.Plan.looks(), round)
	if at < record.Look { // none is due, or it was made before the experiment was interrupted
		return false, nil
	}
	record.Look, record.Level = at+1, stats.LookLevel(at)
	if at+1 == len(c.Plan.looks()) || c.sure(c.done.Runs, record.Level) {
		record.Rounds = round
		c.progress.Rounds, c.progress.Total = round, c.progress.Done+c.Plan.Counted*len(c.Arms)-len(c.counted)
		c.report(nil)
		return true, nil
	}
	_, err = c.Store.PutExperiment(*record)
	return false, err
}
