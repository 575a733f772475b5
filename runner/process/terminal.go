package process

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime/debug"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// terminalScript waits until whoever holds its input says that it has left the
// terminal in order, or is gone. Then it takes back what a program that draws on a
// whole screen has set: the alternate screen, mouse, paste and focus reports, keyboard
// modes, a hidden cursor. Settings are put back only where signals are off: a shell
// that reads a line has put its own in force meanwhile, and leaves them on. Where we
// crashed, the beginning of why lies in a file in memory: on the alternate screen it is
// lost.
const terminalScript = `trap '' INT TERM HUP QUIT TTOU
read -r word
[ "$word" != left ] || exit 0
{
	case $(stty -a <&3) in *-isig*|*-icanon*) stty "$1" <&3 ;; esac
	printf '\r\033[?1000l\033[?1002l\033[?1003l\033[?1006l\033[?1004l\033[?2004l\033[<u\033[>4m\033[?1049l\033[?25h\033[0m' >&3
	[ ! -s /proc/self/fd/4 ] || head -n 40 /proc/self/fd/4 >&3
} 2>/dev/null`

// GuardTerminal keeps a process beside us that puts a terminal back into order when we
// are killed or crash: nobody else could. From then on a crash ends us by a signal:
// after a program that returned, shells take the settings that it left for those that
// the user wants. done must be called when the terminal is in order, and never fails;
// where no guard can be started, there is none.
func GuardTerminal(terminal *os.File) (done func()) {
	settings, err := unix.IoctlGetTermios(int(terminal.Fd()), unix.TCGETS)
	if err != nil {
		return func() {} // no terminal
	}
	cmd := exec.Command("/bin/sh", "-c", terminalScript, "slipway", sttyWords(settings))
	cmd.Dir = "/"
	cmd.ExtraFiles = []*os.File{terminal} // 3
	crash := crashOutput()
	if crash != nil {
		cmd.ExtraFiles = append(cmd.ExtraFiles, crash) // 4
	}
	debug.SetTraceback("crash")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // no key and no closed window ends it before us
	pipe, err := cmd.StdinPipe()
	if err != nil {
		return func() {}
	}
	started := make(chan error, 1)
	go func() { // the first frame does not wait for it
		err := cmd.Start()
		_ = crash.Close() // nil where there is none
		started <- err
	}()
	return func() {
		if <-started != nil {
			return
		}
		_, _ = io.WriteString(pipe, "left\n") // somebody has killed it: there is nothing to call off
		_ = pipe.Close()
		_ = cmd.Wait() // its status says nothing
	}
}

// crashOutput is a file in memory that gets what a crash prints, nil where there can be
// none.
func crashOutput() *os.File {
	fd, err := unix.MemfdCreate("slipway-crash", unix.MFD_CLOEXEC)
	if err != nil {
		return nil
	}
	f := os.NewFile(uintptr(fd), "slipway-crash")
	if debug.SetCrashOutput(f, debug.CrashOptions{}) != nil { // it keeps a descriptor of its own
		_ = f.Close()
		return nil
	}
	return f
}

// controlCharacters is how many of them stty(1) writes and reads: as many as the C
// libraries keep, which is more than the kernel does.
const controlCharacters = 32

// sttyWords are settings as stty -g prints them.
func sttyWords(t *unix.Termios) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%x:%x:%x:%x", t.Iflag, t.Oflag, t.Cflag, t.Lflag)
	for i := range controlCharacters {
		c := byte(0)
		if i < len(t.Cc) {
			c = t.Cc[i]
		}
		fmt.Fprintf(&b, ":%x", c)
	}
	return b.String()
}
