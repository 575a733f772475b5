package qemu

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"slipway/runner/boot"
	"slipway/runner/process"
	"slipway/runner/virtiofs"
)

// virtiofs says whether a daemon of its own serves the share.
func (c Config) virtiofs() bool { return c.Devices.Share.Path != "" && c.Devices.Share.Daemon != "" }

func (s Share) served() virtiofs.Share {
	return virtiofs.Share{Program: s.Daemon, Folder: s.Path, Writable: s.Writable}
}

// ram is the guest's memory where a daemon reads requests there and writes answers; with
// NUMA each node has its own. ramOption is what the machine type has to say of it.
func (c Config) ram() []string {
	if !c.virtiofs() || c.Devices.NUMA > 1 {
		return nil
	}
	return []string{"-object", c.memoryBackend(ownID("ram", 0), mebibytes(c.Memory))}
}

func (c Config) ramOption() string {
	if len(c.ram()) == 0 {
		return ""
	}
	return ",memory-backend=" + ownID("ram", 0)
}

// memoryBackend is memory of so many MiB that a daemon can map, where there is one.
func (c Config) memoryBackend(id string, size int64) string {
	if c.virtiofs() {
		return fmt.Sprintf("memory-backend-memfd,id=%s,size=%dM,share=on", id, size)
	}
	return fmt.Sprintf("memory-backend-ram,id=%s,size=%dM", id, size)
}

// shareSocket connects the device of a share with its daemon.
func (c Config) shareSocket(where string) []string {
	if !c.virtiofs() {
		return nil
	}
	return []string{"-chardev", fmt.Sprintf("socket,id=%s,%s", ownID("share", 0), where)}
}

// share is the daemon of a machine under way. The methods of one that is nil do nothing.
type share struct {
	daemon  *virtiofs.Daemon
	hungUp  <-chan struct{} // closed when QEMU has gone
	goes    func() bool     // whether QEMU has said that it is about to
	stopped chan struct{}

	mu        sync.Mutex
	over      bool // nobody follows any more
	following sync.WaitGroup
}

// serve starts the daemon of the machine's share, where it has one, and returns QEMU's
// end of their connection.
func (m *machine) serve(ctx context.Context, sp *process.Spawner, cpus []int) ([]*os.File, error) {
	if !m.config.virtiofs() {
		return nil, nil
	}
	daemon, guest, err := virtiofs.Start(ctx, sp, m.config.Devices.Share.served(), cpus)
	if err != nil {
		return nil, err
	}
	m.share = &share{daemon: daemon, hungUp: m.client.done, goes: m.goes, stopped: make(chan struct{})}
	return []*os.File{guest}, nil
}

// goes says whether QEMU is ending because of what the guest did.
func (m *machine) goes() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.shutdown != "" || m.panicked
}

// partingGrace is how long QEMU may take to go after it has hung up on the daemon.
const partingGrace = time.Second

// follow ends the boot when the daemon has ended and QEMU has not: the guest would wait
// for it for ever.
func (s *share) follow(b *boot.Boot) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over {
		return
	}
	s.following.Go(func() {
		select {
		case <-s.daemon.Ended():
		case <-s.stopped:
			return
		}
		grace := time.NewTimer(partingGrace)
		defer grace.Stop()
		select {
		case <-grace.C:
			if s.goes() { // slowly
				return
			}
			b.Fail(boot.Verdict{Outcome: boot.QEMUCrash, Status: -1, Reason: "nobody serves the share any more: " + s.daemon.Why()})
		case <-s.hungUp:
		case <-s.stopped:
		}
	})
}

// failure is why a QEMU that complains of its share was let down by the daemon, "" where
// it was not.
func (s *share) failure(e boot.Evidence) string {
	if s == nil || e.Released || !strings.Contains(e.Stderr, "vhost") {
		return ""
	}
	select {
	case <-s.daemon.Ended():
	case <-time.After(partingGrace): // QEMU has gone, and it has not
		return ""
	}
	if !s.daemon.Failed() {
		return ""
	}
	return "the share cannot be served: " + s.daemon.Why()
}

// stop ends the daemon.
func (s *share) stop() {
	if s == nil {
		return
	}
	s.mu.Lock()
	s.over = true
	close(s.stopped)
	s.mu.Unlock()
	s.daemon.Close()
	s.following.Wait()
}
