package tui

import (
	"slices"
	"strings"

	"slipway/benchmarks"
	"slipway/session"
)

// shortNames are what tells the targets of a comparison apart: the kernel, the app and the
// settings, as far as they are not the same for all.
func shortNames(targets []benchmarks.TargetSummary) map[string]string {
	words := make([][]string, len(targets)) // what follows kernel/app in an ID
	common := map[string]int{}
	oneApp, oneKernel, settings := true, true, true
	for i, t := range targets {
		id := strings.TrimSuffix(t.ID, session.LastSave)
		rest, made := strings.CutPrefix(id, t.Kernel+"/"+t.App)
		if made {
			words[i] = strings.Fields(rest)
		}
		for _, w := range words[i] {
			common[w]++
		}
		oneApp = oneApp && made && t.App == targets[0].App
		oneKernel = oneKernel && made && t.Kernel == targets[0].Kernel
		settings = settings && len(words[i]) > 0
	}
	names := map[string]string{}
	for i, t := range targets {
		own := slices.DeleteFunc(slices.Clone(words[i]), func(w string) bool { return common[w] == len(targets) })
		name := t.Kernel
		switch {
		case !oneApp && len(words[i]) == 0:
			name = strings.TrimSuffix(t.ID, session.LastSave) // a name of its own, perhaps
		case !oneApp:
			name += "/" + t.App
		}
		switch {
		case oneApp && oneKernel && settings && len(own) > 0:
			name = strings.Join(own, " ")
		case len(own) > 0:
			name += " " + strings.Join(own, " ")
		}
		if strings.HasSuffix(t.ID, session.LastSave) {
			name += session.LastSave
		}
		names[t.ID] = name
	}
	return names
}

// shared is what the targets of a comparison have in common: the app, and the kernel where
// only settings tell them apart.
func (c *compare) shared(now *benchmarks.Comparison) string {
	kernel := now.Targets[0].Kernel
	other := func(t benchmarks.TargetSummary) bool {
		return t.Kernel != kernel || c.names[t.ID] == "" || strings.HasPrefix(c.names[t.ID], kernel)
	}
	if len(now.Targets) > 1 && !slices.ContainsFunc(now.Targets, other) {
		return kernel + "/" + c.app()
	}
	return c.app()
}
