package boot

import (
	"errors"
	"io"
	"os"
	"time"

	"slipway/runner/process"
)

// DefaultLogLimit is what Options.LogLimit 0 means, in bytes.
const DefaultLogLimit = 64 << 20

// ErrFull is returned by Boot.Write while the guest does not read its input.
var ErrFull = errors.New("the guest does not read its console: input queue is full")

// ErrEnded is returned where a boot that has ended is asked for something.
var ErrEnded = errors.New("the boot has ended")

// Options of one boot. The zero value is a pipe, no time limit, no log.
type Options struct {
	Transport process.Transport // "" is a pipe
	Size      process.Size      // of a pty; 0 is 80x24
	Timeout   time.Duration     // of the whole boot; 0 is none
	Hang      time.Duration     // without a byte or a marker; 0 is none: then only a guest that nothing can wake hangs

	// Console gets every chunk in order on the reader's goroutine and must not
	// keep it. A slow one slows the guest down and nothing else. May be nil.
	Console func(at time.Duration, p []byte)

	Log      io.Writer // raw console; when it fails the guest runs on, see Result.LogErr
	LogLimit int64     // bytes, 0 is DefaultLogLimit

	// OnMarker is called once per name (boot, app, exit, fault), from a reader's
	// goroutine; at counts from the spawn.
	OnMarker func(name string, at time.Duration)

	// OnPause is called when a guest that somebody has laid hands on has stopped or
	// goes on, from a goroutine of the controller's; it must not block.
	OnPause func(paused bool)

	// InputAfter names a marker before which nothing is written to the console: a
	// kernel empties its serial port when it takes it over, and what came before is
	// lost. "" writes at once.
	InputAfter string

	// Together puts what the process says on its standard error onto the console, as a
	// terminal's programs have it; Result.Stderr is empty then.
	Together bool

	CPUs []int    // host CPUs, none is all
	Env  []string // beside this process's own environment: NAME=VALUE
}

// Spec describes the process of a boot to the engine.
type Spec struct {
	Args       []string               // argv that is run
	Shown      []string               // argv for Result.Args; nil is Args
	Files      []*os.File             // become descriptors 3, 4, ... of the child; Start closes them
	Markers    *process.StampedReader // markers on a channel of their own; may be nil. Start owns it
	Rules      Rules
	Controller Controller
	Held       bool // the guest waits for a person from its start: see Boot.Hold
}
