package benchmarks_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"slipway/benchmarks"
	"slipway/runner/tomlfile"
)

func TestARoundBootsEveryTargetOnceInAnOrderOfItsOwn(t *testing.T) {
	t.Parallel()
	const targets, rounds = 4, 400
	plan := benchmarks.Plan{Rounds: rounds, Seed: 42}
	first := map[int]int{}
	orders := map[string]bool{}
	for round := 1; round <= rounds; round++ {
		order := plan.Order(round, targets)
		if sorted := slices.Sorted(slices.Values(order)); !slices.Equal(sorted, []int{0, 1, 2, 3}) {
			t.Fatalf("round %d boots %v", round, order)
		}
		first[order[0]]++
		orders[fmt.Sprint(order)] = true
		if again := plan.Order(round, targets); !slices.Equal(order, again) {
			t.Fatalf("round %d boots %v, asked again %v: it could not be gone on with", round, order, again)
		}
	}
	for target := range targets {
		if n := first[target]; n < rounds/targets-40 || n > rounds/targets+40 { // 5 standard deviations are 43
			t.Errorf("target %d was the first in %d of %d rounds", target, n, rounds)
		}
	}
	if len(orders) != 24 {
		t.Errorf("%d of the 24 orders of 4 targets came in %d rounds", len(orders), rounds)
	}
	other := benchmarks.Plan{Rounds: rounds, Seed: 43}
	same := 0
	for round := 1; round <= rounds; round++ {
		if slices.Equal(plan.Order(round, targets), other.Order(round, targets)) {
			same++
		}
	}
	if same > rounds/8 {
		t.Errorf("another seed gives the same order in %d of %d rounds", same, rounds)
	}
}

func TestSeedsSurviveJSON(t *testing.T) {
	t.Parallel()
	for range 1000 {
		if s := benchmarks.NewSeed(); s == 0 || uint64(float64(s)) != s {
			t.Fatalf("seed %d", s)
		}
	}
}

const planFile = `schema = 1
rounds = 7
warmup = 1
baseline = "linux-cloud/nbody"
[[target]]
kernel = "keel"
app = "nbody"
settings = { cpus = 2 }
[[target]]
kernel = "linux-cloud"
app = "nbody"
`

func TestPlanFiles(t *testing.T) {
	t.Parallel()
	plan, err := benchmarks.ParsePlan("plan.toml", []byte(planFile), nil)
	if err != nil || plan.Rounds != 7 || plan.Warmup != 1 || plan.Baseline != "linux-cloud/nbody" || len(plan.Targets) != 2 || plan.Targets[0].Settings["cpus"] != "2" {
		t.Errorf("%+v, %v", plan, err)
	}
	swept, err := benchmarks.ParsePlan("plan.toml", []byte(strings.NewReplacer(`baseline = "linux-cloud/nbody"`, "", "settings = { cpus = 2 }", "").Replace(planFile)+"[sweep]\nmemory = [\"64M\", \"128M\"]\ncpus = [1, 2]\nmode = \"list\"\n"), nil)
	if err != nil || len(swept.Targets) != 4 {
		t.Errorf("swept in pairs: %+v, %v", swept.Targets, err)
	}
	for name, c := range map[string]struct {
		from, to string
		line     int
		says     string
	}{
		"an unknown key": {"warmup = 1", "warmups = 1", 3, "warmups"},
		"no rounds":      {"rounds = 7", "rounds = -7", 0, "rounds"},
		"no TOML":        {"rounds = 7", "rounds = ", 2, ""},
		"one target in other words": {
			"[[target]]\n", "[[target]]\nkernel = \"keel\"\napp = \"nbody\"\nsettings = { memory = \"16384K\", cpus = \"02\" }\n" +
				"[[target]]\nkernel = \"keel\"\napp = \"nbody\"\nsettings = { memory = \"16M\", cpus = 2 }\n[[target]]\n", 10, "in other words",
		},
		"a baseline that is no target": {`"linux-cloud/nbody"`, `"none/nbody"`, 0, "none/nbody"},
	} {
		_, err := benchmarks.ParsePlan("plan.toml", []byte(strings.Replace(planFile, c.from, c.to, 1)), nil)
		var wrong *tomlfile.Error
		if !errors.As(err, &wrong) || !strings.Contains(err.Error(), c.says) || c.line > 0 && !strings.Contains(err.Error(), fmt.Sprintf("plan.toml:%d", c.line)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
