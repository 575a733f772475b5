package qemu

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"slipway/runner/boot"
	"slipway/runner/process"
)

// probeGuest is probe.S, assembled: long mode, SSE, a loop between two markers,
// status 42.
//
//go:embed probe.elf
var probeGuest []byte

const (
	probeStatus = 42
	probeMemory = 16 << 20
	probeLimit  = time.Second
	kvmDevice   = "/dev/kvm"

	// slowestLoop is what the loop may take: hardware needs 3 ms, TCG 5 to 15, a KVM
	// that interprets kernel code 13 seconds. Above it, KVM would lose to TCG.
	slowestLoop = 50 * time.Millisecond
	// attempts before a guest that works is called slow: a busy host can be at fault.
	attempts = 3
)

// Accelerator is what guests run on, and why.
type Accelerator struct {
	Name   Accel
	Reason string   // why not KVM; "" for KVM, and where TCG was asked for
	QEMU   string   // version
	Fixes  []string // what a person can do about Reason
}

// ErrNoKVM is wrapped where KVM was asked for and does not work.
var ErrNoKVM = errors.New("KVM does not work here")

// Probe chooses the accelerator for a QEMU program. want is auto, kvm or tcg. KVM
// is chosen by proof only: a guest of a few bytes has to run on it, right and at
// the speed of hardware, since a device that opens says nothing. The verdict is
// kept in cacheDir ("" keeps nothing) for this host, its kernel and this QEMU; a
// hit starts no process.
func Probe(ctx context.Context, sp *process.Spawner, binary, cacheDir, want string) (Accelerator, error) {
	return prober{spawner: sp, device: kvmDevice}.choose(ctx, binary, cacheDir, want)
}

// prober proves KVM behind a device.
type prober struct {
	spawner *process.Spawner
	device  string
}

func (p prober) choose(ctx context.Context, binary, cacheDir, want string) (Accelerator, error) {
	if want != "auto" && want != string(KVM) && want != string(TCG) {
		return Accelerator{}, fmt.Errorf("accelerator %q is none of auto, kvm, tcg", want)
	}
	path, err := find(binary)
	if err != nil {
		return Accelerator{}, err
	}
	cache, err := openVerdicts(cacheDir, path)
	if err != nil {
		return Accelerator{}, err
	}
	v, known := cache.load()
	if !known {
		if v.Version, err = Version(ctx, p.spawner, path); err != nil {
			return Accelerator{}, err
		}
	}
	if want == string(TCG) {
		return Accelerator{Name: TCG, QEMU: v.Version}, nil // the cache is for those who prove something
	}
	a, settled := p.withoutProof(path)
	a.QEMU = v.Version
	if !settled {
		if !known {
			if v, err = p.prove(ctx, path, v.Version); err != nil {
				return Accelerator{}, err
			}
			if err := cache.save(v); err != nil {
				return Accelerator{}, err
			}
		}
		a = v.accelerator()
	}
	if want == string(KVM) && a.Name != KVM {
		return a, fmt.Errorf("%w: %s%s", ErrNoKVM, a.Reason, advice(a.Fixes))
	}
	return a, nil
}

func advice(fixes []string) string {
	if len(fixes) == 0 {
		return "; use auto or tcg"
	}
	return "; " + fixes[0]
}

// withoutProof settles what needs no guest. It is looked at every time: a person
// who has just joined the group kvm is not told an old story.
func (p prober) withoutProof(path string) (Accelerator, bool) {
	a := Accelerator{Name: TCG}
	if !sameArch(path) {
		a.Reason = fmt.Sprintf("%s emulates another instruction set than this machine's (%s)", filepath.Base(path), runtime.GOARCH)
		return a, true
	}
	fd, err := unix.Open(p.device, unix.O_RDWR|unix.O_CLOEXEC, 0)
	switch {
	case err == nil:
		_ = unix.Close(fd)
		return a, false
	case errors.Is(err, fs.ErrNotExist):
		a.Reason = "there is no " + p.device
		a.Fixes = []string{
			"load KVM: sudo modprobe kvm_intel (or kvm_amd), with virtualization switched on in the firmware",
			"in a virtual machine: switch nested virtualization on in its host",
			"in a container: pass --device /dev/kvm",
		}
	case errors.Is(err, fs.ErrPermission):
		a.Reason = "you may not open " + p.device
		a.Fixes = []string{"join its group: sudo usermod -aG kvm $USER, then log in again"}
	default:
		a.Reason = fmt.Sprintf("%s cannot be opened: %v", p.device, err)
	}
	return a, true
}

// sameArch says whether a QEMU program's guests have this machine's instructions
// and the probe is for them.
func sameArch(path string) bool {
	return runtime.GOARCH == "amd64" && strings.HasSuffix(path, "-x86_64")
}

// prove boots the probe under KVM, again where it was only slow.
func (p prober) prove(ctx context.Context, path, version string) (verdict, error) {
	dir, err := os.MkdirTemp("", "slipway-probe-")
	if err != nil {
		return verdict{}, fmt.Errorf("prove the accelerator: %w", err)
	}
	defer os.RemoveAll(dir)
	kernel := filepath.Join(dir, "probe.elf")
	if err := os.WriteFile(kernel, probeGuest, 0o600); err != nil {
		return verdict{}, fmt.Errorf("prove the accelerator: %w", err)
	}
	c := Config{Binary: path, Machine: "pc", Accel: KVM, Memory: probeMemory, Kernel: kernel, Exit: Exit{By: ByDebugcon}}
	var v verdict
	for range attempts {
		b, err := Start(ctx, p.spawner, c, boot.Options{Timeout: probeLimit})
		if err != nil {
			return verdict{}, fmt.Errorf("prove the accelerator: %w", err)
		}
		r := b.Wait()
		if ctx.Err() != nil {
			return verdict{}, fmt.Errorf("prove the accelerator: %w", context.Cause(ctx))
		}
		if v = judgeProbe(r, path); v.KVM || !v.Slow || r.Outcome == boot.Timeout {
			break
		}
	}
	v.Version, v.At = version, time.Now()
	return v, nil
}

// judgeProbe believes a guest that ended right and was quick about it.
func judgeProbe(r boot.Result, path string) verdict {
	if r.Outcome == boot.Timeout {
		return verdict{Slow: true, Reason: fmt.Sprintf("KVM opens but a tiny guest did not finish within %s", probeLimit)}
	}
	if r.Outcome != boot.Exit || r.Status != probeStatus {
		return verdict{Reason: "KVM opens but does not run a guest: " + shorten(r, path)}
	}
	i := slices.IndexFunc(r.Phases, func(p boot.Phase) bool { return p.Name == "app" })
	if i < 0 {
		return verdict{Reason: "KVM opens but does not run a guest: a marker was lost"}
	}
	if loop := r.Phases[i].Duration; loop > slowestLoop {
		return verdict{Slow: true, Reason: fmt.Sprintf("KVM works but takes %s for a loop that hardware does in 3ms: emulation is faster",
			loop.Round(time.Millisecond))}
	}
	return verdict{KVM: true}
}

// shorten is what QEMU complained of, without its name.
func shorten(r boot.Result, path string) string {
	text := complaint(r.Stderr)
	if text == "" {
		return r.Reason
	}
	text = strings.TrimPrefix(text, path+": ")
	text = strings.TrimPrefix(text, filepath.Base(path)+": ")
	return strings.TrimPrefix(text, "error: ")
}
