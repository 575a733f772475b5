package benchmarks

import (
	"fmt"
	"slices"
	"strings"

	"slipway/benchmarks/store"
)

// side is what one name of a comparison stands for: a target, or all targets of an
// experiment. Samples of two targets are never mixed.
type side struct {
	name    string
	stored  storedSide
	targets []string // IDs, in the order of the experiment's
}

func newSide(name string, stored storedSide) side {
	s := side{name: name, stored: stored}
	s.stored.runs = byTarget(stored.of, stored.runs)
	for i := range s.stored.runs {
		if id := s.stored.runs[i].Target.ID; !slices.Contains(s.targets, id) {
			s.targets = append(s.targets, id)
		}
	}
	return s
}

// label names one target of a side, so that it can be typed as well.
func (s side) label(target string) string {
	if len(s.targets) == 1 {
		return s.name
	}
	return s.name + experimentTarget + target
}

// experimentTarget stands between an experiment and one of its targets.
const experimentTarget = ":"

// of reports whether a baseline's name means the side.
func (s side) of(baseline string) bool {
	return s.name == baseline || slices.ContainsFunc(s.targets, func(target string) bool { return s.label(target) == baseline })
}

// paired gives those targets of each side that are compared their labels, and says with
// what each label is, the first side being the baseline; nothing is said of sides that are one target each. Sides of one target each are compared as they are;
// otherwise a target of the first is compared with those of the same ID. The notes name
// what is left out.
func paired(sides []side) (labels []map[string]string, baselines map[string]string, notes []string, err error) {
	labels, baselines = make([]map[string]string, len(sides)), map[string]string{}
	first := sides[0]
	several := slices.ContainsFunc(sides, func(s side) bool { return len(s.targets) > 1 })
	for n, s := range sides {
		labels[n] = map[string]string{}
		for _, target := range s.targets {
			base := ""
			switch {
			case !several:
				base = first.name
			case n > 0 && slices.Contains(first.targets, target),
				n == 0 && slices.ContainsFunc(sides[1:], func(o side) bool { return slices.Contains(o.targets, target) }):
				base = first.label(target)
			}
			if base == "" {
				notes = append(notes, fmt.Sprintf("%s of %s is left out: there is no target of that name to compare it with", target, s.name))
				continue
			}
			labels[n][target] = s.label(target)
			if several {
				baselines[s.label(target)] = base
			}
		}
		if len(labels[n]) == 0 {
			other := sides[max(n, 1)]
			return nil, nil, nil, fmt.Errorf("%s has %s, and %s has %s: none is in both, so name one target of each, such as 'slipway compare %s %s'",
				first.name, strings.Join(first.targets, ", "), other.name, strings.Join(other.targets, ", "), first.typed(), other.typed())
		}
	}
	return labels, baselines, notes, nil
}

// first is the label of the side's first target that is compared.
func (s side) first(labels map[string]string) string {
	for _, target := range s.targets {
		if label, ok := labels[target]; ok {
			return label
		}
	}
	return s.name
}

func names(sides []side) []string {
	list := make([]string, len(sides))
	for i, s := range sides {
		list[i] = s.name
	}
	return list
}

// typed is how a person names the first target of a side.
func (s side) typed() string {
	label := s.label(s.targets[0])
	if strings.ContainsAny(label, " '") {
		return fmt.Sprintf("%q", label)
	}
	return label
}

// oneTarget is the side of EXPERIMENT:TARGET, where a name is that.
func oneTarget(history *store.Store, name string) (s storedSide, found bool, err error) {
	id, target, ok := strings.Cut(name, experimentTarget)
	if !ok {
		return s, false, nil
	}
	s.of, err = history.Experiment(id)
	if err != nil {
		return s, false, nil //nolint:nilerr // the name is nothing of this kind: the caller says what it may be
	}
	var plan Plan
	for _, t := range s.of.Targets {
		plan.Targets = append(plan.Targets, Planned{ID: t.ID, Kernel: t.Kernel, App: t.App, Settings: t.Settings})
	}
	target = plan.Named(target)
	s.runs, err = history.Load(store.Filter{Experiment: s.of.ID, Target: target})
	s.lost = lostOf(s.of, s.runs, 1)
	if err == nil && len(s.runs) == 0 {
		var ids []string
		for _, t := range plan.Targets {
			ids = append(ids, t.ID)
		}
		err = fmt.Errorf("experiment %s has no boot of a target %q: it has %s", s.of.ID, target, strings.Join(ids, ", "))
	}
	return s, true, err
}
