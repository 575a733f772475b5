package qemu

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"slipway/runner/boot"
	"slipway/runner/virtiofs"
)

// Accel is what executes a guest's instructions.
type Accel string

// The accelerators; Native means that there is no guest at all.
const (
	KVM    Accel = "kvm"
	TCG    Accel = "tcg"
	Native Accel = "native"
)

// Config describes one virtual machine.
type Config struct {
	Binary     string // qemu-system-x86_64, or a path
	Machine    string // QEMU's machine type, with options where needed
	Accel      Accel  // "" is TCG
	CPUModel   string // "" is host under KVM, QEMU's default under TCG
	CPUs       int    // 0 is 1
	Memory     int64  // bytes, rounded up to MiB; 0 is QEMU's default
	Kernel     string // file; "" for none
	Initrd     string // file; "" for none
	Cmdline    string
	Args       []string // more arguments, last
	Held       bool     // it waits at its first instruction for a debugger or for Inside.Resume
	Virtual    bool     // one instruction is one nanosecond of guest time; TCG only
	CountExits bool     // KVM's exits are asked for before QEMU ends
	Counter    string   // plugin that counts instructions, see MakeCounter; TCG only
	Nonce      string   // word behind markers on the console; "" takes none from there
	Mark       Mark
	Exit       Exit
	Devices    Devices
	// Serial2File is where the second serial port writes; "" throws its output away.
	Serial2File string
}

// Mark says how the start of the app is seen. Marker lines with the nonce on the
// console always count.
type Mark struct {
	Debugcon bool   // on port 0xe9
	Line     string // regular expression for a console line
	Event    string // name of a QMP event
}

// Exit says how the app's status is read. Marker lines always count.
type Exit struct {
	By   string // debugcon, semihosting, process; "" where Line is set
	Line string // regular expression for a console line; its first group is the status, none means 0
}

// Words of Exit.By.
const (
	ByDebugcon    = "debugcon"    // the exit marker is needed
	ByProcess     = "process"     // QEMU's own status
	BySemihosting = "semihosting" // QEMU's own status too
)

// check finds what would silently go wrong.
func (c Config) check() error {
	switch {
	case c.Binary == "":
		return fmt.Errorf("configure a guest: no QEMU program given")
	case c.Machine == "":
		return fmt.Errorf("configure a guest for %s: no machine type given", c.Binary)
	case c.Virtual && c.Accel == KVM:
		return fmt.Errorf("configure a guest for %s: virtual time needs tcg, not kvm", c.Binary)
	case c.Counter != "" && c.Accel == KVM:
		return fmt.Errorf("configure a guest for %s: counting instructions needs tcg, not kvm", c.Binary)
	case c.Accel != KVM && c.Accel != TCG && c.Accel != "":
		return fmt.Errorf("configure a guest for %s: accelerator %q is neither kvm nor tcg", c.Binary, c.Accel)
	}
	if err := c.CheckDevices(); err != nil {
		return fmt.Errorf("configure a guest for %s: %w", c.Binary, err)
	}
	return nil
}

// rules turns the manifest's words into what the boot engine looks for.
func (c Config) rules() (boot.Rules, error) {
	r := boot.Rules{Nonce: c.Nonce, Panic: true}
	for _, rule := range []struct {
		what, text string
		into       **regexp.Regexp
	}{{"mark.app.line", c.Mark.Line, &r.App}, {"exit.line", c.Exit.Line, &r.Exit}} {
		if rule.text == "" {
			continue
		}
		re, err := regexp.Compile(rule.text)
		if err != nil {
			return r, fmt.Errorf("%s is no regular expression: %w", rule.what, err)
		}
		*rule.into = re
	}
	return r, nil
}

// x86 says whether the machine has ISA ports.
func (c Config) x86() bool {
	base := filepath.Base(c.Binary)
	return strings.HasSuffix(base, "-x86_64") || strings.HasSuffix(base, "-i386")
}

// debugExitPort is where a write ends QEMU with status (value<<1)+1.
const debugExitPort = "isa-debug-exit,iobase=0xf4,iosize=1"

// machine is the part of the command line that does not depend on who reads the
// guest's output.
func (c Config) machine() []string {
	accel := c.Accel
	if accel == "" {
		accel = TCG
	}
	args := []string{
		"-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
		"-machine", c.Machine + c.ramOption(), "-accel", string(accel),
	}
	args = append(args, c.ram()...)
	args = append(args, c.processors()...)
	if model := c.cpuModel(accel); model != "" {
		args = append(args, "-cpu", model)
	}
	if c.Memory > 0 {
		args = append(args, "-m", strconv.FormatInt(mebibytes(c.Memory), 10)+"M")
	}
	switch {
	case c.CountExits:
		args = append(args, "-action", "shutdown=pause")
	case c.x86():
		args = append(args, "-device", debugExitPort)
	}
	args = append(args, c.clock()...)
	args = append(args, c.attached()...)
	for _, f := range []struct{ flag, value string }{
		{"-kernel", c.Kernel}, {"-initrd", c.Initrd}, {"-append", c.Cmdline},
	} {
		if f.value != "" {
			args = append(args, f.flag, f.value)
		}
	}
	return append(args, c.Args...)
}

func (c Config) cpuModel(accel Accel) string {
	if c.CPUModel == "" && accel == KVM {
		return "host"
	}
	return c.CPUModel
}

// debugcon connects port 0xe9 to a chardev of the name markers.
func (c Config) debugcon(chardev string) []string {
	if !c.x86() {
		return nil
	}
	return []string{
		"-chardev", chardev,
		"-device", "isa-debugcon,iobase=0xe9,chardev=markers" + c.counterWanted(),
	}
}

// Serial2Name is what the file with a second serial port's output is called: beside a
// run's console log, and in the current folder where the command line is run by hand.
const Serial2Name = "serial2.log"

// CommandLine is the same machine for a shell: the console is the terminal,
// markers go to stderr, a second serial port to Serial2Name. Where a daemon serves a
// share, a shell starts that as well.
func (c Config) CommandLine() []string {
	line := append([]string{c.Binary}, c.machine()...)
	line = append(line, "-serial", "stdio")
	line = append(line, c.shareSocket("path="+virtiofs.Socket)...)
	line = append(line, c.secondSerial(Serial2Name)...)
	line = append(line, c.debugcon("file,id=markers,path=/dev/stderr")...)
	if c.virtiofs() {
		return c.Devices.Share.served().ByHand(line)
	}
	return line
}

// Descriptors that the child inherits.
const (
	qmpFD     = 3
	markersFD = 4
	imageFD   = 5 // of a Spare
	shareFD   = 5 // of a machine with a share that a daemon serves, which is no Spare
)

// underSlipway is the command line with the monitor and the markers on inherited
// descriptors, held until it is told to go.
func (c Config) underSlipway() []string {
	return append(append([]string{c.Binary}, c.machine()...), c.connected()...)
}

// connected connects a machine with us and holds it.
func (c Config) connected() []string {
	line := []string{
		"-S",
		"-chardev", fmt.Sprintf("socket,id=monitor,fd=%d", qmpFD), "-mon", "chardev=monitor,mode=control",
		"-chardev", "stdio,id=console,signal=off", "-serial", "chardev:console",
	}
	file := c.Serial2File
	if file == "" {
		file = os.DevNull
	}
	line = append(line, c.shareSocket(fmt.Sprintf("fd=%d", shareFD))...)
	line = append(line, c.secondSerial(file)...)
	return append(line, c.debugcon(fmt.Sprintf("socket,id=markers,fd=%d", markersFD))...)
}
