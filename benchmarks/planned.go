package benchmarks

import (
	"fmt"

	"slipway/runner"
)

// PlanTargets makes a plan's targets of targets as the runner knows them.
func PlanTargets(targets []runner.Target) []Planned {
	planned := make([]Planned, len(targets))
	for i, t := range targets {
		planned[i] = Planned{Kernel: t.Kernel, App: t.App, Settings: t.Settings.Map()}
	}
	NameTargets(planned)
	return planned
}

// Target is the planned target as the runner knows it.
func (p Planned) Target() (runner.Target, error) {
	settings, err := runner.ParseSettings(p.Settings)
	if err != nil {
		return runner.Target{}, fmt.Errorf("target %s: %w", p.ID, err)
	}
	return runner.Target{Kernel: p.Kernel, App: p.App, Settings: settings}, nil
}
