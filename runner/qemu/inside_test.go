package qemu

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"slipway/runner/boot"
)

// heard keeps what a guest prints, for tests that wait for it.
type heard struct {
	mu   sync.Mutex
	text string
	more chan struct{}
}

func newHeard() *heard { return &heard{more: make(chan struct{}, 1)} }

func (h *heard) console(_ time.Duration, p []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.text += string(p)
	select {
	case h.more <- struct{}{}:
	default:
	}
}

// until waits for a text to come so many times.
func (h *heard) until(t *testing.T, text string, times int) {
	t.Helper()
	deadline := time.After(patience)
	for {
		h.mu.Lock()
		all := h.text
		h.mu.Unlock()
		if strings.Count(all, text) >= times {
			return
		}
		select {
		case <-h.more:
		case <-deadline:
			t.Fatalf("the guest has not said %q %d times: %q", text, times, all)
		}
	}
}

func into(t *testing.T, b *boot.Boot) *Inside {
	t.Helper()
	i, err := Into(b)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func counter(t *testing.T, i *Inside) (pc uint64, found Inspection) {
	t.Helper()
	found, err := i.Inspect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(found.CPUs) != 1 || found.CPUs[0].PC == 0 {
		t.Fatalf("no program counter: %+v", found.CPUs)
	}
	return found.CPUs[0].PC, found
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestAPausedGuestStandsAndGoesOn(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var states []bool
	c := testGuest(t, "microvm", "echo", "e9=@slipway_exit_0", "port=16")
	out := newHeard()
	b := running(t, c, boot.Options{Console: out.console, OnPause: func(paused bool) {
		mu.Lock()
		defer mu.Unlock()
		states = append(states, paused)
	}})
	i := into(t, b)
	must(t, i.Pause(t.Context()))
	first, _ := counter(t, i)
	for range 20 { // a guest that polls its port is somewhere else at once
		if again, _ := counter(t, i); again != first || !i.Stopped() {
			t.Fatalf("it was at %#x and is at %#x", first, again)
		}
	}
	_, err := b.Write([]byte("quit\n"))
	must(t, err)
	must(t, i.Resume(t.Context()))
	r := wait(t, b)
	expect(t, r, boot.Exit, 0, "")
	if r.Touched != "it was paused, it was looked into, it was resumed" {
		t.Errorf("it is marked with %q", r.Touched)
	}
	mu.Lock()
	defer mu.Unlock()
	if len(states) != 2 || !states[0] || states[1] {
		t.Errorf("the pauses that were told: %v", states)
	}
	if err := i.Pause(t.Context()); !errors.Is(err, boot.ErrEnded) {
		t.Errorf("a guest that has ended: %v", err)
	}
}

func TestAStepIsOneInstruction(t *testing.T) {
	t.Parallel()
	for _, machine := range []string{"microvm", "pc"} {
		t.Run(machine, func(t *testing.T) {
			t.Parallel()
			i := into(t, running(t, testGuest(t, machine, "echo"), boot.Options{}))
			must(t, i.Pause(t.Context()))
			jumped := false
			for range 12 { // a few instructions in a circle
				_, before := counter(t, i)
				must(t, i.Step(t.Context()))
				pc, _ := counter(t, i)
				leads := strings.HasSuffix(before.Code[0].Text, hex(pc)) // a jump
				if pc != before.Code[1].Address && !leads {
					t.Errorf("from %+v to %#x", before.Code[:2], pc)
				}
				jumped = jumped || leads
			}
			if !jumped {
				t.Error("it has never jumped")
			}
		})
	}
}

func TestStepsFromTheFirstInstruction(t *testing.T) {
	t.Parallel()
	c := testGuest(t, "microvm", "e9=@slipway_exit_0", "port=16")
	c.Held = true
	var mu sync.Mutex
	var told []bool
	b := begin(t, c, boot.Options{
		Timeout: time.Nanosecond, // which does not count while it is held
		OnPause: func(paused bool) {
			mu.Lock()
			defer mu.Unlock()
			told = append(told, paused)
		},
	})
	i := into(t, b)
	must(t, i.Step(t.Context()))
	at, found := counter(t, i)
	if at == 0xfffffff0 || !found.Stopped {
		t.Errorf("it is at %#x", at)
	}
	for range 3 {
		must(t, i.Step(t.Context()))
		next, found := counter(t, i)
		if next == at {
			t.Errorf("it has stayed at %#x: %+v", at, found.Code)
		}
		at = next
	}
	mu.Lock()
	if slices.Contains(told, false) {
		t.Errorf("steps are told as going on: %v", told)
	}
	mu.Unlock()
	if err := i.Resume(t.Context()); err != nil && !errors.Is(err, boot.ErrEnded) { // its time is over at once
		t.Error(err)
	}
	r := wait(t, b)
	if r.Outcome != boot.Exit && r.Outcome != boot.Timeout || r.Touched == "" {
		t.Errorf("%s, touched %q", r.Outcome, r.Touched)
	}
}

func TestAHeldGuestIsNeitherHungNorLate(t *testing.T) {
	if testing.Short() {
		t.Skip("waits three seconds")
	}
	t.Parallel()
	out := newHeard()
	b := running(t, testGuest(t, "microvm", "hang"), boot.Options{Console: out.console, Timeout: 500 * time.Millisecond})
	i := into(t, b)
	must(t, i.Pause(t.Context()))
	select {
	case <-b.Done():
		t.Fatalf("it was ended while it was held: %+v", b.Wait())
	case <-time.After(3 * time.Second): // longer than the time limit and than a guest may be silent
	}
	must(t, i.Resume(t.Context()))
	if r := wait(t, b); r.Outcome != boot.Hang && r.Outcome != boot.Timeout {
		t.Errorf("afterwards it ends with %s: %s", r.Outcome, r.Reason)
	}
}

func TestAResetBootsAgain(t *testing.T) {
	t.Parallel()
	for _, machine := range []string{"microvm", "pc"} {
		t.Run(machine, func(t *testing.T) {
			t.Parallel()
			out := newHeard()
			marks := make(chan string, 10)
			c := testGuest(t, machine, "e9=@slipway_boot", "say=here", "echo", "e9=@slipway_exit_0", "port=16")
			b := begin(t, c, boot.Options{Console: out.console, OnMarker: func(name string, _ time.Duration) { marks <- name }})
			i := into(t, b)
			for n := 1; n <= 3; n++ {
				out.until(t, "here", n)
				if name := <-marks; name != boot.MarkBoot {
					t.Errorf("marker %s", name)
				}
				if n == 3 {
					break
				}
				if n == 2 {
					must(t, i.Pause(t.Context()))
				}
				must(t, i.Reset(t.Context()))
				if n == 2 {
					if !i.Stopped() {
						t.Error("a guest that stood runs after the reset")
					}
					must(t, i.Resume(t.Context()))
				}
			}
			_, err := b.Write([]byte("quit\n"))
			must(t, err)
			expect(t, wait(t, b), boot.Exit, 0, "")
		})
	}
}

func TestASnapshotBringsTheStateBack(t *testing.T) {
	t.Parallel()
	for _, machine := range []string{"microvm", "pc", "q35"} {
		t.Run(machine, func(t *testing.T) {
			t.Parallel()
			out, dir := newHeard(), t.TempDir()
			b := running(t, testGuest(t, machine, "tally"), boot.Options{Console: out.console})
			i := into(t, b)
			if err := i.Restore(t.Context()); !errors.Is(err, ErrNoSnapshot) {
				t.Errorf("without a snapshot: %v", err)
			}
			press := func(want string, times int) {
				t.Helper()
				_, err := b.Write([]byte("x"))
				must(t, err)
				out.until(t, want, times)
			}
			press("n=001", 1)
			_, err := i.Keep(t.Context(), dir)
			must(t, err)
			press("n=002", 1)
			taken, err := i.Keep(t.Context(), dir) // in place of the first
			must(t, err)
			press("n=003", 1)
			press("n=004", 1)
			for again := 2; again <= 3; again++ {
				must(t, i.Restore(t.Context()))
				press("n=003", again)
			}
			if taken.Size < 64<<10 || taken.Size > 64<<20 {
				t.Errorf("it has %d bytes", taken.Size)
			}
			if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
				t.Errorf("the folder holds %v, %v", left, err)
			}
		})
	}
}

func TestMonitorAnswers(t *testing.T) {
	t.Parallel()
	b := running(t, testGuest(t, "pc", "spin"), boot.Options{})
	i := into(t, b)
	text, err := i.Monitor(t.Context(), "info status")
	if err != nil || !strings.Contains(text, "running") {
		t.Errorf("%q, %v", text, err)
	}
	text, err = i.Monitor(t.Context(), "nonsense")
	if err != nil || !strings.Contains(text, "unknown command") {
		t.Errorf("%q, %v", text, err)
	}
	if _, err := i.Monitor(t.Context(), "quit"); err != nil && !errors.Is(err, boot.ErrEnded) {
		t.Error(err)
	}
	expect(t, wait(t, b), boot.Stopped, -1, "monitor was told to quit")
}

func TestAGuestThatDiesUnderTheHandsIsToldSo(t *testing.T) {
	t.Parallel()
	b := running(t, testGuest(t, "microvm", "spin"), boot.Options{})
	i := into(t, b)
	must(t, i.Pause(t.Context()))
	b.Stop("now")
	for {
		err := i.Step(t.Context())
		if err == nil {
			continue
		}
		if !errors.Is(err, boot.ErrEnded) {
			t.Errorf("it says %v", err)
		}
		break
	}
	expect(t, wait(t, b), boot.Stopped, -1, "now")
	for name, do := range map[string]func(context.Context) error{
		"resume": i.Resume, "step": i.Step, "reset": i.Reset, "restore": i.Restore, "undebug": i.Undebug,
		"keep":    func(ctx context.Context) error { _, err := i.Keep(ctx, t.TempDir()); return err },
		"inspect": func(ctx context.Context) error { _, err := i.Inspect(ctx); return err },
		"monitor": func(ctx context.Context) error { _, err := i.Monitor(ctx, "info status"); return err },
	} {
		if err := do(t.Context()); !errors.Is(err, boot.ErrEnded) {
			t.Errorf("%s after the end: %v", name, err)
		}
	}
}

func TestWhatIsFoundInside(t *testing.T) {
	t.Parallel()
	b := running(t, testGuest(t, "pc", "spin"), boot.Options{})
	i := into(t, b)
	must(t, i.Pause(t.Context()))
	_, found := counter(t, i)
	values := map[string]string{}
	for _, r := range found.CPUs[0].Registers {
		values[r.Name] = r.Value
	}
	if values["CR0"] == "" || values["RAX"]+values["EAX"] == "" {
		t.Errorf("registers: %v", found.CPUs[0].Registers)
	}
	if len(found.Code) != codeLines || found.Code[0].Address != found.CPUs[0].PC || found.Code[0].Address < 0x100000 || found.Code[0].Address > 0x110000 {
		t.Errorf("code: %+v", found.Code)
	}
	if len(found.Memory.Lines) == 0 {
		t.Errorf("memory: %+v", found.Memory)
	}
}

func hex(n uint64) string { return fmt.Sprintf("%#x", n) }

func TestAGuestGoesOnBehindItsDebugger(t *testing.T) {
	t.Parallel()
	for _, held := range []bool{true, false} {
		t.Run(fmt.Sprintf("held at its start: %v", held), func(t *testing.T) {
			t.Parallel()
			c, out := testGuest(t, "microvm", "say=here", "echo", "e9=@slipway_exit_0", "port=16"), newHeard()
			c.Held = held
			b := begin(t, c, boot.Options{Console: out.console})
			if !held {
				out.until(t, "here", 1)
			}
			i := into(t, b)
			ours, theirs, err := socketPair()
			must(t, err)
			must(t, i.Debug(t.Context(), theirs))
			must(t, theirs.Close())
			for name, do := range map[string]func(context.Context) error{
				"step": i.Step, "debug": func(ctx context.Context) error { return i.Debug(ctx, os.Stdin) },
			} {
				if err := do(t.Context()); !errors.Is(err, ErrDebugger) {
					t.Errorf("%s: %v", name, err)
				}
			}
			s := &stub{conn: ours, r: bufio.NewReader(ours)}
			for _, packet := range []string{"qSupported:multiprocess+", "?", "Z1,100000,1", "Z0,100000,1"} {
				_, err := s.ask(packet)
				must(t, err)
			}
			if still, err := i.Debugged(t.Context()); err != nil || !still {
				t.Errorf("a debugger that is there: %v, %v", still, err)
			}
			must(t, ours.Close()) // killed
			for still := true; still; {
				still, err = i.Debugged(t.Context())
				must(t, err)
			}
			must(t, i.Undebug(t.Context()))
			must(t, i.Undebug(t.Context())) // nothing more to do
			out.until(t, "here", 1)
			_, err = b.Write([]byte("quit\n"))
			must(t, err)
			expect(t, wait(t, b), boot.Exit, 0, "")
		})
	}
}

func TestARebootOfTheGuestsOwnIsItsEndAlsoAfterAReset(t *testing.T) {
	t.Parallel()
	for _, machine := range []string{"microvm", "pc"} {
		t.Run(machine, func(t *testing.T) {
			t.Parallel()
			out := newHeard()
			b := begin(t, testGuest(t, machine, "say=here", "echo", "triple"), boot.Options{Console: out.console})
			out.until(t, "here", 1)
			must(t, into(t, b).Reset(t.Context()))
			out.until(t, "here", 2)
			// It reboots when it is told to. The first time may come before Slipway has heard it.
			for done := false; !done; {
				_, _ = b.Write([]byte("quit\n")) // it may have ended
				select {
				case <-b.Done():
					done = true
				case <-out.more:
				case <-time.After(patience):
					t.Fatal("it does not end")
				}
			}
			expect(t, wait(t, b), boot.Reset, -1, "reset its machine")
		})
	}
}
