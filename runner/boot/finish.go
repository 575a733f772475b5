package boot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"slipway/runner/process"
)

// ending is when the process ended, and by how much that may be too late, since we had to
// wait for a CPU until we saw it.
type ending struct {
	at   time.Time
	late time.Duration
}

// reap waits for the exit and returns when it was. The group is killed while
// the dead leader still holds its number, so that no grandchild stays behind
// with the console in its hands.
func (b *Boot) reap() ending {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	waited := process.NewWaited()
	defer waited.Close()
	for {
		err := unix.Waitid(unix.P_PID, b.PID(), nil, unix.WEXITED|unix.WNOWAIT, nil)
		if !errors.Is(err, unix.EINTR) {
			break
		}
		_, _ = waited.Since() // woken for nothing
	}
	late, woken := waited.Since()
	at := ending{time.Now(), late}
	if woken { // the host's kernel says how long ago it woke us, and it did at the exit
		at = ending{at.at.Add(-late), 0}
	}
	b.signal(syscall.SIGKILL)
	b.mu.Lock()
	b.reaped = true
	b.mu.Unlock()
	// The state says how it ended; the error repeats it. A stream of our own is
	// an *os.File each, so Wait copies nothing and cannot fail otherwise.
	_ = b.cmd.Wait()
	return at
}

// finish reads everything to its end and judges; the result is complete then.
func (s *supervisor) finish(ctx context.Context, r *readers, end moment) {
	total := end.at
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainGrace)
	defer cancel()
	s.spec.Controller.Drain(drain)
	r.finish(s.Boot)
	s.input.close()
	var measured Result
	var measureErr error
	if m, ok := s.spec.Controller.(Measurer); ok {
		measureErr = m.Measure(&measured)
	}
	closeErr := errors.Join(measureErr, s.spec.Controller.Close()) // from here on nobody marks anything

	seen := s.findings()
	state := s.cmd.ProcessState
	evidence := Evidence{
		State: state, Released: seen.line.released, ExitSeen: seen.exit, Status: seen.status, Fault: seen.fault, Starved: seen.starved,
		Stderr: r.tail, LastLines: r.last.kept,
	}
	verdict := s.verdict(evidence)
	argv := s.spec.Shown
	if argv == nil {
		argv = s.spec.Args
	}
	transport := s.console.Transport()
	phases, doubts := seen.line.phases(end, "process exit")
	s.result = Result{
		Outcome: verdict.Outcome, Status: verdict.Status, Reason: verdict.Reason,
		Touched: s.touched(),
		Started: s.start, Total: total, Phases: phases, Doubts: doubts,
		Counts: cmp.Or(measured.Counts, seen.line.counts()), TouchedMemory: measured.TouchedMemory, Exits: measured.Exits, Origin: seen.line.origin, Args: argv, Transport: transport,
		PeakMemory: max(s.sampler.memory, process.PeakMemoryOf(state)), CPUTime: state.UserTime() + state.SystemTime(), RunQueueWait: s.sampler.wait,
		ConsoleBytes: seen.consoleN, LogDropped: r.log.dropped, LogErr: r.log.err,
		LastLines: r.last.kept, Registers: s.registers, Stderr: r.tail, NoSys: seen.noSys,
	}
	if closeErr != nil && s.result.Reason == "" {
		s.result.Reason = closeErr.Error()
	}
	s.result.Overhead = s.start.Sub(s.began) + seen.held + time.Since(s.start) - total
}

// verdict prefers what the guest said to what we did, and what we did to what
// the process's end looks like.
func (s *supervisor) verdict(e Evidence) Verdict {
	_, isPlain := s.spec.Controller.(plain)
	switch {
	case isPlain && s.forced.Outcome == "":
		return s.spec.Controller.Judge(e)
	case !isPlain && e.ExitSeen && e.Starved != "" && e.Status == signalled+int(syscall.SIGKILL):
		return Verdict{OOM, e.Status, "the guest's kernel killed the app: " + e.Starved}
	case !isPlain && e.ExitSeen && outOfMemory(e.Fault):
		return Verdict{OOM, e.Status, e.Fault}
	case !isPlain && e.ExitSeen:
		v := Verdict{Exit, e.Status, ""}
		if e.Status != 0 {
			v.Reason = returned(e.Status)
			if e.Fault != "" {
				v.Reason += ": " + e.Fault // the kernel outlived it and gave it a status
			}
		}
		return v
	case e.Fault != "" && outOfMemory(e.Fault):
		return Verdict{OOM, -1, e.Fault}
	case e.Fault != "":
		return Verdict{Panic, -1, e.Fault}
	case s.forced.Outcome != "":
		return s.forced
	}
	return s.spec.Controller.Judge(e)
}

// signalled is added to the number of a signal that a program died of.
const signalled = 128

// returned says what a status other than 0 means. A guest reports a program that
// died of a signal as a shell does.
func returned(status int) string {
	signal := syscall.Signal(status - signalled)
	if signal >= syscall.SIGHUP && signal <= syscall.SIGSYS {
		return fmt.Sprintf("the app died of signal %d (%s), or returned %d itself", int(signal), signal, status)
	}
	return fmt.Sprintf("the app returned %d", status)
}

// sampler looks at a process while it lives: afterwards nobody can say how much
// memory it had. Looking costs the boot a few tenths of a millisecond, so a guest
// that marks its end is looked at then.
type sampler struct {
	marked bool // the guest has a channel for markers
	every  time.Duration
	memory int64
	wait   time.Duration
}

// The first samples of what marks nothing are close together, for processes of a
// few milliseconds.
const (
	sampleFirst = 5 * time.Millisecond
	sampleMost  = 100 * time.Millisecond
)

// interval doubles from sampleFirst to sampleMost.
func (s *sampler) interval() time.Duration {
	if s.marked {
		return sampleMost
	}
	s.every = min(max(2*s.every, sampleFirst), sampleMost)
	return s.every
}

func (s *sampler) take(pid int) {
	s.memory = max(s.memory, process.PeakMemory(pid))
	s.wait = max(s.wait, process.RunQueueWait(pid))
}
