package qemu

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"time"

	"slipway/runner/boot"
	"slipway/runner/process"
)

// releaseLimit is how long QEMU may take until it answers; dozens of boots at
// once on a small machine are slow.
const releaseLimit = 30 * time.Second

// machine is the boot engine's controller of a QEMU process.
type machine struct {
	config      Config
	client      *client
	instruments instruments
	before      string // the command that release begins with

	mu       sync.Mutex
	boot     *boot.Boot
	image    string // what lies in a Spare's place for it, "" for any other machine
	shutdown string // reason of the first SHUTDOWN event
	panicked bool
	hands    *hands
	exits    int64 // of the guest's CPUs to the host
	exitsErr error

	share  *share // served by a daemon; nil where none is
	ending sync.Once
	asking sync.WaitGroup // see atEnd
}

// Start boots the machine; the guest runs once its readers are there. After a
// nil error, Wait must be called on the boot.
func Start(ctx context.Context, sp *process.Spawner, c Config, opt boot.Options) (*boot.Boot, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	rules, err := c.rules()
	if err != nil {
		return nil, fmt.Errorf("configure a guest for %s: %w", c.Binary, err)
	}
	conn, monitor, err := socketPair()
	if err != nil {
		return nil, err
	}
	m := newMachine(c, conn)
	shared, err := m.serve(ctx, sp, opt.CPUs)
	if err != nil {
		return nil, errors.Join(err, m.Close(), monitor.Close())
	}
	markers, markersEnd, err := process.NewStampedReader()
	if err != nil {
		return nil, errors.Join(err, m.Close(), closeAll(append(shared, monitor)))
	}
	args, files := c.underSlipway(), append([]*os.File{monitor, markersEnd}, shared...) // qmpFD, markersFD, shareFD
	if c.Virtual || c.Counter != "" {
		var instruments []*os.File
		args, instruments, m.instruments, err = c.measured()
		if err != nil {
			return nil, errors.Join(err, m.Close(), markers.Close(), closeAll(files))
		}
		if len(shared) == 0 {
			files = append(files, nil) // shareFD, imageFD
		}
		files = append(files, instruments...)
	}
	return boot.Start(ctx, sp, boot.Spec{
		Args: args, Shown: c.CommandLine(), Files: files,
		Markers: markers, Rules: rules, Held: c.Held, Controller: m,
	}, opt)
}

func newMachine(c Config, conn net.Conn) *machine {
	m := &machine{config: c, before: negotiation, hands: newHands()}
	m.client = newClient(conn, m.event)
	return m
}

// Release negotiates and lets the guest go.
func (m *machine) Release(ctx context.Context, b *boot.Boot) error {
	m.mu.Lock()
	m.boot = b
	m.mu.Unlock()
	m.share.follow(b)
	ctx, cancel := context.WithTimeout(ctx, releaseLimit)
	defer cancel()
	var err error
	if m.config.Held {
		err = m.holdAtStart(ctx, b)
	} else {
		err = m.client.release(ctx, m.before, b.Released)
	}
	if err == nil {
		close(m.hands.ready)
	}
	if errors.Is(err, errHungUp) {
		return fmt.Errorf("%w: %w", boot.ErrEnded, err)
	}
	return err
}

// boots says which file lies in the place of a Spare's image.
func (m *machine) boots(image string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.image = image
}

// event notes what QEMU tells, on the client's reader.
func (m *machine) event(e event) {
	name := e.Name
	b, stopped, moved := m.note(name, e.Data)
	if b == nil {
		return
	}
	at, known := e.at()
	if name == "RESUME" && known {
		b.Ran(at)
	}
	if stopped {
		b.Fail(boot.Verdict{Outcome: boot.QEMUCrash, Status: -1, Reason: m.stopReason()})
	}
	if moved {
		m.tellHands(b)
	}
	if name == "SHUTDOWN" && m.config.CountExits {
		m.atEnd()
	}
	if name == m.config.Mark.Event {
		b.Mark(boot.MarkApp, "QMP "+name, at)
	}
}

// note records an event. stopped means that QEMU paused a living guest by
// itself, which it does when it cannot go on; moved is noteHands's.
func (m *machine) note(name string, data json.RawMessage) (b *boot.Boot, stopped, moved bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch name {
	case "GUEST_PANICKED":
		m.panicked = true
	case "SHUTDOWN":
		var d struct {
			Reason string `json:"reason"`
		}
		if json.Unmarshal(data, &d) == nil && m.shutdown == "" {
			m.shutdown = d.Reason
		}
	case "STOP":
		stopped = m.shutdown == "" && !m.panicked && !m.hands.touched
	}
	return m.boot, stopped, m.noteHands(name)
}

func (m *machine) stopReason() string {
	if m.config.Accel == KVM {
		return "KVM stopped the guest with an internal error: try --accel tcg"
	}
	return "QEMU stopped the guest by itself"
}

// Quit asks QEMU to end.
func (m *machine) Quit(ctx context.Context) error {
	err := m.client.do(ctx, "quit", nil, nil)
	if errors.Is(err, errHungUp) {
		return nil // that was the answer
	}
	return err
}

// Drain waits for QEMU's side of the monitor to close: the last events lie in
// the socket when the process is gone already.
func (m *machine) Drain(ctx context.Context) {
	select {
	case <-m.client.done:
	case <-ctx.Done():
	}
}

// Close hangs up.
func (m *machine) Close() error {
	err := m.client.close()
	m.asking.Wait()
	m.share.stop()
	if err := errors.Join(err, m.closeSnapshots(), m.instruments.close()); err != nil {
		return fmt.Errorf("close the monitor: %w", err)
	}
	return nil
}
