package benchmarks

import (
	"context"
	"errors"

	"slipway/benchmarks/store"
	"slipway/runner"
	"slipway/runner/boot"
	"slipway/runner/process"
	"slipway/runner/qemu"
)

// DefaultCounted is how many boots of each target have their instructions counted where
// somebody asks for it: as many as a verdict needs where they do not repeat exactly.
const DefaultCounted = MinSamples

// countInstructions boots every arm a few times more, after the rounds that are timed,
// and has a plugin count its instructions. Those boots have no times. An arm that
// cannot be counted is left out, and said.
func (c *carrying) countInstructions(ctx context.Context) error {
	if c.Plan.Counted == 0 {
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
	c.progress.Waiting, c.progress.Counting = "", true
	left := make([]bool, len(c.Arms))
	for round := 1; round <= c.Plan.Counted; round++ {
		c.progress.Round, c.progress.Rounds = round, c.Plan.Counted
		for _, arm := range c.Plan.Order(c.Plan.Warmup+c.Plan.Rounds+round, len(c.Arms)) {
			if left[arm] {
				continue
			}
			err := c.countBoot(ctx, c.Arms[arm], round)
			if errors.Is(err, qemu.ErrNoCounter) {
				left[arm] = true
				c.done.Remarks = append(c.done.Remarks, err.Error())
				c.progress.Total -= c.Plan.Counted
				continue
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// countBoot carries out one boot whose instructions are counted, and stores it.
func (c *carrying) countBoot(ctx context.Context, arm Arm, round int) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	plan, err := c.Runner.Plan(ctx, arm.Image, runner.Timed)
	if err != nil {
		return err
	}
	if err := c.Runner.CountInstructions(ctx, plan); err != nil {
		return err
	}
	recording := Record(c.Store, plan, RecordOptions{
		Environment: c.Environment, Experiment: c.progress.Experiment, Arm: arm.ID, Round: round, Save: arm.Save,
	})
	b, err := c.Runner.Start(ctx, plan, boot.Options{Transport: process.Pipe, Log: recording.Log()})
	if err != nil {
		return errors.Join(err, recording.Abandon())
	}
	result := b.Wait()
	if ctx.Err() != nil {
		return errors.Join(ctx.Err(), recording.Abandon())
	}
	run, err := recording.Finish(result)
	if err != nil {
		return err
	}
	c.done.Runs = append(c.done.Runs, run)
	c.progress.Done++
	if !run.OK() {
		c.progress.Failed++
	}
	c.report(&run)
	return nil
}

// onlyCounted takes out of a run in which a plugin counted whatever the counting
// disturbed: times, and memory that lay in other pages.
func onlyCounted(run *store.Run) {
	for name, m := range run.Metrics {
		if class := Describe(name, m.Unit, Better(m.Better)).Class; class != Exact && class != Virtual && name != "kvm/exits" {
			delete(run.Metrics, name)
		}
	}
}
