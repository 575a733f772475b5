package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"slipway/benchmarks"
	"slipway/benchmarks/report"
	"slipway/runner"
	"slipway/session"
)

// benchFlags are the flags of an experiment beside those that choose targets.
type benchFlags struct {
	targetFlags
	plan     string
	rounds   int
	warmup   int
	seed     uint64
	baseline string
	count    bool
}

func newBench(g *globals) *cobra.Command {
	var flags benchFlags
	cmd := &cobra.Command{
		Use:   "bench -k KERNEL,... -a APP,...",
		Short: "Time targets against each other, interleaved in random order, and compare",
		Long: "Bench boots every target once a round, in random order, alone on this machine, and compares what they measure.\n" +
			"The first kernel is the baseline unless --baseline names another.\n\n" +
			"The exit status is 0 when the boots are done; 1 a build failed; 2 Slipway failed; 3 not one boot of a target went well.\n" +
			"'slipway compare' judges.",
		Example: "  slipway bench -k keel,linux-cloud -a nbody -n 10\n  slipway bench -k keel -a nbody,jitter --memory 16M\n  slipway bench --plan plan.toml --json",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return g.withSession(cmd.Context(), func(s *session.Session) error {
				plan, err := flags.makePlan(cmd, s.Runner())
				if err != nil {
					return err
				}
				return g.bench(cmd, s, plan)
			})
		},
	}
	flags.targetFlags.add(cmd, g)
	flags.add(cmd)
	addBand(cmd)
	cmd.Flags().StringVar(&flags.plan, "plan", "", "`FILE` with a plan (plan.toml)")
	return cmd
}

func (f *benchFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.IntVarP(&f.rounds, "rounds", "n", 20, "`NUMBER` of boots of each target that count")
	flags.IntVar(&f.warmup, "warmup", 2, "`NUMBER` of rounds before them that are stored but do not count")
	flags.Uint64Var(&f.seed, "seed", 0, "`NUMBER` that the random order is drawn from (default: a fresh one)")
	flags.BoolVar(&f.count, "count-instructions", false, "then boot each a few times more under a plugin of QEMU's that counts its instructions")
	flags.StringVar(&f.baseline, "baseline", "", "`TARGET` or kernel that the others are compared with")
}

// planned are the flags whose part a plan file plays.
var planned = []string{"kernel", "app", "set", "accel", "machine", "cpus", "memory", "timeout", "pin", "virtual"}

// makePlan makes a plan from a file or from flags.
func (f *benchFlags) makePlan(cmd *cobra.Command, r *runner.Runner) (benchmarks.Plan, error) {
	var plan benchmarks.Plan
	if f.plan != "" {
		for _, flag := range planned {
			if cmd.Flags().Changed(flag) {
				return plan, misused(cmd, "--plan and --%s: the plan names its targets and their settings itself", flag)
			}
		}
		read, err := readPlan(f.plan)
		if err != nil {
			return plan, err
		}
		plan = read
	} else {
		targets, err := f.targets(cmd, r, nil)
		if err != nil {
			return plan, err
		}
		plan = newPlan(r, targets, f.rounds, f.warmup)
	}
	if cmd.Flags().Changed("rounds") {
		plan.Rounds = f.rounds
	}
	if cmd.Flags().Changed("warmup") {
		plan.Warmup = f.warmup
	}
	if cmd.Flags().Changed("seed") {
		plan.Seed = f.seed
	}
	if f.count {
		plan.Counted = benchmarks.DefaultCounted
	}
	if f.baseline != "" {
		plan.Baseline = baselineTarget(plan, f.baseline)
	}
	return plan, plan.Validate()
}

// newPlan plans targets that shall be compared: on the same machine where they
// can be.
func newPlan(r *runner.Runner, targets []runner.Target, rounds, warmup int) benchmarks.Plan {
	return benchmarks.Plan{
		Targets: benchmarks.PlanTargets(runner.Harmonise(targets, r.Catalog().Kernel)), Rounds: rounds, Warmup: warmup,
	}
}

// baselineTarget lets a kernel's name stand for its only target.
func baselineTarget(plan benchmarks.Plan, name string) string {
	found := ""
	for _, t := range plan.Targets {
		if t.Kernel == name {
			if found != "" {
				return name
			}
			found = t.ID
		}
	}
	if found == "" {
		return name
	}
	return found
}

func readPlan(path string) (benchmarks.Plan, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return benchmarks.Plan{}, fmt.Errorf("read the plan: %w", err)
	}
	return benchmarks.ParsePlan(path, data)
}

// bench carries a plan out and prints what came of it.
func (g *globals) bench(cmd *cobra.Command, s *session.Session, plan benchmarks.Plan) error {
	bands, err := g.bands(cmd) // what is wrong with them is said before the boots
	if err != nil {
		return err
	}
	targets := make([]runner.Target, len(plan.Targets))
	for i, t := range plan.Targets {
		target, err := t.Target()
		if err != nil {
			return err
		}
		targets[i] = target
	}
	images, err := g.build(cmd.Context(), cmd.ErrOrStderr(), s, targets)
	if err != nil {
		return err
	}
	history, err := s.Store()
	if err != nil {
		return err
	}
	experiment := benchmarks.Experiment{
		Runner: s.Runner(), Store: history, Lock: s.Folders().TimingLock(), Project: s.Project(), Plan: plan,
		Environment: benchmarks.ReadEnvironment(cmd.Context(), s.Spawner(), s.Project(), version()),
	}
	for i, image := range images {
		experiment.Arms = append(experiment.Arms, benchmarks.Arm{ID: plan.Targets[i].ID, Image: image})
	}
	meter := newMeter(cmd.ErrOrStderr(), g.plain || g.json, "bench")
	done, err := experiment.Carry(cmd.Context(), func(p benchmarks.Progress) { showProgress(meter, p) })
	meter.end()
	for _, why := range done.Remarks {
		_, _ = fmt.Fprintln(cmd.ErrOrStderr(), "bench: "+why)
	}
	if err != nil && len(done.Runs) == 0 {
		return err
	}
	done.Comparison = done.Comparison.WithBands(bands)
	// What was measured is shown, also where the rest could not be.
	if printErr := g.printExperiment(cmd.OutOrStdout(), done); printErr != nil {
		return errors.Join(err, printErr)
	}
	status := benchStatus(cmd.ErrOrStderr(), done)
	if err != nil {
		return err
	}
	return exit(status)
}

// showProgress draws where an experiment stands.
func showProgress(m *meter, p benchmarks.Progress) {
	round := fmt.Sprintf("round %d of %d", p.Round, p.Rounds)
	if p.Round == 0 {
		round = "warm-up"
	}
	if p.Counting {
		round = fmt.Sprintf("counting instructions, round %d of %d", p.Round, p.Rounds)
	}
	switch {
	case p.Waiting != "":
		m.show("waiting: "+p.Waiting, "waiting: "+p.Waiting)
	case p.Left > 0:
		m.show(round, fmt.Sprintf("%s, boot %d of %d, about %s left", round, p.Done, p.Total, span(p.Left)))
	default:
		m.show(round, fmt.Sprintf("%s, boot %d of %d", round, p.Done, p.Total))
	}
}

// printExperiment prints an experiment's runs and comparison.
func (g *globals) printExperiment(w io.Writer, e benchmarks.Finished) error {
	if g.json {
		return printJSON(w, report.NewBenchJSON(e.Record, e.Runs, e.Comparison))
	}
	if e.Comparison == nil {
		_, err := fmt.Fprintln(w, "no boot was measured")
		return err
	}
	return report.Table(w, e.Comparison, report.Options{Width: terminalWidth(w)})
}
