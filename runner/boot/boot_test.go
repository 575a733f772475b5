package boot_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"slipway/runner/boot"
	"slipway/runner/process"
)

func spawner(t *testing.T) *process.Spawner {
	t.Helper()
	sp := process.NewSpawner()
	t.Cleanup(sp.Close)
	return sp
}

// shell boots a script as a plain process.
func shell(t *testing.T, script string, o boot.Options) *boot.Boot {
	t.Helper()
	b, err := boot.StartProcess(t.Context(), spawner(t), []string{"/bin/sh", "-c", script}, o)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// saying calls a function once, when the console has said the word.
func saying(word string, then func()) func(time.Duration, []byte) {
	var heard []byte
	done := false
	return func(_ time.Duration, p []byte) {
		heard = append(heard, p...)
		if !done && bytes.Contains(heard, []byte(word)) {
			done = true
			then()
		}
	}
}

func TestWhatDoesNotWantToEndIsKilled(t *testing.T) {
	t.Parallel()
	for name, script := range map[string]string{
		"ends when asked":   "echo ready; exec sleep 1000",
		"ignores SIGTERM":   "trap '' TERM; echo ready; while :; do sleep 1000; done",
		"has grandchild":    "(trap '' TERM HUP; sleep 1000) & echo ready; wait",
		"closed its output": "trap '' TERM; echo ready; exec >&- 2>&-; while :; do sleep 1000; done",
	} {
		ready := make(chan struct{})
		b := shell(t, script, boot.Options{Console: saying("ready", func() { close(ready) })})
		<-ready
		began := time.Now()
		b.Stop("enough")
		r := b.Wait()
		if r.Outcome != boot.Stopped || r.Reason != "enough" {
			t.Errorf("%s: %s (%s)", name, r.Outcome, r.Reason)
		}
		if took := time.Since(began); took > 10*time.Second { // two rungs of half a second, on a busy host
			t.Errorf("%s: it took %v to end", name, took)
		}
	}
}

func TestTheEndOfTheContextStopsABoot(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancelCause(t.Context())
	b, err := boot.StartProcess(ctx, spawner(t), []string{"/bin/sleep", "1000"}, boot.Options{})
	if err != nil {
		t.Fatal(err)
	}
	cancel(errors.New("the user left"))
	if r := b.Wait(); r.Outcome != boot.Stopped || !strings.Contains(r.Reason, "the user left") {
		t.Errorf("%s (%s)", r.Outcome, r.Reason)
	}
	if _, err := boot.StartProcess(ctx, spawner(t), []string{"/bin/true"}, boot.Options{}); err == nil {
		t.Error("it was started after the context had ended")
	}
}

func TestATimeLimitEndsWithTheLastLines(t *testing.T) {
	t.Parallel()
	r := shell(t, "for i in 1 2 3 4 5 6 7 8 9 10 11 12; do echo line $i; done; exec sleep 1000", boot.Options{Timeout: 300 * time.Millisecond}).Wait()
	if r.Outcome != boot.Timeout || len(r.LastLines) != 10 || r.LastLines[9] != "line 12" {
		t.Errorf("%s (%s), last lines %q", r.Outcome, r.Reason, r.LastLines)
	}
}

func TestAProcessThatSaysNothingForASettableTimeHangs(t *testing.T) {
	t.Parallel()
	r := shell(t, "echo the last word; exec sleep 1000", boot.Options{Hang: 300 * time.Millisecond, Timeout: time.Minute}).Wait()
	if r.Outcome != boot.Hang || r.Reason != "not a word for 300ms: still running" || len(r.LastLines) != 1 {
		t.Errorf("%s (%s), last lines %q", r.Outcome, r.Reason, r.LastLines)
	}
}

// counter is a log that keeps nothing.
type counter struct{ n int64 }

func (c *counter) Write(p []byte) (int, error) {
	c.n += int64(len(p))
	return len(p), nil
}

func TestAFloodIsCountedAndBounded(t *testing.T) {
	t.Parallel()
	const flood, limit = 100_000_000, 1 << 20
	var log counter
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	r := shell(t, "head -c 100000000 /dev/zero; echo; echo the end", boot.Options{Log: &log, LogLimit: limit}).Wait()
	runtime.GC()
	runtime.ReadMemStats(&after)
	if r.Outcome != boot.Exit || r.Status != 0 || r.ConsoleBytes != flood+9 || log.n != limit || r.LogDropped != flood+9-limit {
		t.Errorf("%s %d, %d bytes, log %d, dropped %d", r.Outcome, r.Status, r.ConsoleBytes, log.n, r.LogDropped)
	}
	if last := r.LastLines[len(r.LastLines)-1]; last != "the end" {
		t.Errorf("the last line is %q", last)
	}
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 16<<20 {
		t.Errorf("the heap has grown by %d bytes", grown)
	}
}

// broken is a log on a full disk.
type broken struct{ room int }

func (b *broken) Write(p []byte) (int, error) {
	n := min(len(p), b.room)
	b.room -= n
	if n < len(p) {
		return n, errors.New("no space left on device")
	}
	return n, nil
}

func TestALogThatFailsCostsTheLogAlone(t *testing.T) {
	t.Parallel()
	r := shell(t, "echo one; echo two; exit 3", boot.Options{Log: &broken{room: 5}}).Wait()
	if r.Outcome != boot.Exit || r.Status != 3 || r.LogErr == nil || r.LogDropped != 3 || r.ConsoleBytes != 8 {
		t.Errorf("%s %d, log: %v, dropped %d of %d", r.Outcome, r.Status, r.LogErr, r.LogDropped, r.ConsoleBytes)
	}
}

func TestInputArrivesWholeAndEnds(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("0123456789abcde\n", 20_000) // several times what is queued, and more than a pipe holds
	var got bytes.Buffer
	b := shell(t, "exec cat", boot.Options{Console: func(_ time.Duration, p []byte) { got.Write(p) }})
	b.Feed(strings.NewReader(text))
	if r := b.Wait(); r.Outcome != boot.Exit || got.String() != text {
		t.Errorf("%s, %d bytes of %d", r.Outcome, got.Len(), len(text))
	}
	if _, err := b.Write([]byte("late")); !errors.Is(err, boot.ErrEnded) {
		t.Errorf("written to a boot that has ended: %v", err)
	}
}

func TestAGuestThatDoesNotReadHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	for transport, script := range map[process.Transport]string{
		process.Pipe: "echo ready; exec sleep 1000",
		process.PTY:  "stty raw -echo; echo ready; exec sleep 1000", // as QEMU sets its terminal
	} {
		t.Run(string(transport), func(t *testing.T) {
			t.Parallel()
			notReading(t, transport, script)
		})
	}
}

func notReading(t *testing.T, transport process.Transport, script string) {
	t.Helper()
	ready := make(chan struct{})
	b := shell(t, script, boot.Options{Transport: transport, Console: saying("ready", func() { close(ready) })})
	<-ready
	chunk := make([]byte, 16<<10)
	var err error
	for range 100 {
		if _, err = b.Write(chunk); err != nil {
			break
		}
	}
	if !errors.Is(err, boot.ErrFull) {
		t.Errorf("1.6 MB were taken from it: %v", err)
	}
	b.Stop("enough")
	if r := b.Wait(); r.Outcome != boot.Stopped {
		t.Errorf("%s (%s)", r.Outcome, r.Reason)
	}
}

func TestATerminalIsResizedWhileItRuns(t *testing.T) {
	t.Parallel()
	ready := make(chan struct{})
	var all bytes.Buffer
	heard := saying("33 91", func() { close(ready) })
	b := shell(t, "stty size; read x; stty size", boot.Options{
		Transport: process.PTY, Size: process.Size{Cols: 91, Rows: 33},
		Console: func(at time.Duration, p []byte) { all.Write(p); heard(at, p) },
	})
	<-ready
	if err := b.Resize(process.Size{Cols: 120, Rows: 40}); err != nil {
		t.Error(err)
	}
	if _, err := b.Write([]byte("\n")); err != nil {
		t.Error(err)
	}
	if r := b.Wait(); r.Outcome != boot.Exit || !strings.Contains(all.String(), "40 120") {
		t.Errorf("%s: %q", r.Outcome, all.String())
	}
}

func TestAProcessThatDiesOfASignalEndsAsShellsTellIt(t *testing.T) {
	t.Parallel()
	if r := shell(t, "kill -SEGV $$", boot.Options{}).Wait(); r.Outcome != boot.Exit || r.Status != 139 || r.Reason != "the app died of signal 11 (segmentation fault)" {
		t.Errorf("%s %d (%s)", r.Outcome, r.Status, r.Reason)
	}
}

// descriptors counts those of this process.
func descriptors(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}

// TestBootsLeaveNothingBehind is not parallel: other tests' goroutines would count.
func TestBootsLeaveNothingBehind(t *testing.T) { //nolint:paralleltest // see above
	sp := process.NewSpawner()
	defer sp.Close()
	boots := func(n int) {
		for i := range n {
			transport := []process.Transport{process.Pipe, process.PTY}[i%2]
			b, err := boot.StartProcess(t.Context(), sp, []string{"/bin/sh", "-c", "echo hello; exit 7"}, boot.Options{Transport: transport, Log: io.Discard})
			if err != nil {
				t.Fatal(err)
			}
			if r := b.Wait(); r.Outcome != boot.Exit || r.Status != 7 {
				t.Fatalf("%s %d (%s)", r.Outcome, r.Status, r.Reason)
			}
			if _, err := boot.StartProcess(t.Context(), sp, []string{"/no/such/program"}, boot.Options{Transport: transport}); !errors.Is(err, exec.ErrNotFound) && !errors.Is(err, os.ErrNotExist) {
				t.Fatalf("no such program: %v", err)
			}
		}
	}
	boots(2) // what is made once
	goroutines, files := runtime.NumGoroutine(), descriptors(t)
	boots(30)
	deadline := time.After(10 * time.Second)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for runtime.NumGoroutine() > goroutines || descriptors(t) > files {
		select {
		case <-deadline:
			t.Fatalf("%d goroutines, %d before; %d descriptors, %d before", runtime.NumGoroutine(), goroutines, descriptors(t), files)
		case <-tick.C:
		}
	}
}
