package process

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// PeakMemory returns the most memory in bytes that a running process has had
// resident (VmHWM), 0 when it is gone. See PeakMemoryOf for one that has ended.
func PeakMemory(pid int) int64 {
	status, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "status"))
	if err != nil {
		return 0
	}
	_, rest, found := bytes.Cut(status, []byte("\nVmHWM:"))
	if !found {
		return 0 // a zombie has no memory
	}
	fields := bytes.Fields(rest)
	if len(fields) == 0 {
		return 0
	}
	kib, err := strconv.ParseInt(string(fields[0]), 10, 64)
	if err != nil {
		return 0
	}
	return kib << 10
}

// PeakMemoryOf returns the most memory in bytes that a child had resident which has
// ended, 0 where nobody can say. Linux begins the count of a child at the size of its
// parent, whose memory it shares until it runs its own program (setmax_mm_hiwater_rss
// in exec_mmap): only what is more than we ever had is the child's.
func PeakMemoryOf(state *os.ProcessState) int64 {
	usage, ok := state.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	peak, own := usage.Maxrss<<10, PeakMemory(os.Getpid()) // it only grows: later is safe
	if own == 0 || peak <= own {
		return 0
	}
	return peak
}

// RunQueueWait sums how long the threads of a running process have been ready
// to run without a CPU: how disturbed it was. 0 when it is gone or the kernel
// does not keep count.
func RunQueueWait(pid int) time.Duration {
	files, err := filepath.Glob(filepath.Join("/proc", strconv.Itoa(pid), "task", "*", "schedstat"))
	if err != nil {
		return 0
	}
	var sum time.Duration
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			continue // that thread has just ended
		}
		if fields := bytes.Fields(data); len(fields) >= 2 {
			if ns, err := strconv.ParseInt(string(fields[1]), 10, 64); err == nil {
				sum += time.Duration(ns)
			}
		}
	}
	return sum
}
