package session

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"slipway/benchmarks"
	"slipway/benchmarks/store"
	"slipway/runner"
)

// timeRounds times this save's images of all marked kernels, interleaved with
// those of the last save where they differ, until the rounds are done (0: until the
// verdicts are sure) or ctx ends: then a newer save has come.
func (s *Session) timeRounds(ctx context.Context, rounds int, environment func() store.Environment) {
	arms := s.settled(ctx)
	if len(arms) == 0 {
		return
	}
	plan := benchmarks.Plan{Rounds: rounds, Warmup: s.options.Warmup, Targets: planned(arms)}
	if rounds == 0 {
		plan.Rounds, plan.UntilSure = benchmarks.LastLook(), true
	}
	if len(arms) == 2 && arms[1].ID == lastOf(arms[0].ID) {
		plan.Baseline = arms[1].ID // who reads it later asks what the save has changed
	}
	title := fmt.Sprintf("%s, %d targets", arms[0].Image.Target.App, len(arms))
	s.carry(ctx, &benchmarks.Experiment{Title: title, Arms: arms, Plan: plan, Environment: environment()}, Experiment{
		Title: title, Rounds: plan.Rounds, Command: s.benchCommand(rounds),
	})
}

// addRounds adds rounds to the experiment whose figures are shown, where its images are
// still today's; else they are an experiment of their own.
func (s *Session) addRounds(ctx context.Context, rounds int, environment func() store.Environment) {
	arms := s.settled(ctx)
	if ctx.Err() != nil {
		return
	}
	s.mu.Lock()
	id := s.measured.ID
	s.mu.Unlock()
	history, err := s.Store()
	before := s.board.state().Experiment
	if err != nil || id == "" || before == nil {
		s.timeRounds(ctx, rounds, environment)
		return
	}
	u, err := benchmarks.Further(history, id)
	if err != nil || !u.Of(arms) { // it was deleted, or a kernel was marked since
		s.timeRounds(ctx, rounds, environment)
		return
	}
	s.carry(ctx, &benchmarks.Experiment{
		Title: u.Record.Title, Arms: arms, Plan: u.Plan, Environment: environment(), Unfinished: u, Added: rounds,
	}, Experiment{
		ID: id, Title: u.Record.Title, Round: before.Round, Rounds: before.Round + rounds, Added: rounds, Command: before.Command,
	})
}

// carry carries an experiment out and shows it meanwhile.
func (s *Session) carry(ctx context.Context, x *benchmarks.Experiment, shown Experiment) {
	history, err := s.Store()
	if err != nil {
		s.board.problem(Problem{What: fmt.Sprintf("timed boots need a history to be kept in: %v", err)})
		return
	}
	shown.Running, shown.Started = true, s.options.Now()
	s.board.update(func(st *State) { st.Experiment = &shown })
	x.Runner, x.Store, x.Lock, x.Project = s.runner, history, s.folders.TimingLock(), s.folders.Project
	x.Saves, x.Control, x.Judged = true, &benchmarks.Control{}, s.judged
	s.mu.Lock()
	s.control = x.Control
	s.mu.Unlock()
	done, err := x.Carry(ctx, func(p benchmarks.Progress) { s.showExperiment(p, x.Added > 0) })
	s.mu.Lock()
	s.control = nil
	s.mu.Unlock()
	if len(done.Runs) > 0 {
		s.measure(done.Record, done.Runs)
		s.showFigures()
	}
	if errors.Is(err, context.Canceled) {
		err = nil
	}
	s.board.experiment(func(e *Experiment) {
		e.Running, e.Left, e.Waiting, e.Paused, e.Stopping, e.LookAt, e.Added = false, 0, "", false, false, 0, 0
		if err != nil {
			e.Error = err.Error()
		}
	})
	if err != nil {
		s.board.problem(Problem{What: err.Error()})
	}
}

// showExperiment shows where the timed rounds stand, and what they say so far; not while
// rounds are added whose verdicts wait for the last of them.
func (s *Session) showExperiment(p benchmarks.Progress, added bool) {
	var news []string
	s.mu.Lock()
	for _, w := range p.Warnings {
		if !s.warned[w] {
			s.warned[w] = true
			news = append(news, w)
		}
	}
	s.mu.Unlock()
	for _, w := range news {
		s.board.notice(Warn, w)
	}
	if p.Run != nil {
		s.addRun(*p.Run)
		if !added {
			s.measure(store.Experiment{ID: p.Experiment, Level: p.Level}, p.Runs)
			s.showFigures()
		}
	}
	s.board.experiment(func(e *Experiment) {
		e.ID, e.Round, e.Rounds, e.Boots, e.Total, e.Failed, e.Waiting, e.Left = p.Experiment, p.Round, p.Rounds, p.Done, p.Total, p.Failed, p.Waiting, p.Left
		e.Paused, e.Stopping, e.LookAt = p.Paused, p.Stopping, p.LookAt
	})
}

// judged are the comparisons that the Compare screen shows of an experiment and that have
// to be sure: each kernel's save against its last one, and the kernels against the
// baseline.
func (s *Session) judged(runs []store.Run, level float64) []*benchmarks.Comparison {
	across, saves := s.compared(runs, store.Experiment{Level: level})
	return slices.DeleteFunc(append(saves, across), func(c *benchmarks.Comparison) bool { return c == nil || len(c.Targets) < 2 })
}

// lookLimit bounds what is asked of git: a repository on a server that is down
// must not hold records back.
const lookLimit = 5 * time.Second

// lookAround returns what reads, once, what surrounds a save's boots: the host and the
// project's sources. It blocks as long as git takes, and takes CPU time that a boot
// which somebody waits for had better have.
func (s *Session) lookAround() func() store.Environment {
	return sync.OnceValue(func() store.Environment {
		ctx, cancel := context.WithTimeout(s.ctx, lookLimit)
		defer cancel()
		return benchmarks.ReadEnvironment(ctx, s.spawner, s.folders.Project, s.options.Version)
	})
}

func planned(arms []benchmarks.Arm) []benchmarks.Planned {
	list := make([]benchmarks.Planned, len(arms))
	for i, a := range arms {
		t := a.Image.Target
		list[i] = benchmarks.Planned{ID: a.ID, Kernel: t.Kernel, App: t.App, Settings: t.Settings.Map()}
	}
	return list
}

// settled are the arms once every marked kernel's boot has ended, not only those of this
// request: one that an earlier request started is not known to be good before, and would
// be left out of the comparison. There are none where ctx ends.
func (s *Session) settled(ctx context.Context) []benchmarks.Arm {
	for _, g := range s.guestsOf(nil) {
		if !g.wait(ctx) {
			return nil
		}
	}
	return s.arms()
}

// arms are the images to be timed: the newest of every marked kernel, and the
// last save's where it is another one. A guest whose newest boot failed is left
// out: it would fail again, every round.
func (s *Session) arms() []benchmarks.Arm {
	var arms []benchmarks.Arm
	for _, g := range s.guestsOf(nil) {
		g.mu.Lock()
		image, last, good := g.image, g.last, g.good
		g.mu.Unlock()
		if image == nil || !good {
			continue
		}
		arms = append(arms, benchmarks.Arm{ID: g.id, Image: image})
		if last != nil && !last.SameBoot(image) { // the same again after a crash is no other save
			arms = append(arms, benchmarks.Arm{ID: lastOf(g.id), Image: last})
		}
	}
	targets := make([]runner.Target, len(arms))
	for i, a := range arms {
		targets[i] = a.Image.Target
	}
	for i, t := range runner.Harmonise(targets, s.runner.Catalog().Kernel) {
		image := *arms[i].Image
		image.Target = t
		arms[i].Image = &image
	}
	return arms
}

// benchCommand is the shell command that times the same kernels.
func (s *Session) benchCommand(rounds int) string {
	s.mu.Lock()
	baseline := s.baseline
	s.mu.Unlock()
	var kernels []string
	app := ""
	for _, g := range s.guestsOf(nil) {
		app = g.target.App
		if g.target.Kernel == baseline { // bench's baseline is the first
			kernels = slices.Insert(kernels, 0, baseline)
		} else {
			kernels = append(kernels, g.target.Kernel)
		}
	}
	words := []string{"slipway", "bench", "-k", strings.Join(kernels, ","), "-a", app}
	if rounds == 0 {
		words = append(words, "--until-sure")
	} else {
		words = append(words, "-n", strconv.Itoa(rounds))
	}
	return runner.ShellLine(append(words, s.configured().Flags()...))
}

// MoreRounds adds n rounds to those of what is compared now, once these have ended: they
// belong to the same experiment, and are judged when the last of them is done.
func (s *Session) MoreRounds(n int) {
	if s.timing() {
		s.board.notice(Info, "rounds are under way: more can be added when these are done, or were stopped")
		return
	}
	s.loop.ask(request{timing: true, rounds: n})
}

// PauseExperiment lets no timed boot begin after the one under way, or lets them go on.
// The host is free for others meanwhile.
func (s *Session) PauseExperiment(on bool) {
	s.steer(func(c *benchmarks.Control) {
		if on {
			c.Pause()
		} else {
			c.Resume()
		}
	})
}

// StopAfterRound ends the timed rounds once every target has been booted as often as
// the others.
func (s *Session) StopAfterRound() { s.steer((*benchmarks.Control).StopAfterRound) }

// steer asks the timed rounds under way for something, and shows that it was heard.
func (s *Session) steer(ask func(*benchmarks.Control)) {
	s.mu.Lock()
	control := s.control
	s.mu.Unlock()
	if control == nil {
		return
	}
	ask(control)
	paused, stopping := control.State()
	s.board.experiment(func(e *Experiment) { e.Paused, e.Stopping = paused, stopping })
}

// StopExperiment ends the timed rounds after the boot under way; what was
// measured stays.
func (s *Session) StopExperiment() { s.loop.stop() }
