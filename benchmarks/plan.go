package benchmarks

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	mathrand "math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"slipway/runner/tomlfile"
)

// Defaults and bounds of a plan.
const (
	DefaultRounds = 20
	DefaultWarmup = 2
	maxRounds     = 100_000
	maxTargets    = 1_000
)

// Plan says which targets are booted, how often, and in what order.
type Plan struct {
	Rounds   int       // measured rounds; every round boots each target once
	Warmup   int       // rounds before them that are stored and not counted
	Seed     uint64    // of the order; 0 means that one is to be drawn with NewSeed
	Baseline string    // ID of a target; "" is the first
	Counted  int       // rounds behind the timed ones in which instructions are counted, see DefaultCounted
	Targets  []Planned // in the order of the table
}

// Planned is one target of a plan.
type Planned struct {
	ID       string // kernel/app, with settings behind where a plan has the pair more than once
	Kernel   string
	App      string
	Settings map[string]string // by the names that --set uses
}

// NewSeed draws a seed. It stays below 2^53 so that every JSON reader keeps it.
func NewSeed() uint64 {
	var b [8]byte
	_, _ = rand.Read(b[:]) // documented to never fail
	return binary.LittleEndian.Uint64(b[:])>>11 | 1
}

// Order returns the order in which a round boots its targets: a random one of the
// round's own. round counts from 1 over warm-up and measured rounds together.
// Seed and round alone decide it, so that an experiment that was cut short, or
// is given more rounds, goes on as if it had never stopped.
func (p Plan) Order(round, targets int) []int {
	return mathrand.New(mathrand.NewPCG(p.Seed, uint64(round))).Perm(targets)
}

// Validate says what is wrong with a plan, in a sentence.
func (p Plan) Validate() error {
	switch {
	case len(p.Targets) == 0:
		return errors.New("a plan needs a target: a kernel and an app")
	case len(p.Targets) > maxTargets:
		return fmt.Errorf("%d targets are more than the %d that one plan may have", len(p.Targets), maxTargets)
	case p.Rounds < 1 || p.Rounds > maxRounds:
		return fmt.Errorf("rounds = %d: a plan has 1 to %d rounds", p.Rounds, maxRounds)
	case p.Counted < 0 || p.Counted > maxRounds:
		return fmt.Errorf("count_instructions = %d: a plan counts instructions in 0 to %d rounds", p.Counted, maxRounds)
	case p.Warmup < 0 || p.Warmup > maxRounds:
		return fmt.Errorf("warmup = %d: a plan has 0 to %d warm-up rounds", p.Warmup, maxRounds)
	}
	seen := map[string]bool{}
	for i, t := range p.Targets {
		if t.Kernel == "" || t.App == "" {
			return fmt.Errorf("target %d needs a kernel and an app", i+1)
		}
		if seen[t.ID] {
			return fmt.Errorf("target %s is there twice: it would be compared with itself", t.ID)
		}
		seen[t.ID] = true
	}
	if p.Baseline != "" && !seen[p.Baseline] {
		return fmt.Errorf("baseline %q is none of the targets: %s", p.Baseline, strings.Join(slices.Sorted(maps.Keys(seen)), ", "))
	}
	return nil
}

// NameTargets gives targets without an ID their names: kernel/app, and the
// settings that tell them apart where several have the same kernel and app.
func NameTargets(targets []Planned) {
	count := map[string]int{}
	for _, t := range targets {
		count[t.Kernel+"/"+t.App]++
	}
	for i := range targets {
		t := &targets[i]
		if t.ID != "" {
			continue
		}
		t.ID = t.Kernel + "/" + t.App
		if count[t.ID] == 1 {
			continue
		}
		for _, key := range slices.Sorted(maps.Keys(t.Settings)) {
			t.ID += " " + key + "=" + t.Settings[key]
		}
	}
}

// planFile is plan.toml.
type planFile struct {
	Schema   int            `toml:"schema"`
	Rounds   *int           `toml:"rounds"`
	Warmup   *int           `toml:"warmup"`
	Seed     int64          `toml:"seed"`
	Baseline string         `toml:"baseline"`
	Target   []planTarget   `toml:"target"`
	Count    bool           `toml:"count_instructions"`
	Sweep    map[string]any `toml:"sweep"`
}

type planTarget struct {
	Kernel   string         `toml:"kernel"`
	App      string         `toml:"app"`
	Settings map[string]any `toml:"settings"`
}

// ParsePlan reads a plan.toml. Unknown keys are refused with the line they are
// on; every error is a *tomlfile.Error.
func ParsePlan(file string, data []byte) (Plan, error) {
	var f planFile
	if err := tomlfile.Decode(file, data, &f); err != nil {
		return Plan{}, err
	}
	if f.Schema != 1 {
		return Plan{}, tomlfile.Fault(file, data, "schema", "schema = %d: this Slipway reads plans of schema 1", f.Schema)
	}
	p := Plan{Rounds: DefaultRounds, Warmup: DefaultWarmup, Baseline: f.Baseline}
	if f.Rounds != nil {
		p.Rounds = *f.Rounds
	}
	if f.Warmup != nil {
		p.Warmup = *f.Warmup
	}
	if f.Seed < 0 {
		return Plan{}, tomlfile.Fault(file, data, "seed", "a seed is not negative")
	}
	p.Seed = uint64(f.Seed)
	if f.Count {
		p.Counted = DefaultCounted
	}
	for _, t := range f.Target {
		settings, err := settingTexts(t.Settings)
		if err != nil {
			return Plan{}, tomlfile.Fault(file, data, "settings", "%v", err)
		}
		p.Targets = append(p.Targets, Planned{Kernel: t.Kernel, App: t.App, Settings: settings})
	}
	if len(f.Sweep) > 0 {
		var err error
		p.Targets, err = sweep(p.Targets, f.Sweep)
		if err != nil {
			return Plan{}, tomlfile.Fault(file, data, "sweep", "%v", err)
		}
	}
	NameTargets(p.Targets)
	if err := p.Validate(); err != nil {
		return Plan{}, &tomlfile.Error{File: file, Message: err.Error()}
	}
	return p, nil
}

// settingTexts writes settings as --set has them.
func settingTexts(settings map[string]any) (map[string]string, error) {
	if len(settings) == 0 {
		return nil, nil
	}
	texts := map[string]string{}
	for key, value := range settings {
		text, err := settingText(value)
		if err != nil {
			return nil, fmt.Errorf("setting %s: %w", key, err)
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
	return "", fmt.Errorf("a setting is a string, a number or a truth value, not %T", value)
}

// sweep multiplies targets by the values of the swept settings: all combinations
// (mode "factorial", the default) or the first values together, then the second
// ones (mode "list").
func sweep(targets []Planned, table map[string]any) ([]Planned, error) {
	mode := "factorial"
	axes := map[string][]string{}
	for key, value := range table {
		if key == "mode" {
			text, ok := value.(string)
			if !ok || text != "factorial" && text != "list" {
				return nil, fmt.Errorf("mode = %v: it is \"factorial\" or \"list\"", value)
			}
			mode = text
			continue
		}
		list, ok := value.([]any)
		if !ok || len(list) == 0 {
			return nil, fmt.Errorf("%s: a sweep needs a list of values", key)
		}
		for _, v := range list {
			text, err := settingText(v)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", key, err)
			}
			axes[key] = append(axes[key], text)
		}
	}
	points, err := sweepPoints(mode, axes)
	if err != nil {
		return nil, err
	}
	if len(points) == 0 {
		return targets, nil
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
					return nil, fmt.Errorf("%s is swept, and set for %s/%s as well", key, t.Kernel, t.App)
				}
				settings[key] = value
			}
			swept = append(swept, Planned{Kernel: t.Kernel, App: t.App, Settings: settings})
		}
	}
	return swept, nil
}

func sweepPoints(mode string, axes map[string][]string) ([]map[string]string, error) {
	var points []map[string]string
	for _, key := range slices.Sorted(maps.Keys(axes)) {
		values := axes[key]
		switch {
		case points == nil:
			for _, v := range values {
				points = append(points, map[string]string{key: v})
			}
		case mode == "list":
			if len(values) != len(points) {
				return nil, fmt.Errorf("mode \"list\" needs lists of one length: %s has %d values, another %d", key, len(values), len(points))
			}
			for i, v := range values {
				points[i][key] = v
			}
		default:
			if len(points)*len(values) > maxTargets {
				return nil, fmt.Errorf("the sweep makes more than %d targets", maxTargets)
			}
			var product []map[string]string
			for _, point := range points {
				for _, v := range values {
					next := maps.Clone(point)
					next[key] = v
					product = append(product, next)
				}
			}
			points = product
		}
	}
	return points, nil
}
