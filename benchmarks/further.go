package benchmarks

import (
	"encoding/json"
	"fmt"
	"maps"
	"strconv"
	"strings"

	"slipway/benchmarks/stats"
	"slipway/benchmarks/store"
)

// Further is an experiment that has ended, or was stopped, for rounds to be added to it
// (Experiment.Added). They are part of it: whoever opens it later sees all of its rounds.
//
// Who adds rounds has seen the verdicts, and looks once more when they are done. That
// look, and it alone, judges at half the level of the look before: however often rounds
// are added, all these looks together spend at most as much again as the last one that
// was planned.
func Further(history *store.Store, id string) (*Unfinished, error) {
	record, err := history.Experiment(id)
	if err != nil {
		return nil, err
	}
	u := &Unfinished{Record: record}
	if err := json.Unmarshal(record.Plan, &u.Plan); err != nil || len(u.Plan.Targets) != len(record.Targets) {
		return nil, fmt.Errorf("add rounds to experiment %s: its plan was not stored: begin anew with 'slipway bench'", id)
	}
	u.Plan.Seed = record.Seed
	return u, u.load(history)
}

// Of reports whether the experiment boots these arms: the same images with the same
// settings, in this order.
func (u *Unfinished) Of(arms []Arm) bool {
	if len(arms) != len(u.Record.Targets) {
		return false
	}
	for i, arm := range arms {
		if t := u.Record.Targets[i]; t.ID != arm.ID || !maps.Equal(t.Settings, arm.Image.Target.Settings.Map()) || u.Changed(i, arm.Image) != "" {
			return false
		}
	}
	return true
}

// rounds are those that every arm has gone through.
func (u *Unfinished) rounds(arms []Arm) int {
	booted := map[bootKey]bool{}
	for i := range u.Runs {
		if r := &u.Runs[i]; !r.Warmup && !r.InCountPass() {
			booted[bootKey{r.Target.ID, r.Round}] = true
		}
	}
	for round := 1; ; round++ {
		for _, arm := range arms {
			if !booted[bootKey{arm.ID, round}] {
				return round - 1
			}
		}
	}
}

// measured is how many boots were no warm-ups.
func measured(runs []store.Run) (n int) {
	for i := range runs {
		if !runs[i].Warmup {
			n++
		}
	}
	return n
}

// further is the record with rounds added to it. The level is stored before the first of
// them: should they be interrupted, what there is by then has been looked at once more.
func (u *Unfinished) further(record store.Experiment, rounds, added int) store.Experiment {
	if record.Level == 0 {
		record.Level = Level
	}
	record.Level /= 2
	record.Rounds, record.Added = rounds, append(record.Added, added)
	return record
}

// falseAlarms is the chance of a false alarm of all looks at an experiment together, at
// most, however often rounds are added to it yet.
func falseAlarms(e store.Experiment) float64 {
	if len(e.Added) == 0 {
		return Level
	}
	planned := e.Level * float64(int(1)<<len(e.Added)) // of the last look that was planned
	spent := Level
	if e.UntilSure {
		spent = 0
		for look := range max(e.Look, 1) {
			spent += stats.LookLevel(look)
		}
	}
	return spent + planned
}

// added says what is to be known of an experiment to which rounds were added.
func added(e store.Experiment) string {
	n := 0
	for _, rounds := range e.Added {
		n += rounds
	}
	return fmt.Sprintf("%s were added to experiment %s after its verdicts had been seen: they were judged once more, when these were done, at half the level, p < %s",
		plural(n, "round"), e.ID, strings.TrimPrefix(strconv.FormatFloat(e.Level, 'g', 3, 64), "0"))
}

// trustAdded says what it costs that rounds were added.
func trustAdded(e store.Experiment) Fact {
	chance := percent(falseAlarms(e))
	f := Fact{Name: "rounds", State: Warning, Short: "rounds added: false alarms up to " + chance}
	f.Long = strings.ToUpper(added(e)[:1]) + added(e)[1:] + ". All looks together raise a false alarm in at most " + chance + " of experiments"
	if falseAlarms(e) <= Level {
		f.State, f.Short = Good, "rounds added"
	} else {
		f.Long += ", where " + percent(Level) + " is usual"
	}
	f.Long += "."
	return f
}
