package benchmarks

import (
	"fmt"
	"slices"
	"strings"

	"slipway/benchmarks/store"
)

// lost are boots that an experiment made and that are no longer there.
type lost struct {
	experiment string
	boots      int // that are missing
	made       int
}

// lostOf counts what is missing of so many targets of an experiment that came to its end.
func lostOf(e store.Experiment, runs []store.Run, targets int) lost {
	l := lost{experiment: e.ID, made: e.Rounds * targets}
	there := 0
	for i := range runs {
		if !runs[i].Warmup && !runs[i].InCountPass() {
			there++
		}
	}
	if e.State == store.Done {
		l.boots = max(l.made-there, 0)
	}
	return l
}

// lacks says that boots are missing, in the notes and where the boots are counted: nobody
// knows whether those went well.
func (c *Comparison) lacks(parts ...lost) {
	var all lost
	var of []string
	for i, l := range parts {
		all.boots, all.made = all.boots+l.boots, all.made+l.made
		if l.boots == 0 || slices.ContainsFunc(parts[:i], func(o lost) bool { return o.boots > 0 && o.experiment == l.experiment }) {
			continue
		}
		for _, o := range parts[i+1:] { // another target of the same
			if o.experiment == l.experiment {
				l.boots, l.made = l.boots+o.boots, l.made+o.made
			}
		}
		of = append(of, l.experiment)
		c.Notes = append(c.Notes, fmt.Sprintf("%d of %d boots of experiment %s are missing: deleted, or their records can't be read, which 'slipway doctor' tells", l.boots, l.made, l.experiment))
	}
	at := slices.IndexFunc(c.Trust, func(f Fact) bool { return f.Name == "boots" })
	if at < 0 || all.boots == 0 {
		return
	}
	good, boots := 0, all.boots
	for _, t := range c.Targets {
		good, boots = good+t.OK, boots+t.Boots
	}
	fact := &c.Trust[at]
	if fact.State == Good {
		fact.Long = ""
	} else {
		fact.Long += " "
	}
	fact.State, fact.Short = Warning, fmt.Sprintf("%d/%d boots ok, %d missing", good, boots, all.boots)
	fact.Long += fmt.Sprintf("Of what %s made, %s missing: if they were the slow ones, what is left looks too good.", strings.Join(of, " and "), areBoots(all.boots))
}

func areBoots(n int) string {
	if n == 1 {
		return "1 boot is"
	}
	return fmt.Sprintf("%d boots are", n)
}
