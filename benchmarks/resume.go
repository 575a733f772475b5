package benchmarks

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"slipway/benchmarks/stats"
	"slipway/benchmarks/store"
	"slipway/runner"
)

// Unfinished is a stored experiment that did not come to its end and that nobody
// is carrying out.
type Unfinished struct {
	Record store.Experiment
	Plan   Plan
	Runs   []store.Run // those it made, oldest first

	warnings []string
}

// FindUnfinished returns the experiment that id names, or the project's newest that
// did not come to its end where id is "".
func FindUnfinished(history *store.Store, id, project string) (*Unfinished, error) {
	if id != "" {
		record, err := history.Experiment(id)
		if err != nil {
			return nil, err
		}
		return unfinished(history, record, project)
	}
	all, err := history.Experiments(0)
	if err != nil {
		return nil, err
	}
	busy := ""
	for _, record := range all {
		u, err := unfinished(history, record, project)
		switch {
		case err == nil:
			return u, nil
		case errors.Is(err, store.ErrClaimed):
			busy = "; another Slipway is carrying out " + record.ID
		}
	}
	return nil, fmt.Errorf("no experiment of this project was interrupted%s: 'slipway bench' begins one", busy)
}

func unfinished(history *store.Store, record store.Experiment, project string) (*Unfinished, error) {
	u := &Unfinished{Record: record}
	wrong := func(format string, args ...any) error {
		return fmt.Errorf("go on with experiment %s: "+format, slices.Insert(args, 0, any(record.ID))...)
	}
	switch {
	case record.State == store.Done:
		return nil, wrong("it came to its end: 'slipway compare %s' shows what it found", record.ID)
	case record.Saves:
		return nil, wrong("it timed a save in the workbench, whose images are gone: 'slipway bench' begins another one")
	case record.Project != project:
		return nil, wrong("it is another project's: go there with -C %s", record.Project)
	case json.Unmarshal(record.Plan, &u.Plan) != nil || u.Plan.Validate() != nil || len(u.Plan.Targets) != len(record.Targets):
		return nil, wrong("its plan was not stored: begin anew with 'slipway bench'")
	case history.Alive(record.ID):
		return nil, wrong("%w", store.ErrClaimed)
	}
	u.Plan.Seed = record.Seed
	return u, u.load(history)
}

func (u *Unfinished) load(history *store.Store) (err error) {
	u.Runs, err = history.Load(store.Filter{Experiment: u.Record.ID})
	return err
}

// Changed says how today's image of the target with that index differs from the one
// that the experiment has booted; "" where it does not.
func (u *Unfinished) Changed(target int, image *runner.Image) string {
	then, ok := u.booted(target)
	if !ok {
		return ""
	}
	now := Arm{Image: image}.planned()
	switch {
	case then.Manifests.App != now.Manifests.App:
		return "app.toml has changed"
	case then.Manifests.Kernel != now.Manifests.Kernel:
		return "kernel.toml has changed"
	case then.Image.AppHash != now.Image.AppHash:
		return fmt.Sprintf("the app is another program, %.12s then and %.12s now", then.Image.AppHash, now.Image.AppHash)
	case then.Image.Hash != now.Image.Hash:
		return fmt.Sprintf("the kernel is another one: image %.12s then and %.12s now", then.Image.Hash, now.Image.Hash)
	}
	same := func(then, now store.Attached) bool { return runner.Attached(then).Same(runner.Attached(now)) }
	if !slices.EqualFunc(then.Attached, now.Attached, same) {
		return "the disks or the folder that the guest is given have changed"
	}
	return ""
}

// booted is the image of a target as the experiment has it; ok is false where an older
// Slipway began it and came to no boot of that target.
func (u *Unfinished) booted(target int) (_ store.Planned, ok bool) {
	if target < len(u.Record.Images) {
		return u.Record.Images[target], true
	}
	for _, r := range u.Runs {
		if r.Target.ID == u.Plan.Targets[target].ID {
			return store.Planned{Image: r.Image, Manifests: r.Manifests, Attached: r.Attached, Save: r.Save}, true
		}
	}
	return store.Planned{}, false
}

// Save is the version of the sources that the target with that index was built from.
func (u *Unfinished) Save(target int) string {
	then, _ := u.booted(target)
	return then.Save
}

// Sources are the folders of sources that were kept with runs of the target with
// that index.
func (u *Unfinished) Sources(history *store.Store, target int) []string {
	var folders []string
	for _, r := range u.Runs {
		if r.Target.App == u.Plan.Targets[target].App {
			folders = append(folders, history.SourcesPath(r.ID))
		}
	}
	return folders
}

// goOn claims the experiment and stores that it runs again, unless what surrounds it
// has changed so much that the boots to come could not stand beside those there are.
func (x *Experiment) goOn(ctx context.Context) (_ store.Experiment, _ *store.Claim, err error) {
	u := x.Unfinished
	claim, err := x.Store.Claim(u.Record.ID)
	if err != nil {
		return u.Record, nil, fmt.Errorf("go on with %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, claim.Release())
		}
	}()
	// Another Slipway may have gone on with it before we had it.
	if u.Record, err = x.Store.Experiment(u.Record.ID); err != nil {
		return u.Record, nil, err
	}
	if u.Record.State == store.Done && x.Added == 0 {
		return u.Record, nil, fmt.Errorf("experiment %s came to its end meanwhile: 'slipway compare %s' shows what it found", u.Record.ID, u.Record.ID)
	}
	if err = u.load(x.Store); err != nil {
		return u.Record, nil, err
	}
	if u.warnings, err = x.surroundings(ctx); err != nil {
		return u.Record, nil, fmt.Errorf("go on with experiment %s: %w", u.Record.ID, err)
	}
	record := u.Record
	record.State, record.Error, record.Finished = store.Running, "", nil
	if x.Added > 0 {
		record = u.further(record, x.Plan.Rounds, x.Added)
	} else {
		record.Resumed = append(record.Resumed, time.Now())
	}
	_, err = x.Store.PutExperiment(record)
	return record, claim, err
}

// surroundings compares what the boots to come run on with what those there are ran
// on. What would make the two incomparable is an error, what may explain a difference
// a warning.
func (x *Experiment) surroundings(ctx context.Context) (warnings []string, err error) {
	for _, arm := range x.Arms {
		at := slices.IndexFunc(x.Unfinished.Runs, func(r store.Run) bool { return r.Target.ID == arm.ID })
		if at < 0 {
			continue
		}
		then := &x.Unfinished.Runs[at]
		plan, err := x.Runner.Plan(ctx, arm.Image, runner.Timed)
		if err != nil {
			return nil, err
		}
		now := store.Run{Kind: store.Timed, Target: then.Target, Environment: surrounded(x.Environment, plan)}
		for _, f := range []facet{facetHost, facetQEMU, facetAccel, facetArch, facetVirtual} {
			if was, is := f.of(then), f.of(&now); was != is {
				return nil, fmt.Errorf("%s has other %s: %s then, %s now; such boots can't be compared: go on as it began, or begin anew with 'slipway bench'",
					arm.ID, f.name, listed([]string{was}), listed([]string{is}))
			}
		}
		for _, f := range mayExplain {
			was, is := f.of(then), f.of(&now)
			if text := fmt.Sprintf("%s has changed since the experiment began: %s then, %s now", f.name, listed([]string{was}), listed([]string{is})); was != is && !slices.Contains(warnings, text) {
				warnings = append(warnings, text)
			}
		}
	}
	return warnings, nil
}

// mayExplain are things that may make later boots differ from earlier ones, and do not
// have to.
var mayExplain = []facet{
	{"the host's kernel", func(r *store.Run) string { return r.Environment.HostKernel }},
	{"the CPU frequency governor", func(r *store.Run) string { return r.Environment.Governor }},
	{"Slipway's version", func(r *store.Run) string { return r.Environment.Slipway }},
	{"the number of cores", func(r *store.Run) string { return plural(r.Environment.Cores, "core") }},
}

// course says what is to be known about how an experiment went: that it was gone on
// with, and when it stopped because it was sure.
func course(e store.Experiment) (notes []string) {
	switch {
	case len(e.Added) > 0:
		notes = append(notes, added(e))
	case e.Look == 0 && e.UntilSure && e.State == store.Done:
		notes = append(notes, fmt.Sprintf("experiment %s stopped after %s: what it is about repeats exactly, and so would further rounds", e.ID, plural(e.Rounds, "round")))
	case e.Look > 0 && e.State == store.Done:
		notes = append(notes, fmt.Sprintf("experiment %s stopped at look %d of %d, after %s: its verdicts are at the level of that look, p < %s",
			e.ID, e.Look, len(stats.Looks), plural(e.Rounds, "round"), strings.TrimPrefix(strconv.FormatFloat(e.Level, 'g', 3, 64), "0")))
	}
	if len(e.Resumed) == 0 {
		return notes
	}
	times := make([]string, len(e.Resumed))
	for i, t := range e.Resumed {
		times[i] = t.Local().Format("2006-01-02 15:04")
	}
	return append(notes, "experiment "+e.ID+" was interrupted and gone on with at "+strings.Join(times, ", ")+", after a fresh warm-up: the host may have changed in between")
}
