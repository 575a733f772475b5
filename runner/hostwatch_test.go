package runner_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"slipway/runner"
)

// fakeHost is a file system that says what a test wants it to.
type fakeHost struct {
	t    *testing.T
	root string
}

func (h fakeHost) write(files map[string]string) {
	h.t.Helper()
	for name, text := range files {
		path := filepath.Join(h.root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			h.t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text+"\n"), 0o600); err != nil {
			h.t.Fatal(err)
		}
	}
}

// calm is a laptop that does nothing else.
func calm(t *testing.T) fakeHost {
	t.Helper()
	h := fakeHost{t, t.TempDir()}
	h.write(map[string]string{
		"proc/pressure/cpu": "some avg10=1.05 avg60=0.90 avg300=0.50 total=57\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0",
		"proc/loadavg":      "0.10 0.20 0.30 1/596 30360",
		"proc/uptime":       "1000.00 1900.00",
		"proc/1/stat":       stat(1, "init", 0, 5, 0),
		"proc/7/stat":       stat(7, "an (odd) name", 1, 9000, 100),
		"sys/devices/system/cpu/cpu0/cpufreq/scaling_governor":                "powersave",
		"sys/devices/system/cpu/cpu0/cpufreq/scaling_driver":                  "intel_pstate",
		"sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq":                "3600000",
		"sys/devices/system/cpu/cpu0/cpufreq/scaling_max_freq":                "3600000",
		"sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq":                "800000",
		"sys/devices/system/cpu/cpu0/thermal_throttle/core_throttle_count":    "12",
		"sys/devices/system/cpu/cpu0/thermal_throttle/package_throttle_count": "3",
		"sys/class/power_supply/AC/type":                                      "Mains",
		"sys/class/power_supply/AC/online":                                    "1",
		"sys/class/power_supply/BAT0/type":                                    "Battery",
		"sys/class/power_supply/BAT0/status":                                  "Charging",
		"sys/class/power_supply/mouse/type":                                   "Battery",
		"sys/class/power_supply/mouse/scope":                                  "Device",
		"sys/class/power_supply/mouse/status":                                 "Discharging",
	})
	return h
}

// stat is /proc/PID/stat of a process that has used so many ticks of CPU since it was
// started so many ticks after the host.
func stat(pid int, name string, parent, used, started int) string {
	return fmt.Sprintf("%d (%s) S %d 1 1 0 -1 4194560 1 0 0 0 %d 0 0 0 20 0 1 0 %d 1000 100 184467", pid, name, parent, used, started)
}

func TestACalmHostDisturbsNothing(t *testing.T) {
	t.Parallel()
	w := runner.NewHostWatch(calm(t).root)
	for range 2 {
		if found := w.Look(); len(found) > 0 {
			t.Errorf("it says %v", found)
		}
	}
}

func TestWhatDisturbsAHostIsTold(t *testing.T) {
	t.Parallel()
	const cpufreq = "sys/devices/system/cpu/cpu0/cpufreq/"
	for name, c := range map[string]struct {
		files      map[string]string
		kind, says string
	}{
		"work that waits":      {map[string]string{"proc/pressure/cpu": "some avg10=43.21 avg60=1.00 avg300=0.50 total=57"}, "cpu", "43 % of the last ten seconds"},
		"load, old kernel":     {map[string]string{"proc/pressure/cpu": "", "proc/loadavg": "900.10 0 0 1/1 1"}, "cpu", "its load is 900.1"},
		"a powersave governor": {map[string]string{cpufreq + "scaling_driver": "acpi-cpufreq"}, "slow clock", "powersave"},
		"a limited clock":      {map[string]string{cpufreq + "scaling_max_freq": "2000000"}, "slow clock", "limited to 2 GHz of 3.6 GHz"},
		"a clock held down":    {map[string]string{cpufreq + "scaling_governor": "performance"}, "slow clock", "0.8 GHz of 3.6 GHz"},
		"battery":              {map[string]string{"sys/class/power_supply/AC/online": "0", "sys/class/power_supply/BAT0/status": "Discharging"}, "battery", "on battery"},
		"a guest":              {map[string]string{"proc/70/stat": stat(70, "qemu-system-x86", 1, 20000, 100)}, "guests", "another virtual machine"},
		"two guests":           {map[string]string{"proc/70/stat": stat(70, "qemu-system-x86", 1, 20000, 100), "proc/71/stat": stat(71, "firecracker", 1, 20000, 100)}, "guests", "2 other virtual machines"},
	} {
		h := calm(t)
		h.write(c.files)
		found := runner.NewHostWatch(h.root).Look()
		if len(found) != 1 || found[0].Kind != c.kind || !strings.Contains(found[0].Reason, c.says) {
			t.Errorf("%s: %v", name, found)
		}
	}
}

func TestGuestsOfOurOwnAndIdleOnesDoNotDisturb(t *testing.T) {
	t.Parallel()
	h := calm(t)
	h.write(map[string]string{
		"proc/70/stat": stat(70, "qemu-system-x86", os.Getpid(), 20000, 100),
		"proc/71/stat": stat(71, "qemu-system-x86", 1, 100, 100), // one second of CPU in 1000
	})
	if found := runner.NewHostWatch(h.root).Look(); len(found) > 0 {
		t.Errorf("it says %v", found)
	}
}

func TestThrottlingIsSeenWhenItHappens(t *testing.T) {
	t.Parallel()
	h := calm(t)
	w := runner.NewHostWatch(h.root)
	if found := w.Look(); len(found) > 0 {
		t.Errorf("before: %v", found)
	}
	h.write(map[string]string{"sys/devices/system/cpu/cpu0/thermal_throttle/core_throttle_count": "13"})
	if found := w.Look(); len(found) != 1 || found[0].Kind != "throttled" {
		t.Errorf("when it throttled: %v", found)
	}
	if found := w.Look(); len(found) > 0 {
		t.Errorf("after: %v", found)
	}
}

func TestThisHostCanBeLookedAt(t *testing.T) {
	t.Parallel()
	began := time.Now()
	found := runner.NewHostWatch("").Look()
	t.Logf("%s: %v", time.Since(began), found)
	kinds := []string{"cpu", "throttled", "slow clock", "battery", "guests"}
	for _, d := range found {
		if !slices.Contains(kinds, d.Kind) || d.Reason == "" {
			t.Errorf("%+v", d)
		}
	}
}
