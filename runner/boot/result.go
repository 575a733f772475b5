package boot

import (
	"time"

	"slipway/runner/process"
)

// Outcome says in one word how a boot ended.
type Outcome string

// The outcomes.
const (
	Exit        Outcome = "exit"         // the guest ended by itself with a status
	Panic       Outcome = "panic"        // the guest's kernel said that it cannot go on
	Reset       Outcome = "reset"        // reboot or triple fault
	Hang        Outcome = "hang"         // all CPUs halted with interrupts off, or Options.Hang without a word
	Timeout     Outcome = "timeout"      // Options.Timeout passed
	OOM         Outcome = "oom"          // the guest ran out of memory
	QEMUCrash   Outcome = "qemu-crash"   // QEMU died of a signal that nobody here sent
	QEMURefused Outcome = "qemu-refused" // QEMU did not accept its arguments or the host
	Unbootable  Outcome = "unbootable"   // QEMU could not load the kernel
	Stopped     Outcome = "stopped"      // Stop was called or the context ended
	Killed      Outcome = "killed"       // somebody else ended the process, for instance the host's OOM killer
	Unknown     Outcome = "unknown"      // ended without evidence of why
)

// Names of markers as OnMarker and the timeline use them.
const (
	MarkBoot  = "boot"  // the kernel's first instruction or line
	MarkReady = "ready" // the kernel has booted and waits for an app to be handed over
	MarkApp   = "app"   // the app is about to run
	MarkExit  = "exit"  // the app has ended
	MarkFault = "fault" // the kernel cannot go on
)

// Origin says what was there already when the time of a boot began to count. Boots of
// different origins have no times in common.
type Origin string

// The origins.
const (
	Spawned    Origin = ""           // nothing: from the spawn on
	Prestarted Origin = "prestarted" // a process that had started and was held
	Resumed    Origin = "resumed"    // a kernel that had booted and waited for an app
)

// Phase is one stretch of a boot.
type Phase struct {
	Name     string // vmm, firmware, kernel, app, shutdown; joined by + where no marker parts them
	Duration time.Duration
	Marker   string // what ended it
	// Late is by how much the end may have been seen too late in this boot, since we had to
	// wait for a CPU; 0 where it is known when it was, whenever it was read.
	Late time.Duration
}

// Counts are a guest's counter at its markers, 0 where they did not say it. What it
// counts is up to the machine.
type Counts struct{ Boot, App, Exit int64 }

// Result of a boot.
type Result struct {
	Outcome Outcome
	Status  int    // the guest's own exit status, -1 when not known
	Reason  string // one sentence, "" for a plain exit 0

	Started time.Time     // just before the process was spawned, or when it was told to go on, see Origin
	Origin  Origin        // what the time counts from
	Total   time.Duration // Started to exit
	// Touched says what somebody did to the guest while it ran (paused it, attached a
	// debugger), "" where nobody did: none of the times is a measurement then.
	Touched  string
	Overhead time.Duration // Slipway's own part: preparing, releasing the guest, reading out after the exit
	Phases   []Phase       // in order, adding up to Total
	Doubts   []string      // sentences: what in Phases was seen too late to be a measurement
	Counts   Counts

	Args      []string // the command line
	Transport process.Transport

	PeakMemory    int64         // bytes resident at most (VmHWM, sampled, and what was counted at its end), 0 when it ended too soon to see and had no more than we have
	TouchedMemory int64         // bytes of the guest's memory that it has read or written, 0 where nobody looked
	Exits         int64         // of the guest's CPUs to the host, 0 where nobody counted
	CPUTime       time.Duration // user and system
	RunQueueWait  time.Duration // ready to run without a CPU, last sample

	ConsoleBytes int64 // all that the guest wrote
	LogDropped   int64 // bytes that did not get into Options.Log
	LogErr       error // first failure of Options.Log

	LastLines []string // last lines of the console without escape sequences, at most 10
	Registers string   // QEMU's registers of a guest that hung or timed out
	Stderr    string   // end of what the process itself said
	NoSys     []string // calls that the kernel reported as missing ("@slipway nosys NAME"), at most 64
}
