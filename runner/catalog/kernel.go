package catalog

import (
	"io/fs"
	"regexp"
	"time"
)

// Origin says where a manifest comes from.
type Origin string

// The three places, each shadowing the one before it by name.
const (
	Builtin Origin = "builtin"
	User    Origin = "user"
	Project Origin = "project"
)

// Kernel is a catalogue entry: what a kernel is, what it needs, how an app is
// built for it and how it boots.
type Kernel struct {
	Schema       int        `toml:"schema"`
	Name         string     `toml:"name"`
	Extends      string     `toml:"extends"` // the kernel whose keys and files serve where this one has none of its own
	Family       string     `toml:"family"`
	Arch         string     `toml:"arch"`
	Interface    string     `toml:"interface"`
	Licence      string     `toml:"licence"`
	Homepage     string     `toml:"homepage"`
	About        string     `toml:"about"`
	Experimental bool       `toml:"experimental"`
	Limits       []string   `toml:"limits"`
	Needs        Needs      `toml:"needs"`
	Provision    Provision  `toml:"provision"`
	Compile      Compile    `toml:"compile"`
	Boot         Boot       `toml:"boot"`
	QEMU         KernelQEMU `toml:"qemu"`
	Mark         Mark       `toml:"mark"`
	Exit         Exit       `toml:"exit"`
	Metrics      []Metric   `toml:"metric"`

	Origin Origin `toml:"-"`
	Files  fs.FS  `toml:"-"` // the kernel's folder
	Dir    string `toml:"-"` // on disk; "" when it is embedded
	Hash   string `toml:"-"` // of kernel.toml, and of those that it extends
	// Bases are the folders on disk of the kernels that it extends.
	Bases []string `toml:"-"`
}

// Needs are the commands that must be on PATH and the packages that bring them.
// The n-th package brings the n-th command.
type Needs struct {
	Commands []string `toml:"commands"`
	Apt      []string `toml:"apt"`
	Dnf      []string `toml:"dnf"`
	Pacman   []string `toml:"pacman"`
}

// Provision says how a kernel comes onto this machine: a Debian package, a
// download with its hash, a build of the folder's sources, or a package and a
// build.
type Provision struct {
	Package string   `toml:"package"`
	Version string   `toml:"version"`
	URL     string   `toml:"url"`
	SHA256  string   `toml:"sha256"`
	Build   []string `toml:"build"`
	// Modules are the drivers of a package that a setting of a target needs, by the
	// setting: disks = ["virtio_pci", "virtio_blk"].
	Modules map[string][]string `json:",omitempty" toml:"modules"`
}

// Compile says how an app is compiled for the kernel.
type Compile struct {
	CC      string   `toml:"cc"`
	Flags   []string `toml:"flags"`
	Wrap    string   `toml:"wrap"`    // "": the ELF itself; "initramfs": a cpio archive with the kernel's init
	Refuses []string `toml:"refuses"` // languages whose programs cannot run: "go"
}

// Boot says how QEMU boots the kernel; all empty for a kernel without a VM.
type Boot struct {
	Machine  string   `toml:"machine"`  // preferred machine type
	Machines []string `toml:"machines"` // all that work, the preferred one first
	Memory   string   `toml:"memory"`
	CPUs     int      `toml:"cpus"`
	Kernel   string   `toml:"kernel"`
	Initrd   string   `toml:"initrd"`
	Cmdline  string   `toml:"cmdline"`
	Quiet    string   `toml:"quiet"`    // ${quiet} of a timed boot: it keeps the kernel's own messages away
	Handover string   `toml:"handover"` // ${handover} of a kernel that is to wait for an app when it has booted; "" cannot
	Console  string   `toml:"console"`  // "serial" or "vga"
	Args     []string `toml:"args"`
}

// Mark says what ends the phase before the app.
type Mark struct {
	App MarkRule `toml:"app"`
}

// MarkRule is one marker.
type MarkRule struct {
	Debugcon bool   `toml:"debugcon"`
	Line     string `toml:"line"`  // regular expression on a console line
	Event    string `toml:"event"` // name of a QMP event
}

// Exit says how the guest's exit status is learned.
type Exit struct {
	By   string // "debugcon", "semihosting", "process" or "line"
	Line string // regular expression whose first group is the status, with By "line"
}

// UnmarshalTOML reads by = "debugcon" or by = { line = "regexp" }.
func (e *Exit) UnmarshalTOML(value any) error {
	table, ok := value.(map[string]any)
	if !ok {
		return errorf("[exit] is a table: by = \"debugcon\"")
	}
	for key := range table {
		if key != "by" {
			return errorf("[exit] has no key %q: it has by", key)
		}
	}
	switch by := table["by"].(type) {
	case string:
		switch by {
		case "debugcon", "semihosting", "process":
			*e = Exit{By: by}
			return nil
		}
		return errorf("exit.by %q is none of \"debugcon\", \"semihosting\", \"process\", { line = \"regexp\" }", by)
	case map[string]any:
		line, ok := by["line"].(string)
		if !ok || len(by) != 1 {
			return errorf("exit.by as a table is { line = \"regexp\" }")
		}
		e.By, e.Line = "line", line
		return nil
	default:
		return errorf("exit.by is \"debugcon\", \"semihosting\", \"process\" or { line = \"regexp\" }")
	}
}

// Metric reads a program's own way of printing a result.
type Metric struct {
	Name   string `toml:"name"`
	Unit   string `toml:"unit"`
	Better string `toml:"better"` // "lower" or "higher"
	Regexp string `toml:"regexp"` // its first group is the number

	Compiled *regexp.Regexp `toml:"-"`
}

// App is a folder with app.toml and sources: what the user edits.
type App struct {
	Schema  int       `toml:"schema"`
	Name    string    `toml:"name"`
	About   string    `toml:"about"`
	Sources []string  `toml:"sources"`
	CC      string    `toml:"cc"` // compiler of the sources; "": the kernel's, or the C++ compiler beside it
	Flags   []string  `toml:"flags"`
	Build   []string  `toml:"build"`
	Image   string    `toml:"image"`
	Args    []string  `toml:"args"`
	Limit   duration  `toml:"timeout"`
	Silence silence   `toml:"hang"`
	Values  paramList `toml:"params"`
	Metrics []Metric  `toml:"metric"`
	QEMU    AppQEMU   `toml:"qemu"`

	Timeout time.Duration `toml:"-"`
	Hang    time.Duration `toml:"-"` // without a word; 0: the app may be silent for as long as it likes
	Params  []Param       `toml:"-"` // sorted by name
	Origin  Origin        `toml:"-"`
	Files   fs.FS         `toml:"-"`
	Dir     string        `toml:"-"`
	Hash    string        `toml:"-"`
}
