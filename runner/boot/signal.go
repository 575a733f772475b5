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

// killedOr names a death by a signal that was not ours: SIGKILL comes from
// outside, anything else from the program itself.
func killedOr(signal syscall.Signal, own Outcome) Outcome {
	if signal == syscall.SIGKILL {
		return Killed
	}
	return own
}
