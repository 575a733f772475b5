package benchmarks

import (
	"encoding/csv"
	"fmt"
	"maps"
	"slices"
	"strings"

	"slipway/runner"
)

// Sweep multiplies targets by the values of settings, or of parameters of the app.
type Sweep struct {
	Axes []Axis
	// List takes the first values of all axes together, then the second ones, and so
	// on; otherwise all combinations are taken.
	List bool
}

// Axis is one setting with the values that it takes in turn.
type Axis struct {
	Key    string
	Values []string
}

// Modes of a sweep, as people write them.
const (
	Factorial = "factorial"
	ListMode  = "list"
)

// ParseAxis reads an axis as --sweep takes it: memory=64M,256M. A value that has a
// comma of its own stands in double quotes: pin="0,1","2,3".
func ParseAxis(text string) (Axis, error) {
	key, values, ok := strings.Cut(text, "=")
	if !ok || key == "" || values == "" {
		return Axis{}, fmt.Errorf("--sweep %q: it takes KEY=VALUE,VALUE,..., such as memory=64M,256M", text)
	}
	r := csv.NewReader(strings.NewReader(values))
	list, err := r.Read()
	if err != nil {
		return Axis{}, fmt.Errorf("--sweep %q: quotes stand around a whole value", text)
	}
	return Axis{Key: key, Values: list}, nil
}

// keys are what is swept.
func (s Sweep) keys() []string {
	var keys []string
	for _, axis := range s.Axes {
		keys = append(keys, axis.Key)
	}
	return keys
}

// Sweep multiplies the plan's targets, and names them anew.
func (p *Plan) Sweep(s Sweep) error {
	if len(s.Axes) == 0 {
		return nil
	}
	targets, err := s.Apply(p.Targets)
	if err != nil {
		return err
	}
	NameTargets(targets)
	p.Targets, p.Swept = targets, s.keys()
	return nil
}

// Apply returns the targets, each with all points of the sweep.
func (s Sweep) Apply(targets []Planned) ([]Planned, error) {
	points, err := s.points()
	if err != nil {
		return nil, err
	}
	if len(points)*len(targets) > maxTargets {
		return nil, fmt.Errorf("the sweep makes %d targets, more than %d", len(points)*len(targets), maxTargets)
	}
	var swept []Planned
	for _, t := range targets {
		for _, point := range points {
			settings := maps.Clone(point)
			for key, value := range t.Settings {
				if _, twice := point[key]; twice {
					return nil, &axisError{key, fmt.Errorf("%s is swept, and set for %s/%s as well", key, t.Kernel, t.App)}
				}
				settings[key] = value
			}
			swept = append(swept, Planned{Kernel: t.Kernel, App: t.App, Settings: settings})
		}
	}
	return swept, nil
}

// axisError is what is wrong with one axis.
type axisError struct {
	key string
	err error
}

func (e *axisError) Error() string { return e.err.Error() }
func (e *axisError) Unwrap() error { return e.err }

// points are the settings of each point of the sweep.
func (s Sweep) points() ([]map[string]string, error) {
	points := []map[string]string{{}}
	if s.List && len(s.Axes) > 0 {
		points = make([]map[string]string, len(s.Axes[0].Values))
		for i := range points {
			points[i] = map[string]string{}
		}
	}
	for i, axis := range s.Axes {
		if err := axis.check(s.Axes[:i]); err != nil {
			return nil, &axisError{axis.Key, err}
		}
		if s.List {
			if len(axis.Values) != len(points) {
				return nil, &axisError{axis.Key, fmt.Errorf("mode %q needs lists of one length: %s has %s, %s has %d", ListMode, s.Axes[0].Key, plural(len(points), "value"), axis.Key, len(axis.Values))}
			}
			for j, v := range axis.Values {
				points[j][axis.Key] = v
			}
			continue
		}
		if len(points)*len(axis.Values) > maxTargets {
			return nil, &axisError{axis.Key, fmt.Errorf("the sweep makes more than %d targets", maxTargets)}
		}
		var product []map[string]string
		for _, point := range points {
			for _, v := range axis.Values {
				next := maps.Clone(point)
				next[axis.Key] = v
				product = append(product, next)
			}
		}
		points = product
	}
	return points, nil
}

// check says what is wrong with an axis that follows others.
func (a Axis) check(before []Axis) error {
	if len(a.Values) == 0 {
		return fmt.Errorf("%s: a sweep needs a list of values", a.Key)
	}
	if slices.ContainsFunc(before, func(o Axis) bool { return o.Key == a.Key }) {
		return fmt.Errorf("%s is swept twice: give all its values at once", a.Key)
	}
	seen := map[string]bool{}
	for _, v := range a.Values {
		var s runner.Settings
		if err := s.Set(a.Key, v); err != nil {
			return err
		}
		said := s.Map()[a.Key] // 1G and 1024M are the same
		if seen[said] {
			return fmt.Errorf("%s=%s is there twice: it would be compared with itself", a.Key, v)
		}
		seen[said] = true
	}
	return nil
}
