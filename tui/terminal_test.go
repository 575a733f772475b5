package tui

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"

	"slipway/runner/console"
)

// built makes the program of a package once for all tests that run it.
var built sync.Map // package -> func() (path string, err error)

func program(t testing.TB, pkg string) string {
	t.Helper()
	once, _ := built.LoadOrStore(pkg, sync.OnceValues(func() (string, error) {
		dir, err := os.MkdirTemp("", "slipway-tui-test-")
		if err != nil {
			return "", err
		}
		programs.add(dir)
		path := filepath.Join(dir, filepath.Base(pkg))
		build := exec.Command("go", "build", "-trimpath", "-o", path, pkg)
		build.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := build.CombinedOutput(); err != nil {
			return "", errors.New(string(out))
		}
		return path, nil
	}))
	path, err := once.(func() (string, error))()
	if err != nil {
		t.Fatalf("build %s: %v", pkg, err)
	}
	return path
}

// folders are removed when all tests are done.
type folders struct {
	mu   sync.Mutex
	dirs []string
}

var programs folders

func (f *folders) add(dir string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.dirs = append(f.dirs, dir)
}

func TestMain(m *testing.M) {
	status := m.Run()
	for _, dir := range programs.dirs {
		_ = os.RemoveAll(dir)
	}
	os.Exit(status)
}

// person sits at a real terminal in which a real program runs: presses keys, reads
// the screen, makes the window larger.
type person struct {
	t       testing.TB
	cmd     *exec.Cmd
	pty     *os.File
	screen  *console.Terminal
	changed chan struct{} // capacity 1
	ended   chan struct{} // closed when the program has ended and its output was read
	status  error
	beyond  atomic.Int64 // bytes above ~ that the program wrote
}

// sit starts a program in a terminal of that size.
func sit(t testing.TB, cols, rows int, cmd *exec.Cmd) *person {
	t.Helper()
	p := &person{t: t, cmd: cmd, changed: make(chan struct{}, 1), ended: make(chan struct{})}
	var err error
	p.pty, err = pty.StartWithSize(cmd, &pty.Winsize{Cols: uint16(cols), Rows: uint16(rows)})
	if err != nil {
		t.Fatal(err)
	}
	p.screen = console.New(console.Options{Cols: cols, Rows: rows, Reply: func(b []byte) { _, _ = p.pty.Write(b) }})
	go p.read()
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		<-p.ended
		_ = p.pty.Close()
	})
	return p
}

func (p *person) read() {
	defer close(p.ended)
	b := make([]byte, 32<<10)
	for {
		n, err := p.pty.Read(b)
		for _, c := range b[:n] {
			if c > '~' {
				p.beyond.Add(1)
			}
		}
		_, _ = p.screen.Write(b[:n])
		select {
		case p.changed <- struct{}{}:
		default:
		}
		if err != nil {
			break
		}
	}
	p.status = p.cmd.Wait()
}

// patience is how long a person looks at a screen that does not change as it should.
const patience = 2 * time.Minute

// waits until the screen is as it should be.
func (p *person) waits(what string, ok func(screen string) bool) {
	p.t.Helper()
	limit := time.NewTimer(patience)
	defer limit.Stop()
	for {
		screen := strings.Join(p.screen.Snapshot().Text(), "\n")
		if ok(screen) {
			return
		}
		select {
		case <-p.changed:
		case <-p.ended:
			p.t.Fatalf("the program ended (%v) before %s:\n%s", p.status, what, screen)
		case <-limit.C:
			p.t.Fatalf("after %s still not %s:\n%s", patience, what, screen)
		}
	}
}

// sees waits until all of the texts are on the screen.
func (p *person) sees(texts ...string) {
	p.t.Helper()
	p.waits("seeing "+strings.Join(texts, " and "), func(screen string) bool {
		for _, text := range texts {
			if !strings.Contains(screen, text) {
				return false
			}
		}
		return true
	})
}

// seesNoMore waits until none of the texts is on the screen.
func (p *person) seesNoMore(texts ...string) {
	p.t.Helper()
	p.waits("gone: "+strings.Join(texts, " and "), func(screen string) bool {
		for _, text := range texts {
			if strings.Contains(screen, text) {
				return false
			}
		}
		return true
	})
}

// presses keys, by their names: "ctrl+s", "enter", "q".
func (p *person) presses(names ...string) {
	p.t.Helper()
	for _, name := range names {
		if _, err := p.pty.Write(guestKey(key(name)).Encode(p.screen.Snapshot().Modes)); err != nil {
			p.t.Fatalf("press %s: %v", name, err)
		}
	}
}

func (p *person) types(text string) {
	p.t.Helper()
	if _, err := p.pty.Write([]byte(text)); err != nil {
		p.t.Fatalf("type %q: %v", text, err)
	}
}

// resizes the window.
func (p *person) resizes(cols, rows int) {
	p.t.Helper()
	p.screen.Resize(cols, rows)
	if err := pty.Setsize(p.pty, &pty.Winsize{Cols: uint16(cols), Rows: uint16(rows)}); err != nil {
		p.t.Fatal(err)
	}
}

// leaves waits until the program has ended by itself, and checks that it gives the
// terminal back as it was.
func (p *person) leaves() {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	select {
	case <-p.ended:
	case <-ctx.Done():
		p.t.Fatalf("the program does not end:\n%s", strings.Join(p.screen.Snapshot().Text(), "\n"))
	}
	if p.status != nil {
		p.t.Errorf("the program ended with %v", p.status)
	}
	if s := p.screen.Snapshot(); s.AltScreen || !s.Cursor.Visible || s.Modes.Mouse != 0 {
		p.t.Errorf("the terminal is not as it was: alternate screen %v, cursor %v, mouse %v", s.AltScreen, s.Cursor.Visible, s.Modes.Mouse)
	}
}
