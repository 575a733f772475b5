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
	var common []string
	var memory int64
	guests := 0
	for _, t := range out {
		k, err := kernels(t.Kernel)
		if err != nil || k.Boot.Machine == "" {
			continue
		}
		guests++
		if common == nil {
			common = slices.Clone(k.Boot.Machines)
		} else {
			common = slices.DeleteFunc(common, func(m string) bool { return !slices.Contains(k.Boot.Machines, m) })
		}
		if size, err := catalog.ParseSize(k.Boot.Memory); err == nil {
			memory = max(memory, size)
		}
	}
	if guests < 2 {
		return out
	}
	for i, t := range out {
		k, err := kernels(t.Kernel)
		if err != nil || k.Boot.Machine == "" {
			continue
		}
		if t.Settings.Machine == "" && len(common) > 0 {
			out[i].Settings.Machine = common[0]
		}
		if t.Settings.Memory == 0 && memory > 0 {
			out[i].Settings.Memory = memory
		}
	}
	return out
}
