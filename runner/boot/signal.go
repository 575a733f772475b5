package boot

import (
	"os"
	"syscall"
)

// DeathSignal returns the signal that a process died of.
func DeathSignal(state *os.ProcessState) (syscall.Signal, bool) {
	status, ok := state.Sys().(syscall.WaitStatus)
	if !ok || !status.Signaled() {
		return 0, false
	}
	return status.Signal(), true
}

// FromOutside says whether a signal is one that others send to end a process.
// The rest come from what a process did itself.
func FromOutside(signal syscall.Signal) bool {
	switch signal {
	case syscall.SIGKILL, syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP:
		return true
	}
	return false
}
