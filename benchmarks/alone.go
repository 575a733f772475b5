package benchmarks

import (
	"context"
	"errors"
	"time"

	"slipway/benchmarks/store"
	"slipway/runner"
	"slipway/runner/boot"
	"slipway/runner/process"
)

// Alone is one boot that is timed as those of experiments are, without being part of one:
// with the same command line, on pipes, alone on this host. It is stored as a timed run of
// no experiment, which no comparison takes up: it was interleaved with nothing.
type Alone struct {
	Runner      *runner.Runner
	Store       *store.Store
	Lock        string // file whose lock serialises timed boots on this host
	Target      string // ID that the run has, "" for that of the image's target
	Title       string // says to others what the lock is held for
	Environment store.Environment
	Waiting     func(holder string) // told when another holds the lock
	Planned     func(*runner.Plan)  // told what will be booted
}

// MaxConsole is how much of the console of a boot alone is kept for whoever looks at it; its
// run's log has more.
const MaxConsole = 1 << 20

// AloneResult is what came of a boot alone.
type AloneResult struct {
	Run     store.Run
	Result  boot.Result
	Plan    *runner.Plan
	Console []byte // what the guest printed, up to MaxConsole
}

// Boot boots the image and stores the run. A boot that ctx ended is not stored.
func (a *Alone) Boot(ctx context.Context, image *runner.Image) (done AloneResult, err error) {
	if done.Plan, err = a.Runner.Plan(ctx, image, runner.Timed); err != nil {
		return done, err
	}
	a.Planned(done.Plan)
	release, err := lockHost(ctx, a.Lock, a.Title, a.Waiting)
	if err != nil {
		return done, err
	}
	defer release()
	o := RecordOptions{Arm: a.Target, Environment: lookedAt(a.Environment, runner.NewHostWatch("").Look())}
	done.Run, done.Result, err = timedBoot(ctx, a.Runner, a.Store, done.Plan, o, func(p []byte) {
		done.Console = append(done.Console, p[:min(len(p), MaxConsole-len(done.Console))]...)
	})
	return done, err
}

// lookedAt adds to what surrounds a boot what the host does beside it.
func lookedAt(e store.Environment, beside []runner.Disturbance) store.Environment {
	load := runner.ReadHost().Load
	e.Load = &load
	for _, b := range beside {
		e.Busy = append(e.Busy, b.Reason)
	}
	return e
}

// timedBoot carries out one boot as all timed ones are and stores it, unless ctx ended it.
// console, which may be nil, gets what the guest prints.
func timedBoot(ctx context.Context, r *runner.Runner, history *store.Store, plan *runner.Plan, o RecordOptions, console func([]byte)) (store.Run, boot.Result, error) {
	recording := Record(history, plan, o)
	options := boot.Options{Transport: process.Pipe, Log: recording.Log()}
	if console != nil {
		options.Console = func(_ time.Duration, p []byte) { console(p) }
	}
	b, err := r.Start(ctx, plan, options)
	if err != nil {
		return store.Run{}, boot.Result{}, errors.Join(err, recording.Abandon())
	}
	result := b.Wait()
	if ctx.Err() != nil {
		return store.Run{}, result, errors.Join(ctx.Err(), recording.Abandon())
	}
	run, err := recording.Finish(result)
	return run, result, err
}
