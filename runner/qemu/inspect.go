package qemu

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Inspection is what a look inside a guest found.
type Inspection struct {
	At      time.Time
	Stopped bool
	CPUs    []CPU
	Code    []Instruction // from the first CPU's program counter on
	NoCode  string        // why there is none
	Memory  MemoryMap
}

// CPU is one of the guest's.
type CPU struct {
	Number    int
	PC        uint64 // where the next instruction lies, linear; 0 where it was not understood
	Halted    bool
	Registers []Register // in QEMU's order
	Text      string     // as QEMU printed them
}

// Register is one of a CPU's.
type Register struct{ Name, Value string }

// Instruction is one line of a disassembly.
type Instruction struct {
	Address uint64
	Text    string
}

// MemoryMap is what lies where.
type MemoryMap struct {
	Kind  string // virtual (the guest's page tables) or physical (QEMU's own map)
	Lines []string
	More  int // lines left out
}

// Bounds of an inspection.
const (
	codeLines   = 16
	memoryLines = 500
	inspectTime = 5 * time.Second
)

// Inspect looks at registers, at the code at the program counter and at the memory
// map. A guest that runs is somewhere else by the time it is read.
func (i *Inside) Inspect(ctx context.Context) (found Inspection, err error) {
	err = i.with(ctx, inspectTime, "look into the guest", "it was looked into", func(ctx context.Context) error {
		found = Inspection{At: time.Now(), Stopped: i.Stopped()}
		text, err := i.m.client.human(ctx, "info registers -a")
		if err != nil {
			return err
		}
		found.CPUs = parseCPUs(text)
		where := "$pc"
		if len(found.CPUs) > 0 && found.CPUs[0].PC != 0 {
			where = fmt.Sprintf("%#x", found.CPUs[0].PC) // what was there a moment ago
		}
		text, err = i.m.client.human(ctx, fmt.Sprintf("x/%di %s", codeLines, where))
		if err != nil {
			return err
		}
		found.Code, found.NoCode = parseCode(text)
		found.Memory, err = i.memoryMap(ctx)
		return err
	})
	return found, err
}

// memoryMap prefers what the guest's page tables say to what QEMU maps physically.
func (i *Inside) memoryMap(ctx context.Context) (MemoryMap, error) {
	text, err := i.m.client.human(ctx, "info mem")
	if err != nil {
		return MemoryMap{}, err
	}
	m := MemoryMap{Kind: "virtual", Lines: memoryRows(text, regVirtual)}
	if len(m.Lines) == 0 { // paging is off, or QEMU can't read this CPU's tables
		if text, err = i.m.client.human(ctx, "info mtree -f"); err != nil {
			return MemoryMap{}, err
		}
		m = MemoryMap{Kind: "physical", Lines: memoryRows(text, regPhysical)}
	}
	if over := len(m.Lines) - memoryLines; over > 0 {
		m.Lines, m.More = m.Lines[:memoryLines], over
	}
	return m, nil
}

// Rows of the maps: "0000000000000000-0000000040000000 0000000040000000 -rw" of
// info mem, "  0000000000000000-00000000000bffff (prio 0, ram): pc.ram" of
// info mtree -f.
var (
	regVirtual  = regexp.MustCompile(`^([0-9a-f]+)-([0-9a-f]+) ([0-9a-f]+) (\S+)$`)
	regPhysical = regexp.MustCompile(`^\s*([0-9a-f]{8,16})-([0-9a-f]{8,16}) \(prio -?[0-9]+, (\S+)\): (.*)$`)
)

// memoryRows writes the rows of a map shorter: from-to size what. The flat map of one
// address space is enough: the others say the same again.
func memoryRows(text string, row *regexp.Regexp) []string {
	var rows []string
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		if row == regPhysical && len(rows) > 0 && strings.HasPrefix(line, "FlatView") {
			break
		}
		found := row.FindStringSubmatch(line)
		if found == nil {
			continue
		}
		from, err1 := strconv.ParseUint(found[1], 16, 64)
		to, err2 := strconv.ParseUint(found[2], 16, 64)
		if err1 != nil || err2 != nil {
			continue
		}
		what := found[4]
		if row == regPhysical {
			to++ // QEMU names the last byte
			what = found[3] + " " + found[4]
		}
		rows = append(rows, fmt.Sprintf("%012x-%012x %7s %s", from, to, binarySize(to-from), what))
	}
	return rows
}

// binarySize writes a size in the largest unit that loses nothing.
func binarySize(n uint64) string {
	unit := 0
	for ; unit < 4 && n > 0 && n&1023 == 0; unit++ {
		n >>= 10
	}
	return strconv.FormatUint(n, 10) + " KMGT"[unit:unit+1]
}

// Names and values of registers: RAX=0000, "R8 =0000", " pc       0000" and
// "x10/a0 0000" of RISC-V, PC=0000 and X00=0000 of ARM.
var (
	regRegister = regexp.MustCompile(`\b([A-Za-z][A-Za-z0-9]*) ?=\s?([0-9a-f]{4,16})\b`)
	regRISCV    = regexp.MustCompile(`\b([a-z][a-z0-9]*(?:/[a-z0-9]+)?) +([0-9a-f]{16}|[0-9a-f]{8})\b`)
	regCodeBase = regexp.MustCompile(`\bCS =[0-9a-f]{4} ([0-9a-f]{8,16})`)
	regNumber   = regexp.MustCompile(`CPU#([0-9]+)`)
)

func parseCPUs(text string) []CPU {
	var cpus []CPU
	starts := regNumber.FindAllStringSubmatchIndex(text, -1)
	for n, at := range starts {
		end := len(text)
		if n+1 < len(starts) {
			end = starts[n+1][0]
		}
		number, err := strconv.Atoi(text[at[2]:at[3]])
		if err != nil {
			continue
		}
		cpus = append(cpus, parseCPU(number, text[at[1]:end]))
	}
	if len(starts) == 0 && strings.TrimSpace(text) != "" {
		cpus = append(cpus, parseCPU(0, text))
	}
	return cpus
}

func parseCPU(number int, text string) CPU {
	text = strings.TrimSpace(strings.ReplaceAll(text, "\r", ""))
	cpu := CPU{Number: number, Text: text, Halted: strings.Contains(text, "HLT=1")}
	found := regRegister.FindAllStringSubmatch(text, -1)
	if len(found) == 0 {
		found = regRISCV.FindAllStringSubmatch(text, -1)
	}
	for _, f := range found {
		cpu.Registers = append(cpu.Registers, Register{Name: f[1], Value: f[2]})
		value, err := strconv.ParseUint(f[2], 16, 64)
		switch f[1] {
		case "RIP", "EIP", "PC", "pc", "R15":
			if err == nil && (f[1] != "R15" || !strings.Contains(text, "RIP=")) { // R15 is the counter of 32-bit ARM
				cpu.PC = value
			}
		}
	}
	if base := regCodeBase.FindStringSubmatch(text); base != nil && cpu.PC != 0 {
		if value, err := strconv.ParseUint(base[1], 16, 64); err == nil {
			cpu.PC += value
		}
	}
	return cpu
}

// regInstruction is a line of x/i: "0x00100020:  f4                       hlt".
var regInstruction = regexp.MustCompile(`^0x([0-9a-f]+):\s+(.*)$`)

func parseCode(text string) (code []Instruction, why string) {
	for line := range strings.Lines(text) {
		found := regInstruction.FindStringSubmatch(strings.TrimSpace(line))
		if found == nil {
			continue
		}
		address, err := strconv.ParseUint(found[1], 16, 64)
		if err == nil {
			code = append(code, Instruction{address, found[2]})
		}
	}
	if len(code) == 0 {
		why = strings.TrimSpace(text)
		if why == "" {
			why = "QEMU says nothing"
		}
		why = "no disassembly here: " + why
	}
	return code, why
}
