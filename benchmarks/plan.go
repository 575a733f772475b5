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

	"slipway/benchmarks/stats"
	"slipway/runner"
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

	UntilSure bool // look at the data after some rounds, and stop once it is sure: see stats.Looks
	Parallel  int  // boots of a round at once; 0 or 1: each is alone on the host

	Swept []string // settings and parameters that differ because somebody asked how much they matter
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

// CheckTwins says which two targets of a plan that a person wrote are one in other words,
// such as 16M and 16384K. Arms of one target that are other images are nobody's mistake.
func (p Plan) CheckTwins() error {
	alike := map[string]string{}
	for i, t := range p.Targets {
		same := t.canonical()
		if twin, twice := alike[same]; twice {
			return &targetError{i, fmt.Errorf("target %s is %s in other words: it would be compared with itself", t.ID, twin)}
		}
		alike[same] = t.ID
	}
	return nil
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
	case p.UntilSure && !slices.Contains(stats.Looks, p.Rounds):
		return fmt.Errorf("rounds = %d: a plan that stops when it is sure looks at its data after %s rounds: take one of them as the most", p.Rounds, listWords(stats.Looks))
	case p.Parallel < 0 || p.Parallel > len(p.Targets):
		return fmt.Errorf("parallel = %d: a round boots every target once, and there %s", p.Parallel, isAre(len(p.Targets)))
	}
	seen := map[string]bool{}
	for i, t := range p.Targets {
		if t.Kernel == "" || t.App == "" {
			return &targetError{i, fmt.Errorf("target %d needs a kernel and an app", i+1)}
		}
		if seen[t.ID] {
			return &targetError{i, fmt.Errorf("target %s is there twice: it would be compared with itself", t.ID)}
		}
		seen[t.ID] = true
	}
	if p.Baseline != "" && !seen[p.Baseline] {
		var ids []string
		for _, t := range p.Targets {
			ids = append(ids, t.ID)
		}
		return fmt.Errorf("baseline %q is none of the targets: %s", p.Baseline, strings.Join(ids, ", "))
	}
	return nil
}

// targetError is what is wrong with the target of that index.
type targetError struct {
	index int
	err   error
}

func (e *targetError) Error() string { return e.err.Error() }
func (e *targetError) Unwrap() error { return e.err }

// canonical is the same for targets that are the same machine with the same app, however
// their settings are spelt: 16M is 16384K.
func (p Planned) canonical() string {
	settings := p.Settings
	if parsed, err := runner.ParseSettings(settings); err == nil { // else it is told when the target is built
		settings = parsed.Map()
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%q/%q", p.Kernel, p.App)
	for _, key := range slices.Sorted(maps.Keys(settings)) {
		fmt.Fprintf(&b, " %q=%q", key, settings[key])
	}
	return b.String()
}

// NameTargets gives targets without an ID their names: kernel/app, and those
// settings that tell them apart where several have the same kernel and app.
func NameTargets(targets []Planned) {
	alike := map[string][]Planned{}
	for _, t := range targets {
		alike[t.Kernel+"/"+t.App] = append(alike[t.Kernel+"/"+t.App], t)
	}
	for i := range targets {
		t := &targets[i]
		if t.ID != "" {
			continue
		}
		t.ID = t.Kernel + "/" + t.App
		others := alike[t.ID]
		for _, key := range slices.Sorted(maps.Keys(t.Settings)) {
			differs := func(o Planned) bool { value, has := o.Settings[key]; return !has || value != t.Settings[key] }
			if slices.ContainsFunc(others, differs) {
				t.ID += " " + runner.ShellLine([]string{key + "=" + t.Settings[key]})
			}
		}
	}
}

// Named returns the ID of the target that a name stands for: its ID, a kernel that
// only one target has, or words of one target's ID and settings that no other has all
// of, such as memory=64M. It is the name itself where it stands for none.
func (p Plan) Named(name string) string {
	words := strings.Fields(name)
	for _, fits := range []func(Planned) bool{
		func(t Planned) bool { return t.ID == name },
		func(t Planned) bool { return t.Kernel == name },
		func(t Planned) bool {
			has := strings.Fields(t.ID)
			for key, value := range t.Settings {
				has = append(has, key+"="+value)
			}
			return len(words) > 0 && !slices.ContainsFunc(words, func(w string) bool { return !slices.Contains(has, w) })
		},
	} {
		var found []string
		for _, t := range p.Targets {
			if fits(t) {
				found = append(found, t.ID)
			}
		}
		if len(found) == 1 {
			return found[0]
		}
	}
	return name
}

// isAre counts targets for a sentence.
func isAre(n int) string {
	if n == 1 {
		return "is 1"
	}
	return fmt.Sprintf("are %d", n)
}

// listWords joins numbers for a sentence: 10, 20 or 40.
func listWords(numbers []int) string {
	var b strings.Builder
	for i, n := range numbers {
		switch {
		case i == 0:
		case i == len(numbers)-1:
			b.WriteString(" or ")
		default:
			b.WriteString(", ")
		}
		b.WriteString(strconv.Itoa(n))
	}
	return b.String()
}
