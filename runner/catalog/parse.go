package catalog

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"math"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"slipway/runner/tomlfile"
)

// errorf is fmt.Errorf under a name that UnmarshalTOML methods read well with.
func errorf(format string, args ...any) error { return fmt.Errorf(format, args...) }

// Param is one parameter of an app and its default, as text.
type Param struct{ Name, Value string }

type duration time.Duration

// UnmarshalText reads 60s, 1m30s.
func (d *duration) UnmarshalText(text []byte) error { return d.read("timeout", text) }

func (d *duration) read(key string, text []byte) error {
	v, err := time.ParseDuration(string(text))
	if err != nil || v <= 0 {
		return fmt.Errorf("%s %q is no duration such as \"60s\"", key, text)
	}
	*d = duration(v)
	return nil
}

type silence struct{ duration }

// UnmarshalText reads 10s.
func (s *silence) UnmarshalText(text []byte) error { return s.read("hang", text) }

type paramList []Param

// UnmarshalTOML reads a table of numbers, words and truth values.
func (l *paramList) UnmarshalTOML(value any) error {
	table, ok := value.(map[string]any)
	if !ok {
		return errorf("[params] is a table: steps = 1000")
	}
	for name, v := range table {
		if !paramName.MatchString(name) {
			return errorf("parameter %q: a name is letters, digits, - and _", name)
		}
		var text string
		switch v := v.(type) {
		case string:
			text = v
		case bool:
			text = strconv.FormatBool(v)
		case int64:
			text = strconv.FormatInt(v, 10)
		case float64:
			text = strconv.FormatFloat(v, 'g', -1, 64)
		default:
			return errorf("parameter %s is a string, a number or a truth value, not a table or list", name)
		}
		*l = append(*l, Param{Name: name, Value: text})
	}
	slices.SortFunc(*l, func(a, b Param) int { return strings.Compare(a.Name, b.Name) })
	return nil
}

var (
	entryName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,39}$`)
	paramName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,40}$`)
)

// CheckName says whether a name will do for a kernel or an app.
func CheckName(name string) error {
	if !entryName.MatchString(name) {
		return fmt.Errorf("%q will not do as a name: use up to 40 small letters, digits and -", name)
	}
	return nil
}

func hashOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// ParseKernel reads a kernel.toml that extends none. file names it in errors.
func ParseKernel(file string, data []byte) (*Kernel, error) {
	k, err := parseKernel(manifest{file, data}, nil)
	if err == nil && k.Extends != "" {
		return nil, tomlfile.Fault(file, data, "extends", "extends = %q: that kernel is not known here", k.Extends)
	}
	return k, err
}

// parseKernel reads a kernel.toml on top of those that it extends, the nearest last.
func parseKernel(own manifest, bases []manifest) (*Kernel, error) {
	k := &Kernel{}
	var all []byte
	for _, m := range append(slices.Clone(bases), own) {
		// What says which kernel it is, is nobody's but its own.
		k.Schema, k.Name, k.About, k.Extends, k.Limits, k.Experimental = 0, "", "", "", nil, false
		if err := tomlfile.Decode(m.file, m.data, k); err != nil {
			return nil, err
		}
		all = append(all, m.data...)
	}
	k.Hash = hashOf(all)
	file, data := own.file, own.data
	wrong := func(key, format string, args ...any) (*Kernel, error) {
		return nil, tomlfile.Fault(file, data, key, format, args...)
	}
	switch {
	case k.Schema == 0:
		return wrong("schema", "schema is missing: write schema = 1")
	case k.Schema != 1:
		return wrong("schema", "schema = %d: this Slipway reads schema 1", k.Schema)
	case CheckName(k.Name) != nil:
		return wrong("name", "%v", CheckName(k.Name))
	case k.About == "":
		return wrong("about", "about is missing: say in one sentence what the kernel is")
	case k.Arch == "":
		return wrong("arch", "arch is missing: the instruction set as QEMU names it, such as \"x86_64\"")
	case k.Compile.CC == "":
		return wrong("compile.cc", "[compile] cc is missing: the C compiler that apps are built with")
	case k.Compile.Wrap != "" && k.Compile.Wrap != "initramfs":
		return wrong("compile.wrap", "compile.wrap = %q is neither \"\" nor \"initramfs\"", k.Compile.Wrap)
	case slices.ContainsFunc(k.Compile.Refuses, func(language string) bool { return language != "go" }):
		return wrong("compile.refuses", "compile.refuses = %q: the only language that a program is known by is \"go\"", k.Compile.Refuses)
	case k.Provision.URL != "" && k.Provision.SHA256 == "":
		return wrong("provision.url", "provision.url needs provision.sha256: what is downloaded must be checked")
	case k.Provision.URL != "" && k.Provision.Package != "":
		return wrong("provision.url", "provision has either a package or a url")
	case k.Boot.Console != "" && k.Boot.Console != "serial" && k.Boot.Console != "vga":
		return wrong("boot.console", "boot.console = %q is neither \"serial\" nor \"vga\"", k.Boot.Console)
	case k.Boot.CPUs < 0:
		return wrong("boot.cpus", "boot.cpus = %d: a machine has at least one", k.Boot.CPUs)
	case k.Exit.By == "":
		return wrong("exit", "[exit] by is missing: \"debugcon\", \"semihosting\", \"process\" or { line = \"regexp\" }")
	}
	if err := k.checkBoot(); err != nil {
		return wrong("boot.machine", "%v", err)
	}
	for key, args := range map[string][]string{"boot.args": k.Boot.Args, "qemu.extra": k.QEMU.Extra} {
		if err := CheckExtra(args); err != nil {
			return wrong(key, "%s: %v", key, err)
		}
	}
	for table, keys := range map[string][]string{
		"provision.modules": slices.Collect(maps.Keys(k.Provision.Modules)), "qemu.without": slices.Collect(maps.Keys(k.QEMU.Without)),
	} {
		for _, key := range keys {
			if !slices.Contains(DeviceSettings, key) {
				return wrong(table, "%s.%s is none of the settings that stand for devices: %s", table, key, strings.Join(DeviceSettings, ", "))
			}
		}
	}
	if len(k.Provision.Modules) > 0 && (k.Provision.Package == "" || k.Compile.Wrap != "initramfs") {
		return wrong("provision.modules", "provision.modules are taken out of provision.package and put into an initramfs: compile.wrap = \"initramfs\"")
	}
	if !slices.Contains([]string{"", NineP, VirtioFS}, k.QEMU.Share) {
		return wrong("qemu.share", "qemu.share = %q is neither %q nor %q", k.QEMU.Share, NineP, VirtioFS)
	}
	if _, without := k.QEMU.Without["share"]; without && k.QEMU.Share != "" {
		return wrong("qemu.share", "qemu.share = %q, and qemu.without says that a share is of no use", k.QEMU.Share)
	}
	if k.Boot.Machine == "" && (len(k.QEMU.Extra) > 0 || k.QEMU.Share != "") {
		return wrong("qemu", "[qemu] is for kernels that boot under QEMU: this one has no [boot]")
	}
	for key, value := range map[string]string{"boot.kernel": k.Boot.Kernel, "boot.initrd": k.Boot.Initrd} {
		if err := checkPath(value); err != nil {
			return wrong(key, "%s = %q: %v", key, value, err)
		}
	}
	for key, pattern := range map[string]string{"mark.app": k.Mark.App.Line, "exit.by": k.Exit.Line} {
		if _, err := regexp.Compile(pattern); err != nil {
			return wrong(key, "%s: %v", key, err)
		}
	}
	if err := compileMetrics(k.Metrics); err != nil {
		return wrong("metric", "%v", err)
	}
	return k, nil
}

// checkBoot completes [boot] and holds that its parts fit together.
func (k *Kernel) checkBoot() error {
	b := &k.Boot
	if b.Machine == "" && len(b.Machines) > 0 {
		b.Machine = b.Machines[0]
	}
	if b.Machine == "" {
		if b.Kernel != "" {
			return errorf("boot.machine is missing: QEMU's machine type, such as \"microvm\" or \"pc\"")
		}
		if k.Exit.By != "process" {
			return errorf("there is no [boot], so [exit] by must be \"process\"")
		}
		return nil
	}
	if b.Kernel == "" {
		return errorf("boot.kernel is missing: the file to boot")
	}
	if b.Memory == "" {
		b.Memory = "64M"
	}
	if _, err := ParseSize(b.Memory); err != nil {
		return errorf("boot.memory: %w", err)
	}
	if !slices.Contains(b.Machines, b.Machine) {
		b.Machines = append([]string{b.Machine}, b.Machines...)
	}
	b.CPUs = max(b.CPUs, 1)
	return nil
}

// placeholder is a path that Slipway fills in as a whole.
var placeholder = regexp.MustCompile(`^\$\{[a-z]+\}$`)

// checkPath holds that a manifest's path stays inside its folder. Placeholders
// are filled in by Slipway itself.
func checkPath(p string) error {
	if p == "" || placeholder.MatchString(p) {
		return nil
	}
	if strings.Contains(p, "${") {
		return errors.New("a placeholder stands for a whole path, such as \"${app}\"")
	}
	if path.IsAbs(p) || path.Clean(p) != p || p == ".." || strings.HasPrefix(p, "../") {
		return errors.New("a path in a manifest stays inside its folder")
	}
	return nil
}

func compileMetrics(metrics []Metric) error {
	for i := range metrics {
		m := &metrics[i]
		if m.Name == "" || m.Unit == "" || m.Regexp == "" {
			return errorf("[[metric]] %d needs name, unit and regexp", i+1)
		}
		if m.Better != "lower" && m.Better != "higher" {
			return errorf("[[metric]] %s: better = %q is neither \"lower\" nor \"higher\"", m.Name, m.Better)
		}
		compiled, err := regexp.Compile(m.Regexp)
		if err != nil {
			return errorf("[[metric]] %s: %w", m.Name, err)
		}
		if compiled.NumSubexp() < 1 {
			return errorf("[[metric]] %s: regexp needs a group, ( ), around the number", m.Name)
		}
		m.Compiled = compiled
	}
	return nil
}

// defaultTimeout bounds a boot whose app.toml says nothing.
const defaultTimeout = time.Minute

// ParseApp reads an app.toml. file names it in errors.
func ParseApp(file string, data []byte) (*App, error) {
	a := &App{Hash: hashOf(data)}
	if err := tomlfile.Decode(file, data, a); err != nil {
		return nil, err
	}
	wrong := func(key, format string, args ...any) (*App, error) {
		return nil, tomlfile.Fault(file, data, key, format, args...)
	}
	switch {
	case a.Schema == 0:
		return wrong("schema", "schema is missing: write schema = 1")
	case a.Schema != 1:
		return wrong("schema", "schema = %d: this Slipway reads schema 1", a.Schema)
	case CheckName(a.Name) != nil:
		return wrong("name", "%v", CheckName(a.Name))
	case len(a.Build) > 0 && a.Image == "":
		return wrong("build", "build needs image: the file that the command makes")
	case len(a.Build) == 0 && a.Image != "":
		return wrong("image", "image needs build: the command that makes it")
	case len(a.Build) > 0 && len(a.Sources) > 0:
		return wrong("sources", "an app has either sources or build")
	case len(a.Build) > 0 && a.CC != "":
		return wrong("cc", "cc is the compiler of sources: a build command names its own")
	case strings.Contains(a.CC, "/") && !path.IsAbs(a.CC):
		return wrong("cc", "cc = %q: it is a command's name such as \"clang\", or an absolute path", a.CC)
	}
	if len(a.Build) == 0 && len(a.Sources) == 0 {
		a.Sources = []string{"*.c"}
	}
	if err := checkPath(a.Image); err != nil {
		return wrong("image", "%q: %v", a.Image, err)
	}
	for _, p := range a.Sources {
		if err := checkPath(p); err != nil {
			return wrong("sources", "%q: %v", p, err)
		}
		if _, err := path.Match(p, "x"); err != nil {
			return wrong("sources", "%q is no pattern: %v", p, err)
		}
	}
	if err := CheckExtra(a.QEMU.Extra); err != nil {
		return wrong("qemu.extra", "qemu.extra: %v", err)
	}
	if err := compileMetrics(a.Metrics); err != nil {
		return wrong("metric", "%v", err)
	}
	a.Params, a.Timeout, a.Hang = a.Values, time.Duration(a.Limit), time.Duration(a.Silence.duration)
	if a.Timeout == 0 {
		a.Timeout = defaultTimeout
	}
	return a, nil
}

// ParseSize reads a size in bytes: 64M, 1G, 512K, 4096.
func ParseSize(text string) (int64, error) {
	digits := strings.TrimRight(text, "KMGkmg")
	unit := int64(1)
	switch strings.ToUpper(text[len(digits):]) {
	case "":
	case "K":
		unit = 1 << 10
	case "M":
		unit = 1 << 20
	case "G":
		unit = 1 << 30
	default:
		digits = ""
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n <= 0 || n > math.MaxInt64/unit {
		return 0, fmt.Errorf("%q is not a size such as 64M", text)
	}
	return n * unit, nil
}
