package benchmarks

import (
	"context"
	"errors"
	"fmt"
	"time"

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
	defer c.letGo()
	left := make([]bool, len(c.Arms))
	for round := 1; round <= c.Plan.Counted; round++ {
		c.progress.Counting, c.progress.Round, c.progress.Rounds = true, round, c.Plan.Counted
		for _, arm := range c.Plan.Order(c.Plan.Warmup+c.Plan.Rounds+round, len(c.Arms)) {
			if left[arm] || c.counted[bootKey{c.Arms[arm].ID, round}] {
				continue
			}
			if err := c.gate(ctx); err != nil {
				return err
			}
			err := c.countBoot(ctx, c.Arms[arm], round)
			if errors.Is(err, qemu.ErrNoCounter) {
				left[arm] = true
				c.done.Remarks = append(c.done.Remarks, err.Error())
				c.progress.Total -= c.Plan.Counted + 1 - round
				continue
			}
			if err != nil {
				return err
			}
		}
		if _, stopping := c.Control.State(); stopping && round < c.Plan.Counted {
			return errStopped
		}
	}
	return nil
}

// countBoot carries out one boot whose instructions are counted, and stores it.
func (c *carrying) countBoot(ctx context.Context, arm Arm, round int) error {
	began := time.Now()
	plan, err := c.Runner.Plan(ctx, arm.Image, runner.Timed)
	if err != nil {
		return err
	}
	if err := c.counter(ctx, plan); err != nil {
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
	c.booted++
	c.spent += time.Since(began)
	c.count(&run)
	c.report(&run)
	return nil
}

// soon is how long the plugin may take to be ready without a word about it.
const soon = time.Second

// counter has the plan's instructions counted. A compiler that never ends is waited for
// once, and not for every arm.
func (c *carrying) counter(ctx context.Context, plan *runner.Plan) error {
	if c.hung != nil && plan.Host == nil && plan.Accelerator.Name != qemu.KVM {
		return fmt.Errorf("count the instructions of %s: %w", plan.Image.Target, c.hung)
	}
	ready := make(chan error, 1)
	go func() { ready <- c.Runner.CountInstructions(ctx, plan) }()
	var err error
	select {
	case err = <-ready:
	case <-time.After(soon):
		c.progress.Waiting = "the plugin that counts instructions is being built"
		c.report(nil)
		err = <-ready
		c.progress.Waiting = ""
	}
	if slow := (*qemu.CounterTimeout)(nil); errors.As(err, &slow) {
		c.hung = slow
	}
	return err
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
