package benchmarks

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"slipway/benchmarks/store"
	"slipway/runner/boot"
)

// Better says which way a metric improves.
type Better string

// The two ways.
const (
	Lower  Better = "lower"
	Higher Better = "higher"
)

// Class groups metrics by what disturbs them, and so by what may be compared.
type Class int

// Classes of metrics.
const (
	Wall    Class = iota // time that passed on the host: noisy, bound to host, accelerator and QEMU
	Memory               // bytes the process held
	Exact                // the same in every boot of one image, wherever it is booted
	Virtual              // counted instructions: repeats on any host
	Other                // what an app counts and nobody told us more about
)

// Bands: a change smaller than this share is called noise, whatever its p value.
const (
	Band           = 0.02 // of anything
	SharedHostBand = 0.05 // of wall-clock time where others use the host's CPUs too
)

// Info describes a metric for people and for the comparison.
type Info struct {
	Name   string // contract name, or the app's benchmark name
	Unit   string
	Better Better
	Class  Class
	Title  string // a few words for a table
	About  string // one or two sentences for "what is this?"
	// Assumed is true where nobody said which way is better and lower was taken.
	Assumed bool
	rank    int
}

// catalogue lists the metrics of Slipway's own, in the order of a table. The
// apps' own come after the boot's.
var catalogue = []Info{
	{Name: "virt/total", Unit: "insns", Better: Lower, Class: Virtual, Title: "instructions", About: "Guest instructions from the machine's first one to the app's exit. In virtual time a guest that waits for a timer is taken there at once, and the time it would have waited counts as well, 1 for a nanosecond."},
	{Name: "virt/to-app", Unit: "insns", Better: Lower, Class: Virtual, Title: "instructions to app", About: "Guest instructions from the machine's first one until the app begins: what firmware and kernel cost before any work is done."},
	{Name: "virt/app", Unit: "insns", Better: Lower, Class: Virtual, Title: "app instructions", About: "Guest instructions from the app's first one to its exit, the kernel's on its behalf among them."},
	{Name: "boot/total", Unit: "sec", Better: Lower, Class: Wall, Title: "spawn to exit", About: "Time from just before the process is started until it has ended: the whole boot, the app and the shutdown."},
	{Name: "boot/to-app", Unit: "sec", Better: Lower, Class: Wall, Title: "spawn to app", About: "Time from just before the process is started until the app begins: what the kernel costs before any work is done."},
	{Name: "boot/vmm", Unit: "sec", Better: Lower, Class: Wall, Title: "QEMU's start", About: "Time QEMU takes until it is ready to run the first guest instruction."},
	{Name: "boot/firmware", Unit: "sec", Better: Lower, Class: Wall, Title: "firmware", About: "Time the firmware takes until the kernel is entered."},
	{Name: "boot/firmware+kernel", Unit: "sec", Better: Lower, Class: Wall, Title: "firmware+kernel", About: "Time from the first guest instruction until the app begins. Firmware and kernel are together where no marker parts them."},
	{Name: "boot/kernel", Unit: "sec", Better: Lower, Class: Wall, Title: "kernel", About: "Time from the kernel's entry until the app begins."},
	{Name: "boot/app", Unit: "sec", Better: Lower, Class: Wall, Title: "app", About: "Time from the app's first instruction until it exits."},
	{Name: "boot/shutdown", Unit: "sec", Better: Lower, Class: Wall, Title: "shutdown", About: "Time from the app's exit until the process has ended."},
	{}, // the apps' own metrics
	{Name: "mem/peak", Unit: "B", Better: Lower, Class: Memory, Title: "peak memory", About: "Most memory the process held at once on the host: QEMU with the guest's memory that was touched, or the app itself on host."},
	{Name: "mem/touched", Unit: "B", Better: Lower, Class: Virtual, Title: "memory touched", About: "Guest memory that was written to or read from at least once, in pages of 4 KiB. It is measured in boots whose instructions are counted: it takes memory in other pages than usual, and times would tell."},
	{Name: "size/image", Unit: "B", Better: Lower, Class: Exact, Title: "image size", About: "Bytes that are booted: kernel and initial file system with the app. On host it is the app's file."},
	{Name: "cpu/qemu", Unit: "sec", Better: Lower, Class: Wall, Title: "CPU time", About: "CPU time of the process, all its threads together."},
	{Name: "kvm/exits", Unit: "exits", Better: Lower, Class: Other, Title: "exits to the host", About: "How often KVM had to leave the guest for the host: for devices, ports, interrupts, memory that was not there yet. It is counted in boots of their own."},
	{Name: "tool/overhead", Unit: "sec", Better: Lower, Class: Wall, Title: "Slipway's part", About: "Part of spawn to exit that is Slipway's own doing. It is measured so that it can't hide."},
}

// Describe returns what is known about a metric. better is what the guest or
// the manifest said ("" where neither did) and counts for metrics that are not
// Slipway's own.
func Describe(name, unit string, better Better) Info {
	for i, info := range catalogue {
		if info.Name != "" && info.Name == name {
			info.rank = i
			return info
		}
	}
	info := Info{Name: name, Unit: unit, Better: better, Class: classOf(unit), rank: appRank()}
	info.Title = MetricName(name, unit) + " " + unit
	info.About = "Reported by the app itself, in " + unit + "."
	switch {
	case strings.HasPrefix(name, "boot/"):
		info.Class, info.Better, info.rank = Wall, Lower, stageRank(name)
		info.Title, info.About = strings.TrimPrefix(name, "boot/"), "A phase of the boot, up to its marker."
	case strings.HasPrefix(name, "virt/"):
		info.Class, info.Better = Virtual, Lower
		info.Title, info.About = name, "Counted by instructions, not by the clock."
	case better == "" && strings.HasSuffix(unit, "/s"):
		info.Better = Higher // a speed
	case better == "":
		info.Better = Lower
		info.Assumed = classOf(unit) == Other && unit != "B/op" && unit != "allocs/op"
	}
	return info
}

// stageRank is the place of a phase, or of several together, in a table: that of the first
// of its stages, or behind all of them where nobody knows it.
func stageRank(name string) int {
	first, _, _ := strings.Cut(name, "+")
	if at := slices.IndexFunc(catalogue, func(i Info) bool { return i.Name == first }); at >= 0 {
		return at
	}
	return appRank() - 1
}

func appRank() int {
	return slices.IndexFunc(catalogue, func(i Info) bool { return i.Name == "" })
}

// classOf tells a time, or a speed, from other quantities by its unit.
func classOf(unit string) Class {
	quantity, per, ratio := strings.Cut(unit, "/")
	switch quantity {
	case "ns", "us", "µs", "ms", "s", "sec":
		return Wall
	}
	if ratio && (per == "s" || per == "sec") {
		return Wall
	}
	return Other
}

// defaultBand is the band of a metric where the user chose none.
func (i Info) defaultBand(shared bool) float64 {
	if i.Class == Wall && shared {
		return SharedHostBand
	}
	return Band
}

// compareInfo orders metrics as a table has them: the boot, the app's own, the
// rest.
func compareInfo(a, b Info) int {
	return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Unit, b.Unit))
}

// Key returns the name under which a run stores an app's metric. It is the
// benchmark's name as the guest printed it, without the word Benchmark, as the
// contract has it: BenchmarkNbody is Nbody. A benchmark that reports more than
// one unit stores the others with the unit behind: "Nbody B/op". first is the
// unit that the benchmark reported first.
func Key(name, unit, first string) string {
	if unit == first {
		return name
	}
	return name + " " + unit
}

// MetricName undoes Key, so that a comparison does not depend on the order in
// which a guest printed its units.
func MetricName(key, unit string) string { return strings.TrimSuffix(key, " "+unit) }

// ExportName is a metric's name in files of the Go benchmark format, whose names
// begin with a capital and hold no spaces. key is the metric's in the run.
func ExportName(key, unit string) string {
	name := strings.Join(strings.Fields(MetricName(key, unit)), "_")
	if name == "" || name[0] < 'a' || name[0] > 'z' {
		return name
	}
	return strings.ToUpper(name[:1]) + name[1:]
}

// importName undoes ExportName for Slipway's own metrics.
func importName(name string) string {
	if own := strings.ToLower(name[:min(1, len(name))]) + name[min(1, len(name)):]; reserved(own) && !Forged(own) {
		return own
	}
	return name
}

// Measured is what one boot measured beside the run's own fields. What is 0 was
// not measured and yields no metric.
type Measured struct {
	PeakMemory    int64 // bytes
	TouchedMemory int64 // bytes
	Exits         int64 // to the host, of KVM
	Instructions  Instructions
}

// Instructions are how many a guest had executed at its markers, 0 where that is not
// known.
type Instructions struct{ App, Exit int64 }

// AddMetrics gives a run the metrics of Slipway's own that follow from its
// fields and from what else was measured. Metrics of these names that are there
// already are replaced: no guest can report a boot time of its own.
func AddMetrics(run *store.Run, m Measured) {
	metrics := map[string]store.Metric{}
	for key, metric := range run.Metrics {
		if !reserved(key) {
			metrics[key] = metric
		}
	}
	put := func(name string, value float64) {
		if value > 0 {
			info := Describe(name, "sec", Lower)
			metrics[name] = store.Metric{Unit: info.Unit, Better: string(info.Better), Values: []float64{value}}
		}
	}
	if run.Counted == "" { // counting makes a boot slower: its times say nothing of it
		addPhases(run, put)
		put("tool/overhead", run.Overhead)
	}
	if run.Origin != store.Resumed { // the kernel's boot, in another process, is missing
		if run.Counted == "" {
			put("cpu/qemu", run.CPU)
		}
		put("mem/peak", float64(m.PeakMemory))
		put("mem/touched", float64(m.TouchedMemory))
	}
	put("size/image", float64(run.Image.Size))
	put("kvm/exits", float64(m.Exits))
	if n := m.Instructions; run.Counted != "" && n.Exit > n.App {
		put("virt/total", float64(n.Exit))
		if n.App > 0 {
			put("virt/to-app", float64(n.App))
			put("virt/app", float64(n.Exit-n.App))
		}
	}
	run.Metrics = metrics
}

// addPhases adds the times of a boot, those that are: what does not begin at the spawn
// of its QEMU has no total, and a kernel that had booted before has no phases at all. What
// ends with a marker that was seen too late is no time either.
func addPhases(run *store.Run, put func(name string, value float64)) {
	if run.Origin == store.Resumed {
		return
	}
	whole := run.Origin == store.Spawned
	if n := len(run.Phases); whole && (n == 0 || !doubtful(run.Total, run.Phases[n-1])) {
		put("boot/total", run.Total)
	}
	before := 0.0
	for _, phase := range run.Phases {
		if (whole || phase.Name != "vmm") && !doubtful(phase.Seconds, phase) {
			put("boot/"+phase.Name, phase.Seconds)
		}
		if whole && phase.Name == "app" {
			put("boot/to-app", before)
		}
		before += phase.Seconds
	}
}

// doubtful reports whether a time that ends with a phase is no measurement.
func doubtful(seconds float64, p store.Phase) bool {
	return boot.Doubtful(time.Duration(seconds*1e9), time.Duration(p.SeenLate*1e9))
}

// ownPrefixes begin the names of Slipway's own metrics.
var ownPrefixes = []string{"boot/", "tool/", "mem/", "size/", "cpu/", "virt/", "kvm/"}

// reserved reports whether a metric's name is one of Slipway's own, however it is
// written: in files of the Go benchmark format names begin with a capital.
func reserved(key string) bool {
	for _, prefix := range ownPrefixes {
		if len(key) >= len(prefix) && strings.EqualFold(key[:len(prefix)], prefix) {
			return true
		}
	}
	return false
}

// Forged reports whether a metric bears a name of Slipway's own in another case: it would
// pass for one in a file. Records from before such names were refused may have them.
func Forged(key string) bool {
	return reserved(key) && !slices.ContainsFunc(ownPrefixes, func(prefix string) bool { return strings.HasPrefix(key, prefix) })
}
