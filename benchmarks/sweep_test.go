package benchmarks_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"slipway/benchmarks"
	"slipway/runner"
	"slipway/runner/tomlfile"
)

// sweptFile sweeps whatever is put into it.
const sweptFile = `schema = 1
until_sure = true
pin = "0"

[[target]]
kernel = "keel"
app = "nbody"

[[target]]
kernel = "linux-cloud"
app = "nbody"
[target.settings]
net = "user"

[sweep]
%s
`

// knows refuses what no kernel and no app of these tests has.
func knows(t runner.Target) error {
	for name := range t.Settings.Params {
		if name != "steps" {
			return fmt.Errorf("%q is neither a setting nor a parameter", name)
		}
	}
	if t.Kernel != "keel" && t.Kernel != "linux-cloud" {
		return fmt.Errorf("kernel %q is not there", t.Kernel)
	}
	if t.Settings.Machine == "microvm" && t.Settings.Memory > 1<<40 {
		return errors.New("so much memory does not fit a microvm")
	}
	return nil
}

func ids(p benchmarks.Plan) (list []string) {
	for _, t := range p.Targets {
		list = append(list, t.ID)
	}
	return list
}

func TestAPlanFileSweepsAnySetting(t *testing.T) {
	t.Parallel()
	for axes, want := range map[string][]string{
		"cpus = [1, 2]":                                  {"keel/nbody cpus=1", "keel/nbody cpus=2", "linux-cloud/nbody cpus=1", "linux-cloud/nbody cpus=2"},
		`memory = ["64M", "1G"]`:                         {"keel/nbody memory=64M", "keel/nbody memory=1G", "linux-cloud/nbody memory=64M", "linux-cloud/nbody memory=1G"},
		`cmdline = ["quiet", "quiet splash"]`:            {"keel/nbody cmdline=quiet", "keel/nbody 'cmdline=quiet splash'", "linux-cloud/nbody cmdline=quiet", "linux-cloud/nbody 'cmdline=quiet splash'"},
		"steps = [10, 20]":                               {"keel/nbody steps=10", "keel/nbody steps=20", "linux-cloud/nbody steps=10", "linux-cloud/nbody steps=20"},
		`machine = ["pc", "q35"]`:                        {"keel/nbody machine=pc", "keel/nbody machine=q35", "linux-cloud/nbody machine=pc", "linux-cloud/nbody machine=q35"},
		"cpus = [1, 2]\nsteps = [1, 2]\nmode = \"list\"": {"keel/nbody cpus=1 steps=1", "keel/nbody cpus=2 steps=2", "linux-cloud/nbody cpus=1 steps=1", "linux-cloud/nbody cpus=2 steps=2"},
		"cpus = [1]":                                     {"keel/nbody", "linux-cloud/nbody"},
	} {
		p, err := benchmarks.ParsePlan("plan.toml", fmt.Appendf(nil, sweptFile, axes), knows)
		if err != nil || !slices.Equal(ids(p), want) {
			t.Errorf("%s: %q, %v, want %q", axes, ids(p), err, want)
		}
		if !p.UntilSure || p.Rounds != benchmarks.LastLook() || p.Targets[0].Settings["pin"] != "0" || p.Targets[len(p.Targets)-1].Settings["net"] != "user" {
			t.Errorf("%s: %+v", axes, p)
		}
	}
	if p, err := benchmarks.ParsePlan("plan.toml", fmt.Appendf(nil, sweptFile, "cpus = [1, 2]\nsteps = [1, 2]"), knows); err != nil || len(p.Targets) != 8 {
		t.Errorf("all combinations: %q, %v", ids(p), err)
	}
}

func TestMistakesInAPlanNameTheirLine(t *testing.T) {
	t.Parallel()
	const sweepLine = 16
	for _, c := range []struct {
		from, to string // in the whole file
		axes     string
		line     int
		says     string
	}{
		{axes: "cpus = [1, 0]", line: sweepLine, says: "at least 1"},
		{axes: "cpus = [1, 2]\nstpes = [1, 2]", line: sweepLine + 1, says: `"stpes" is neither`},
		{axes: "cpus = [1, 2]\nmemory = []", line: sweepLine + 1, says: "needs a list"},
		{axes: "cpus = 2", line: sweepLine, says: "needs a list"},
		{axes: "cpus = [1, 2]\nmode = \"both\"", line: sweepLine + 1, says: "factorial"},
		{axes: "cpus = [1, 2]\nmemory = [\"64M\"]\nmode = \"list\"", line: sweepLine + 1, says: "lists of one length"},
		{axes: `memory = ["1G", "1024M"]`, line: sweepLine, says: "there twice"},
		{axes: `net = ["user", "none"]`, line: sweepLine, says: "set for linux-cloud/nbody as well"},
		{axes: "memory = [[1]]", line: sweepLine, says: "a string, a number or a truth value"},
		{from: `kernel = "linux-cloud"`, to: `kernel = "linux-clud"`, axes: "cpus = [1]", line: 10, says: "linux-clud"},
		{from: `net = "user"`, to: `nte = "user"`, axes: "cpus = [1]", line: 13, says: `"nte" is neither`},
		{from: `net = "user"`, to: `cpus = [1]`, axes: `memory = ["1G"]`, line: 13, says: "setting cpus"},
		{from: `pin = "0"`, to: `pin = "all"`, axes: "cpus = [1]", line: 3, says: "pin"},
		{from: `pin = "0"`, to: `rounds = 15`, axes: "cpus = [1]", line: 3, says: "10, 20 or 40"},
		{from: `pin = "0"`, to: `parallel = 9`, axes: "cpus = [1]", line: 3, says: "there are 2"},
		{from: `pin = "0"`, to: `baseline = "host"`, axes: "cpus = [1]", line: 3, says: "none of the targets"},
		{from: `pin = "0"`, to: `pins = "0"`, axes: "cpus = [1]", line: 3, says: "pins"},
	} {
		text := strings.Replace(fmt.Sprintf(sweptFile, c.axes), c.from, c.to, 1)
		_, err := benchmarks.ParsePlan("plan.toml", []byte(text), knows)
		var wrong *tomlfile.Error
		if !errors.As(err, &wrong) || wrong.Line != c.line || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s%s: %v, want line %d and %q", c.to, c.axes, err, c.line, c.says)
		}
	}
}

func TestAxesOfFlags(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"memory=64M,256M":     {"64M", "256M"},
		`pin="0,1","2,3"`:     {"0,1", "2,3"},
		"cmdline=a=b,quiet c": {"a=b", "quiet c"},
		"memory":              nil,
		"=1,2":                nil,
		`pin="0,1`:            nil,
		"memory=":             nil,
	} {
		axis, err := benchmarks.ParseAxis(text)
		if (err == nil) != (want != nil) || !slices.Equal(axis.Values, want) {
			t.Errorf("%s: %q, %v", text, axis.Values, err)
		}
	}
}

func TestABaselineIsNamedByWhatTellsItApart(t *testing.T) {
	t.Parallel()
	p, err := benchmarks.ParsePlan("plan.toml", fmt.Appendf(nil, sweptFile, "cpus = [1, 2]\nmemory = [\"64M\", \"1G\"]"), knows)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"keel/nbody cpus=2 memory=64M": "keel/nbody cpus=2 memory=64M",
		"keel/nbody memory=1G cpus=1":  "keel/nbody cpus=1 memory=1G",
		"keel":                         "keel", // one of four: which?
		"cpus=2 memory=1G":             "cpus=2 memory=1G",
		"":                             "",
	} {
		if got := p.Named(name); got != want {
			t.Errorf("%q stands for %q, want %q", name, got, want)
		}
	}
}
