package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"slipway/benchmarks"
	"slipway/benchmarks/report"
	"slipway/benchmarks/store"
	"slipway/runner"
	"slipway/session"
)

func newBench(g *globals) *cobra.Command {
	var flags benchFlags
	cmd := &cobra.Command{
		Use:   "bench -k KERNEL,... -a APP,...",
		Short: "Time targets against each other, interleaved in random order, and compare",
		Long: "Bench boots every target once a round, in random order, alone on this machine, and compares what they measure.\n" +
			"The first kernel is the baseline unless --baseline names another. --sweep boots every target with each of several values\n" +
			"of a setting or of an app's parameter, in all combinations or, with --sweep-mode list, the first values together, then the\n" +
			"second ones. On a terminal p pauses, s stops after the round, q stops now.\n\n" +
			"What ended early, killed or stopped, goes on with --resume: no finished boot is lost.\n\n" +
			"The exit status is 0 when the boots are done; 1 a build failed; 2 Slipway failed; 3 not one boot of a target went well,\n" +
			"or instructions were to be counted and none were; 130 interrupted. 'slipway compare' judges.",
		Example: "  slipway bench -k keel,linux-cloud -a nbody --until-sure\n  slipway bench -k keel -a nbody,jitter --memory 16M\n" +
			"  slipway bench -k keel -a nbody --sweep memory=64M,256M --sweep cpus=1,2\n  slipway bench --plan plan.toml --json\n  slipway bench --resume",
		Args: flags.words,
		RunE: func(cmd *cobra.Command, args []string) error {
			return g.withSession(cmd.Context(), func(s *session.Session) error {
				if flags.resume != "" {
					if err := flags.resumesOnly(cmd); err != nil {
						return err
					}
					return g.resume(cmd, s, flags.experiment(args))
				}
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
	return cmd
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
	return g.carryOut(cmd, s, benchmarks.Experiment{Plan: plan, Arms: arms(plan, images), Bands: bands})
}

// resume goes on with an experiment that did not come to its end; id "" is the
// project's newest one.
func (g *globals) resume(cmd *cobra.Command, s *session.Session, id string) error {
	bands, err := g.bands(cmd)
	if err != nil {
		return err
	}
	history, err := s.Store()
	if err != nil {
		return err
	}
	unfinished, err := benchmarks.FindUnfinished(history, id, s.Project())
	if err != nil {
		return err
	}
	words := cmd.ErrOrStderr()
	images, err := s.BuildAgain(cmd.Context(), unfinished, func(told string) { fmt.Fprintln(words, "slipway:", told) })
	if err != nil {
		return err
	}
	x := benchmarks.Experiment{Plan: unfinished.Plan, Arms: arms(unfinished.Plan, images), Unfinished: unfinished, Bands: bands}
	for i := range x.Arms {
		x.Arms[i].Save = unfinished.Save(i)
	}
	return g.carryOut(cmd, s, x)
}

func arms(plan benchmarks.Plan, images []*runner.Image) []benchmarks.Arm {
	list := make([]benchmarks.Arm, len(images))
	for i, image := range images {
		list[i] = benchmarks.Arm{ID: plan.Targets[i].ID, Image: image}
	}
	return list
}

// carryOut carries an experiment out, of which Plan and Arms are there, and prints
// what came of it.
func (g *globals) carryOut(cmd *cobra.Command, s *session.Session, x benchmarks.Experiment) error {
	history, err := s.Store()
	if err != nil {
		return err
	}
	ctx, words := cmd.Context(), cmd.ErrOrStderr()
	x.Runner, x.Store, x.Lock, x.Project = s.Runner(), history, s.Folders().TimingLock(), s.Project()
	x.Title = title(x.Plan)
	x.Environment = benchmarks.ReadEnvironment(ctx, s.Spawner(), s.Project(), version())
	x.Control = &benchmarks.Control{}
	view := newBenchView(words, g.plain || g.json, x.Plan, x.Bands)
	end := view.steer(ctx, x.Control)
	done, err := x.Carry(ctx, view.show)
	end()
	view.end()
	for _, why := range done.Remarks {
		_, _ = fmt.Fprintln(words, "bench: "+why)
	}
	if err != nil && len(done.Runs) == 0 {
		return err
	}
	done.Comparison = done.Comparison.WithBands(x.Bands)
	// What was measured is shown, also where the rest could not be.
	if printErr := g.printExperiment(cmd.OutOrStdout(), done); printErr != nil {
		return errors.Join(err, printErr)
	}
	status := benchStatus(words, done, x.Plan.Counted > 0)
	tellRest(words, done, err)
	if err != nil {
		return err
	}
	return exit(status)
}

// title says to others what this host is timing.
func title(plan benchmarks.Plan) string {
	var apps []string
	seen := map[string]bool{}
	for _, t := range plan.Targets {
		if !seen[t.App] {
			seen[t.App] = true
			apps = append(apps, t.App)
		}
	}
	targets := "1 target"
	if n := len(plan.Targets); n > 1 {
		targets = fmt.Sprintf("%d targets", n)
	}
	return strings.Join(apps, ", ") + ", " + targets
}

// tellRest says how an experiment that did not come to its end is gone on with.
func tellRest(words io.Writer, done benchmarks.Finished, err error) {
	if done.Record.State == store.Done || errors.Is(err, store.ErrReadOnly) || done.Record.ID == "" {
		return
	}
	how := "stopped"
	if err != nil && !errors.Is(err, context.Canceled) {
		how = "ended early"
	}
	fmt.Fprintf(words, "slipway: %s: go on with 'slipway bench --resume %s'\n", how, done.Record.ID)
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
	return report.Table(w, e.Comparison, tableOptions(w, e.Record.ID))
}
