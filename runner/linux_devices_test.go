package runner_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"slipway/runner"
	"slipway/runner/boot"
	"slipway/runner/process"
)

func TestLinuxSeesItsDisksAndNodes(t *testing.T) {
	t.Parallel()
	fixed, scratch := file(t, "fixed.img", "first", 1<<20), file(t, "scratch.img", "again", 3<<20)
	qcow2 := "disks=" + fixed + "," + scratch + ":snapshot"
	p := ours.cloud(t, "musl-static", "do=disks", qcow2)
	v := ours.sail(t, p)
	v.mustPass(t)
	const want = "/dev/vda has 1048576 bytes, reads [first], is not written\n/dev/vdb has 3145728 bytes, reads [again], is written\n"
	if !strings.Contains(v.console, want) {
		t.Errorf("it saw:\n%s", v.console)
	}
	for path, text := range map[string]string{fixed: "first", scratch: "again"} {
		if data, err := os.ReadFile(path); err != nil || !strings.HasPrefix(string(data), text) {
			t.Errorf("%s begins with %q, %v: the guest has written to it", path, data[:6], err)
		}
	}
	console, markers, status, _ := byHand(t, p)
	if !strings.Contains(console, want) || !strings.Contains(markers, "@slipway exit 0") || status != 33 {
		t.Errorf("by hand it ended with %d:\n%s%s", status, console, markers)
	}

	v = ours.sail(t, ours.cloud(t, "musl-static", "do=nodes", "cpus=4", "numa=2"))
	v.mustPass(t)
	for _, want := range []string{"cpu/online: 0-3\n", "node/online: 0-1\n", "node0/cpulist: 0-1\n", "node1/cpulist: 2-3\n"} {
		if !strings.Contains(v.console, want) {
			t.Errorf("%q is missing:\n%s", want, v.console)
		}
	}
}

func TestLinuxSeesEachDeviceOnItsBus(t *testing.T) {
	t.Parallel()
	folder := shared(t)
	p := ours.cloud(t, "musl-static", "do=bus", "net=isolated", "serial2=true", "share="+folder, "qemu=-device virtio-rng-pci")
	v := ours.sail(t, p)
	v.mustPass(t)
	for _, want := range []string{"virtio device 0x1000\n", "virtio device 0x105a\n", "virtio device 0x1005\n"} { // network, file system, entropy
		if !strings.Contains(v.console, want) {
			t.Errorf("%q is missing:\n%s", want, v.console)
		}
	}
	p = ours.cloud(t, "musl-static", "do=says-twice", "serial2=true")
	p.VM.Serial2File = folder + "/com2"
	ours.sail(t, p).mustPass(t)
	if text, err := os.ReadFile(folder + "/com2"); string(text) != "the second port\r\n" {
		t.Errorf("the second port said %q, %v", text, err)
	}
	if v = ours.sail(t, ours.cloud(t, "musl-static", "do=bus")); strings.Contains(v.console, "virtio device") {
		t.Errorf("a target without devices has some:\n%s", v.console)
	}
}

// freePort is one of the loopback that nobody listens on.
func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return port
}

// listeners are the local addresses, as /proc/net has them, that something listens on.
func listeners(t *testing.T, port int) (addresses []string) {
	t.Helper()
	for _, name := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		f, err := os.Open(name)
		if err != nil {
			continue
		}
		for lines := bufio.NewScanner(f); lines.Scan(); {
			const listening = "0A"
			fields := strings.Fields(lines.Text())
			if len(fields) > 3 && fields[3] == listening && strings.HasSuffix(fields[1], fmt.Sprintf(":%04X", port)) {
				addresses = append(addresses, fields[1])
			}
		}
		f.Close()
	}
	return addresses
}

// sailUntil boots a plan and calls at once the guest has printed a text.
func (y *yard) sailUntil(t *testing.T, p *runner.Plan, cue string, do func(b *boot.Boot)) voyage {
	t.Helper()
	var console strings.Builder
	seen := make(chan struct{})
	done := false
	b, err := y.runner.Start(context.Background(), p, boot.Options{Transport: process.Pipe, Console: func(_ time.Duration, chunk []byte) {
		if console.Write(chunk); !done && strings.Contains(console.String(), cue) {
			done = true
			close(seen)
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	select {
	case <-seen:
		do(b)
	case <-b.Done():
	}
	r := b.Wait()
	return voyage{Result: r, console: strings.ReplaceAll(console.String(), "\r\n", "\n")}
}

func TestAForwardedPortIsTheLoopbacksAlone(t *testing.T) {
	t.Parallel()
	port := freePort(t)
	p := ours.cloud(t, "musl-static", "do=serve", fmt.Sprintf("forward=%d:80", port))
	v := ours.sailUntil(t, p, "ready", func(*boot.Boot) {
		if got := listeners(t, port); len(got) != 1 || !strings.HasPrefix(got[0], "0100007F:") {
			t.Errorf("port %d is listened on at %q, want the loopback alone", port, got)
		}
		c, err := net.DialTimeout("tcp", fmt.Sprintf("127.0.0.1:%d", port), 10*time.Second)
		if err != nil {
			t.Error(err)
			return
		}
		defer c.Close()
		fmt.Fprint(c, "hello, guest")
		if answer, err := io.ReadAll(c); string(answer) != "hello, host" {
			t.Errorf("the guest answers %q, %v", answer, err)
		}
	})
	v.mustPass(t)
	if !strings.Contains(v.console, "was told [hello, guest]") {
		t.Errorf("the guest says:\n%s", v.console)
	}
}

func TestAnIsolatedGuestReachesNothing(t *testing.T) {
	t.Parallel()
	host, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = host.Close() })
	n := fmt.Sprintf("n=%d", host.Addr().(*net.TCPAddr).Port)
	for choice, want := range map[string]string{"net=user": "got out\n", "net=isolated": "got nowhere\n"} {
		v := ours.sail(t, ours.cloud(t, "musl-static", "do=reach-out", n, choice))
		if v.mustPass(t); !strings.Contains(v.console, want) {
			t.Errorf("%s: the guest says:\n%s", choice, v.console)
		}
	}
}
