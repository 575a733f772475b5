package qemu

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"slipway/runner/process"
)

// qmpLine bounds one message; query-qmp-schema has some 200 KB.
const qmpLine = 4 << 20

// errHungUp is wrapped by every error that means that QEMU closed its monitor.
var errHungUp = errors.New("QEMU closed its monitor")

// client speaks the QEMU Machine Protocol. Commands carry ids, so a slow one
// holds nobody up. Safe for concurrent use.
type client struct {
	conn  net.Conn
	event func(event) // on the reader's goroutine; must not block

	mu      sync.Mutex
	next    uint64
	pending map[uint64]chan message
	err     error

	writing sync.Mutex
	done    chan struct{} // closed when the reader has ended
}

type message struct {
	ID     *uint64         `json:"id"`
	Return json.RawMessage `json:"return"`
	Err    *qmpError       `json:"error"`
	event
}

// event is what QEMU tells without being asked.
type event struct {
	Name  string          `json:"event"`
	Data  json.RawMessage `json:"data"`
	Clock *struct {       // QEMU's, when it happened
		Seconds      int64 `json:"seconds"`
		Microseconds int64 `json:"microseconds"`
	} `json:"timestamp"`
}

// at is when it happened by QEMU's account, which does not depend on when we get to read
// it; known is false where QEMU could not tell.
func (e event) at() (at time.Time, known bool) {
	if e.Clock == nil || e.Clock.Seconds <= 0 {
		return time.Now(), false
	}
	now := time.Now()
	at = process.OnOurClock(time.Unix(e.Clock.Seconds, e.Clock.Microseconds*int64(time.Microsecond)))
	if at.After(now) { // the host's clock was set
		return now, false
	}
	return at, true
}

type qmpError struct {
	Class string `json:"class"`
	Desc  string `json:"desc"`
}

func (e *qmpError) Error() string { return e.Class + ": " + e.Desc }

// socketPair returns our end as a connection and the child's as a file.
func socketPair() (net.Conn, *os.File, error) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, nil, fmt.Errorf("make a socket pair for the monitor: %w", err)
	}
	ours := os.NewFile(uintptr(fds[0]), "monitor")
	theirs := os.NewFile(uintptr(fds[1]), "monitor")
	conn, err := net.FileConn(ours) // a duplicate
	if err = errors.Join(err, ours.Close()); err != nil {
		return nil, nil, errors.Join(fmt.Errorf("make a socket pair for the monitor: %w", err), theirs.Close())
	}
	return conn, theirs, nil
}

// newClient starts the reader; release must come next.
func newClient(conn net.Conn, event func(event)) *client {
	c := &client{conn: conn, event: event, pending: map[uint64]chan message{}, done: make(chan struct{})}
	go c.read()
	return c
}

// Commands after which QEMU's machine is there: negotiation leaves the mode before
// which QEMU sends no event at all; exitPreconfig goes on where --preconfig held it;
// a machine that is resumed is there.
const (
	negotiation   = "qmp_capabilities"
	exitPreconfig = "x-exit-preconfig"
	isThere       = ""
)

// release gives the command after which the machine is there, and lets the guest go.
// Both commands are sent at once, the first perhaps before QEMU greets: it takes them
// from the socket one after the other, and no answer has to travel in between. ready
// is called with the time of the first answer.
func (c *client) release(ctx context.Context, command string, ready func(time.Time)) error {
	if command == isThere {
		ready(time.Now())
		return c.do(ctx, "cont", nil, nil)
	}
	made, err := c.begin(ctx, command, nil)
	if err != nil {
		return err
	}
	defer c.forget(made.id)
	release, err := c.begin(ctx, "cont", nil)
	if err != nil {
		return err
	}
	defer c.forget(release.id)
	if err := c.await(ctx, made, nil); err != nil {
		return err
	}
	ready(time.Now())
	return c.await(ctx, release, nil)
}

// do runs one command; out may be nil. When ctx ends, a late answer is dropped.
func (c *client) do(ctx context.Context, command string, arguments, out any) error {
	x, err := c.begin(ctx, command, arguments)
	if err != nil {
		return err
	}
	defer c.forget(x.id)
	return c.await(ctx, x, out)
}

// call is a command that has been sent. Its id must be forgotten.
type call struct {
	command string
	id      uint64
	answer  chan message
}

func (c *client) begin(ctx context.Context, command string, arguments any) (call, error) {
	return c.beginWith(ctx, command, arguments, func(line []byte) error {
		_, err := c.conn.Write(line)
		return err
	})
}

func (c *client) beginWith(ctx context.Context, command string, arguments any, write func([]byte) error) (call, error) {
	id, answer, err := c.expect()
	if err != nil {
		return call{}, fmt.Errorf("qmp %s: %w", command, err)
	}
	if err := c.send(ctx, id, command, arguments, write); err != nil {
		c.forget(id)
		return call{}, fmt.Errorf("qmp %s: %w", command, err)
	}
	return call{command, id, answer}, nil
}

func (c *client) await(ctx context.Context, x call, out any) error {
	select {
	case m := <-x.answer:
		return decode(x.command, m, out)
	case <-c.done:
		select { // the answer may have come just before the end
		case m := <-x.answer:
			return decode(x.command, m, out)
		default:
			return fmt.Errorf("qmp %s: %w", x.command, c.failure())
		}
	case <-ctx.Done():
		return fmt.Errorf("qmp %s: %w", x.command, context.Cause(ctx))
	}
}

func decode(command string, m message, out any) error {
	if m.Err != nil {
		return fmt.Errorf("qmp %s: %w", command, m.Err)
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(m.Return, out); err != nil {
		return fmt.Errorf("qmp %s: unexpected answer: %w", command, err)
	}
	return nil
}

func (c *client) expect() (uint64, chan message, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err != nil {
		return 0, nil, c.err
	}
	c.next++
	answer := make(chan message, 1)
	c.pending[c.next] = answer
	return c.next, answer, nil
}

func (c *client) forget(id uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.pending, id)
}

// writeLimit bounds a write to a QEMU that does not read.
const writeLimit = 5 * time.Second

func (c *client) send(ctx context.Context, id uint64, command string, arguments any, write func([]byte) error) error {
	line, err := json.Marshal(struct {
		Execute   string `json:"execute"`
		Arguments any    `json:"arguments,omitempty"`
		ID        uint64 `json:"id"`
	}{command, arguments, id})
	if err != nil {
		return err
	}
	deadline := time.Now().Add(writeLimit)
	if d, ok := ctx.Deadline(); ok && d.Before(deadline) {
		deadline = d
	}
	c.writing.Lock()
	defer c.writing.Unlock()
	if err := c.conn.SetWriteDeadline(deadline); err != nil {
		return fmt.Errorf("%w: %w", errHungUp, err)
	}
	if err := write(append(line, '\n')); err != nil {
		return fmt.Errorf("%w: %w", errHungUp, err)
	}
	return nil
}

// human runs a command of the monitor for people.
func (c *client) human(ctx context.Context, line string) (string, error) {
	var text string
	err := c.do(ctx, "human-monitor-command", map[string]string{"command-line": line}, &text)
	return text, err
}

func (c *client) failure() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

// close hangs up and waits for the reader.
func (c *client) close() error {
	err := c.conn.Close()
	<-c.done
	return err
}

func (c *client) read() {
	defer close(c.done)
	lines := bufio.NewScanner(c.conn)
	lines.Buffer(make([]byte, 0, 16<<10), qmpLine)
	for lines.Scan() {
		var m message
		if json.Unmarshal(lines.Bytes(), &m) != nil {
			continue // QEMU sends whole objects; anything else cannot be an answer
		}
		switch {
		case m.Name != "":
			c.event(m.event)
		case m.ID != nil:
			c.answer(m)
		}
	}
	err := lines.Err()
	if err == nil {
		err = io.EOF
	}
	c.mu.Lock()
	c.err = fmt.Errorf("%w: %w", errHungUp, err)
	c.mu.Unlock()
}

func (c *client) answer(m message) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if waiting := c.pending[*m.ID]; waiting != nil {
		delete(c.pending, *m.ID) // so that a second answer cannot block
		waiting <- m
	}
}
