package runner

import (
	"bufio"
	"os"
	"runtime"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// Host describes the machine that boots are run on, as far as it decides
// whether two runs may be compared. What cannot be read is left empty or 0.
type Host struct {
	Name     string  // node name
	CPU      string  // model name
	Cores    int     // logical CPUs this process may use
	Arch     string  // Go's name of the instruction set
	Kernel   string  // release of the host's own kernel
	Governor string  // cpufreq governor of CPU 0
	Load     float64 // one-minute load average
}

// ReadHost reads the description of this machine. It starts no process.
func ReadHost() Host {
	h := Host{Cores: runtime.NumCPU(), Arch: runtime.GOARCH, CPU: cpuModel()}
	var u unix.Utsname
	if unix.Uname(&u) == nil {
		h.Name = unix.ByteSliceToString(u.Nodename[:])
		h.Kernel = unix.ByteSliceToString(u.Release[:])
	}
	if b, err := os.ReadFile("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"); err == nil {
		h.Governor = strings.TrimSpace(string(b))
	}
	if b, err := os.ReadFile("/proc/loadavg"); err == nil {
		if fields := strings.Fields(string(b)); len(fields) > 0 {
			h.Load, _ = strconv.ParseFloat(fields[0], 64) // an odd loadavg means: not known
		}
	}
	return h
}

func cpuModel() string {
	f, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return ""
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if key, value, ok := strings.Cut(lines.Text(), ":"); ok && strings.TrimSpace(key) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
