package qemu

// VirtualNonce is the word behind markers on the console of a machine in virtual time: a
// fresh one would make each boot another computation.
const VirtualNonce = "c0ffee00c0ffee00"

// clock lets the guest's clock count instructions where it shall: each is one
// nanosecond, and where the guest waits for a timer the clock goes on to it at once.
// The date that it begins with, and what QEMU gives the guest for chance, are the same
// in every boot.
func (c Config) clock() []string {
	if !c.Virtual {
		return nil
	}
	return []string{"-icount", "shift=0,sleep=off", "-rtc", "base=2024-01-01,clock=vm", "-seed", "1"}
}

// counterWanted is what a guest reads from the port of its markers where they shall say
// its time stamp counter, which under -icount is that clock. Nobody else can tell: QEMU
// has no event for a write to a port, and asked over its monitor it answers when the
// guest has gone on.
func (c Config) counterWanted() string {
	if !c.Virtual {
		return ""
	}
	return ",readback=0x1c"
}
