package benchmarks

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"slipway/runner"
	"slipway/runner/tomlfile"
)

// planFile is plan.toml.
type planFile struct {
	Schema    int            `toml:"schema"`
	Rounds    *int           `toml:"rounds"`
	Warmup    *int           `toml:"warmup"`
	Seed      int64          `toml:"seed"`
	Baseline  string         `toml:"baseline"`
	Pin       string         `toml:"pin"`
	Parallel  int            `toml:"parallel"`
	UntilSure bool           `toml:"until_sure"`
	Target    []planTarget   `toml:"target"`
	Count     bool           `toml:"count_instructions"`
	Sweep     map[string]any `toml:"sweep"`
}

type planTarget struct {
	Kernel   string         `toml:"kernel"`
	App      string         `toml:"app"`
	Settings map[string]any `toml:"settings"`
}

// planReader reads one plan.toml; its errors name the line.
type planReader struct {
	file  string
	data  []byte
	check func(runner.Target) error // nil: only the plan itself is looked at
}

// ParsePlan reads a plan.toml. check, which may be nil, says what is wrong with a
// target: a kernel or an app that is not there, a setting that it can't have. Unknown
// keys are refused; every error is a *tomlfile.Error, with the line where there is one.
func ParsePlan(file string, data []byte, check func(runner.Target) error) (Plan, error) {
	if err := tooMuch(file, data); err != nil {
		return Plan{}, err
	}
	var f planFile
	if err := tomlfile.Decode(file, data, &f); err != nil {
		return Plan{}, err
	}
	r := planReader{file, data, check}
	p, err := r.plan(f)
	if err != nil {
		return Plan{}, err
	}
	if err := r.targets(&p, f); err != nil {
		return Plan{}, err
	}
	if f.Baseline != "" {
		p.Baseline = p.Named(f.Baseline)
	}
	err = p.Validate()
	if err == nil {
		err = p.CheckTwins()
	}
	if err != nil {
		if wrong := (*targetError)(nil); errors.As(err, &wrong) && len(p.Swept) == 0 {
			return Plan{}, &tomlfile.Error{File: file, Line: r.lineOf(wrong.index, "kernel"), Message: err.Error()}
		}
		key, _, _ := strings.Cut(err.Error(), " ") // "rounds = ...", "baseline ..."
		return Plan{}, tomlfile.Fault(file, data, key, "%v", err)
	}
	return p, nil
}

// plan reads what is not about targets.
func (r planReader) plan(f planFile) (Plan, error) {
	if f.Schema != 1 {
		return Plan{}, tomlfile.Fault(r.file, r.data, "schema", "schema = %d: this Slipway reads plans of schema 1", f.Schema)
	}
	p := Plan{Rounds: DefaultRounds, Warmup: DefaultWarmup, UntilSure: f.UntilSure, Parallel: f.Parallel}
	if f.UntilSure {
		p.Rounds = LastLook()
	}
	if f.Count {
		p.Counted = DefaultCounted
	}
	if f.Rounds != nil {
		p.Rounds = *f.Rounds
	}
	if f.Warmup != nil {
		p.Warmup = *f.Warmup
	}
	if f.Seed < 0 {
		return Plan{}, tomlfile.Fault(r.file, r.data, "seed", "a seed is not negative")
	}
	p.Seed = uint64(f.Seed)
	if f.Pin != "" {
		if _, err := runner.ParseCPUList(f.Pin); err != nil {
			return Plan{}, tomlfile.Fault(r.file, r.data, "pin", "pin: %v", err)
		}
	}
	return p, nil
}

// targets reads the targets, sweeps them and checks each.
func (r planReader) targets(p *Plan, f planFile) error {
	if len(f.Target) > maxTargets { // in an inline list; what is wrong with each is not looked at
		return tomlfile.Fault(r.file, r.data, "target", "%d targets are more than the %d that one plan may have", len(f.Target), maxTargets)
	}
	for i, t := range f.Target {
		settings, err := settingTexts(t.Settings)
		if err != nil {
			return r.fault(i, err.key, err)
		}
		if _, own := settings["pin"]; f.Pin != "" && !own {
			settings["pin"] = f.Pin
		}
		planned := Planned{Kernel: t.Kernel, App: t.App, Settings: settings}
		if key, err := r.wrong(planned); err != nil {
			return r.fault(i, key, err)
		}
		p.Targets = append(p.Targets, planned)
	}
	sweep, err := readSweep(f.Sweep)
	if err != nil {
		return r.sweepFault(err)
	}
	if err := p.Sweep(sweep); err != nil {
		return r.sweepFault(err)
	}
	for _, t := range p.Targets {
		if key, err := r.wrong(t); err != nil {
			return r.sweepFault(&axisError{key, err})
		}
	}
	NameTargets(p.Targets)
	return nil
}

// wrong says what is wrong with a target, and which setting it is, "" where it is
// none of them or not one alone.
func (r planReader) wrong(p Planned) (key string, err error) {
	check := func(settings map[string]string) error {
		parsed, err := runner.ParseSettings(settings)
		if err != nil || r.check == nil || p.Kernel == "" || p.App == "" {
			return err // a target without a kernel is told by Plan.Validate
		}
		return r.check(runner.Target{Kernel: p.Kernel, App: p.App, Settings: parsed})
	}
	if err = check(p.Settings); err == nil {
		return "", nil
	}
	for _, key := range slices.Sorted(maps.Keys(p.Settings)) {
		rest := maps.Clone(p.Settings)
		delete(rest, key)
		if check(rest) == nil {
			return key, err
		}
	}
	return "", err
}

// fault is an error at a key of the target with that index.
func (r planReader) fault(target int, key string, err error) error {
	if key == "" {
		key = "kernel"
		if !strings.Contains(err.Error(), "kernel") {
			key = "app"
		}
	}
	return &tomlfile.Error{File: r.file, Line: r.lineOf(target, key), Message: err.Error()}
}

// sweepFault is an error at the axis that it is about.
func (r planReader) sweepFault(err error) error {
	key := "sweep"
	if axis := (*axisError)(nil); errors.As(err, &axis) && axis.key != "" {
		key = "sweep." + axis.key
	}
	return tomlfile.Fault(r.file, r.data, key, "%v", err)
}

// lineOf finds the line of a key within the target with that index: of its own, or
// else of the settings that hold it, or of the target.
func (r planReader) lineOf(target int, key string) int {
	line, at, found := 0, -1, 0
	inside := false
	for text := range bytes.Lines(r.data) {
		line++
		text := strings.TrimSpace(string(text))
		if strings.HasPrefix(text, "[") {
			name := strings.ReplaceAll(strings.Trim(strings.SplitN(text, "#", 2)[0], "[] "), " ", "")
			if name == "target" {
				at++
			}
			inside = at == target && (name == "target" || name == "target.settings")
			if inside && found == 0 {
				found = line
			}
			continue
		}
		name, _, ok := strings.Cut(text, "=")
		name = strings.Trim(strings.TrimSpace(name), `"'`)
		switch {
		case !inside || !ok:
		case name == key:
			return line
		case name == "settings":
			found = line
		}
	}
	return found
}

// settingTexts writes settings as --set has them.
func settingTexts(settings map[string]any) (map[string]string, *axisError) {
	texts := map[string]string{}
	for _, key := range slices.Sorted(maps.Keys(settings)) {
		text, err := settingText(settings[key])
		if err != nil {
			return nil, &axisError{key, fmt.Errorf("setting %s: %w", key, err)}
		}
		texts[key] = text
	}
	return texts, nil
}

func settingText(value any) (string, error) {
	switch v := value.(type) {
	case string:
		return v, nil
	case bool:
		return strconv.FormatBool(v), nil
	case int64:
		return strconv.FormatInt(v, 10), nil
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64), nil
	}
	return "", errors.New("a setting is a string, a number or a truth value")
}

// readSweep reads the table of a sweep. Its axes are in the order of their names: a
// table has no other.
func readSweep(table map[string]any) (Sweep, error) {
	var s Sweep
	for _, key := range slices.Sorted(maps.Keys(table)) {
		if key == "mode" {
			switch table[key] {
			case Factorial:
			case ListMode:
				s.List = true
			default:
				return s, &axisError{key, fmt.Errorf("mode = %v: it is %q or %q", table[key], Factorial, ListMode)}
			}
			continue
		}
		list, ok := table[key].([]any)
		if !ok {
			return s, &axisError{key, fmt.Errorf("%s: a sweep needs a list of values", key)}
		}
		axis := Axis{Key: key}
		for _, v := range list {
			text, err := settingText(v)
			if err != nil {
				return s, &axisError{key, fmt.Errorf("%s: %w", key, err)}
			}
			axis.Values = append(axis.Values, text)
		}
		s.Axes = append(s.Axes, axis)
	}
	return s, nil
}
