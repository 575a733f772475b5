package benchmarks

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"slipway/benchmarks/stats"
	"slipway/benchmarks/store"
	"slipway/runner"
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
	Saves       bool   // the rounds that follow a save: nobody goes on with them

	// Unfinished is an experiment that is gone on with, nil for a new one. Plan and
	// Arms must be its own: see Unfinished.Plan and Changed.
	Unfinished *Unfinished
	// Added is how many rounds are added to an Unfinished experiment whose verdicts have
	// been seen: see Further.
	Added int
	// Control steers it meanwhile; nil: nobody does.
	Control *Control
	// Judged are the comparisons that have to be sure, at each look of a plan that stops
	// then; nil: that with the plan's baseline.
	Judged func(runs []store.Run, level float64) []*Comparison
	// Bands of the verdicts that have to be sure; nil is each metric's default.
	Bands Bands
	// Host is the root of the file system that tells how busy the host is; "" is /.
	Host string
}

// Progress is where an experiment stands. It is handed out after every boot, and
// when it begins or ends to wait.
type Progress struct {
	Experiment    string // ID
	Round, Rounds int    // the round under way from 1; 0 during warm-up
	RoundDone     bool   // that was its last boot
	Done, Total   int    // boots, warm-up among them
	Failed        int
	Waiting       string        // what it waits for, "" if it does not
	Paused        bool          // until Control.Resume
	Stopping      bool          // at the end of this round
	Left          time.Duration // estimate, 0 while unknown; at most that, where it stops when it is sure
	Run           *store.Run    // the boot that just ended, nil otherwise
	Counting      bool          // the rounds are those whose instructions are counted, after the timed ones

	Looks    int      // how often it looks at its data to stop when it is sure; 0: never
	Look     int      // the next look, from 1
	LookAt   int      // the round after which that is
	Level    float64  // of a comparison made now, for Options.Level
	Warnings []string // what disturbs the boots, or what has changed; each is told once

	Runs []store.Run // all so far, in the order of the boots; not to be written to
}

// Finished is an experiment that was carried out, as far as it came: all of it
// where Record.State is store.Done.
type Finished struct {
	Record     store.Experiment
	Runs       []store.Run // in the order of the boots, warm-ups among them
	Comparison *Comparison // nil where no two arms have runs
	Remarks    []string    // what could not be measured that should have been, and why: sentences
}

// Carry carries the experiment out: warm-up rounds, then rounds that count, each
// in an order of its own drawn from the seed, every boot alone on this host unless
// the plan wants several at once, on pipes. observe is called between boots and must
// not block.
//
// When ctx ends the boots under way are stopped and not stored, and what was
// measured before is returned together with the context's error.
func (x *Experiment) Carry(ctx context.Context, observe func(Progress)) (_ Finished, err error) {
	if err := x.check(); err != nil {
		return Finished{}, err
	}
	if x.Plan.Seed == 0 {
		x.Plan.Seed = NewSeed()
	}
	if x.Control == nil {
		x.Control = &Control{}
	}
	if x.Unfinished != nil && x.Added > 0 {
		x.Plan.Rounds, x.Plan.UntilSure = x.Unfinished.rounds(x.Arms)+x.Added, false
	}
	record, claim, err := x.begin(ctx)
	if err != nil {
		return Finished{}, err
	}
	defer func() { err = errors.Join(err, claim.Release()) }()
	c := newCarrying(x, record, observe)
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
// never without one, and claims it before that, so that nobody takes it for one
// whose process has died.
func (x *Experiment) begin(ctx context.Context) (store.Experiment, *store.Claim, error) {
	if x.Unfinished != nil {
		return x.goOn(ctx)
	}
	plan, err := json.Marshal(x.Plan)
	if err != nil {
		return store.Experiment{}, nil, fmt.Errorf("store the plan: %w", err)
	}
	claim, err := x.Store.NewClaim()
	if err != nil {
		return store.Experiment{}, nil, err
	}
	e := store.Experiment{
		ID: claim.ID, Title: x.Title, Project: x.Project, Started: time.Now(), State: store.Running, Seed: x.Plan.Seed,
		Rounds: x.Plan.Rounds, Warmup: x.Plan.Warmup, Baseline: x.baseline(), Plan: plan,
		Saves: x.Saves, UntilSure: x.Plan.UntilSure, Parallel: x.Plan.Parallel, Swept: x.Plan.Swept,
	}
	if x.Plan.UntilSure {
		e.Level = stats.LookLevel(0)
	}
	for _, arm := range x.Arms {
		t := arm.Image.Target
		e.Targets = append(e.Targets, store.Target{ID: arm.ID, Kernel: t.Kernel, App: t.App, Settings: t.Settings.Map()})
		e.Images = append(e.Images, arm.planned())
	}
	if _, err := x.Store.PutExperiment(e); err != nil {
		return e, nil, errors.Join(err, claim.Release())
	}
	return e, claim, nil
}

// planned is the arm's image as an experiment's record has it.
func (a Arm) planned() store.Planned {
	i := a.Image
	p := store.Planned{
		Image:     store.Image{Hash: i.Hash, Size: i.Size, AppHash: i.AppHash},
		Manifests: store.Manifests{Kernel: i.Kernel.Hash, App: i.App.Hash}, Save: a.Save,
	}
	for _, a := range i.Attached {
		p.Attached = append(p.Attached, store.Attached(a))
	}
	return p
}

func (x *Experiment) baseline() string {
	if x.Plan.Baseline != "" {
		return x.Plan.Baseline
	}
	return x.Arms[0].ID
}
