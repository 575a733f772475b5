package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"slipway/benchmarks"
	"slipway/runner"
)

// benchFlags are the flags of an experiment beside those that choose targets.
type benchFlags struct {
	targetFlags
	plan      string
	rounds    int
	warmup    int
	seed      uint64
	baseline  string
	untilSure bool
	parallel  int
	sweep     []string
	sweepMode string
	resume    string
	count     bool
}

// newestExperiment stands for the one that --resume without an ID goes on with.
const newestExperiment = "newest"

func (f *benchFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.IntVarP(&f.rounds, "rounds", "n", benchmarks.DefaultRounds, "`NUMBER` of boots of each target that count")
	flags.IntVar(&f.warmup, "warmup", benchmarks.DefaultWarmup, "`NUMBER` of rounds before them that are stored but do not count")
	flags.Uint64Var(&f.seed, "seed", 0, "`NUMBER` that the random order is drawn from (default: a fresh one)")
	flags.StringVar(&f.baseline, "baseline", "", "`TARGET` or kernel that the others are compared with, such as keel or memory=64M")
	flags.BoolVar(&f.untilSure, "until-sure", false, "look at the data after 10, 20 and 40 rounds, and stop as soon as it is sure")
	flags.StringArrayVar(&f.sweep, "sweep", nil, "values of a setting or of a parameter of the app, `KEY=VALUE,...`, each a target of its own; may be repeated")
	flags.StringVar(&f.sweepMode, "sweep-mode", benchmarks.Factorial, "`factorial|list`: all combinations, or the first values together, then the second")
	flags.IntVar(&f.parallel, "parallel", 0, "`NUMBER` of boots at once: quicker, and never compared with boots that were alone")
	flags.BoolVar(&f.count, "count-instructions", false, "then boot each a few times more under a plugin of QEMU's that counts its instructions")
	flags.StringVar(&f.plan, "plan", "", "`FILE` with a plan (plan.toml)")
	flags.StringVar(&f.resume, "resume", "", "go on with the experiment `ID` that did not come to its end (default: the newest)")
	flags.Lookup("resume").NoOptDefVal = newestExperiment
	completeFlag(cmd, "sweep-mode", cobra.FixedCompletions([]string{benchmarks.Factorial, benchmarks.ListMode}, cobra.ShellCompDirectiveNoFileComp))
	for _, flag := range []string{"sweep", "resume"} {
		completeFlag(cmd, flag, cobra.NoFileCompletions)
	}
}

// words lets the ID of an experiment follow --resume.
func (f *benchFlags) words(cmd *cobra.Command, args []string) error {
	if f.resume != newestExperiment || len(args) == 0 {
		return noArgs(cmd, args)
	}
	if len(args) > 1 {
		return misused(cmd, "--resume takes one experiment, not %d", len(args))
	}
	return nil
}

// experiment is the ID that --resume was given, "" for none.
func (f *benchFlags) experiment(args []string) string {
	switch {
	case len(args) > 0:
		return args[0]
	case f.resume == newestExperiment:
		return ""
	}
	return f.resume
}

// planned are the flags whose part a plan file plays.
var planned = []string{"kernel", "app", "set", "accel", "machine", "cpus", "memory", "timeout", "pin", "virtual", "sweep", "sweep-mode"}

// choices are the flags whose part the record of an experiment plays that is gone on with.
var choices = append([]string{"plan", "rounds", "warmup", "seed", "baseline", "until-sure", "parallel", "count-instructions"}, planned...)

// resumesOnly refuses flags beside --resume that would make it another experiment.
func (f *benchFlags) resumesOnly(cmd *cobra.Command) error {
	for _, flag := range choices {
		if cmd.Flags().Changed(flag) {
			return misused(cmd, "--resume and --%s: the experiment goes on as it was planned", flag)
		}
	}
	return nil
}

// makePlan makes a plan from a file or from flags.
func (f *benchFlags) makePlan(cmd *cobra.Command, r *runner.Runner) (benchmarks.Plan, error) {
	changed := cmd.Flags().Changed
	var plan benchmarks.Plan
	var err error
	if f.plan != "" {
		plan, err = f.filePlan(cmd, r)
	} else {
		plan, err = f.flagPlan(cmd, r)
	}
	if err != nil {
		return plan, err
	}
	if changed("until-sure") && f.untilSure != plan.UntilSure {
		plan.UntilSure, plan.Rounds = f.untilSure, benchmarks.DefaultRounds
		if f.untilSure {
			plan.Rounds = benchmarks.LastLook()
		}
	}
	if changed("rounds") {
		plan.Rounds = f.rounds
	}
	if changed("warmup") {
		plan.Warmup = f.warmup
	}
	if changed("seed") {
		plan.Seed = f.seed
	}
	if changed("parallel") {
		plan.Parallel = f.parallel
	}
	if f.count {
		plan.Counted = benchmarks.DefaultCounted
	}
	if f.baseline != "" {
		plan.Baseline = plan.Named(f.baseline)
	}
	if err := plan.Validate(); err != nil {
		return plan, err
	}
	return plan, plan.CheckTwins()
}

// filePlan reads plan.toml.
func (f *benchFlags) filePlan(cmd *cobra.Command, r *runner.Runner) (benchmarks.Plan, error) {
	for _, flag := range planned {
		if cmd.Flags().Changed(flag) {
			return benchmarks.Plan{}, misused(cmd, "--plan and --%s: the plan names its targets and their settings itself", flag)
		}
	}
	data, err := benchmarks.ReadPlan(cmd.Context(), f.plan)
	if err != nil {
		return benchmarks.Plan{}, err
	}
	plan, err := benchmarks.ParsePlan(f.plan, data, r.Check)
	if err != nil {
		return plan, err
	}
	return plan, harmonise(r, &plan)
}

// flagPlan crosses kernels, apps and what is swept.
func (f *benchFlags) flagPlan(cmd *cobra.Command, r *runner.Runner) (benchmarks.Plan, error) {
	targets, err := f.targets(cmd, r, nil)
	if err != nil {
		return benchmarks.Plan{}, err
	}
	plan := benchmarks.Plan{Targets: benchmarks.PlanTargets(targets), Rounds: f.rounds, Warmup: f.warmup}
	sweep := benchmarks.Sweep{List: f.sweepMode == benchmarks.ListMode}
	if f.sweepMode != benchmarks.Factorial && !sweep.List {
		return plan, misused(cmd, "--sweep-mode %q: it is factorial or list", f.sweepMode)
	}
	for _, text := range f.sweep {
		axis, err := benchmarks.ParseAxis(text)
		if err != nil {
			return plan, err
		}
		sweep.Axes = append(sweep.Axes, axis)
	}
	if err := plan.Sweep(sweep); err != nil {
		return plan, fmt.Errorf("--sweep: %w", err)
	}
	for _, t := range plan.Targets {
		target, err := t.Target()
		if err == nil {
			err = r.Check(target)
		}
		if err != nil {
			return plan, err
		}
	}
	return plan, harmonise(r, &plan)
}

// newPlan plans targets that shall be compared.
func newPlan(r *runner.Runner, targets []runner.Target, rounds, warmup int) (benchmarks.Plan, error) {
	plan := benchmarks.Plan{Targets: benchmarks.PlanTargets(targets), Rounds: rounds, Warmup: warmup}
	return plan, errors.Join(harmonise(r, &plan), plan.Validate())
}

// harmonise puts targets that are compared on the same machine where they can be.
func harmonise(r *runner.Runner, plan *benchmarks.Plan) error {
	targets := make([]runner.Target, len(plan.Targets))
	for i, t := range plan.Targets {
		var err error
		if targets[i], err = t.Target(); err != nil {
			return err
		}
	}
	for i, t := range runner.Harmonise(targets, r.Catalog().Kernel) {
		plan.Targets[i].Settings = t.Settings.Map()
	}
	return nil
}
