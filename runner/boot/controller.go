package boot

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"
)

// Controller is what differs between kinds of process. The engine calls
// Release, Examine and Quit from goroutines of its own and Judge once, after the
// process has been reaped and everything has been read.
type Controller interface {
	// Release lets the guest run once the readers are there. Where the process
	// is not held, it returns at once with ErrNotHeld; an error that wraps
	// ErrEnded means that the process hung up.
	Release(ctx context.Context, b *Boot) error
	// Examine looks at a quiet or overdue guest.
	Examine(ctx context.Context) Examination
	// Quit asks for a clean end, the first rung of the ladder; ErrNoQuit goes
	// to the next rung at once.
	Quit(ctx context.Context) error
	// Drain waits until everything the controller hears from the process has
	// been read, after its exit.
	Drain(ctx context.Context)
	// Judge says how a process ended that nobody here stopped.
	Judge(e Evidence) Verdict
	// Close releases the controller.
	Close() error
}

// Measurer is a Controller that measures its process. Measure adds to the result of one
// that has ended; the engine calls it before Close.
type Measurer interface {
	Measure(r *Result) error
}

// Sentinels of Controller.
var (
	ErrNotHeld = errors.New("the process is not held")
	ErrNoQuit  = errors.New("the process cannot be asked to quit")
)

// Examination is what a look inside a guest found.
type Examination struct {
	Dead      bool   // nothing can ever wake it
	Text      string // halted with interrupts off at 0x100020
	Registers string
}

// Evidence is all that is known after the exit.
type Evidence struct {
	State     *os.ProcessState
	Released  bool
	ExitSeen  bool   // an exit marker or line was found
	Status    int    // from it
	Fault     string // text of a fault marker or a panic on the console, "" for none
	Starved   string // what the guest's kernel said as it killed a process for its memory, "" for nothing
	Stderr    string
	LastLines []string
}

// Verdict is a judgement.
type Verdict struct {
	Outcome Outcome
	Status  int
	Reason  string
}

// plain controls a process that is no virtual machine.
type plain struct{}

func (plain) Release(context.Context, *Boot) error { return ErrNotHeld }
func (plain) Quit(context.Context) error           { return ErrNoQuit }
func (plain) Drain(context.Context)                {}
func (plain) Close() error                         { return nil }

func (plain) Examine(context.Context) Examination { return Examination{Text: "still running"} }

func (plain) Judge(e Evidence) Verdict {
	if signal, ok := DeathSignal(e.State); ok {
		if FromOutside(signal) {
			return Verdict{Killed, -1, fmt.Sprintf("the program was ended from outside by signal %d (%s)", int(signal), signal)}
		}
		// As a shell and the guests' kernels tell it, so that one crash has one name everywhere.
		return Verdict{Exit, signalled + int(signal), fmt.Sprintf("the app died of signal %d (%s)", int(signal), signal)}
	}
	code := e.State.ExitCode()
	if code == 0 {
		return Verdict{Exit, 0, ""}
	}
	return Verdict{Exit, code, fmt.Sprintf("the program returned %d", code)}
}

// rungs of the stop ladder: how long each is given.
const (
	quitGrace = 500 * time.Millisecond
	termGrace = 500 * time.Millisecond
)
