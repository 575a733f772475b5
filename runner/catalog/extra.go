package catalog

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// DeviceSettings are the names of the settings of a target that only a virtual machine
// has, beside machine, cpus and memory, which every one has.
var DeviceSettings = []string{"disks", "forward", "net", "numa", "qemu", "serial2", "share"}

// KernelQEMU is what a kernel asks of QEMU itself.
type KernelQEMU struct {
	Extra   []string          `toml:"extra"`   // arguments for QEMU; see CheckExtra
	Without map[string]string `toml:"without"` // settings that are of no use to the kernel, and why
	Share   string            `toml:"share"`   // how it takes a shared folder: NineP or VirtioFS; "" is NineP
}

// The ways in which a kernel takes a shared folder.
const (
	NineP    = "9p"       // QEMU itself serves it
	VirtioFS = "virtiofs" // a daemon does
)

// AppQEMU is what an app asks of QEMU itself.
type AppQEMU struct {
	Extra []string `toml:"extra"` // arguments for QEMU; see CheckExtra
}

// ours are options that would break Slipway's hold on the machine, or that a setting
// of the target is there for, by what is to be said of them.
var ours = map[string]string{
	"S": "Slipway holds the machine and lets it go itself", "preconfig": "Slipway holds the machine and lets it go itself",
	"daemonize": "Slipway waits for QEMU and ends it", "pidfile": "Slipway waits for QEMU and ends it",
	"incoming": "Slipway starts the machine itself", "loadvm": "Slipway starts the machine itself",
	"no-shutdown": "Slipway learns from QEMU's end how the guest ended", "action": "Slipway learns from QEMU's end how the guest ended",
	"serial": "the console is Slipway's: use --set serial2=true for a second port", "nographic": "the console is Slipway's",
	"display": windows, "sdl": windows, "gtk": windows, "curses": windows, "vnc": windows, "spice": windows, "full-screen": windows,
	"s": "it would listen for a debugger on all networks", "gdb": "it would listen for a debugger beside Slipway's",
	"kernel": "it is [boot] kernel of the kernel's manifest", "initrd": "it is [boot] initrd of the kernel's manifest",
	"append": "use --set cmdline=TEXT", "machine": "use --machine", "M": "use --machine",
	"accel": "use --accel", "enable-kvm": "use --accel", "smp": "use --cpus", "m": "use --memory", "icount": "use --virtual",
	"netdev": network, "net": network, "nic": network,
	"hda": disks, "hdb": disks, "hdc": disks, "hdd": disks, "fda": disks, "fdb": disks, "sd": disks, "mtdblock": disks, "pflash": disks,
	"readconfig": "what a file says cannot be checked", "set": "it would change other options", "add-fd": "what QEMU inherits is Slipway's",
	"debugcon": "markers come that way", "qtest-log": writes, "record": writes,
	"version": "it boots nothing", "help": "it boots nothing", "h": "it boots nothing", "dump-vmstate": "it boots nothing",
}

// What several of them have in common.
const (
	windows = "guests have no window: what they say is on the console"
	network = "a guest has no network but that of --set net=isolated or net=user"
	writes  = "QEMU would write to a file of this host, and empty it first: name one that ends in .log"
	disks   = "QEMU would write to the image: use --set disks=FILE, or -drive with readonly=on or snapshot=on"
)

// passed are the options that take a value and may be given, as far as checkValue lets
// the value through. What is not known here is refused: it may do anything.
var passed = []string{
	"device", "cpu", "global", "rtc", "object", "chardev", "drive", "blockdev", "fsdev", "virtfs", "mon", "monitor", "qmp", "qmp-pretty", "parallel",
	"name", "uuid", "d", "D", "dfilter", "trace", "bios", "L", "boot", "smbios", "acpitable", "numa", "plugin", "seed", "sandbox", "msg", "overcommit",
	"fw_cfg", "prom-env", "option-rom", "audiodev", "audio", "watchdog", "compat", "dtb", "semihosting-config", "tb-size", "vga", "k", "cdrom",
}

// alone are the options of QEMU that no value follows, as far as they may be given.
var alone = []string{
	"no-reboot", "no-acpi", "no-hpet", "no-fd-bootchk", "nodefaults", "no-user-config", "nouserconfig", "snapshot", "usb",
	"singlestep", "mem-prealloc", "only-migratable", "win2k-hack", "semihosting", "portrait", "async-teardown", "enable-sync-profile",
}

// ownIDs are the names that parts of the machine have with Slipway; further ones
// begin with ownPrefix.
var ownIDs = []string{"monitor", "console", "markers", "serial2"}

const ownPrefix = "slipway-"

// CheckExtra refuses arguments for QEMU that would take the machine out of Slipway's
// hands, write to a disk image, or open a network to the guest.
func CheckExtra(args []string) error {
	for i := 0; i < len(args); i++ {
		word := args[i]
		name, isOption := strings.CutPrefix(word, "-")
		name = strings.TrimPrefix(name, "-") // QEMU takes --option as well
		if !isOption || name == "" {
			return fmt.Errorf("%q is no option: QEMU would take it for a disk image and write to it", word)
		}
		if why, refused := ours[name]; refused {
			return fmt.Errorf("%s is refused: %s", word, why)
		}
		if slices.Contains(alone, name) {
			continue
		}
		if !slices.Contains(passed, name) {
			return fmt.Errorf("%s is refused: it is none of the options that leave the machine in Slipway's hands for certain", word)
		}
		if i++; i == len(args) {
			return fmt.Errorf("%s needs a value behind it", word)
		}
		if err := checkValue(name, args[i]); err != nil {
			return fmt.Errorf("%s %s is refused: %w", word, args[i], err)
		}
	}
	return nil
}

// checkValue looks at the value of an option that may be given.
func checkValue(name, value string) error {
	if strings.HasPrefix(value, "{") {
		return errors.New("write it as key=value, which can be checked")
	}
	fields := strings.Split(strings.ReplaceAll(value, ",,", "\x00"), ",")
	for _, f := range fields {
		key, id, _ := strings.Cut(f, "=")
		if name == "mon" && id == "" {
			id = key // -mon ID is short for -mon chardev=ID
		}
		if isOwn(id) {
			return fmt.Errorf("%s is a part of Slipway's own", id)
		}
	}
	switch name {
	case "drive", "blockdev":
		if !unwritten(fields, "readonly", "read-only", "snapshot") {
			return errors.New("QEMU would write to the image: add readonly=on or snapshot=on")
		}
	case "fsdev", "virtfs":
		if !unwritten(fields, "readonly") {
			return errors.New("the guest would write to this host's files: add readonly=on, or use --set share=FOLDER:rw")
		}
	case "chardev":
		return checkChardev(fields)
	case "object":
		return checkObject(fields)
	case "D":
		return checkLog(fields[0])
	case "trace":
		for _, f := range fields {
			if path, ok := strings.CutPrefix(f, "file="); ok && checkLog(path) != nil {
				return checkLog(path)
			}
		}
	case "monitor", "qmp", "qmp-pretty", "parallel":
		return checkBackend(fields[0])
	}
	return nil
}

// unwritten says whether the fields keep QEMU from writing: one of the keys is on, and
// none of them is anything else anywhere, since the last of several counts.
func unwritten(fields []string, keys ...string) bool {
	on := false
	for _, f := range fields {
		key, value, given := strings.Cut(f, "=")
		if !slices.Contains(keys, key) {
			continue
		}
		if given && value != "on" {
			return false
		}
		on = true
	}
	return on
}

func isOwn(id string) bool { return slices.Contains(ownIDs, id) || strings.HasPrefix(id, ownPrefix) }

// The reasons that are given more than once.
const (
	theConsole = "the console is Slipway's"
	listens    = "it would listen to other machines, too: name 127.0.0.1"
)

// checkChardev looks at the fields of -chardev: BACKEND,id=ID,KEY=VALUE...
func checkChardev(fields []string) error {
	backend := fields[0]
	for _, f := range fields {
		if named, ok := strings.CutPrefix(f, "backend="); ok {
			backend = named
		}
	}
	switch backend {
	case "stdio", "vc", "console":
		return errors.New(theConsole)
	case "socket", "udp":
	case "file":
		checked := errors.New(writes)
		for _, f := range fields {
			if path, ok := strings.CutPrefix(f, "path="); ok {
				checked = checkLog(path)
			}
		}
		return checked
	case "null", "ringbuf", "pty", "msmouse", "wctablet", "testdev", "braille":
		return nil
	default: // pipe, serial, parallel and their other names, and what is to come
		return errors.New("it would use something of this host that cannot be checked: use a socket, or --set serial2=true")
	}
	// What is bound without an address is bound to all of them.
	for port, address := range map[string]string{"port": "host", "localport": "localaddr"} {
		ports, addresses, loopback := 0, 0, 0
		for _, f := range fields {
			key, value, _ := strings.Cut(f, "=")
			switch key {
			case "fd":
				return errors.New("what QEMU inherits is Slipway's")
			case port:
				ports++
			case address:
				addresses++
				if isLoopback(value) {
					loopback++
				}
			}
		}
		if ports > 0 && (loopback == 0 || loopback < addresses) {
			return errors.New(listens)
		}
	}
	return nil
}

// checkLog refuses a file that is written to and may be anything, such as an image.
func checkLog(path string) error {
	if strings.HasSuffix(path, ".log") || path == "/dev/null" || path == "/dev/stderr" {
		return nil
	}
	return errors.New(writes)
}

// checkObject looks at the fields of -object: TYPE,id=ID,KEY=VALUE... Memory that lies in
// a file is the guest's to write to, and the file grows to its size.
func checkObject(fields []string) error {
	switch strings.TrimPrefix(fields[0], "qom-type=") {
	case "memory-backend-file", "memory-backend-shm":
		if !unwritten(fields, "readonly") {
			return errors.New("the guest would write to a file of this host: add readonly=on, or use memory-backend-memfd")
		}
	case "filter-dump":
		return errors.New(writes)
	}
	return nil
}

// checkBackend looks at the short form: KIND:REST.
func checkBackend(backend string) error {
	kind, rest, _ := strings.Cut(strings.TrimPrefix(backend, "mon:"), ":")
	switch kind {
	case "stdio", "vc", "console":
		return errors.New(theConsole)
	case "none", "null", "pty", "unix", "msmouse", "wctablet", "braille":
	case "chardev":
		if isOwn(rest) {
			return fmt.Errorf("%s is a part of Slipway's own", rest)
		}
	case "tcp", "telnet", "websocket", "udp":
		for end := range strings.SplitSeq(rest, "@") { // udp:REMOTE@LOCAL
			if host, _, _ := strings.Cut(end, ":"); !isLoopback(host) {
				return errors.New(listens)
			}
		}
	case "file":
		return checkLog(rest)
	default: // pipe:, a device of this host
		return errors.New("it would use something of this host that cannot be checked")
	}
	return nil
}

func isLoopback(host string) bool { return host == "127.0.0.1" || host == "localhost" }

// SplitWords takes a line apart at blanks, as a shell does: what stands between single
// or double quotes stays together, and what is behind a backslash is taken as it is.
func SplitWords(line string) ([]string, error) {
	var words []string
	var word strings.Builder
	begun, quote, escaped := false, rune(0), false
	for _, c := range line {
		switch {
		case escaped:
			word.WriteRune(c)
			escaped = false
		case c == '\\' && quote != '\'':
			escaped, begun = true, true
		case quote != 0 && c == quote:
			quote = 0
		case quote != 0:
			word.WriteRune(c)
		case c == '\'' || c == '"':
			quote, begun = c, true
		case c == ' ' || c == '\t' || c == '\n':
			if begun {
				words = append(words, word.String())
				word.Reset()
			}
			begun = false
		default:
			word.WriteRune(c)
			begun = true
		}
	}
	switch {
	case quote != 0:
		return nil, fmt.Errorf("a quote, %c, is not closed", quote)
	case escaped:
		return nil, errors.New("nothing is behind the last backslash")
	}
	if begun {
		words = append(words, word.String())
	}
	return words, nil
}
