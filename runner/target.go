package runner

import (
	"maps"
	"slices"
	"strings"

	"slipway/runner/catalog"
)

// Target is one kernel with one app and settings.
type Target struct {
	Kernel   string
	App      string
	Settings Settings
}

// String names the target: keel/nbody, with its settings behind where it has
// any: keel/nbody memory=64M.
func (t Target) String() string {
	var b strings.Builder
	b.WriteString(t.Kernel + "/" + t.App)
	m := t.Settings.Map()
	for _, key := range slices.Sorted(maps.Keys(m)) {
		b.WriteString(" " + key + "=" + m[key])
	}
	return b.String()
}

// Harmonise gives targets that will be compared the same machine type and the
// same memory where their kernels allow it and the user chose neither, so that
// a difference is the kernel's and not the machine's. Targets without a VM are
// left alone. The result is a copy.
func Harmonise(targets []Target, kernels func(name string) (*catalog.Kernel, error)) []Target {
	out := slices.Clone(targets)
	var machines []string // in the order of the targets, and of what each prefers
	allow := map[string]int{}
	var memory int64
	guests := 0
	for _, t := range out {
		k, err := kernels(t.Kernel)
		if err != nil || k.Boot.Machine == "" {
			continue
		}
		guests++
		for _, m := range k.Boot.Machines {
			if allow[m]++; allow[m] == 1 {
				machines = append(machines, m)
			}
		}
		if size, err := catalog.ParseSize(k.Boot.Memory); err == nil {
			memory = max(memory, size)
		}
	}
	if guests < 2 {
		return out
	}
	// The type that most of them allow: one kernel that is picky must not part the others.
	common := ""
	for _, m := range machines {
		if allow[m] > 1 && allow[m] > allow[common] {
			common = m
		}
	}
	for i, t := range out {
		k, err := kernels(t.Kernel)
		if err != nil || k.Boot.Machine == "" {
			continue
		}
		if t.Settings.Machine == "" && slices.Contains(k.Boot.Machines, common) {
			out[i].Settings.Machine = common
		}
		if t.Settings.Memory == 0 && memory > 0 {
			out[i].Settings.Memory = memory
		}
	}
	return out
}
