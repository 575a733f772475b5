package benchmarks

import (
	"cmp"
	"strings"
	"testing"

	"slipway/benchmarks/store"
)

// However often rounds are added, the chance of a false alarm stays below what the trust
// line says from the first time on.
func TestAddedRoundsSpendWhatIsSaid(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		ended store.Experiment
		spent float64 // by the looks that were planned
		most  string
		state FactState
	}{
		"a fixed number of rounds": {store.Experiment{Rounds: 20}, 0.05, "10 %", Warning},
		"after the last look":      {store.Experiment{Rounds: 40, UntilSure: true, Look: 3, Level: 0.025}, 0.05, "7.5 %", Warning},
		"after the first look":     {store.Experiment{Rounds: 10, UntilSure: true, Look: 1, Level: 0.0125}, 0.0125, "2.5 %", Good},
	} {
		u := &Unfinished{Record: c.ended}
		e, spent := c.ended, c.spent
		for time := range 12 {
			e = u.further(e, e.Rounds+10, 10)
			spent += e.Level
			if spent > falseAlarms(e) {
				t.Errorf("%s: %g was spent after adding rounds %d times, more than %g", name, spent, time+1, falseAlarms(e))
			}
			f := trustAdded(e)
			if percent(falseAlarms(e)) != c.most || f.State != c.state || !strings.Contains(f.Long, "at most "+c.most) {
				t.Errorf("%s: %+v; at most %s", name, f, c.most)
			}
		}
		if first := u.further(c.ended, c.ended.Rounds+10, 10); first.Level != cmp.Or(c.ended.Level, Level)/2 {
			t.Errorf("%s: the first level is %g", name, first.Level)
		}
	}
}
