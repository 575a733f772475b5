package qemu

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"slipway/runner/boot"
)

// A guest is looked at several times, a little apart: an idle one wakes up now
// and then, a spinning one moves.
const (
	lookTimes  = 5
	stuckTimes = 25 // before a guest is said to make no progress: a busy host may have no time for it
	lookApart  = 10 * time.Millisecond
	lookLimit  = time.Second
)

// What "info registers -a" says of each CPU: RIP=... RFL=... HLT=1.
var (
	regCounter = regexp.MustCompile(`\b[RE]IP=([0-9a-f]+)`)
	regFlags   = regexp.MustCompile(`\b(?:RFL|EFL)=([0-9a-f]+) `)
	regHalted  = regexp.MustCompile(`\bHLT=([01])`)
)

// interruptFlag is IF in the flags register.
const interruptFlag = 0x200

// cpuState is one look at all CPUs.
type cpuState struct {
	dead     bool     // all halted with interrupts off
	idle     bool     // all halted
	counters []string // program counters
}

func parseRegisters(text string) (cpuState, bool) {
	pcs := regCounter.FindAllStringSubmatch(text, -1)
	flags := regFlags.FindAllStringSubmatch(text, -1)
	halts := regHalted.FindAllStringSubmatch(text, -1)
	if len(halts) == 0 || len(pcs) != len(halts) || len(flags) != len(halts) {
		return cpuState{}, false // another instruction set
	}
	s := cpuState{dead: true, idle: true}
	for i := range halts {
		var value uint64
		if _, err := fmt.Sscanf(flags[i][1], "%x", &value); err != nil {
			return cpuState{}, false
		}
		halted := halts[i][1] == "1"
		s.idle = s.idle && halted
		s.dead = s.dead && halted && value&interruptFlag == 0
		s.counters = append(s.counters, "0x"+strings.TrimLeft(pcs[i][1], "0"))
	}
	return s, true
}

// Examine says whether the guest is dead, idle or running, and where.
func (m *machine) Examine(ctx context.Context) boot.Examination {
	e := boot.Examination{Dead: true}
	idle, stuck := true, true
	seen := map[string]bool{}
	for i := 0; i < lookTimes || stuck && !idle && i < stuckTimes; i++ {
		if i > 0 {
			select {
			case <-time.After(lookApart):
			case <-ctx.Done():
				return boot.Examination{Text: "the look at it was broken off"}
			}
		}
		asking, cancel := context.WithTimeout(ctx, lookLimit)
		text, err := m.client.human(asking, "info registers -a")
		cancel()
		if err != nil {
			var early *qmpError
			if errors.As(err, &early) { // it takes no commands before it has negotiated
				return boot.Examination{Text: "QEMU itself was still starting"}
			}
			return boot.Examination{Text: "QEMU does not answer: " + err.Error()}
		}
		stuck = stuck && (i == 0 || text == e.Registers)
		e.Registers = text
		state, ok := parseRegisters(text)
		if !ok {
			return boot.Examination{Text: "still running", Registers: text}
		}
		e.Dead, idle = e.Dead && state.dead, idle && state.idle
		for _, counter := range state.counters {
			seen[counter] = true
		}
	}
	where := strings.Join(slices.Sorted(maps.Keys(seen)), ", ")
	switch {
	case e.Dead:
		e.Text = "halted with interrupts off at " + where
	case idle:
		e.Text = "idle, waiting for an interrupt at " + where
	case stuck:
		e.Text = "running without any progress at " + where // a device may yet move it
	default:
		e.Text = "running at " + where
	}
	return e
}
