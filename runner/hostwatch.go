package runner

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Disturbance is something about this host that makes timed boots slower or noisier.
type Disturbance struct {
	Kind   string // cpu, throttled, slow clock, battery, guests
	Reason string // a sentence for people
}

// HostWatch looks at what else this host does, again and again: some of it is seen
// by what has changed since the last look. It starts no process. One goroutine at a
// time may use it.
type HostWatch struct {
	root  string
	cores int
	self  int

	throttled int64 // count at the last look, -1 before the first
	guests    []Disturbance
	looked    time.Time // at other processes, which takes the longest
	used      map[int]float64
}

// Limits beyond which a host is called disturbed. The boots themselves keep about
// one CPU busy.
const (
	maxPressure  = 20.0 // per cent of the last ten seconds in which something waited for a CPU
	maxLoadShare = 0.75 // of the cores, where the kernel tells no pressure
	minClock     = 0.9  // of the highest frequency
	guestUse     = 0.05 // of a CPU, from which another guest counts
	lookAgain    = 2 * time.Second
)

// NewHostWatch returns a watch on the host whose /proc and /sys lie below root; "" is
// this one.
func NewHostWatch(root string) *HostWatch {
	return &HostWatch{root: cmp.Or(root, "/"), cores: runtime.NumCPU(), self: os.Getpid(), throttled: -1}
}

// Look returns what disturbs boots now.
func (w *HostWatch) Look() []Disturbance {
	var found []Disturbance
	for _, look := range []func() (Disturbance, bool){w.busy, w.throttling, w.slowClock, w.battery} {
		if d, ok := look(); ok {
			found = append(found, d)
		}
	}
	if now := time.Now(); now.Sub(w.looked) > lookAgain {
		w.guests = w.otherGuests(now.Sub(w.looked))
		w.looked = now
	}
	return append(found, w.guests...)
}

func (w *HostWatch) read(path string) string {
	data, err := os.ReadFile(filepath.Join(w.root, path))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(data))
}

func (w *HostWatch) glob(pattern string) []string {
	found, _ := filepath.Glob(filepath.Join(w.root, pattern)) // the patterns are our own
	for i, path := range found {
		found[i] = strings.TrimPrefix(path, filepath.Clean(w.root))
	}
	return found
}

func (w *HostWatch) number(path string) (float64, bool) {
	first, _, _ := strings.Cut(w.read(path), " ")
	v, err := strconv.ParseFloat(first, 64)
	return v, err == nil
}

// busy asks the kernel how long work waits for a CPU, or else how much work there is.
func (w *HostWatch) busy() (Disturbance, bool) {
	for line := range strings.Lines(w.read("proc/pressure/cpu")) {
		if rest, ok := strings.CutPrefix(line, "some avg10="); ok {
			text, _, _ := strings.Cut(rest, " ")
			waited, err := strconv.ParseFloat(text, 64)
			return Disturbance{"cpu", fmt.Sprintf("the host is busy: in %.0f %% of the last ten seconds something waited for a CPU", waited)}, err == nil && waited > maxPressure
		}
	}
	load, ok := w.number("proc/loadavg")
	return Disturbance{"cpu", fmt.Sprintf("the host is busy: its load is %.1f on %d cores", load, w.cores)}, ok && load > maxLoadShare*float64(w.cores)
}

// throttling compares how often the CPUs have throttled themselves for heat.
func (w *HostWatch) throttling() (Disturbance, bool) {
	sum := int64(0)
	for _, path := range w.glob("sys/devices/system/cpu/cpu[0-9]*/thermal_throttle/*_throttle_count") {
		if n, ok := w.number(path); ok {
			sum += int64(n)
		}
	}
	before := w.throttled
	w.throttled = sum
	return Disturbance{"throttled", "the CPU is too hot and slows itself down"}, before >= 0 && sum > before
}

// slowClock tells of a CPU that is kept below its highest frequency. Governors that
// follow the load are none of it, but for one that has asked for the highest and does
// not get it.
func (w *HostWatch) slowClock() (Disturbance, bool) {
	for _, dir := range w.glob("sys/devices/system/cpu/cpu[0-9]*/cpufreq") {
		governor, driver := w.read(dir+"/scaling_governor"), w.read(dir+"/scaling_driver")
		most, ok := w.number(dir + "/cpuinfo_max_freq")
		if !ok || most <= 0 {
			continue
		}
		ghz := func(khz float64) string { return fmt.Sprintf("%.2g GHz", khz/1e6) }
		if limit, ok := w.number(dir + "/scaling_max_freq"); ok && limit < minClock*most {
			return Disturbance{"slow clock", fmt.Sprintf("the CPU's clock is limited to %s of %s: 'cpupower frequency-set -u' lifts it", ghz(limit), ghz(most))}, true
		}
		// With drivers that leave the choice to the hardware powersave follows the load.
		if governor == "powersave" && !strings.HasPrefix(driver, "intel_pstate") && !strings.HasPrefix(driver, "amd-pstate-epp") && !strings.HasPrefix(driver, "amd_pstate_epp") {
			return Disturbance{"slow clock", "the CPU frequency governor is powersave, which keeps the clock low: 'cpupower frequency-set -g performance' mends it"}, true
		}
		if now, ok := w.number(dir + "/scaling_cur_freq"); ok && governor == "performance" && now < minClock*most {
			return Disturbance{"slow clock", fmt.Sprintf("the CPU runs at %s of %s, although its governor is performance: heat or power limits it", ghz(now), ghz(most))}, true
		}
	}
	return Disturbance{}, false
}

// battery tells of a machine that no mains feed.
func (w *HostWatch) battery() (Disturbance, bool) {
	discharging := false
	for _, dir := range w.glob("sys/class/power_supply/*") {
		switch w.read(dir + "/type") {
		case "Mains":
			if w.read(dir+"/online") == "1" {
				return Disturbance{}, false
			}
		case "Battery":
			if w.read(dir+"/scope") != "Device" { // a mouse's is none of ours
				discharging = discharging || w.read(dir+"/status") == "Discharging"
			}
		}
	}
	return Disturbance{"battery", "this machine runs on battery, which slows its CPU down"}, discharging
}

// otherGuests finds virtual machines that run beside ours and take CPU time: since
// the last look, or at the first one since they were started.
func (w *HostWatch) otherGuests(since time.Duration) []Disturbance {
	uptime, _ := w.number("proc/uptime")
	parents, use, names := map[int]int{}, map[int]float64{}, map[int]string{}
	used := map[int]float64{}
	for _, path := range w.glob("proc/[0-9]*/stat") {
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		if err != nil {
			continue
		}
		p, ok := parseStat(w.read(path))
		if !ok {
			continue
		}
		parents[pid] = p.parent
		if !isMonitor(p.name) {
			continue
		}
		names[pid], used[pid] = p.name, p.cpu
		if before, seen := w.used[pid]; seen {
			use[pid] = (p.cpu - before) / since.Seconds()
		} else if age := uptime - p.started; age > 0 {
			use[pid] = p.cpu / age
		}
	}
	w.used = used
	others := 0
	for pid := range names {
		if use[pid] >= guestUse && !descends(pid, w.self, parents) {
			others++
		}
	}
	switch others {
	case 0:
		return nil
	case 1:
		return []Disturbance{{"guests", "another virtual machine runs on this host"}}
	}
	return []Disturbance{{"guests", fmt.Sprintf("%d other virtual machines run on this host", others)}}
}

// isMonitor tells programs that run guests by the first 15 characters that the kernel
// keeps of their names.
func isMonitor(name string) bool {
	return strings.HasPrefix(name, "qemu-system") || slices.Contains([]string{"qemu-kvm", "kvm", "firecracker", "cloud-hypervis", "cloud-hyperviso", "VBoxHeadless", "VirtualBoxVM", "vmware-vmx", "crosvm"}, name)
}

// ticks is how many clock ticks /proc counts in a second, on every Linux.
const ticks = 100

type processStat struct {
	name         string
	parent       int
	cpu, started float64 // seconds, since the boot of the host
}

// parseStat reads /proc/PID/stat; a name may hold spaces and brackets.
func parseStat(text string) (p processStat, ok bool) {
	open, end := strings.IndexByte(text, '('), strings.LastIndexByte(text, ')')
	if open < 0 || end < open {
		return p, false
	}
	fields := strings.Fields(text[end+1:])
	if len(fields) < 20 {
		return p, false
	}
	p.name = text[open+1 : end]
	at := func(i int) float64 { v, _ := strconv.ParseFloat(fields[i], 64); return v } // numbers, by the kernel's word
	p.parent = int(at(1))
	p.cpu, p.started = (at(11)+at(12))/ticks, at(19)/ticks
	return p, true
}

// descends reports whether a process comes from another one.
func descends(pid, from int, parents map[int]int) bool {
	for range 100 { // a loop can be seen where processes end while we read
		if pid == from {
			return true
		}
		parent, ok := parents[pid]
		if !ok || parent == pid {
			return false
		}
		pid = parent
	}
	return false
}
