package process

import (
	"errors"
	"fmt"
	"os/exec"
	"runtime"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// ErrClosed is returned by a Spawner after Close.
var ErrClosed = errors.New("the process spawner is closed")

// Spawner starts children that die with this process. It is safe for concurrent
// use; make one per program and close it last.
//
// Linux sends the parent-death signal when the THREAD that forked ends, and Go
// ends threads as it likes. So one goroutine that stays locked to its thread
// forks every child.
type Spawner struct {
	requests chan request
	closing  chan struct{}
	done     chan struct{}
	once     sync.Once
	guard    guard
}

type request struct {
	cmd    *exec.Cmd
	cpus   []int
	answer chan error
}

// NewSpawner starts the thread. Close ends it.
func NewSpawner() *Spawner {
	s := &Spawner{requests: make(chan request), closing: make(chan struct{}), done: make(chan struct{})}
	go s.serve()
	return s
}

func (s *Spawner) serve() {
	defer close(s.done)
	runtime.LockOSThread() // never unlocked: the thread ends with this goroutine
	for {
		select {
		case r := <-s.requests:
			r.answer <- startOn(r.cmd, r.cpus)
		case <-s.closing:
			return
		}
	}
}

// startOn starts cmd with this thread's CPU affinity set to cpus for the moment
// of the fork: a child inherits it before it can start threads of its own.
func startOn(cmd *exec.Cmd, cpus []int) error {
	if len(cpus) == 0 {
		return cmd.Start()
	}
	var before, wanted unix.CPUSet
	for _, cpu := range cpus {
		wanted.Set(cpu)
	}
	if err := unix.SchedGetaffinity(0, &before); err != nil {
		return fmt.Errorf("read the CPU affinity: %w", err)
	}
	if err := unix.SchedSetaffinity(0, &wanted); err != nil {
		return fmt.Errorf("pin to CPUs %v (does this machine have them?): %w", cpus, err)
	}
	err := cmd.Start()
	if back := unix.SchedSetaffinity(0, &before); back != nil && err == nil {
		err = errors.Join(fmt.Errorf("restore the CPU affinity: %w", back), cmd.Process.Kill(), cmd.Wait())
	}
	return err
}

// Start starts cmd in a process group of its own (or the session that its
// SysProcAttr asks for), to be killed by the kernel when this process dies.
// The caller must Wait for it.
func (s *Spawner) Start(cmd *exec.Cmd) error { return s.StartPinned(cmd, nil) }

// StartPinned is Start on the given host CPUs only; none means all.
func (s *Spawner) StartPinned(cmd *exec.Cmd, cpus []int) error {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL
	if !cmd.SysProcAttr.Setsid {
		cmd.SysProcAttr.Setpgid = true
	}
	r := request{cmd: cmd, cpus: cpus, answer: make(chan error, 1)}
	select {
	case s.requests <- r:
	case <-s.closing:
		return fmt.Errorf("start %s: %w", cmd.Path, ErrClosed)
	}
	if err := <-r.answer; err != nil {
		return fmt.Errorf("start %s: %w", cmd.Path, err)
	}
	return nil
}

// Scratch is a folder for temporary files, such as a compiler's as TMPDIR, that is
// removed by Close, or by the guard when this process is killed. It is "" where none
// could be made: then the system's own has to do.
func (s *Spawner) Scratch() string { return s.guard.folder() }

// Close ends the thread. Children that still run are killed by the kernel with
// it, so wait for them first. It may be called more than once.
func (s *Spawner) Close() {
	s.once.Do(func() { close(s.closing) })
	<-s.done
	s.guard.end()
}

// KillGroup sends a signal to a child's whole process group. A group that is
// gone already is no error.
func KillGroup(pid int, sig syscall.Signal) error {
	if pid <= 1 { // -1 would be everybody, 0 ourselves
		return fmt.Errorf("signal process group %d: not a child", pid)
	}
	if err := syscall.Kill(-pid, sig); err != nil && !errors.Is(err, syscall.ESRCH) {
		return fmt.Errorf("signal process group %d: %w", pid, err)
	}
	return nil
}
