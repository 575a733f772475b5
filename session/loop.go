package session

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"slipway/benchmarks/store"
)

// request is one reason to go round the loop: kernels whose guests are to be
// built and booted, and what was saved if that is the reason.
type request struct {
	kernels []string // nil: all marked ones
	files   []string // saved files, nil if nothing was saved
	save    bool     // count it as a save
	timing  bool     // timed rounds only, without a build
	rounds  int      // of those, 0: as after a save
}

// loop goes the way of a save: build, boot, time. It is one goroutine, so that
// two saves never overtake each other. A request that arrives meanwhile ends the
// timed rounds at once, lets a build finish, and is merged with others that wait.
type loop struct {
	s *Session

	building sync.Mutex // held while images are built

	mu      sync.Mutex
	pending *request
	wake    chan struct{}
	abandon context.CancelCauseFunc // of the cycle under way; nil while idle
}

func newLoop(s *Session) *loop {
	return &loop{s: s, wake: make(chan struct{}, 1)}
}

// ask queues a request and abandons what the loop does, as far as it can be.
func (l *loop) ask(r request) {
	l.mu.Lock()
	l.pending = merge(l.pending, r)
	if l.abandon != nil {
		l.abandon(errNewer)
	}
	l.mu.Unlock()
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// merge joins a request with one that still waits: nothing asked for is lost.
func merge(waiting *request, r request) *request {
	if waiting == nil {
		return &r
	}
	joined := request{save: waiting.save || r.save}
	switch {
	case !waiting.timing && !r.timing:
		if waiting.kernels != nil && r.kernels != nil {
			joined.kernels = slices.Concat(waiting.kernels, r.kernels)
		}
	case !waiting.timing:
		joined.kernels = waiting.kernels
	case !r.timing:
		joined.kernels = r.kernels
	default:
		joined.timing, joined.rounds = true, max(waiting.rounds, r.rounds)
	}
	joined.files = slices.Compact(slices.Sorted(slices.Values(slices.Concat(waiting.files, r.files))))
	return &joined
}

// stop abandons the timed rounds under way.
func (l *loop) stop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.abandon != nil {
		l.abandon(context.Canceled)
	}
}

// errNewer is why a cycle ends for a request that waits.
var errNewer = errors.New("something newer is asked for")

// run serves requests until ctx ends.
func (l *loop) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-l.wake:
		}
		for {
			l.mu.Lock()
			r := l.pending
			l.pending = nil
			if r == nil || ctx.Err() != nil {
				l.mu.Unlock()
				break
			}
			cycle, abandon := context.WithCancelCause(ctx)
			l.abandon = abandon
			l.mu.Unlock()
			l.serve(cycle, r)
			l.mu.Lock()
			l.abandon = nil
			l.mu.Unlock()
			abandon(nil)
		}
	}
}

// serve goes once round the loop. cycle ends when a newer request waits.
func (l *loop) serve(cycle context.Context, r *request) {
	environment := l.s.lookAround() //nolint:contextcheck // a boot outlives the cycle that asks for it, and so does its record
	if r.timing && r.rounds > 0 {
		l.s.addRounds(cycle, r.rounds, environment)
		return
	}
	if r.timing {
		l.s.timeRounds(cycle, l.s.options.Rounds, environment)
		return
	}
	l.s.look()                                     //nolint:contextcheck // watchers live as long as the session
	guests := l.s.present(l.s.guestsOf(r.kernels)) //nolint:contextcheck // a download outlives the cycle that asks for it
	if len(guests) == 0 {
		return
	}
	if r.save {
		l.s.showSave(r.files)
	}
	built := l.renew(cycle, guests, environment)
	if r.save {
		l.s.board.update(func(st *State) {
			saved := *st.Save
			saved.Ok = len(built) == len(guests)
			st.Save = &saved
		})
	}
	if len(built) == 0 {
		return
	}
	if slices.ContainsFunc(built, (*guest).fresh) {
		l.s.outdate()
	} else if r.save {
		l.s.board.notice(Info, "the save made the same image as before: there is nothing to compare it with")
	}
	l.s.timeRounds(cycle, l.s.options.Rounds, environment)
	l.s.tidyWhatGrew()
}

// check asks for a round where a build would now come to something else than the
// newest one did: sources were touched and are as they were, but a build may have
// read them in between. It waits for a build under way and blocks.
func (l *loop) check(kernels []string) {
	l.building.Lock()
	defer l.building.Unlock()
	l.s.look()
	for _, g := range l.s.guestsOf(kernels) {
		if g.stale(l.s.ctx) {
			l.ask(request{kernels: kernels, save: true})
			return
		}
	}
}

// buildPatience is how long a newer request waits for a build under way: most
// compilers are done by then, and what they made is not lost.
const buildPatience = 10 * time.Second

// cutForNewer ends the builds of guests that are in the way of a newer request, until
// done is closed.
func cutForNewer(cycle context.Context, guests []*guest, done <-chan struct{}) {
	select {
	case <-cycle.Done():
	case <-done:
		return
	}
	if !errors.Is(context.Cause(cycle), errNewer) {
		return
	}
	patience := time.NewTimer(buildPatience)
	defer patience.Stop()
	select {
	case <-patience.C:
		for _, g := range guests {
			g.cutBuild(errNewer)
		}
	case <-done:
	}
}

// renew builds all guests' images at once, as many as there are cores, boots each
// as soon as it is built, and returns those that could be built. A newer request does
// not cut a compiler off at once: what it finishes is a cache hit for the next round.
// But it does not wait for ever. Stopping the guest and closing the workbench do.
func (l *loop) renew(cycle context.Context, guests []*guest, environment func() store.Environment) []*guest {
	l.building.Lock()
	defer l.building.Unlock()
	done := make(chan struct{})
	defer close(done)
	l.s.run(func(context.Context) { cutForNewer(cycle, guests, done) })
	var together errgroup.Group
	together.SetLimit(runtime.NumCPU())
	ok := make([]bool, len(guests))
	for i, g := range guests {
		together.Go(func() error {
			if ok[i] = g.build(l.s.ctx); ok[i] {
				g.reboot(environment)
			}
			return nil
		})
	}
	_ = together.Wait() // nothing that it runs returns an error: problems are shown where they arise
	var built []*guest
	for i, g := range guests {
		if ok[i] {
			built = append(built, g)
		}
	}
	return built
}
