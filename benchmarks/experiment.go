package benchmarks

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"slipway/benchmarks/store"
	"slipway/runner"
	"slipway/runner/boot"
	"slipway/runner/process"
)

// Arm is one side of an experiment: an image that is booted once a round.
type Arm struct {
	ID    string // names its runs: Run.Target.ID
	Save  string // which version of the sources it was built from
	Image *runner.Image
}

// Experiment carries a plan out. Runner, Store, Lock, Plan and Arms are
// required.
type Experiment struct {
	Runner      *runner.Runner
	Store       *store.Store
	Environment store.Environment
	Lock        string // file whose lock keeps two Slipways from timing at once
	Title       string
	Project     string // folder whose apps are timed
	Plan        Plan   // a Seed of 0 is drawn
	Arms        []Arm  // in the order of Plan.Targets
}

// Progress is where an experiment stands. It is handed out after every boot and
// when it begins or ends to wait.
type Progress struct {
	Experiment    string // ID
	Round, Rounds int    // the round under way from 1; 0 during warm-up
	Done, Total   int    // boots, warm-up among them
	Failed        int
	Waiting       string        // what it waits for, "" if it does not
	Left          time.Duration // estimate, 0 while unknown
	Run           *store.Run    // the boot that just ended, nil otherwise
	Counting      bool          // the rounds are those whose instructions are counted, after the timed ones
}

// Finished is an experiment that was carried out, as far as it came.
type Finished struct {
	Record     store.Experiment
	Runs       []store.Run // in the order of the boots, warm-ups among them
	Comparison *Comparison // nil where no two arms have runs
	Remarks    []string    // what could not be measured that should have been, and why: sentences
}

// Carry carries the experiment out: warm-up rounds, then rounds that count, each
// in an order of its own drawn from the seed, every boot alone on this host, on
// pipes. observe is called between boots and must not block.
//
// When ctx ends the boot under way is stopped and not stored, and what was
// measured before it is returned together with the context's error.
func (x *Experiment) Carry(ctx context.Context, observe func(Progress)) (Finished, error) {
	if err := x.check(); err != nil {
		return Finished{}, err
	}
	if x.Plan.Seed == 0 {
		x.Plan.Seed = NewSeed()
	}
	record, err := x.begin()
	if err != nil {
		return Finished{}, err
	}
	c := &carrying{Experiment: x, observe: observe, done: Finished{Record: record}}
	c.progress = Progress{Experiment: record.ID, Rounds: x.Plan.Rounds, Total: (x.Plan.Rounds + x.Plan.Warmup + x.Plan.Counted) * len(x.Arms)}
	if err = c.measureMarkers(ctx); err == nil {
		err = c.rounds(ctx)
	}
	if err == nil {
		err = c.countInstructions(ctx)
	}
	return c.end(err)
}

func (x *Experiment) check() error {
	if err := x.Plan.Validate(); err != nil {
		return err
	}
	if len(x.Arms) != len(x.Plan.Targets) {
		return fmt.Errorf("the plan has %d targets, but there are images of %d", len(x.Plan.Targets), len(x.Arms))
	}
	return nil
}

// begin stores the experiment's record before its first boot, so that a run is
// never without one.
func (x *Experiment) begin() (store.Experiment, error) {
	plan, err := json.Marshal(x.Plan)
	if err != nil {
		return store.Experiment{}, fmt.Errorf("store the plan: %w", err)
	}
	e := store.Experiment{
		Title: x.Title, Project: x.Project, Started: time.Now(), State: store.Running, Seed: x.Plan.Seed,
		Rounds: x.Plan.Rounds, Warmup: x.Plan.Warmup, Baseline: x.baseline(), Plan: plan,
	}
	for _, arm := range x.Arms {
		t := arm.Image.Target
		e.Targets = append(e.Targets, store.Target{ID: arm.ID, Kernel: t.Kernel, App: t.App, Settings: t.Settings.Map()})
	}
	e.ID, err = x.Store.PutExperiment(e)
	return e, err
}

func (x *Experiment) baseline() string {
	if x.Plan.Baseline != "" {
		return x.Plan.Baseline
	}
	return x.Arms[0].ID
}

// carrying is an experiment under way.
type carrying struct {
	*Experiment
	observe  func(Progress)
	progress Progress
	done     Finished
	began    time.Time // of the first boot
}

func (c *carrying) report(run *store.Run) {
	if c.observe == nil {
		return
	}
	p := c.progress
	p.Run = run
	if p.Done > 0 {
		p.Left = time.Since(c.began) / time.Duration(p.Done) * time.Duration(p.Total-p.Done)
	}
	c.observe(p)
}

func (c *carrying) rounds(ctx context.Context) error {
	release, err := lockHost(ctx, c.Lock, c.Title, func(holder string) {
		c.progress.Waiting = holder
		c.report(nil)
	})
	if err != nil {
		return err
	}
	defer release()
	c.progress.Waiting = ""
	c.began = time.Now()
	for round := 1 - c.Plan.Warmup; round <= c.Plan.Rounds; round++ {
		warmup := round < 1
		number := round
		if warmup {
			number = round + c.Plan.Warmup
		}
		c.progress.Round = max(round, 0)
		for _, arm := range c.Plan.Order(round+c.Plan.Warmup, len(c.Arms)) {
			if err := c.boot(ctx, c.Arms[arm], number, warmup); err != nil {
				return err
			}
		}
	}
	return nil
}

// boot carries out one timed boot and stores it.
func (c *carrying) boot(ctx context.Context, arm Arm, round int, warmup bool) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	plan, err := c.Runner.Plan(ctx, arm.Image, runner.Timed)
	if err != nil {
		return err
	}
	environment := c.Environment
	load := runner.ReadHost().Load
	environment.Load = &load
	recording := Record(c.Store, plan, RecordOptions{
		Environment: environment, Experiment: c.progress.Experiment, Arm: arm.ID, Round: round, Warmup: warmup, Save: arm.Save,
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

// end closes the experiment's record and compares what was measured.
func (c *carrying) end(err error) (Finished, error) {
	now := time.Now()
	record := &c.done.Record
	record.Finished = &now
	switch {
	case err == nil:
		record.State = store.Done
	case errors.Is(err, context.Canceled):
		record.State = store.Stopped
	default:
		record.State, record.Error = store.Failed, err.Error()
	}
	if _, putErr := c.Store.PutExperiment(*record); putErr != nil && err == nil {
		err = putErr
	}
	if len(c.done.Runs) > 0 {
		comparison, compareErr := Compare(c.done.Runs, Options{Baseline: record.Baseline})
		if compareErr != nil {
			return c.done, errors.Join(err, compareErr)
		}
		c.done.Comparison = comparison
	}
	return c.done, err
}
