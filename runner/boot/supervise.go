package boot

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"
)

const (
	// firstLook is how long a guest must be silent before it is looked at; the
	// wait doubles each time, so that a long computation is left in peace.
	firstLook = 2 * time.Second
	// lingerGrace is how long a guest may live after its exit or fault marker.
	lingerGrace = 2 * time.Second
	// drainGrace bounds the wait for the controller's last words.
	drainGrace = 2 * time.Second
)

// supervisor follows one boot; its fields belong to its goroutine.
type supervisor struct {
	*Boot
	work      sync.WaitGroup // goroutines that ask the controller something
	ladder    ladder
	forced    Verdict // ours: stopped, timeout, hang; no Outcome when there is none
	sampler   sampler
	looks     chan Examination // answer of an Examine under way, else nil
	overdue   bool             // the look is for the time limit
	mute      bool             // the look is for Options.Hang
	silence   time.Duration    // before the next look
	linger    <-chan time.Time
	hungUp    error // why the process should have ended without a word of the guest's
	registers string
}

func (b *Boot) supervise(ctx context.Context, r *readers, exited <-chan ending) {
	s := &supervisor{Boot: b, silence: firstLook}
	asking, cancel := context.WithCancel(ctx)
	released := make(chan error, 1)
	s.work.Go(func() { released <- b.spec.Controller.Release(asking, b) })

	total := s.follow(asking, released, exited)
	s.finish(ctx, r, total)
	cancel()
	s.work.Wait()
	close(b.ended)
}

// follow returns when the process has been reaped, with the time of its exit.
func (s *supervisor) follow(ctx context.Context, released <-chan error, exited <-chan ending) moment {
	var limit <-chan time.Time
	rearm := func() {}
	if s.opt.Timeout > 0 {
		timer := time.NewTimer(s.opt.Timeout - time.Since(s.start))
		defer timer.Stop()
		limit = timer.C
		rearm = func() { timer.Reset(max(s.left(), 0)) }
	}
	s.sampler.marked = s.spec.Markers != nil
	sample := time.NewTimer(s.sampler.interval())
	defer sample.Stop()
	done := ctx.Done()
	for {
		select {
		case e := <-exited:
			return moment{max(0, e.at.Sub(s.start)), e.late}
		case err := <-released:
			s.released(ctx, err)
		case <-s.poke:
			s.marked()
		case <-sample.C:
			s.sampler.take(s.PID())
			s.lookIfSilent(ctx)
			sample.Reset(s.sampler.interval())
		case e := <-s.looks:
			s.looked(ctx, e)
		case <-limit:
			if s.isHeld() {
				continue // it is set anew when the guest is let go
			}
			if s.left() > 0 { // it was held meanwhile
				rearm()
				continue
			}
			s.overdue = true
			s.look(ctx)
		case <-s.handsMoved:
			if s.isHeld() {
				s.linger = nil
				continue
			}
			s.overdue = false
			rearm()
			s.marked()
		case <-s.linger:
			s.outlived(ctx)
		case reason := <-s.stop:
			s.end(ctx, Verdict{Stopped, -1, reason})
		case v := <-s.fail:
			s.end(ctx, v)
		case <-done:
			done = nil
			s.end(ctx, Verdict{Stopped, -1, context.Cause(ctx).Error()})
		case err := <-s.ladder.quit:
			s.ladder.asked(s.Boot, err)
		case <-s.ladder.grace:
			s.ladder.climb(s.Boot)
		}
	}
}

// end decides the verdict and begins the ladder; the first one counts.
func (s *supervisor) end(ctx context.Context, v Verdict) {
	if s.forced.Outcome == "" && s.ladder.rung == 0 {
		s.forced = v
	}
	s.sampler.take(s.PID())
	s.ladder.begin(ctx, s.Boot, &s.work)
}

func (s *supervisor) released(ctx context.Context, err error) {
	if err == nil || errors.Is(err, ErrNotHeld) || ctx.Err() != nil {
		return
	}
	if errors.Is(err, ErrEnded) { // it is going; its exit says why, if it does exit
		s.hungUp = err
		if s.linger == nil {
			s.linger = time.After(lingerGrace)
		}
		return
	}
	s.end(ctx, Verdict{QEMURefused, -1, fmt.Sprintf("the guest could not be released: %v", err)})
}

// outlived ends a process that should be gone by now. One that hung up on us is at
// fault itself; what we do to it must not be taken for somebody else's doing.
func (s *supervisor) outlived(ctx context.Context) {
	if s.hungUp == nil {
		s.ladder.begin(ctx, s.Boot, &s.work)
		return
	}
	why := strings.TrimPrefix(s.hungUp.Error(), ErrEnded.Error()+": ")
	s.end(ctx, Verdict{QEMUCrash, -1, why + ", and did not end"})
}

// marked gives a guest that has said its last word a little time to go.
func (s *supervisor) marked() {
	seen := s.findings()
	if (seen.exit || seen.fault != "") && s.linger == nil && s.seen.line.vm {
		s.sampler.take(s.PID())
		s.linger = time.After(lingerGrace)
	}
}

func (s *supervisor) lookIfSilent(ctx context.Context) {
	if s.ladder.rung > 0 || s.isHeld() || !s.runs() {
		return
	}
	silent := s.silent()
	if s.opt.Hang > 0 && silent >= s.opt.Hang {
		s.mute = true
		s.look(ctx)
		return
	}
	if s.seen.line.vm && silent >= s.silence {
		s.silence *= 2
		s.look(ctx)
	}
}

// runs says whether the guest has been let go; a plain process was never held.
func (s *supervisor) runs() bool { return s.findings().line.released || !s.seen.line.vm }

// silent is how long nothing has come from the guest.
func (s *supervisor) silent() time.Duration { return time.Since(s.start) - s.findings().lastByte }

// look asks the controller what the guest does, unless it is being asked.
func (s *supervisor) look(ctx context.Context) {
	if s.looks != nil || s.ladder.rung > 0 {
		return
	}
	answer := make(chan Examination, 1)
	s.looks = answer
	s.work.Go(func() { answer <- s.spec.Controller.Examine(ctx) })
}

// registersLimit bounds what is kept of a guest's registers: those of some 25 CPUs.
const registersLimit = 64 << 10

func (s *supervisor) looked(ctx context.Context, e Examination) {
	s.looks = nil
	e.Registers = e.Registers[:min(len(e.Registers), registersLimit)]
	switch {
	case s.isHeld(): // since it was asked; the limit is set anew when it is let go
	case e.Dead && !s.findings().exit:
		s.registers = e.Registers
		s.end(ctx, Verdict{Hang, -1, "the guest can never wake up: " + e.Text})
	case s.overdue:
		s.registers = e.Registers
		s.end(ctx, Verdict{Timeout, -1, fmt.Sprintf("not done within %s: %s", s.opt.Timeout, e.Text)})
	case s.mute && s.silent() >= s.opt.Hang: // it may have spoken while it was looked at
		s.registers = e.Registers
		s.end(ctx, Verdict{Hang, -1, fmt.Sprintf("not a word for %s: %s", s.opt.Hang, e.Text)})
	}
}
