package qemu

import (
	"errors"
	"fmt"
	"os"
	"syscall"

	"slipway/runner/boot"
)

// What a boot is measured by from inside QEMU costs it time, and its memory lies in
// other pages than usual: such a boot has no times to compare. It has descriptors of
// its own behind those that every machine has.
const (
	memoryFD  = 6
	counterFD = 7
)

// instruments are the files by which a machine is measured while it runs; both are nil
// for any other.
type instruments struct {
	memory  *os.File // the guest's memory: it takes room where it was touched
	counter *os.File // the plugin's page
}

// measured is a command line for a machine that is measured, and the files that the
// child gets as memoryFD and counterFD.
func (c Config) measured() (line []string, files []*os.File, i instruments, err error) {
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("measure %s: %w", c.Binary, err), i.close(), closeAll(files))
		}
	}()
	if c.countsMemory() {
		ours, theirs, err := memoryFile()
		if err != nil {
			return nil, files, i, err
		}
		i.memory, files = ours, append(files, theirs)
		size := mebibytes(c.Memory) << 20
		if err := ours.Truncate(size); err != nil {
			return nil, files, i, err
		}
		id := ownID("ram", 0)
		c.Machine += ",memory-backend=" + id
		line = append(line, "-object", fmt.Sprintf("memory-backend-file,id=%s,size=%d,mem-path=/dev/fd/%d,share=on", id, size, memoryFD))
	} else {
		files = append(files, nil)
	}
	if c.Counter != "" {
		ours, theirs, err := memoryFile()
		if err != nil {
			return nil, files, i, err
		}
		i.counter, files = ours, append(files, theirs)
		if err := ours.Truncate(counterPage); err != nil {
			return nil, files, i, err
		}
		line = append(line, "-plugin", counterArgument(c.Counter, counterFD))
	}
	return append(c.underSlipway(), line...), files, i, nil
}

// countsMemory says whether the guest's memory is a file of ours. It has pages of
// another size there than QEMU's own, so only boots whose times do not count have it,
// and none whose memory lies somewhere for another reason.
func (c Config) countsMemory() bool {
	return (c.Virtual || c.Counter != "") && c.Memory > 0 && c.Devices.NUMA <= 1 && !c.virtiofs()
}

func closeAll(files []*os.File) error {
	var errs []error
	for _, f := range files {
		if f != nil {
			errs = append(errs, f.Close())
		}
	}
	return errors.Join(errs...)
}

func (i instruments) close() error { return closeAll([]*os.File{i.memory, i.counter}) }

// Measure reads the instruments of a machine that has ended.
func (m *machine) Measure(r *boot.Result) error {
	var errs []error
	m.mu.Lock()
	r.Exits = m.exits
	m.mu.Unlock()
	if f := m.instruments.memory; f != nil {
		info, err := f.Stat()
		if err == nil {
			if stat, ok := info.Sys().(*syscall.Stat_t); ok {
				r.TouchedMemory = stat.Blocks * blockSize
			}
		}
		errs = append(errs, err)
	}
	if f := m.instruments.counter; f != nil {
		counts, err := readCounter(f)
		r.Counts = counts
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// blockSize is what stat(2) counts in.
const blockSize = 512
