package benchmarks

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"slipway/benchmarks/store"
	"slipway/runner"
)

// carrying is an experiment under way.
type carrying struct {
	*Experiment
	observe  func(Progress)
	progress Progress
	done     Finished
	stored   map[bootKey]bool // boots that there are already
	counted  map[bootKey]bool // those whose instructions were counted
	missing  int              // timed boots that there are not yet, as it began
	warmups  int              // rounds of warm-up that there are already
	host     *runner.HostWatch
	warned   map[string]bool
	busy     []string // what disturbs the next boot
	hung     error    // why no plugin that counts instructions came to be, where that took its time

	release func()        // of the host's lock; nil while it is not held
	booted  int           // boots made by this process
	spent   time.Duration // on them
}

// bootKey is one measured boot of an experiment.
type bootKey struct {
	arm   string
	round int
}

// errStopped is why an experiment ends after a round.
var errStopped = errors.New("stopped after a round, as was asked for")

func newCarrying(x *Experiment, record store.Experiment, observe func(Progress)) *carrying {
	c := &carrying{
		Experiment: x, observe: observe, done: Finished{Record: record}, stored: map[bootKey]bool{}, counted: map[bootKey]bool{}, warned: map[string]bool{},
		host: runner.NewHostWatch(x.Host),
	}
	c.progress = Progress{Experiment: record.ID, Rounds: x.Plan.Rounds, Looks: len(x.Plan.looks())}
	if u := x.Unfinished; u != nil {
		c.done.Runs = u.Runs
		for _, run := range u.Runs {
			c.count(&run)
			switch key := (bootKey{run.Target.ID, run.Round}); {
			case run.Warmup:
				c.warmups = max(c.warmups, run.Round)
			case run.InCountPass():
				c.counted[key] = true
			default:
				c.stored[key] = true
			}
		}
		c.progress.Warnings = u.warnings
	}
	for round := 1; round <= x.Plan.Rounds; round++ {
		c.missing += len(c.due(round))
	}
	c.progress.Total = c.progress.Done + c.missing
	if c.missing > 0 { // a host that has done something else is warmed up again
		c.progress.Total += x.Plan.Warmup * len(x.Arms)
	}
	c.progress.Total += x.Plan.Counted*len(x.Arms) - len(c.counted)
	return c
}

func (c *carrying) count(run *store.Run) {
	c.progress.Done++
	if !run.OK() {
		c.progress.Failed++
	}
}

// due are the arms that a round has yet to boot, in its order.
func (c *carrying) due(round int) []Arm {
	var arms []Arm
	for _, arm := range c.Plan.Order(round+c.Plan.Warmup, len(c.Arms)) {
		if !c.stored[bootKey{c.Arms[arm].ID, round}] {
			arms = append(arms, c.Arms[arm])
		}
	}
	return arms
}

func (c *carrying) report(run *store.Run) {
	p := &c.progress
	p.Paused, p.Stopping = c.Control.State()
	p.Run, p.Runs, p.Level = run, slices.Clip(c.done.Runs), c.done.Record.Level
	if looks := c.Plan.looks(); c.done.Record.Look < len(looks) {
		p.Look, p.LookAt = c.done.Record.Look+1, looks[c.done.Record.Look]
	}
	if c.booted > 0 {
		p.Left = c.spent / time.Duration(c.booted) * time.Duration(p.Total-p.Done)
	}
	if c.observe != nil {
		c.observe(*p)
	}
	p.Warnings = nil
}

// rounds boots what is missing.
func (c *carrying) rounds(ctx context.Context) error {
	defer c.letGo()
	if c.missing > 0 {
		if err := c.takeHost(ctx); err != nil {
			return err
		}
		if err := c.warmUp(ctx); err != nil {
			return err
		}
	}
	for round := 1; round <= c.Plan.Rounds; round++ {
		if due := c.due(round); len(due) > 0 {
			c.progress.Round = round
			if err := c.round(ctx, due, round, false); err != nil {
				return err
			}
		}
		if last, err := c.look(round); last || err != nil {
			return err
		}
		if _, stopping := c.Control.State(); stopping && round < c.Plan.Rounds {
			return errStopped
		}
	}
	return nil
}

// warmUp boots rounds that do not count. Those of an experiment that is gone on with
// are numbered on, and have orders of their own.
func (c *carrying) warmUp(ctx context.Context) error {
	for i := 1; i <= c.Plan.Warmup; i++ {
		order := i
		if c.warmups > 0 {
			order = -(c.warmups + i) // no measured round has it
		}
		var arms []Arm
		for _, arm := range c.Plan.Order(order, len(c.Arms)) {
			arms = append(arms, c.Arms[arm])
		}
		if err := c.round(ctx, arms, c.warmups+i, true); err != nil {
			return err
		}
		if _, stopping := c.Control.State(); stopping {
			return errStopped
		}
	}
	return nil
}

// round boots arms of one round, so many at once as the plan says.
func (c *carrying) round(ctx context.Context, arms []Arm, number int, warmup bool) error {
	at := 0
	for batch := range slices.Chunk(arms, max(1, c.Plan.Parallel)) {
		if err := c.gate(ctx); err != nil {
			return err
		}
		at += len(batch)
		if err := c.boots(ctx, batch, number, warmup, at == len(arms)); err != nil {
			return err
		}
	}
	return nil
}

// gate waits here while the experiment is paused, without the host.
func (c *carrying) gate(ctx context.Context) error {
	for {
		changed := c.Control.change()
		if paused, _ := c.Control.State(); !paused {
			break
		}
		c.letGo()
		c.report(nil)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-changed:
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := c.takeHost(ctx); err != nil {
		return err
	}
	c.watch()
	return nil
}

// takeHost waits until this host is ours, unless it is.
func (c *carrying) takeHost(ctx context.Context) error {
	if c.release != nil {
		return nil
	}
	var err error
	c.release, err = lockHost(ctx, c.Lock, c.Title, func(holder string) {
		c.progress.Waiting = holder
		c.report(nil)
	})
	c.progress.Waiting = ""
	return err
}

func (c *carrying) letGo() {
	if c.release != nil {
		c.release()
		c.release = nil
	}
}

// watch looks at what else the host does, and tells what was not told before.
func (c *carrying) watch() {
	c.busy = nil
	for _, b := range c.host.Look() {
		c.busy = append(c.busy, b.Reason)
		if !c.warned[b.Kind] {
			c.warned[b.Kind] = true
			c.progress.Warnings = append(c.progress.Warnings, b.Reason)
		}
	}
	if len(c.progress.Warnings) > 0 {
		c.report(nil)
	}
}

// boots carries timed boots out, all at once, and stores them.
func (c *carrying) boots(ctx context.Context, arms []Arm, round int, warmup, last bool) error {
	began := time.Now()
	runs, errs := make([]store.Run, len(arms)), make([]error, len(arms))
	var together sync.WaitGroup
	for slot, arm := range arms[1:] {
		together.Go(func() { runs[slot+1], errs[slot+1] = c.boot(ctx, arm, slot+1, round, warmup) })
	}
	runs[0], errs[0] = c.boot(ctx, arms[0], 0, round, warmup)
	together.Wait()
	c.spent += time.Since(began)
	for i := range runs {
		if errs[i] != nil {
			continue
		}
		c.done.Runs = append(c.done.Runs, runs[i])
		c.booted++
		c.count(&runs[i])
		c.progress.RoundDone = last && i == len(runs)-1 && !warmup
		c.report(&runs[i])
		c.progress.RoundDone = false
	}
	return errors.Join(errs...)
}

// boot carries out one timed boot and stores it.
func (c *carrying) boot(ctx context.Context, arm Arm, slot, round int, warmup bool) (store.Run, error) {
	plan, err := c.Runner.Plan(ctx, arm.Image, runner.Timed)
	if err != nil {
		return store.Run{}, err
	}
	plan.CPUs = slotCPUs(plan.CPUs, slot, c.Plan.Parallel)
	environment := c.Environment
	load := runner.ReadHost().Load
	environment.Load, environment.Busy, environment.Parallel = &load, c.busy, c.Plan.Parallel
	run, _, err := timedBoot(ctx, c.Runner, c.Store, plan, RecordOptions{
		Environment: environment, Experiment: c.progress.Experiment, Arm: arm.ID, Round: round, Warmup: warmup, Save: arm.Save,
	}, nil)
	return run, err
}

// slotCPUs are the CPUs of one of several boots at once: a share of its own where
// there are enough of them.
func slotCPUs(cpus []int, slot, slots int) []int {
	if slots < 2 || len(cpus) < slots {
		return cpus
	}
	share := len(cpus) / slots
	return cpus[slot*share : (slot+1)*share]
}

// end closes the experiment's record and compares what was measured.
func (c *carrying) end(err error) (Finished, error) {
	now := time.Now()
	record := &c.done.Record
	record.Finished = &now
	switch {
	case err == nil:
		record.State = store.Done
	case errors.Is(err, errStopped):
		record.State, err = store.Stopped, nil
	case errors.Is(err, context.Canceled):
		record.State = store.Stopped
	default:
		record.State, record.Error = store.Failed, err.Error()
	}
	if c.Added > 0 && measured(c.done.Runs) == measured(c.Unfinished.Runs) {
		*record = c.Unfinished.Record // nothing was added to it
	}
	if _, putErr := c.Store.PutExperiment(*record); putErr != nil && err == nil {
		err = putErr
	}
	if len(c.done.Runs) > 0 {
		comparison, compareErr := CompareRuns(*record, c.done.Runs, "", nil)
		if compareErr != nil {
			return c.done, errors.Join(err, compareErr)
		}
		c.done.Comparison = comparison
	}
	return c.done, err
}
