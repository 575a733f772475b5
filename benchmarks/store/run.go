package store

import (
	"encoding/json"
	"fmt"
	"math"
	"time"
)

// Schema is the number of run.json's format that this package writes.
const Schema = 1

// Kind says what a boot was made for. Runs of different kinds are never
// compared: a person may have typed or stopped the guest in a debugger, and
// other boots may have run beside it.
type Kind string

// The kinds of boot.
const (
	Timed       Kind = "timed"       // on pipes, alone on the host
	Interactive Kind = "interactive" // for whoever looks at it, beside whatever else the host does
	Imported    Kind = "imported"    // no boot of ours: read from a file of results, and known as far as that tells
)

// Origins: what was there when a boot's time began to count.
const (
	Spawned    = ""           // nothing
	Prestarted = "prestarted" // its QEMU: Total and the phase vmm are no boot times
	Resumed    = "resumed"    // its kernel, which had booted: no phase is a boot time
)

// Who counted a guest's instructions. The two do not count alike.
const (
	ByClock  = "icount" // the guest's clock: it goes by instructions, and jumps where the guest waits
	ByPlugin = "plugin" // a plugin of QEMU's, while the guest's clock was the host's
	ByKVM    = "kvm"    // KVM counts exits, and no instructions; its guest was held at its end
)

// Run is the record of one boot, run.json in its folder. Times are in seconds,
// sizes in bytes. A Run is a value: nothing in it changes after Commit but Note,
// Tags and Pinned, which are kept in a file of their own.
type Run struct {
	Schema       int               `json:"schema"`
	ID           string            `json:"id"`
	Experiment   string            `json:"experiment"` // "" for a boot outside an experiment
	Target       Target            `json:"target"`
	Round        int               `json:"round"` // from 1, counted for warm-ups and for measured rounds apart; 0 outside an experiment
	Warmup       bool              `json:"warmup"`
	Kind         Kind              `json:"kind"`
	Save         string            `json:"save"` // the save (version of the sources) that was booted
	Image        Image             `json:"image"`
	Attached     []Attached        `json:"attached"` // what the guest was given beside the image; null: nothing
	Environment  Environment       `json:"environment"`
	Manifests    Manifests         `json:"manifests"`
	Args         []string          `json:"args"` // the whole command line of the process
	Started      time.Time         `json:"started"`
	Origin       string            `json:"origin,omitempty"`  // what the times count from: the spawn, or see Prestarted and Resumed
	Touched      string            `json:"touched,omitempty"` // what a person did to the guest while it ran: its times are no measurements
	Counted      string            `json:"counted,omitempty"` // what counted the guest's instructions, see ByClock; its times are no wall-clock ones then
	Outcome      string            `json:"outcome"`           // the contract's words
	Exit         *int              `json:"exit"`              // the guest's own exit status; nil: unknown
	Reason       string            `json:"reason"`
	Phases       []Phase           `json:"phases"`
	Total        float64           `json:"total"`          // Origin to exit
	Overhead     float64           `json:"overhead"`       // Slipway's own part of Total
	CPU          float64           `json:"cpu"`            // CPU time of the process
	RunQueueWait float64           `json:"run_queue_wait"` // time it was ready to run and did not
	Metrics      map[string]Metric `json:"metrics"`
	LastLines    []string          `json:"last_lines"` // of the console, of a boot that did not end by itself
	Registers    string            `json:"registers"`  // of a guest that hung or ran out of time, as QEMU prints them
	Notes        []string          `json:"notes"`      // what went wrong in reading the boot's output, sentences
	Note         string            `json:"note"`       // a person's own words
	Tags         []string          `json:"tags"`       // a person's own marks, sorted; kept apart as Note is
	Pinned       bool              `json:"pinned"`
}

// Target is what was booted: a kernel with an app and settings.
type Target struct {
	ID       string            `json:"id"` // its name within an experiment, such as keel/nbody
	Kernel   string            `json:"kernel"`
	App      string            `json:"app"`
	Settings map[string]string `json:"settings"` // those that differ from the manifests
}

// Image identifies what was booted by content.
type Image struct {
	Hash    string `json:"hash"`
	Size    int64  `json:"size"`     // bytes that are booted
	AppHash string `json:"app_hash"` // of the app's ELF file
}

// Attached identifies a disk image or a folder of the user's that a guest was given.
type Attached struct {
	Kind     string    `json:"kind"` // "disk" or "share"
	Path     string    `json:"path"`
	Size     int64     `json:"size"`
	Modified time.Time `json:"modified"`
	Hash     string    `json:"hash"` // of a small disk's content, of a folder's listing; "" for a large disk
}

// String names it and its content: disk /d/a.img (4096 bytes, 1f2e3d4c5b6a).
func (a Attached) String() string {
	content := a.Modified.UTC().Format(time.RFC3339)
	if len(a.Hash) >= 12 {
		content = a.Hash[:12]
	}
	return fmt.Sprintf("%s %s (%d bytes, %s)", a.Kind, a.Path, a.Size, content)
}

// Manifests are the hashes of the manifests the image was made with.
type Manifests struct {
	Kernel string `json:"kernel"`
	App    string `json:"app"`
}

// Environment is what surrounded the boot and may explain its figures.
type Environment struct {
	Host        string   `json:"host"`
	CPU         string   `json:"cpu"`          // model
	Cores       int      `json:"cores"`        // 0: unknown
	HostKernel  string   `json:"host_kernel"`  // release of the host's kernel
	Governor    string   `json:"governor"`     // CPU frequency governor, "" unknown
	Load        *float64 `json:"load"`         // one-minute load average before the boot; nil: unknown
	Shared      *bool    `json:"shared"`       // others use the host's CPUs too; nil: unknown, taken as yes
	QEMU        string   `json:"qemu"`         // version, "" without QEMU
	Accel       string   `json:"accel"`        // "kvm", "tcg" or "native" (no VM)
	AccelReason string   `json:"accel_reason"` // why not kvm
	Virtual     bool     `json:"virtual"`      // the guest's clock counted instructions (-icount)
	Arch        string   `json:"arch"`         // instruction set of the guest
	Machine     string   `json:"machine"`      // QEMU machine type, "" without QEMU
	Memory      int64    `json:"memory"`       // bytes of guest memory, 0 without QEMU
	CPUs        int      `json:"cpus"`         // virtual CPUs, 0 without QEMU
	Transport   string   `json:"transport"`    // "pipe" or "pty"
	Slipway     string   `json:"slipway"`      // version
	Go          string   `json:"go"`           // version
	Commit      string   `json:"commit"`       // git commit of the project, "" outside a repository
	Dirty       bool     `json:"dirty"`        // the work tree differed from Commit

	Busy     []string `json:"busy,omitempty"`     // what disturbed the host just before the boot, each a sentence
	Parallel int      `json:"parallel,omitempty"` // boots of the experiment at once; 0: it was alone
	Pinned   string   `json:"pinned,omitempty"`   // host CPUs that it was held to; "": all
}

// Accelerators as they are stored. Native is a plain process of the host.
const (
	KVM    = "kvm"
	TCG    = "tcg"
	Native = "native"
)

// Phase is one part of a boot's timeline, ended by Marker.
type Phase struct {
	Name    string  `json:"name"`
	Seconds float64 `json:"seconds"`
	Marker  string  `json:"marker"`
	// What markers of its kind cost on this host, in seconds, where that was measured: how
	// late they are seen, and how long they hold the guest up.
	MarkerLate float64 `json:"marker_late,omitempty"`
	MarkerHeld float64 `json:"marker_held,omitempty"`
	// How much later still it may have been seen in this boot, since Slipway waited for a CPU;
	// 0 where it is known when it was, whenever it was read.
	SeenLate float64 `json:"seen_late,omitempty"`
}

// Metric is what one boot said about one quantity. Several values are several
// results of the same boot: together they are one sample, their median.
type Metric struct {
	Unit   string    `json:"unit"`
	Better string    `json:"better"` // "lower", "higher" or "" when nobody said
	Values []float64 `json:"values"`
	// Package is the Go package of a benchmark that was read from a file: it stands before
	// the name, with a dot.
	Package string `json:"package,omitempty"`
}

// OK reports whether the boot went as it should and may yield samples: the app
// ran to its end and said that it succeeded.
func (r *Run) OK() bool { return r.Outcome == "exit" && r.Exit != nil && *r.Exit == 0 }

// InCountPass reports whether the boot was made for its counts alone, behind the timed
// ones of its experiment.
func (r *Run) InCountPass() bool { return r.Counted == ByPlugin || r.Counted == ByKVM }

// validate refuses what would poison every later comparison.
func (r *Run) validate() error {
	for name, m := range r.Metrics {
		for i, v := range m.Values {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return fmt.Errorf("metric %q: value %d is %v, not a number that can be measured", name, i+1, v)
			}
		}
	}
	for _, v := range []float64{r.Total, r.Overhead, r.CPU, r.RunQueueWait} {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Errorf("a time of the run is %v", v)
		}
	}
	return nil
}

// encode renders run.json. Note and pin are kept elsewhere and left out of it.
func (r Run) encode() ([]byte, error) {
	if err := r.validate(); err != nil {
		return nil, err
	}
	r.Schema = Schema
	data, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		return nil, fmt.Errorf("run %s as JSON: %w", r.ID, err)
	}
	return append(data, '\n'), nil
}

// decodeRun reads run.json. A newer schema is refused rather than misread.
func decodeRun(data []byte) (Run, error) {
	var r Run
	if err := json.Unmarshal(data, &r); err != nil {
		return Run{}, err
	}
	if r.Schema < 1 || r.Schema > Schema {
		return Run{}, fmt.Errorf("schema %d is not one this Slipway reads (it knows 1 to %d): use a newer Slipway", r.Schema, Schema)
	}
	if err := r.validate(); err != nil {
		return Run{}, err
	}
	return r, nil
}
