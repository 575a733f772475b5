package process

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

// Transport is what carries a child's console.
type Transport string

// A pty is for people: the child sees a terminal with a size. A pipe moves bytes
// two to four times as fast and disturbs a timed run less; it has no size.
// Boots that are compared use the same transport.
const (
	PTY  Transport = "pty"
	Pipe Transport = "pipe"
)

// Size of a terminal in character cells.
type Size struct{ Cols, Rows int }

// defaultSize is used where a Size is zero.
var defaultSize = Size{Cols: 80, Rows: 24}

// Console is this side of a child's stdin and stdout. Read, Write and Close may
// be called from different goroutines; Close makes both return.
type Console struct {
	transport Transport
	reader    io.ReadCloser
	writer    *os.File // the same file as reader on a pty
	terminal  *os.File // nil on a pipe
	child     []*os.File
}

// Connect gives cmd a console of the wanted transport ("" is Pipe) as its stdin
// and stdout. Call ReleaseChild once the child has been started or failed to.
func Connect(cmd *exec.Cmd, transport Transport, size Size) (*Console, error) {
	switch transport {
	case PTY:
		return connectPTY(cmd, size)
	case Pipe, "":
		return connectPipe(cmd)
	}
	return nil, fmt.Errorf("console transport %q is unknown: use %s or %s", transport, PTY, Pipe)
}

func connectPTY(cmd *exec.Cmd, size Size) (*Console, error) {
	master, slave, err := pty.Open()
	if err != nil {
		return nil, fmt.Errorf("open a pseudo terminal for the console (is /dev/pts mounted?): %w", err)
	}
	if master, err = pollable(master); err != nil {
		return nil, errors.Join(err, slave.Close())
	}
	c := &Console{transport: PTY, reader: master, writer: master, terminal: master, child: []*os.File{slave}}
	if err := c.Resize(size); err != nil {
		c.ReleaseChild()
		return nil, errors.Join(err, c.Close())
	}
	cmd.Stdin, cmd.Stdout = slave, slave
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setsid, cmd.SysProcAttr.Setctty, cmd.SysProcAttr.Ctty = true, true, 0
	return c, nil
}

// pollable returns the same terminal as a file whose Close ends a Read and a Write
// under way. The pty package asks for its descriptor, which makes it one that blocks
// its thread: a guest that does not read would hold a writer for ever.
func pollable(terminal *os.File) (*os.File, error) {
	fd, err := unix.FcntlInt(terminal.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	if err == nil {
		err = unix.SetNonblock(fd, true)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("make the console's terminal one that can be waited for: %w", err), terminal.Close())
	}
	name := terminal.Name()
	return os.NewFile(uintptr(fd), name), terminal.Close()
}

func connectPipe(cmd *exec.Cmd) (*Console, error) {
	reader, stdout, err := NewPipeReader()
	if err != nil {
		return nil, fmt.Errorf("make the console's output pipe: %w", err)
	}
	stdin, writer, err := os.Pipe()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("make the console's input pipe: %w", err), stdout.Close(), reader.Close())
	}
	cmd.Stdin, cmd.Stdout = stdin, stdout
	return &Console{transport: Pipe, reader: reader, writer: writer, child: []*os.File{stdin, stdout}}, nil
}

// ReleaseChild closes the child's ends, so that its death is seen as the end of
// the console.
func (c *Console) ReleaseChild() {
	for _, f := range c.child {
		_ = f.Close() // nothing was written through them
	}
	c.child = nil
}

// Transport says what the console is.
func (c *Console) Transport() Transport { return c.transport }

// Read reads what the child writes; io.EOF once nobody holds the other end.
func (c *Console) Read(p []byte) (int, error) {
	n, err := c.reader.Read(p)
	if errors.Is(err, syscall.EIO) { // how a pty says that its last user is gone
		err = io.EOF
	}
	return n, err
}

// Write sends bytes to the child and blocks while its input is full.
func (c *Console) Write(p []byte) (int, error) { return c.writer.Write(p) }

// Resize tells a pty its size (0 is 80x24). On a pipe it does nothing.
func (c *Console) Resize(size Size) error {
	if c.terminal == nil {
		return nil
	}
	if size.Cols <= 0 || size.Rows <= 0 {
		size = defaultSize
	}
	// uint16 is what the kernel takes; a wider terminal than that does not exist.
	ws := unix.Winsize{Col: uint16(min(size.Cols, 0xffff)), Row: uint16(min(size.Rows, 0xffff))}
	conn, err := c.terminal.SyscallConn() // not Fd, see pollable
	if err == nil {
		failed := conn.Control(func(fd uintptr) { err = unix.IoctlSetWinsize(int(fd), unix.TIOCSWINSZ, &ws) })
		err = errors.Join(err, failed)
	}
	if err != nil {
		return fmt.Errorf("set the console's size to %dx%d: %w", size.Cols, size.Rows, err)
	}
	return nil
}

// CloseInput lets the child of a pipe read the end of its input; Read goes on. A pty
// has no such end: its reader is sent a character instead.
func (c *Console) CloseInput() error {
	if c.terminal != nil {
		return nil
	}
	return c.writer.Close()
}

// Abandon closes a console that nobody will read, because its child did not
// start.
func (c *Console) Abandon() {
	c.ReleaseChild()
	_ = c.Close()
	_, _ = c.Read(make([]byte, 1)) // the pipe releases its descriptors on this read
}

// Close ends Read and Write; a pipe's Read first returns what is in it.
func (c *Console) Close() error {
	err := c.writer.Close()
	if c.terminal == nil {
		err = errors.Join(err, c.reader.Close())
	}
	return err
}
