package boot

import (
	"context"
	"fmt"
	"os/exec"
	"sync"
	"time"

	"slipway/runner/process"
)

// Boot is one process under way. Its methods may be called from any goroutine.
type Boot struct {
	spec    Spec
	opt     Options
	cmd     *exec.Cmd
	console *process.Console
	input   *input
	open    chan struct{} // closed when the console may be written to
	opening sync.Once
	start   time.Time
	began   time.Time // of the preparations

	stop       chan string   // first reason wins
	fail       chan Verdict  // first one wins
	poke       chan struct{} // something in seen has changed; capacity 1
	handsMoved chan struct{} // hands.since has changed; capacity 1
	ended      chan struct{}

	mu     sync.Mutex
	seen   seen
	hands  hands
	reaped bool
	result Result // complete once ended is closed
}

// seen is what the readers have found so far; guarded by Boot.mu.
type seen struct {
	line     timeline
	exit     bool
	status   int
	fault    string
	starved  string // the last process that was killed for its memory
	noSys    []string
	consoleN int64
	lastByte time.Duration // or marker
	held     time.Duration // how long the guest waited only for us
}

// maxNoSys bounds Result.NoSys.
const maxNoSys = 64

// Done is closed when the Result is there.
func (b *Boot) Done() <-chan struct{} { return b.ended }

// Wait returns the result when the boot has ended.
func (b *Boot) Wait() Result {
	<-b.ended
	return b.result
}

// PID of the process.
func (b *Boot) PID() int { return b.cmd.Process.Pid }

// Write queues bytes for the guest's console and never blocks. It takes all of
// p or, with ErrFull or ErrEnded, nothing.
func (b *Boot) Write(p []byte) (int, error) { return b.input.add(p) }

// Resize tells the console's pty its size; a pipe has none.
func (b *Boot) Resize(size process.Size) error {
	select {
	case <-b.ended:
		return fmt.Errorf("resize the console: %w", ErrEnded)
	default:
		return b.console.Resize(size)
	}
}

// Stop ends the boot with outcome stopped: first politely, then with SIGTERM,
// then with SIGKILL. It returns at once; only the first reason counts.
func (b *Boot) Stop(reason string) {
	select {
	case b.stop <- reason:
	default:
	}
}

// Fail ends the boot with a verdict that a controller has come to while the
// process still lives. It returns at once; only the first one counts.
func (b *Boot) Fail(v Verdict) {
	select {
	case b.fail <- v:
	default:
	}
}

// Released notes that a held guest runs from now on, having waited since ready
// only for us. Controllers call it as they let go.
func (b *Boot) Released(ready time.Time) {
	now := time.Since(b.start)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.seen.line.released, b.seen.line.release = true, now
	b.seen.held = now - ready.Sub(b.start)
	b.seen.lastByte = now
}

// Ran notes when a held guest began to run, where its process says that: better than
// when we heard of it.
func (b *Boot) Ran(at time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.seen.line.ran == 0 {
		b.seen.line.ran = max(at.Sub(b.start), 0)
	}
}

// Mark notes a marker that a controller has found, for instance a QMP event, and when
// that was.
func (b *Boot) Mark(name, source string, at time.Time) {
	b.mark(marker{name: name, source: source}, moment{at: max(at.Sub(b.start), 0)})
}

func (b *Boot) mark(m marker, when moment) {
	at := when.at
	if b.note(m, when) {
		if m.name == b.opt.InputAfter {
			b.opening.Do(func() { close(b.open) })
		}
		if b.opt.OnMarker != nil {
			b.opt.OnMarker(m.name, at)
		}
	}
	b.wake()
}

// note records a marker and says whether it was the first of its name.
func (b *Boot) note(m marker, when moment) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if m.name == markStarved {
		b.seen.starved = m.text
		return false
	}
	if m.name == markNoSys {
		if len(b.seen.noSys) < maxNoSys {
			b.seen.noSys = append(b.seen.noSys, m.text)
		}
		return false
	}
	if _, again := b.seen.line.marks[m.name]; again {
		return false
	}
	b.seen.line.marks[m.name] = mark{when, m.source, m.count}
	b.seen.lastByte = max(b.seen.lastByte, when.at)
	switch m.name {
	case MarkExit:
		b.seen.exit, b.seen.status = true, m.status
	case MarkFault:
		b.seen.fault = m.text
		if m.text == "" {
			b.seen.fault = "fault without a text"
		}
	}
	return true
}

func (b *Boot) wake() { wake(b.poke) }

// findings is a copy; the timeline's map is shared and grows until the readers end.
func (b *Boot) findings() seen {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.seen
}

// StartProcess boots argv as a plain process: a single phase, app, from spawn to
// exit; its status is the guest's. After a nil error, Wait must be called.
func StartProcess(ctx context.Context, sp *process.Spawner, argv []string, opt Options) (*Boot, error) {
	if len(argv) == 0 {
		return nil, fmt.Errorf("boot a process: no command line")
	}
	return Start(ctx, sp, Spec{Args: argv, Controller: plain{}}, opt)
}
