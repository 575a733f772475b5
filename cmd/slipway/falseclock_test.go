//go:build amd64

package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strings"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A clock that jumps, without touching the host's: the program runs under ptrace, with all that it starts, and is told
// the time by us. No process gets the page by which the kernel tells the time without being asked (the vDSO), so that
// each asks by a system call, and a filter hands us those that ask for the time of day. The clock that only ever goes
// on, CLOCK_MONOTONIC, is the kernel's, and so are the times of files.

// underClock makes the test binary run the program under such a clock. Its value is how long the clock keeps to one
// error, and the errors, in turn: "20ms 0s 5h -87600h".
const underClock = "SLIPWAY_TEST_CLOCK"

// asksForTheTime is underClock's value in a process that is watched already, but not yet the program.
const asksForTheTime = "ask"

// runUnderClock is that program; it returns the exit status.
func runUnderClock(clocks string) int {
	if clocks == asksForTheTime {
		fmt.Fprintln(os.Stderr, "run under a false clock:", becomeTheProgram())
		return 99
	}
	clock, err := parseFalseClock(clocks)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 99
	}
	// The kernel knows a thread as the one that watches, not a process.
	runtime.LockOSThread()
	cmd := exec.Command("/proc/self/exe")
	cmd.Args = os.Args
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), underClock+"="+asksForTheTime)
	cmd.SysProcAttr = &syscall.SysProcAttr{Ptrace: true}
	if err := cmd.Start(); err != nil {
		fmt.Fprintln(os.Stderr, "ptrace:", err)
		return 99
	}
	pass := make(chan os.Signal, 8)
	signal.Notify(pass, unix.SIGTERM, unix.SIGINT, unix.SIGHUP)
	go func() {
		for s := range pass {
			_ = cmd.Process.Signal(s)
		}
	}()
	w := watcher{program: cmd.Process.Pid, known: map[int]bool{}, clock: clock}
	status, err := w.watch()
	if err != nil {
		fmt.Fprintln(os.Stderr, "ptrace:", err)
		return 99
	}
	return status
}

// becomeTheProgram installs the filter, which all that comes after inherits.
func becomeTheProgram() error {
	const (
		load = unix.BPF_LD | unix.BPF_W | unix.BPF_ABS
		is   = unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K
		ret  = unix.BPF_RET | unix.BPF_K
		// Where struct seccomp_data has them.
		number, architecture, firstArgument = 0, 4, 16
	)
	filter := []unix.SockFilter{
		{Code: load, K: architecture},
		{Code: is, K: unix.AUDIT_ARCH_X86_64, Jf: 7},
		{Code: load, K: number},
		{Code: is, K: unix.SYS_TIME, Jt: 6},
		{Code: is, K: unix.SYS_GETTIMEOFDAY, Jt: 5},
		{Code: is, K: unix.SYS_CLOCK_GETTIME, Jf: 3},
		{Code: load, K: firstArgument},
		{Code: is, K: unix.CLOCK_REALTIME, Jt: 2},
		{Code: is, K: unix.CLOCK_REALTIME_COARSE, Jt: 1},
		{Code: ret, K: unix.SECCOMP_RET_ALLOW},
		{Code: ret, K: unix.SECCOMP_RET_TRACE},
	}
	program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	runtime.LockOSThread()
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return err
	}
	if _, _, e := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, 0, uintptr(unsafe.Pointer(&program))); e != 0 {
		return e
	}
	if err := os.Unsetenv(underClock); err != nil {
		return err
	}
	return unix.Exec("/proc/self/exe", os.Args, os.Environ()) // by this thread, which has the filter
}

// falseClock is a clock of the day whose error changes every so often.
type falseClock struct {
	every  time.Duration
	errors []time.Duration
	began  time.Time
}

func parseFalseClock(text string) (*falseClock, error) {
	c := falseClock{began: time.Now()}
	for i, word := range strings.Fields(text) {
		d, err := time.ParseDuration(word)
		if err != nil {
			return nil, err
		}
		if i == 0 {
			c.every = d
		} else {
			c.errors = append(c.errors, d)
		}
	}
	if c.every <= 0 || len(c.errors) == 0 {
		return nil, fmt.Errorf("%q is not a duration and the errors of a clock", text)
	}
	return &c, nil
}

// now is the time of day by this clock. Where a system can't have it, it is the first moment that it can.
func (c *falseClock) now() syscall.Timespec {
	now := time.Now()
	turn := int(now.Sub(c.began) / c.every)
	return syscall.NsecToTimespec(max(now.Add(c.errors[turn%len(c.errors)]).UnixNano(), 0))
}

// watcher has all threads of the program and of what it started.
type watcher struct {
	program int
	known   map[int]bool
	clock   *falseClock
}

// watch returns the program's status when it has ended, and all that it started.
func (w *watcher) watch() (int, error) {
	var ws unix.WaitStatus
	if _, err := unix.Wait4(w.program, &ws, 0, nil); err != nil {
		return 0, err
	}
	w.known[w.program] = true
	const all = unix.PTRACE_O_TRACECLONE | unix.PTRACE_O_TRACEFORK | unix.PTRACE_O_TRACEVFORK | unix.PTRACE_O_TRACEEXEC |
		unix.PTRACE_O_TRACESECCOMP | unix.PTRACE_O_EXITKILL
	if err := unix.PtraceSetOptions(w.program, all); err != nil {
		return 0, err
	}
	if err := unix.PtraceCont(w.program, 0); err != nil {
		return 0, err
	}
	status := 99
	for {
		pid, err := unix.Wait4(-1, &ws, unix.WALL, nil)
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case errors.Is(err, unix.ECHILD):
			return status, nil
		case err != nil:
			return 0, err
		}
		if !ws.Stopped() {
			delete(w.known, pid)
			if pid == w.program {
				if status = ws.ExitStatus(); ws.Signaled() {
					status = 128 + int(ws.Signal())
				}
			}
			continue
		}
		deliver, err := w.stopped(pid, ws)
		if err == nil {
			err = unix.PtraceCont(pid, int(deliver))
		}
		if err != nil && !errors.Is(err, unix.ESRCH) { // somebody killed it meanwhile
			return 0, fmt.Errorf("process %d: %w", pid, err)
		}
	}
}

// stopped does what is to be done for a thread that stands, and returns the signal that it gets.
func (w *watcher) stopped(pid int, ws unix.WaitStatus) (unix.Signal, error) {
	if !w.known[pid] {
		w.known[pid] = true
		if ws.StopSignal() == unix.SIGSTOP {
			return 0, nil // how a new thread reports
		}
	}
	switch int(ws) >> 16 {
	case 0:
		return ws.StopSignal(), nil
	case unix.PTRACE_EVENT_EXEC:
		return 0, hideTheVDSO(pid)
	case unix.PTRACE_EVENT_SECCOMP:
		return 0, w.tell(pid)
	}
	return 0, nil
}

// tell answers a system call that asks for the time of day, in the kernel's place.
func (w *watcher) tell(pid int) error {
	var r unix.PtraceRegs
	if err := unix.PtraceGetRegs(pid, &r); err != nil {
		return err
	}
	now := w.clock.now()
	at, low := r.Rdi, now.Nsec
	switch r.Orig_rax {
	case unix.SYS_CLOCK_GETTIME:
		at = r.Rsi
	case unix.SYS_GETTIMEOFDAY:
		low = now.Nsec / 1000
	}
	r.Rax = 0
	answer := binary.LittleEndian.AppendUint64(nil, uint64(now.Sec))
	if r.Orig_rax == unix.SYS_TIME {
		r.Rax = uint64(now.Sec)
	} else {
		answer = binary.LittleEndian.AppendUint64(answer, uint64(low))
	}
	if at != 0 {
		if _, err := unix.PtracePokeData(pid, uintptr(at), answer); err != nil {
			return err
		}
	}
	r.Orig_rax = ^uint64(0) // no system call
	return unix.PtraceSetRegs(pid, &r)
}

// hideTheVDSO takes the entry that names it out of what the kernel tells a new program on its stack: the number of
// arguments, the arguments, the environment, and pairs of a type and a value, the first two lists ended by a 0.
func hideTheVDSO(pid int) error {
	const ehdr, ignore, end, word = 33, 1, 0, 8
	var r unix.PtraceRegs
	if err := unix.PtraceGetRegs(pid, &r); err != nil {
		return err
	}
	at := uintptr(r.Rsp) + word
	peek := func() (uint64, error) {
		var b [word]byte
		_, err := unix.PtracePeekData(pid, at, b[:])
		at += word
		return binary.LittleEndian.Uint64(b[:]), err
	}
	for range 2 {
		for v := uint64(1); v != 0; {
			var err error
			if v, err = peek(); err != nil {
				return err
			}
		}
	}
	for {
		kind, err := peek()
		if err != nil || kind == end {
			return err
		}
		if kind == ehdr {
			_, err := unix.PtracePokeData(pid, at-word, binary.LittleEndian.AppendUint64(nil, ignore))
			return err
		}
		at += word
	}
}
