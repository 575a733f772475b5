package tui

import (
	"testing"

	"slipway/benchmarks"
)

func TestShortNamesTellTargetsApart(t *testing.T) {
	t.Parallel()
	target := func(kernel, app, rest string) benchmarks.TargetSummary {
		return benchmarks.TargetSummary{ID: kernel + "/" + app + rest, Kernel: kernel, App: app}
	}
	for _, c := range []struct {
		targets []benchmarks.TargetSummary
		want    []string
	}{
		{[]benchmarks.TargetSummary{target("keel", "nbody", ""), target("linux", "nbody", "")}, []string{"keel", "linux"}},
		{[]benchmarks.TargetSummary{target("keel", "nbody", " memory=64M"), target("keel", "nbody", " memory=256M")}, []string{"memory=64M", "memory=256M"}},
		{
			[]benchmarks.TargetSummary{target("keel", "nbody", " cpus=2 memory=64M"), target("linux", "nbody", " cpus=2 memory=64M"), target("linux", "nbody", " cpus=2 memory=1G")},
			[]string{"keel memory=64M", "linux memory=64M", "linux memory=1G"},
		},
		{[]benchmarks.TargetSummary{target("keel", "nbody", " (last save)"), target("keel", "nbody", "")}, []string{"keel (last save)", "keel"}},
		{[]benchmarks.TargetSummary{target("keel", "nbody", ""), target("keel", "hello", "")}, []string{"keel/nbody", "keel/hello"}},
		{[]benchmarks.TargetSummary{{ID: "6b20kkdt8jan"}, {ID: "6b20kkdt8jao"}}, []string{"6b20kkdt8jan", "6b20kkdt8jao"}},
	} {
		names := shortNames(c.targets)
		for i, target := range c.targets {
			if got := names[target.ID]; got != c.want[i] {
				t.Errorf("%s is called %q, not %q", target.ID, got, c.want[i])
			}
		}
	}
}
