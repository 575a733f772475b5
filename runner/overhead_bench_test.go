package runner_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"slipway/runner"
	"slipway/runner/boot"
)

const (
	overheadPairs  = 30
	overheadWarmup = 2
	overheadMS     = 5.0 // promised: at most this,
	overheadShare  = 3.0 // or so many percent of the boot, whichever is more
)

// BenchmarkBootOverhead times one headless boot of keel, from the decision to boot
// until its result is there and its console on disk, beside the floor: the same QEMU
// command line, forked, executed and waited for, with its console in a file. The two
// take turns in random order; what is over is the difference of their medians.
func BenchmarkBootOverhead(b *testing.B) {
	plan := ours.plan(b, "keel", "musl-static", "n=5")
	line := plan.CommandLine()
	path, err := exec.LookPath(line[0])
	if err != nil {
		b.Fatal(err)
	}
	dir := b.TempDir()
	for b.Loop() {
		var mine, floor []time.Duration
		for i := range overheadWarmup + overheadPairs {
			var m, f time.Duration
			if rand.IntN(2) == 0 {
				m, f = timedBoot(b, plan, dir), forkAndWait(b, path, line, dir)
			} else {
				f, m = forkAndWait(b, path, line, dir), timedBoot(b, plan, dir)
			}
			if i >= overheadWarmup {
				mine, floor = append(mine, m), append(floor, f)
			}
		}
		over := milliseconds(middle(mine)) - milliseconds(middle(floor))
		b.ReportMetric(milliseconds(middle(mine)), "ms-slipway")
		b.ReportMetric(milliseconds(middle(floor)), "ms-fork+exec")
		b.ReportMetric(over, "ms-over")
		b.ReportMetric(max(overheadMS, overheadShare/100*milliseconds(middle(floor))), "ms-promised")
		b.ReportMetric(0, "ns/op") // of all pairs together: it says nothing
	}
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1e3 }

func middle(d []time.Duration) time.Duration {
	sorted := slices.Sorted(slices.Values(d))
	return (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
}

// timedBoot is a boot as an experiment makes it.
func timedBoot(b *testing.B, plan *runner.Plan, dir string) time.Duration {
	b.Helper()
	began := time.Now()
	log, err := os.Create(filepath.Join(dir, "console.log"))
	if err != nil {
		b.Fatal(err)
	}
	started, err := ours.runner.Start(context.Background(), plan, boot.Options{Log: log})
	if err != nil {
		b.Fatal(err)
	}
	r := started.Wait()
	if err := log.Close(); err != nil {
		b.Fatal(err)
	}
	took := time.Since(began)
	if r.Outcome != boot.Exit || r.Status != 0 || r.LogErr != nil {
		b.Fatalf("%s %d (%s), log %v", r.Outcome, r.Status, r.Reason, r.LogErr)
	}
	return took
}

// forkAndWait does as little as starting a program can be.
func forkAndWait(b *testing.B, path string, line []string, dir string) time.Duration {
	b.Helper()
	const guestSaysZero = 0x10<<1 | 1 // what isa-debug-exit makes of keel's last write
	began := time.Now()
	null, err := os.Open(os.DevNull)
	if err != nil {
		b.Fatal(err)
	}
	console, err := os.Create(filepath.Join(dir, "floor.log"))
	if err != nil {
		b.Fatal(err)
	}
	pid, err := syscall.ForkExec(path, line, &syscall.ProcAttr{
		Env: os.Environ(), Files: []uintptr{null.Fd(), console.Fd(), console.Fd()},
	})
	if err != nil {
		b.Fatal(err)
	}
	var status syscall.WaitStatus
	for {
		if _, err = syscall.Wait4(pid, &status, 0, nil); !errors.Is(err, syscall.EINTR) {
			break
		}
	}
	took := time.Since(began)
	_, _ = null.Close(), console.Close()
	if err != nil || status.ExitStatus() != guestSaysZero {
		b.Fatalf("%v: %v, status %d", line, err, status.ExitStatus())
	}
	return took
}
