package runner

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"slipway/runner/catalog"
	"slipway/runner/qemu"
)

// Settings are what a user may change about a target without touching a
// manifest. The zero value of each field means: what the manifests say.
type Settings struct {
	Machine string            // QEMU machine type
	CPUs    int               // virtual CPUs
	Memory  int64             // bytes of guest memory
	Cmdline string            // appended to the kernel's command line
	Accel   string            // "auto", "kvm" or "tcg"; "" is auto
	Timeout time.Duration     // of one boot
	Hang    time.Duration     // without a word from the guest
	Virtual bool              // count instructions instead of time (-icount)
	Pin     []int             // host CPUs the boot may use
	Params  map[string]string // parameters of the app
	Devices qemu.Devices      // of the machine; paths are absolute
	QEMU    string            // more arguments for QEMU, as a shell would read them
}

// Set changes one setting by the name that --set and plan.toml use. A name that
// is no setting of the target itself is taken as a parameter of the app;
// whether the app has it is checked by Runner.Build.
func (s *Settings) Set(key, value string) error {
	var err error
	switch key {
	case "machine":
		s.Machine = value
	case "cpus":
		s.CPUs, err = positive(value)
	case "memory":
		s.Memory, err = catalog.ParseSize(value)
	case "cmdline":
		s.Cmdline = value
	case "accel":
		switch value {
		case "auto", "kvm", "tcg":
			s.Accel = value
		default:
			err = fmt.Errorf("%q is none of auto, kvm, tcg", value)
		}
	case "timeout":
		s.Timeout, err = positiveTime(value)
	case "hang":
		s.Hang, err = positiveTime(value)
	case "virtual":
		s.Virtual, err = truth(value)
	case "pin":
		s.Pin, err = ParseCPUList(value)
	case "":
		err = errors.New("a setting needs a name: KEY=VALUE")
	default:
		if IsSetting(key) {
			err = s.setDevice(key, value)
			break
		}
		if s.Params == nil {
			s.Params = map[string]string{}
		}
		s.Params[key] = value
	}
	if err != nil {
		return fmt.Errorf("setting %s=%s: %w", key, value, err)
	}
	return nil
}

// settingNames are the names of the target's own settings.
var settingNames = append([]string{"machine", "cpus", "memory", "cmdline", "accel", "timeout", "hang", "virtual", "pin"}, catalog.DeviceSettings...)

// IsSetting reports whether a name is one of the target's own settings; any other
// is a parameter of the app.
func IsSetting(key string) bool { return slices.Contains(settingNames, key) }

func positiveTime(value string) (time.Duration, error) {
	d, err := time.ParseDuration(value)
	if err == nil && d <= 0 {
		err = fmt.Errorf("%q is not a positive duration such as 60s", value)
	}
	return d, err
}

func truth(value string) (bool, error) {
	yes, err := strconv.ParseBool(value)
	if err != nil {
		return false, fmt.Errorf("%q is neither true nor false", value)
	}
	return yes, nil
}

func positive(value string) (int, error) {
	n, err := strconv.Atoi(value)
	if err != nil || n < 1 {
		return 0, fmt.Errorf("%q is not a whole number of at least 1", value)
	}
	return n, nil
}

// Map returns the settings that differ from the manifests' own, by name, as
// they are stored with a run. ParseSettings reads them back.
func (s Settings) Map() map[string]string {
	m := map[string]string{}
	maps.Copy(m, s.Params)
	put := func(key, value string, set bool) {
		if set {
			m[key] = value
		}
	}
	put("machine", s.Machine, s.Machine != "")
	put("cpus", strconv.Itoa(s.CPUs), s.CPUs != 0)
	put("memory", FormatSize(s.Memory), s.Memory != 0)
	put("cmdline", s.Cmdline, s.Cmdline != "")
	put("accel", s.Accel, s.Accel != "")
	put("timeout", s.Timeout.String(), s.Timeout != 0)
	put("hang", s.Hang.String(), s.Hang != 0)
	put("virtual", "true", s.Virtual)
	put("pin", FormatCPUList(s.Pin), len(s.Pin) > 0)
	maps.Copy(m, s.deviceTexts())
	return m
}

// ParseSettings is the inverse of Settings.Map.
func ParseSettings(m map[string]string) (Settings, error) {
	var s Settings
	for _, key := range slices.Sorted(maps.Keys(m)) {
		if err := s.Set(key, m[key]); err != nil {
			return Settings{}, err
		}
	}
	return s, nil
}

// Flags renders the settings as command-line arguments that give them again.
func (s Settings) Flags() []string {
	var flags []string
	m := s.Map()
	for _, key := range slices.Sorted(maps.Keys(m)) {
		flags = append(flags, "--set", key+"="+m[key])
	}
	return flags
}

// Line renders the settings as a person types them: KEY=VALUE ..., quoted as for a shell.
func (s Settings) Line() string {
	m := s.Map()
	words := make([]string, 0, len(m))
	for _, key := range slices.Sorted(maps.Keys(m)) {
		words = append(words, key+"="+m[key])
	}
	return ShellLine(words)
}

// ParseSettingsLine is the inverse of Settings.Line.
func ParseSettingsLine(line string) (Settings, error) {
	words, err := catalog.SplitWords(line)
	if err != nil {
		return Settings{}, fmt.Errorf("settings %s: %w", line, err)
	}
	var s Settings
	for _, word := range words {
		key, value, ok := strings.Cut(word, "=")
		if !ok {
			return Settings{}, fmt.Errorf("%q is no setting: write KEY=VALUE", word)
		}
		if err := s.Set(key, value); err != nil {
			return Settings{}, err
		}
	}
	return s, nil
}

// FormatSize writes bytes as the largest unit that loses nothing: 64M, 1G, 4097.
func FormatSize(n int64) string {
	for _, unit := range []struct {
		bytes int64
		name  string
	}{{1 << 30, "G"}, {1 << 20, "M"}, {1 << 10, "K"}} {
		if n >= unit.bytes && n%unit.bytes == 0 {
			return strconv.FormatInt(n/unit.bytes, 10) + unit.name
		}
	}
	return strconv.FormatInt(n, 10)
}

// ParseCPUList reads a list of CPUs as taskset(1) writes it: 0,2-3.
func ParseCPUList(list string) ([]int, error) {
	var cpus []int
	for part := range strings.SplitSeq(list, ",") {
		first, last, ranged := strings.Cut(part, "-")
		low, err := strconv.Atoi(strings.TrimSpace(first))
		high := low
		if err == nil && ranged {
			high, err = strconv.Atoi(strings.TrimSpace(last))
		}
		if err != nil || low < 0 || high < low || high > 4095 {
			return nil, fmt.Errorf("%q is not a list of CPUs such as 0,2-3", list)
		}
		for cpu := low; cpu <= high; cpu++ {
			cpus = append(cpus, cpu)
		}
	}
	slices.Sort(cpus)
	return slices.Compact(cpus), nil
}

// FormatCPUList is the inverse of ParseCPUList, without ranges.
func FormatCPUList(cpus []int) string {
	var b strings.Builder
	for i, cpu := range cpus {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.Itoa(cpu))
	}
	return b.String()
}
