package benchmarks

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"slipway/benchmarks/store"
	"slipway/runner"
	"slipway/runner/boot"
	"slipway/runner/qemu"
)

// measureMarkers measures what markers cost on this host, where that is not known yet
// for an accelerator that the experiment uses. Not to know it is no failure: the ledger
// then says nothing of it.
func (c *carrying) measureMarkers(ctx context.Context) error {
	type pair struct {
		arch  string
		accel qemu.Accel
	}
	var unknown []pair
	seen := map[pair]bool{}
	for _, arm := range c.Arms {
		plan, err := c.Runner.Plan(ctx, arm.Image, runner.Timed)
		if err != nil {
			return err
		}
		k := pair{arm.Image.Kernel.Arch, plan.Accelerator.Name}
		if plan.Host != nil || seen[k] || !c.Runner.WantsMarkers(k.arch, k.accel) {
			continue
		}
		seen[k] = true
		unknown = append(unknown, k)
	}
	if len(unknown) == 0 {
		return nil
	}
	release, err := lockHost(ctx, c.Lock, c.Title, func(holder string) {
		c.progress.Waiting = holder
		c.report(nil)
	})
	if err != nil {
		return err
	}
	defer release()
	c.progress.Waiting = ""
	for _, k := range unknown {
		if err := c.Runner.TryMarkers(ctx, k.arch, k.accel); err != nil && !errors.Is(err, qemu.ErrNoMarkerCosts) {
			c.done.Remarks = append(c.done.Remarks, err.Error())
		}
	}
	return ctx.Err()
}

// StoredPhase is a phase of a planned boot as it is stored, with what its marker costs.
func StoredPhase(plan *runner.Plan, p boot.Phase) store.Phase {
	stored := store.Phase{Name: p.Name, Seconds: p.Duration.Seconds(), Marker: p.Marker, SeenLate: p.Late.Seconds()}
	if cost, ok := plan.Cost(p.Marker); ok {
		stored.MarkerLate, stored.MarkerHeld = cost.Late.Seconds(), cost.Held.Seconds()
	}
	return stored
}

// toldLate is how much later than usual a marker is seen, in seconds, for it to be told.
const toldLate = 100e-6

// MarkerText is what ended a phase, and what that marker costs on the host where it is
// known: "debugcon @slipway app (late 27 µs, cost 15 µs)". Where it was seen later than
// that in this boot, it says so.
func MarkerText(p store.Phase) string {
	var costs []string
	if p.MarkerLate > 0 {
		costs = append(costs, "late "+FormatValue(p.MarkerLate, "sec"))
	}
	if p.MarkerHeld > 0 {
		costs = append(costs, "cost "+FormatValue(p.MarkerHeld, "sec"))
	}
	if p.SeenLate >= toldLate {
		costs = append(costs, "seen up to "+FormatValue(p.SeenLate, "sec")+" late in this boot")
	}
	if len(costs) == 0 {
		return p.Marker
	}
	return fmt.Sprintf("%s (%s)", p.Marker, strings.Join(costs, ", "))
}
