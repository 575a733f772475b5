package qemu

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
)

// QEMU's monitors can't step a guest; the stub that it keeps for debuggers can. It is
// started when it is wanted, on a socket that has no name, so that an ordinary boot
// has none.

// chardev gives QEMU our end of a debugger's connection; the stub serves it from now
// on. The guest is stopped by that.
func (i *Inside) chardev(ctx context.Context, file *os.File) (id string, err error) {
	i.m.hands.chardevs++
	id = "slipway-debugger-" + strconv.Itoa(i.m.hands.chardevs)
	if err := i.m.client.hand(ctx, file, "getfd", map[string]string{"fdname": id}, nil); err != nil {
		return "", err
	}
	if err := i.m.client.do(ctx, "chardev-add", map[string]any{
		"id": id,
		"backend": map[string]any{"type": "socket", "data": map[string]any{
			"addr":   map[string]any{"type": "fd", "data": map[string]string{"str": id}},
			"server": false,
		}},
	}, nil); err != nil {
		return "", err
	}
	return id, i.serveStub(ctx, "chardev:"+id)
}

// serveStub tells QEMU's stub whom to serve; "none" makes it hang up, which removes
// the chardev too.
func (i *Inside) serveStub(ctx context.Context, whom string) error {
	text, err := i.m.client.human(ctx, "gdbserver "+whom)
	if err == nil && bytes.Contains([]byte(text), []byte("Could not open")) {
		err = fmt.Errorf("QEMU has no stub for debuggers: %s", text)
	}
	return err
}

// stubbed speaks with the stub while work lasts.
func (i *Inside) stubbed(ctx context.Context, work func(*stub) error) error {
	ours, theirs, err := socketPair()
	if err != nil {
		return err
	}
	defer func() { _ = ours.Close() }() // its other end has been told to hang up
	_, err = i.chardev(ctx, theirs)
	_ = theirs.Close() // QEMU has a copy
	if err != nil {
		return err
	}
	if deadline, ok := ctx.Deadline(); ok {
		err = ours.SetDeadline(deadline)
	}
	if err == nil {
		err = work(&stub{conn: ours, r: bufio.NewReader(ours)})
	}
	return errors.Join(err, i.serveStub(context.WithoutCancel(ctx), "none"))
}

// Step executes one instruction of the first CPU, with interrupts held back. The guest
// stands afterwards.
func (i *Inside) Step(ctx context.Context) error {
	return i.with(ctx, handLimit, "step the guest", "it was stepped", func(ctx context.Context) error {
		if i.debugged() {
			return ErrDebugger
		}
		if err := i.stop(ctx); err != nil {
			return err
		}
		i.setStepping(true)
		defer i.setStepping(false)
		return i.stubbed(ctx, func(s *stub) error {
			reply, err := s.ask("vCont;s:1")
			if err == nil && !bytes.HasPrefix(reply, []byte("T05")) {
				err = fmt.Errorf("QEMU's stub answers %q to a step", reply)
			}
			return err
		})
	})
}

func (i *Inside) setStepping(on bool) {
	i.m.mu.Lock()
	i.m.hands.stepping = on
	i.m.mu.Unlock()
	if !on {
		i.m.tellHands(i.b)
	}
}

// Debug hands the guest to a debugger that has connected to us; it stands. conn stays
// the caller's, who may close it. Undebug must be called when the debugger is gone.
func (i *Inside) Debug(ctx context.Context, conn *os.File) error {
	return i.with(ctx, handLimit, "attach a debugger", "a debugger was attached", func(ctx context.Context) error {
		if i.debugged() {
			return ErrDebugger
		}
		if err := i.stop(ctx); err != nil {
			return err
		}
		id, err := i.chardev(ctx, conn)
		if err != nil {
			return err
		}
		i.setDebugger(id)
		return nil
	})
}

// Undebug takes the guest out of a debugger's hands: its breakpoints are removed, and
// the guest goes on. Where none is attached it does nothing.
func (i *Inside) Undebug(ctx context.Context) error {
	return i.with(ctx, handLimit, "detach the debugger", "a debugger was attached", func(ctx context.Context) error {
		if !i.debugged() {
			return nil
		}
		defer i.setDebugger("")
		if err := i.serveStub(ctx, "none"); err != nil {
			return err
		}
		return i.stubbed(ctx, func(s *stub) error {
			if _, err := s.ask("?"); err != nil { // a new debugger's first question removes what the last one left
				return err
			}
			// The process is named: where the last debugger knew of several, QEMU wants that.
			reply, err := s.ask("D;1")
			if err == nil && string(reply) != "OK" {
				err = fmt.Errorf("QEMU's stub answers %q to a farewell", reply)
			}
			return err
		})
	})
}

// Debugged says whether a debugger has the guest in its hands and is still there:
// QEMU tells nobody of one that has hung up.
func (i *Inside) Debugged(ctx context.Context) (still bool, err error) {
	err = i.with(ctx, handLimit, "look for the debugger", "a debugger was attached", func(ctx context.Context) error {
		i.m.mu.Lock()
		id := i.m.hands.debugger
		i.m.mu.Unlock()
		var chardevs []struct{ Label, Filename string }
		if err := i.m.client.do(ctx, "query-chardev", nil, &chardevs); err != nil {
			return err
		}
		for _, c := range chardevs {
			still = still || c.Label == id && !strings.HasPrefix(c.Filename, "disconnected")
		}
		return nil
	})
	return still, err
}

func (i *Inside) debugged() bool {
	i.m.mu.Lock()
	defer i.m.mu.Unlock()
	return i.m.hands.debugger != ""
}

func (i *Inside) setDebugger(id string) {
	i.m.mu.Lock()
	i.m.hands.debugger = id
	i.m.mu.Unlock()
	i.m.tellHands(i.b)
}

// stub is the debugger's side of GDB's remote serial protocol, as far as it is needed.
type stub struct {
	conn net.Conn
	r    *bufio.Reader
}

// maxPacket bounds an answer of the stub's.
const maxPacket = 64 << 10

// ask sends a packet and returns the answer.
func (s *stub) ask(packet string) ([]byte, error) {
	if _, err := fmt.Fprintf(s.conn, "$%s#%02x", packet, checksum([]byte(packet))); err != nil {
		return nil, fmt.Errorf("ask QEMU's stub: %w", err)
	}
	answer, err := s.read()
	if errors.Is(err, os.ErrDeadlineExceeded) {
		err = fmt.Errorf("no answer to %q in time: %w", packet, context.DeadlineExceeded)
	}
	if err != nil {
		return nil, fmt.Errorf("ask QEMU's stub: %w", err)
	}
	_, err = s.conn.Write([]byte{'+'})
	return answer, err
}

// read skips acknowledgements and returns the next packet.
func (s *stub) read() ([]byte, error) {
	for {
		c, err := s.r.ReadByte()
		if err != nil {
			return nil, err
		}
		if c == '$' {
			break
		}
	}
	var packet []byte
	for len(packet) < maxPacket {
		c, err := s.r.ReadByte()
		if err != nil {
			return nil, err
		}
		if c != '#' {
			packet = append(packet, c)
			continue
		}
		var sum [2]byte
		for k := range sum {
			if sum[k], err = s.r.ReadByte(); err != nil {
				return nil, err
			}
		}
		if want := fmt.Sprintf("%02x", checksum(packet)); want != string(bytes.ToLower(sum[:])) {
			return nil, fmt.Errorf("a damaged packet: checksum %s, not %s", sum, want)
		}
		return packet, nil
	}
	return nil, fmt.Errorf("a packet of more than %d bytes", maxPacket)
}

func checksum(packet []byte) (sum byte) {
	for _, c := range packet {
		sum += c
	}
	return sum
}
