package qemu

import (
	"fmt"
	"strings"
	"syscall"

	"slipway/runner/boot"
)

// endValue is what guests write to the debug exit port where the exit marker
// carries the status: QEMU then returns (0x10<<1)+1.
const endValue = 0x10

// Judge reads the end of a QEMU that nobody here stopped, of a guest that gave
// no exit marker.
func (m *machine) Judge(e boot.Evidence) boot.Verdict {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.image != "" { // QEMU was not told where it really lies
		e.Stderr = strings.ReplaceAll(e.Stderr, imagePlace, m.image)
	}
	if signal, ok := boot.DeathSignal(e.State); ok {
		return diedOf(signal, e)
	}
	switch m.shutdown {
	case "guest-panic":
		return boot.Verdict{Outcome: boot.Panic, Status: -1, Reason: "the guest reported a panic (pvpanic)"}
	case "guest-reset":
		return boot.Verdict{Outcome: boot.Reset, Status: -1, Reason: "the guest reset its machine: a reboot or a triple fault"}
	case "guest-shutdown":
		return m.poweredOff()
	case "host-qmp-quit":
		return boot.Verdict{Outcome: boot.Stopped, Status: -1, Reason: "QEMU's monitor was told to quit"}
	case "host-qmp-system-reset":
		return boot.Verdict{Outcome: boot.Stopped, Status: -1, Reason: "QEMU's monitor was told to reset the machine, which ends a boot"}
	case "host-signal":
		return boot.Verdict{Outcome: boot.Killed, Status: -1, Reason: withComplaint("QEMU was ended from outside by a signal", e)}
	case "host-error":
		return boot.Verdict{Outcome: boot.QEMUCrash, Status: -1, Reason: withComplaint("QEMU gave up", e)}
	}
	if m.hands.debugger != "" && e.State.ExitCode() == 0 {
		return boot.Verdict{Outcome: boot.Stopped, Status: -1, Reason: "the debugger ended it"}
	}
	if m.panicked {
		return boot.Verdict{Outcome: boot.Panic, Status: -1, Reason: "the guest reported a panic (pvpanic)"}
	}
	code := e.State.ExitCode()
	// QEMU's own failures are 1, and say why; a guest that writes 0 to the debug
	// exit port ends with 1 too, and says nothing.
	if code == 1 && (!e.Released || complaint(e.Stderr) != "") {
		return m.refused(e)
	}
	if m.config.Exit.By == BySemihosting || m.config.Exit.By == ByProcess {
		return boot.Verdict{Outcome: boot.Exit, Status: code, Reason: returned(code)}
	}
	switch {
	case code&1 == 0:
		return boot.Verdict{Outcome: boot.Unknown, Status: -1, Reason: fmt.Sprintf("QEMU returned %d without saying why", code)}
	case code>>1 == endValue:
		return boot.Verdict{Outcome: boot.Unknown, Status: -1, Reason: "the guest ended its machine without an exit marker"}
	}
	return boot.Verdict{Outcome: boot.Exit, Status: code >> 1, Reason: returned(code >> 1)}
}

func returned(status int) string {
	if status == 0 {
		return ""
	}
	return fmt.Sprintf("the guest returned %d", status)
}

func diedOf(signal syscall.Signal, e boot.Evidence) boot.Verdict {
	if signal == syscall.SIGKILL {
		return boot.Verdict{
			Outcome: boot.Killed, Status: -1,
			Reason: "QEMU was killed from outside: by somebody, or by the host because memory ran out (see dmesg)",
		}
	}
	if boot.FromOutside(signal) {
		return boot.Verdict{
			Outcome: boot.Killed, Status: -1,
			Reason: fmt.Sprintf("QEMU was ended from outside by signal %d (%s)", int(signal), signal),
		}
	}
	reason := withComplaint(fmt.Sprintf("QEMU died of signal %d (%s)", int(signal), signal), e)
	return boot.Verdict{Outcome: boot.QEMUCrash, Status: -1, Reason: reason}
}

func withComplaint(reason string, e boot.Evidence) string {
	if line := complaint(e.Stderr); line != "" {
		return reason + ": " + line
	}
	return reason
}

// poweredOff is an end without a status unless the manifest says that power off
// is the way this kernel ends.
func (m *machine) poweredOff() boot.Verdict {
	if m.config.Exit.By == ByProcess || m.config.Exit.By == "" && m.config.Exit.Line == "" {
		return boot.Verdict{Outcome: boot.Exit, Status: 0}
	}
	return boot.Verdict{Outcome: boot.Unknown, Status: -1, Reason: "the guest powered off without saying its status"}
}

// kernelTrouble is how QEMU's messages about files it cannot boot begin or what
// they contain.
var kernelTrouble = []string{
	"could not load kernel", "could not open kernel file", "could not load PVH", "Error loading uncompressed kernel",
	"invalid kernel header", "linux kernel too old", "could not load initrd", "could not load initial ram disk",
	"error reading initrd", "initrd is too large", "Cannot load x86-64 image", "invalid elf", "Invalid ELF", "multiboot",
	"Error loading ELF", "could not load firmware",
}

func (m *machine) refused(e boot.Evidence) boot.Verdict {
	if why := m.share.failure(e); why != "" {
		return boot.Verdict{Outcome: boot.QEMURefused, Status: -1, Reason: why}
	}
	line := complaint(e.Stderr)
	if line == "" {
		line = "QEMU ended with status 1 before the guest ran"
	}
	for _, words := range kernelTrouble {
		if strings.Contains(e.Stderr, words) {
			return boot.Verdict{Outcome: boot.Unbootable, Status: -1, Reason: line}
		}
	}
	if machine := m.config.Machine; strings.Contains(line, "unsupported machine type") && !strings.Contains(line, machine) {
		line += fmt.Sprintf(" %q (%s -machine help lists them)", machine, m.config.Binary)
	}
	return boot.Verdict{Outcome: boot.QEMURefused, Status: -1, Reason: line}
}

// complaint is the line of QEMU's stderr that tells most: its first error, else
// the first thing that QEMU says under its own name, which hints may follow, else
// the last line; never a mere warning.
func complaint(text string) string {
	own, last := "", ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch {
		case strings.Contains(line, ": error: "):
			return line
		case line == "" || strings.Contains(line, ": warning: "):
		case own == "" && strings.HasPrefix(line, "qemu"):
			own = line
		default:
			last = line
		}
	}
	if own != "" {
		return own
	}
	return last
}
