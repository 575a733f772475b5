package benchmarks

import "fmt"

// directions are the ways of improving that the boots of one target declared for a
// metric: none where they are silent.
type directions struct{ lower, higher bool }

func (d directions) with(b Better) directions {
	return directions{d.lower || b == Lower, d.higher || b == Higher}
}

// word is the way that was declared, "" for none.
func (d directions) word() Better {
	switch {
	case d.lower && d.higher:
		return Lower + " or " + Higher
	case d.lower:
		return Lower
	case d.higher:
		return Higher
	}
	return ""
}

// declared is what a metric is to two targets that declare how it improves: where one
// is silent, the other's word counts, whichever is the baseline.
func (i Info) declared(base, test directions) Info {
	for _, d := range []directions{base, test} {
		if i.ownWay() && d != (directions{}) {
			i.Better, i.Assumed = d.word(), false
		}
	}
	return i
}

// ownWay reports whether an app decides how a metric improves. How Slipway's own ones do
// is no question.
func (i Info) ownWay() bool { return Describe(i.Name, i.Unit, Higher).Better == Higher }

// torn says how two targets, or the boots of one, contradict each other about the way in
// which a metric improves: neither is better then.
func (p pairing) torn() []string {
	base, test := p.declared[0], p.declared[1]
	both := directions{base.lower || test.lower, base.higher || test.higher}
	if !p.info.ownWay() || !both.lower || !both.higher {
		return nil
	}
	said := func(d directions, label string) string {
		if d == (directions{}) {
			return "nothing said by " + label
		}
		return fmt.Sprintf("%s is better with %s", d.word(), label)
	}
	return []string{"they contradict each other about " + p.info.Unit + ": " + said(base, p.base.label) + ", " + said(test, p.test.label)}
}
