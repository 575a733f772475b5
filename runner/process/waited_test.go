package process_test

import (
	"os"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"slipway/runner/process"
)

// A thread that shares its CPU with one that never rests waits for it, and knows.
func TestAThreadKnowsHowLongItWaitedForACPU(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("/proc/thread-self/schedstat"); err != nil {
		t.Skip("this kernel does not count:", err)
	}
	var allowed, one unix.CPUSet
	if err := unix.SchedGetaffinity(0, &allowed); err != nil {
		t.Fatal(err)
	}
	for cpu := 0; one.Count() == 0; cpu++ {
		if allowed.IsSet(cpu) {
			one.Set(cpu)
		}
	}
	var stop atomic.Bool
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // never unlocked: the thread ends, and its affinity with it
		_ = unix.SchedSetaffinity(0, &one)
		for !stop.Load() { // never rests
		}
	}()
	answer := make(chan time.Duration)
	go func() {
		runtime.LockOSThread()
		_ = unix.SchedSetaffinity(0, &one)
		w := process.NewWaited()
		defer w.Close()
		var sum time.Duration
		for begin := time.Now(); sum < 5*time.Millisecond && time.Since(begin) < 30*time.Second; {
			waited, _ := w.Since()
			sum += waited
		}
		answer <- sum
	}()
	if sum := <-answer; sum < 5*time.Millisecond {
		t.Errorf("beside a thread that never rests it waited %v", sum)
	}
	stop.Store(true)
	<-done
}
