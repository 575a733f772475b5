package runner_test

import (
	"errors"
	"testing"

	"slipway/runner"
	"slipway/runner/catalog"
)

// What is compared runs on the same machine as far as it can: the picky one does not
// part the others, and what the user chose stays.
func TestHarmonise(t *testing.T) {
	t.Parallel()
	kernels := map[string]*catalog.Kernel{
		"keel":   {Boot: catalog.Boot{Machine: "microvm", Machines: []string{"microvm", "pc", "q35"}, Memory: "64M"}},
		"linux":  {Boot: catalog.Boot{Machine: "pc", Machines: []string{"pc", "q35"}, Memory: "128M"}},
		"picky":  {Boot: catalog.Boot{Machine: "microvm", Machines: []string{"microvm"}, Memory: "32M"}},
		"native": {},
	}
	find := func(name string) (*catalog.Kernel, error) {
		if k := kernels[name]; k != nil {
			return k, nil
		}
		return nil, errors.New("no such kernel")
	}
	for _, c := range []struct {
		kernels, machines []string
		memory            int64
	}{
		{[]string{"keel"}, []string{""}, 0},
		{[]string{"keel", "native"}, []string{"", ""}, 0},
		{[]string{"keel", "linux"}, []string{"pc", "pc"}, 128 << 20},
		{[]string{"keel", "linux", "native"}, []string{"pc", "pc", ""}, 128 << 20},
		{[]string{"keel", "picky"}, []string{"microvm", "microvm"}, 64 << 20},
		{[]string{"linux", "picky"}, []string{"", ""}, 128 << 20},
		{[]string{"linux", "keel", "picky"}, []string{"pc", "pc", ""}, 128 << 20},
		{[]string{"linux", "keel", "picky", "picky"}, []string{"", "microvm", "microvm", "microvm"}, 128 << 20},
	} {
		var targets []runner.Target
		for _, k := range c.kernels {
			targets = append(targets, runner.Target{Kernel: k, App: "app"})
		}
		for i, got := range runner.Harmonise(targets, find) {
			want := c.memory
			if c.kernels[i] == "native" {
				want = 0
			}
			if got.Settings.Machine != c.machines[i] || got.Settings.Memory != want {
				t.Errorf("%q: %s on %q with %d", c.kernels, got.Kernel, got.Settings.Machine, got.Settings.Memory)
			}
		}
	}
	chosen := []runner.Target{{Kernel: "keel", Settings: runner.Settings{Machine: "q35", Memory: 1 << 20}}, {Kernel: "linux"}}
	if got := runner.Harmonise(chosen, find); got[0].Settings.Machine != "q35" || got[0].Settings.Memory != 1<<20 || got[1].Settings.Machine != "pc" {
		t.Errorf("what was chosen became %+v", got)
	}
}
