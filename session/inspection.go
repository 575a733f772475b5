package session

import (
	"time"

	"slipway/runner"
	"slipway/runner/console"
	"slipway/runner/qemu"
)

// Inspection is what was last seen inside a guest.
type Inspection struct {
	At        time.Time
	Paused    bool // else the guest is somewhere else by now
	Where     string
	Registers []Register
	Others    []string // where the other CPUs are
	Code      []CodeLine
	NoCode    string // why there is none
	Map       string // "virtual" or "physical"
	Memory    []string
	More      int // rows of the map that are left out
}

// Register is one of the first CPU's.
type Register struct{ Name, Value string }

// CodeLine is one instruction.
type CodeLine struct {
	Address uint64
	Symbol  string // "main+0x4", "" where no function is known
	Text    string
}

// Snapshot is a state that Restore goes back to.
type Snapshot struct {
	Taken time.Time
	Size  int64 // bytes
}

// Debugger is gdb on a guest.
type Debugger struct {
	Screen *console.Terminal // what it shows; never nil
	Open   bool              // it runs: keys can be sent
}

// newInspection puts names to what QEMU has found.
func newInspection(found qemu.Inspection, names *runner.Names) *Inspection {
	seen := &Inspection{
		At: found.At, Paused: found.Stopped, NoCode: found.NoCode,
		Map: found.Memory.Kind, Memory: found.Memory.Lines, More: found.Memory.More,
	}
	for i, cpu := range found.CPUs {
		where := hexadecimal(cpu.PC)
		if name := names.At(cpu.PC); name != "" {
			where += " " + name
		}
		if cpu.Halted {
			where += " (halted)"
		}
		if i > 0 {
			seen.Others = append(seen.Others, where)
			continue
		}
		seen.Where = where
		for _, r := range cpu.Registers {
			seen.Registers = append(seen.Registers, Register(r))
		}
	}
	for _, line := range found.Code {
		seen.Code = append(seen.Code, CodeLine{Address: line.Address, Symbol: names.At(line.Address), Text: line.Text})
	}
	return seen
}
