package session

import (
	"time"

	"slipway/benchmarks"
	"slipway/runner/boot"
	"slipway/runner/console"
)

// State is the workbench at one moment: everything a screen needs in order to
// draw itself. A State is immutable; take a fresh one with Session.State after
// each wake-up from Session.Changes. Slices and pointers in it are shared and
// must not be written to.
type State struct {
	Generation uint64 // grows by one with every change

	Kernels  []Kernel // sorted by name
	Apps     []App    // sorted by name
	App      string   // the selected app, "" when there is none
	Files    []File   // of the selected app, sorted by path
	Instant  bool     // boots are resumed where they can be, see SetInstant
	Settings string   // of all guests, as a person types them: KEY=VALUE ...
	Baseline string   // the kernel the others are compared with, "" before one is marked

	Accelerator Accelerator
	Watching    []string // folders whose saves rebuild
	Guests      []Guest  // one per marked kernel, in the order of marking

	Save       *Save                  // the last save that was built, nil before the first
	Comparison *benchmarks.Comparison // the marked kernels against the baseline; nil until samples exist
	// SaveComparisons holds one comparison for each Guest, in the order of Guests:
	// this save against the one before it, which is the baseline. An entry is nil
	// until samples of both exist. The Compare screen switches to it with a key.
	SaveComparisons []*benchmarks.Comparison
	Outdated        bool        // the comparisons are of images that were replaced since: the first timed rounds bring others
	Opened          *Opened     // a stored experiment, nil where none was opened
	Experiment      *Experiment // the timed rounds under way or the last ones, nil before the first
	Runs            []Run       // newest first, bounded to the newest 10,000 and as many older ones that are pinned
	RunsLoaded      bool        // false until the history has been read once

	Problems []Problem // what stands in the way now, newest first, bounded
	Notices  []Notice  // what happened, newest last, bounded
}

// Kernel is one entry of the catalogue as the Kernels tab shows it.
type Kernel struct {
	Name, Family, Arch, Interface, Version string
	Licence, Homepage, About               string
	Limits                                 []string
	Origin                                 string // "builtin", "user" or "project"
	Experimental                           bool
	Broken                                 bool // its manifest can't be read; About says why
	Marked                                 bool // every save builds and boots it
	Ready                                  bool // nothing is missing and it is provisioned
	Provisioned                            bool
	Missing                                []Missing
	Provisioning                           *Progress // nil unless it is being provisioned now
	Machines                               []string
	Memory                                 string
	Command                                string // shell command that does what enter does here
}

// Missing is one thing a kernel needs that this machine lacks.
type Missing struct{ Need, Fix string }

// Progress is how far long work has come. Total is 0 while it is unknown.
type Progress struct {
	Step        string
	Done, Total int64 // bytes, or boots
	Started     time.Time
}

// App is one app the user can pick.
type App struct {
	Name, About, Origin string // Origin as in Kernel
	Dir                 string // its folder, "" for an app of the suite that was not copied yet
	Broken              bool   // its manifest can't be read; About says why
	Params              []Param
}

// Param is one parameter of an app with the value it has now.
type Param struct{ Name, Value string }

// File is one file of the selected app.
type File struct {
	Path     string // relative to the app's folder, with slashes
	Size     int64
	ReadOnly bool // of the suite: Session.CopyApp makes it the user's first
}

// GuestPhase is where a guest is between two saves, in one word.
type GuestPhase string

// The phases a guest goes through after each save.
const (
	GuestIdle         GuestPhase = "idle"
	GuestProvisioning GuestPhase = "provisioning" // its kernel is being fetched: see Kernel.Provisioning
	GuestBuilding     GuestPhase = "building"
	GuestBooting      GuestPhase = "booting"
	GuestRunning      GuestPhase = "running" // its app has started
	GuestEnded        GuestPhase = "ended"
	GuestFailed       GuestPhase = "failed" // could not be built or started: see Problem
)

// UnderWay says whether something is being done for the guest or by it.
func (p GuestPhase) UnderWay() bool {
	return p == GuestProvisioning || p == GuestBuilding || p == GuestBooting || p == GuestRunning
}

// Guest is one marked kernel with the selected app: its build, its live
// console and how its last boots went.
type Guest struct {
	ID      string // "keel/nbody"; stable while the kernel stays marked
	Kernel  string
	App     string
	Phase   GuestPhase
	Screen  *console.Terminal // never nil; take Snapshot() from it
	Started time.Time         // of the boot shown
	Outcome string            // contract word, "" while it runs
	Status  int               // the guest's exit status, -1 if unknown
	Reason  string            // one sentence for any outcome other than exit 0
	Took    time.Duration     // of the boot shown, from Origin to exit; 0 while it runs
	Built   time.Duration     // of the last build; 0 with Cached
	Cached  bool
	Command string      // slipway command line that does the same
	QEMU    []string    // the process's full command line, as it is run by hand
	Ledger  []LedgerRow // of the newest boot that ended well
	Problem *Problem    // of the last build or boot, nil if it went well
	Input   bool        // keys can be sent
	Origin  boot.Origin // what the time of the boot shown counts from

	Paused   bool        // it stands where it is, by hand or in a debugger
	Touched  bool        // somebody had hands on this boot: its times are no measurements
	Snapshot *Snapshot   // nil where none was taken of this boot
	Inside   *Inspection // what was last seen of this boot, nil before the first look
	Debugger *Debugger   // nil before the first
	// NoDebugger counts how often gdb could not be opened; a Notice says why.
	NoDebugger int
}

// LedgerRow is one line of a boot's ledger. This and Last are nil when not measured.
type LedgerRow struct {
	Metric string   // "boot/vmm" ...
	Name   string   // the metric's title: "QEMU's start" ...
	Unit   string   // "sec" or "B"
	This   *float64 // this save
	Last   *float64 // the save before it
	Marker string   // what ended the phase
}

// Accelerator is what guests run on here and why.
type Accelerator struct {
	Name   string // "kvm" or "tcg", "" until it has been proved
	Reason string // why not KVM

	Evidence []string // what was read on this machine that explains Reason
	Fixes    []string // what would mend it, the likeliest first
}

// Save is one edit that is built or was.
type Save struct {
	Number int
	At     time.Time
	Files  []string // relative to the app's folder
	Ok     bool     // all marked kernels could be built from it
}

// Experiment is a row of timed rounds, live or done.
type Experiment struct {
	ID           string
	Title        string
	Round        int // finished rounds, warm-up not counted
	Rounds       int // planned rounds, at most, where it stops when it is sure
	Running      bool
	Waiting      string // why it waits ("another Slipway is timing boots"), "" if it does not
	Paused       bool   // no boot begins until PauseExperiment(false)
	Stopping     bool   // at the end of this round
	Added        int    // of Rounds, those added to an experiment that had ended: the comparison is that of the others until they are done
	LookAt       int    // the round after which it stops if its verdicts are sure; 0: it does not look
	Boots, Total int
	Failed       int
	Started      time.Time
	Left         time.Duration // estimate, 0 if unknown
	Command      string
	Error        string
}

// Run is one stored boot as the History tab lists it.
type Run struct {
	ID, Experiment, Kernel, App string
	Target                      string // kernel/app with what was set, or its name within an experiment
	Started                     time.Time
	Outcome                     string
	Status                      int
	Total                       time.Duration // 0 where it says nothing, see SummaryTotal
	Interactive, Warmup, Pinned bool
	Note                        string
	Tags                        []string // sorted
	Kind                        string   // see SummaryKind
	Accel                       string
	Image                       string // first digits of its hash
}

// Problem is something that went wrong, with all that helps to mend it.
type Problem struct {
	At      time.Time
	What    string // one sentence: what, where, what to do
	Kernel  string // "" when it concerns no kernel
	Command []string
	Output  string // of the command, bounded
	Log     string // path of a file with more, "" if none
	Jumps   []Jump // compiler messages

	Manifest bool // about a manifest: gone as soon as it can be read again
}

// Jump is one compiler message with its place in the source.
type Jump struct {
	File         string // relative to the app's folder where it lies there, else absolute
	Line, Column int
	Severity     string // "error", "warning" or "note"
	Message      string
}

// Notice is one event worth a toast.
type Notice struct {
	ID    uint64 // grows; a screen shows those it has not seen
	At    time.Time
	Level Level
	Text  string
	// Kernel is the one whose Problem this tells of, which its guest shows too; empty
	// for all else.
	Kernel string
}

// Level says how much a Notice matters.
type Level int

// The levels of a Notice.
const (
	Info Level = iota
	Good
	Warn
	Bad
)
