package tui

import (
	"context"
	"os"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/charmbracelet/x/term"
	"github.com/creack/pty"
)

// screenOutput keeps what a program has written to its terminal.
type screenOutput struct {
	mu   sync.Mutex
	text strings.Builder
	more chan struct{} // capacity 1
}

func (o *screenOutput) readFrom(f *os.File) {
	buf := make([]byte, 64<<10)
	for {
		n, err := f.Read(buf)
		o.mu.Lock()
		o.text.Write(buf[:n])
		o.mu.Unlock()
		select {
		case o.more <- struct{}{}:
		default:
		}
		if err != nil {
			return
		}
	}
}

func (o *screenOutput) count(what string) int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return strings.Count(o.text.String(), what)
}

// TestATerminalIsTakenBackAfterAStop: a shell leaves the terminal in its own mode,
// in which no key would arrive, and its own text on the screen.
func TestATerminalIsTakenBackAfterAStop(t *testing.T) {
	ours, theirs, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	if err := pty.Setsize(ours, &pty.Winsize{Cols: 80, Rows: 24}); err != nil {
		t.Fatal(err)
	}
	shells, err := term.GetState(theirs.Fd())
	if err != nil {
		t.Fatal(err)
	}
	// Bubble Tea's reader does not wait for the last look at its input, so the pty
	// must outlive the test.
	t.Cleanup(func() { runtime.KeepAlive(ours); runtime.KeepAlive(theirs) })
	out := screenOutput{more: make(chan struct{}, 1)}
	go out.readFrom(ours)
	ctx, cancel := context.WithCancel(t.Context())
	over, continued := make(chan error, 1), make(chan struct{}, 1)
	go func() {
		over <- Run(ctx, newFake(busy()), Options{Theme: "dark", Input: theirs, Output: theirs, Continued: continued})
	}()
	const alternate, row = "\x1b[?1049h", "linux-cloud"
	await := func(what string, ok func() bool) {
		t.Helper()
		limit := time.After(20 * time.Second)
		for !ok() {
			select {
			case <-out.more:
			case <-limit:
				t.Fatalf("not seen: %s", what)
			}
		}
	}
	await("the first screen", func() bool { return out.count(alternate) == 1 && out.count(row) > 0 })

	rows := out.count(row)
	if err := term.SetState(theirs.Fd(), shells); err != nil {
		t.Fatal(err)
	}
	continued <- struct{}{}
	await("the screen, drawn anew", func() bool { return out.count(alternate) == 2 && out.count(row) > rows })
	if now, err := term.GetState(theirs.Fd()); err != nil || now.Termios.Lflag&syscall.ICANON != 0 {
		t.Errorf("the terminal is still in the shell's mode (%v)", err)
	}
	cancel()
	if err := <-over; err != nil {
		t.Error(err)
	}
}
