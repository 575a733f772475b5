package session

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// How many problems and notices are kept for the screen.
const (
	maxProblems = 50
	maxNotices  = 100
)

// board holds the State that is shown. Writers change a private copy under the
// lock and publish it whole; readers take the published pointer without one.
type board struct {
	mu        sync.Mutex
	draft     State
	published atomic.Pointer[State]
	wake      chan struct{} // capacity 1: one wake-up in flight is enough
	notices   uint64
	now       func() time.Time
}

func newBoard(now func() time.Time) *board {
	b := &board{wake: make(chan struct{}, 1), now: now}
	b.published.Store(&State{})
	return b
}

// update changes the state and wakes the screen. change must replace slices
// rather than write into them, since readers hold the published ones.
func (b *board) update(change func(*State)) {
	b.mu.Lock()
	change(&b.draft)
	b.draft.Generation++
	state := b.draft
	b.published.Store(&state)
	b.mu.Unlock()
	b.ping()
}

// ping wakes the screen without a change of the state: a console has new output.
func (b *board) ping() {
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

func (b *board) state() *State { return b.published.Load() }

// notice tells the user something in passing.
func (b *board) notice(level Level, text string) { b.tell(Notice{Level: level, Text: text}) }

func (b *board) tell(n Notice) {
	b.update(func(s *State) {
		b.notices++
		n.ID, n.At = b.notices, b.now()
		s.Notices = append(slices.Clone(tail(s.Notices, maxNotices-1)), n)
	})
}

// problem tells the user of something that stands in the way.
func (b *board) problem(p Problem) {
	p.At = b.now()
	b.update(func(s *State) {
		rest := s.Problems
		if len(rest) >= maxProblems {
			rest = rest[:maxProblems-1]
		}
		s.Problems = append([]Problem{p}, rest...)
	})
	b.tell(Notice{Level: Bad, Text: p.What, Kernel: p.Kernel})
}

// clearProblems forgets the problems of one kernel: it works again.
func (b *board) clearProblems(kernel string) {
	b.update(func(s *State) {
		s.Problems = slices.DeleteFunc(slices.Clone(s.Problems), func(p Problem) bool { return p.Kernel == kernel })
	})
}

func tail[T any](list []T, n int) []T {
	if len(list) > n {
		return list[len(list)-n:]
	}
	return list
}

// guest changes one guest's public part, if it is still there.
func (b *board) guest(id string, change func(*Guest)) {
	b.update(func(s *State) {
		i := slices.IndexFunc(s.Guests, func(g Guest) bool { return g.ID == id })
		if i < 0 {
			return
		}
		s.Guests = slices.Clone(s.Guests)
		change(&s.Guests[i])
	})
}

// kernel changes one kernel's entry, if it is still there.
func (b *board) kernel(name string, change func(*Kernel)) {
	b.update(func(s *State) {
		i := slices.IndexFunc(s.Kernels, func(k Kernel) bool { return k.Name == name })
		if i < 0 {
			return
		}
		s.Kernels = slices.Clone(s.Kernels)
		change(&s.Kernels[i])
	})
}

// experiment changes the timed rounds that are shown, unless they are no longer:
// another app may have been selected.
func (b *board) experiment(change func(*Experiment)) {
	b.update(func(s *State) {
		if s.Experiment == nil {
			return
		}
		e := *s.Experiment
		change(&e)
		s.Experiment = &e
	})
}
