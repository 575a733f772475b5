package virtiofs

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"slipway/runner/process"
)

// Daemon serves one folder to one guest.
type Daemon struct {
	cmd   *exec.Cmd
	said  tail
	ended chan struct{}
	why   string // complete once ended is closed

	mu     sync.Mutex
	reaped bool // its number may be another's
}

// socketFD is where the daemon finds the socket that it listens on.
const socketFD = 3

// Start starts the daemon on the given host CPUs, none is all. The file is the guest's
// end of their connection: QEMU's. The daemon ends when that is closed, or by Close,
// which must be called.
func Start(ctx context.Context, sp *process.Spawner, s Share, cpus []int) (*Daemon, *os.File, error) {
	if ctx.Err() != nil {
		return nil, nil, fmt.Errorf("share %s: %w", s.Folder, context.Cause(ctx))
	}
	listener, guest, err := meet(sp.Scratch())
	if err != nil {
		return nil, nil, fmt.Errorf("share %s: make a socket for it: %w", s.Folder, err)
	}
	line := s.shut(served(fmt.Sprintf("--fd=%d", socketFD))...)
	d := &Daemon{cmd: exec.Command(line[0], line[1:]...), ended: make(chan struct{})} //nolint:noctx // Close ends the whole group
	d.cmd.ExtraFiles = []*os.File{listener}                                           // socketFD
	d.cmd.Stdout, d.cmd.Stderr = &d.said, &d.said
	d.cmd.WaitDelay = orphanGrace
	if err := sp.StartPinned(d.cmd, cpus); err != nil {
		return nil, nil, errors.Join(fmt.Errorf("share %s: %w", s.Folder, err), listener.Close(), guest.Close())
	}
	go d.reap()
	return d, guest, listener.Close()
}

// orphanGrace is how long words of the daemon's are waited for that nobody can say any
// more.
const orphanGrace = 2 * time.Second

// reap waits for the daemon's end, and ends with it what it has started. The group is
// killed while its dead leader still holds its number.
func (d *Daemon) reap() {
	defer close(d.ended)
	for {
		err := unix.Waitid(unix.P_PID, d.cmd.Process.Pid, nil, unix.WEXITED|unix.WNOWAIT, nil)
		if !errors.Is(err, unix.EINTR) {
			break
		}
	}
	_ = process.KillGroup(d.cmd.Process.Pid, syscall.SIGKILL) // gone already is what we want
	d.mu.Lock()
	d.reaped = true
	d.mu.Unlock()
	_ = d.cmd.Wait() // the state says how it ended
	state := d.cmd.ProcessState
	status, _ := state.Sys().(syscall.WaitStatus)
	switch {
	case status.Signaled():
		d.why = fmt.Sprintf("virtiofsd was ended by signal %d (%s)", int(status.Signal()), status.Signal())
	case state.Success():
		d.why = "virtiofsd ended"
	default:
		d.why = fmt.Sprintf("virtiofsd ended with status %d", state.ExitCode())
	}
	if said := d.said.last(); said != "" && !state.Success() {
		d.why += ": " + said
	}
}

// PID of the process.
func (d *Daemon) PID() int { return d.cmd.Process.Pid }

// Ended is closed when the daemon has ended, however it did.
func (d *Daemon) Ended() <-chan struct{} { return d.ended }

// Why says how the daemon ended, and what it said; it waits for that.
func (d *Daemon) Why() string {
	<-d.ended
	return d.why
}

// Failed says whether the daemon ended otherwise than because its guest had gone; it
// waits for that.
func (d *Daemon) Failed() bool {
	<-d.ended
	return !d.cmd.ProcessState.Success()
}

// Close ends the daemon and waits for that. What the guest was told is written lies with
// the host's kernel by then.
func (d *Daemon) Close() {
	d.mu.Lock()
	if !d.reaped {
		_ = process.KillGroup(d.cmd.Process.Pid, syscall.SIGKILL) // gone already is what we want
	}
	d.mu.Unlock()
	<-d.ended
}

// saidLimit bounds what is kept of the daemon's words.
const saidLimit = 4 << 10

// tail keeps the end of what is written to it: a guest can make the daemon say a lot.
type tail struct{ kept []byte }

func (t *tail) Write(p []byte) (int, error) {
	t.kept = append(t.kept, p[max(0, len(p)-saidLimit):]...)
	t.kept = t.kept[max(0, len(t.kept)-saidLimit):]
	return len(p), nil
}

// last is the last line, "" for none.
func (t *tail) last() string {
	lines := strings.Split(strings.TrimSpace(string(t.kept)), "\n")
	return strings.TrimSpace(lines[len(lines)-1])
}
