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

// probeGuest is probe.S, assembled: 32-bit paging, a marker, long mode, SSE, a loop
// between two markers, status 42. Its processor is -cpu host, whose registers a KVM
// that is none refuses.
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
	Reason string // why not KVM; "" for KVM, and where TCG was asked for
	QEMU   string // version

	Evidence []string // what this machine says that explains Reason
	Fixes    []string // what a person can do about it, the likeliest first

	foreign bool // the guest's instructions are not this machine's: KVM is no question
}

// FellBack says that KVM would have been taken if it worked.
func (a Accelerator) FellBack() bool { return a.Name == TCG && a.Reason != "" && !a.foreign }

// ErrNoKVM is wrapped where KVM was asked for and does not work.
var ErrNoKVM = errors.New("KVM does not work here")

// Probe chooses the accelerator for a QEMU program. want is auto, kvm or tcg. KVM
// is chosen by proof only: a guest of a few bytes has to run on it, right and at
// the speed of hardware, since a device that opens says nothing. One that is only
// slow is had by asking for kvm. The verdict is kept in cacheDir ("" keeps nothing)
// for this host, its kernel and this QEMU; a hit starts no process.
func Probe(ctx context.Context, sp *process.Spawner, binary, cacheDir, want string) (Accelerator, error) {
	return prober{spawner: sp, device: kvmDevice}.choose(ctx, binary, cacheDir, want)
}

// prober proves KVM behind a device.
type prober struct {
	spawner *process.Spawner
	device  string
	host    hostFiles
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
			v, err = p.prove(ctx, path, v.Version)
			if err != nil && (ctx.Err() != nil || want == string(KVM)) {
				return Accelerator{}, err
			}
			if err != nil { // the host's trouble of this moment: no verdict that is kept
				a.Reason = "KVM could not be tried: " + err.Error()
				return a, nil //nolint:nilerr // it is the reason
			}
			if err := cache.save(v); err != nil {
				return Accelerator{}, err
			}
		}
		if want == string(KVM) && v.Slow {
			return Accelerator{Name: KVM, QEMU: v.Version}, nil // it runs guests, and who asks for it shall have it
		}
		if a = v.accelerator(); a.Name != KVM {
			p.explain(&a, noGuest)
		}
	}
	if want == string(KVM) && a.Name != KVM {
		return a, fmt.Errorf("%w: %s%s", ErrNoKVM, a.Reason, wayOut(a.Fixes))
	}
	return a, nil
}

func wayOut(fixes []string) string {
	if len(fixes) == 0 {
		return "; use auto or tcg"
	}
	return "; " + fixes[0]
}

// explain adds what this machine says about a trouble. It is read every time: what
// mends it changes while the verdict is kept.
func (p prober) explain(a *Accelerator, t trouble) {
	found := advise(t, p.device, p.host.kvmHost(), p.host.access(p.device))
	a.Evidence, a.Fixes = found.evidence, found.fixes
}

// withoutProof settles what needs no guest. It is looked at every time: a person
// who has just joined the group kvm is not told an old story.
func (p prober) withoutProof(path string) (Accelerator, bool) {
	a := Accelerator{Name: TCG}
	if !sameArch(path) {
		a.foreign = true
		a.Reason = fmt.Sprintf("%s emulates another instruction set than this machine's (%s)", filepath.Base(path), runtime.GOARCH)
		return a, true
	}
	fd, err := unix.Open(p.device, unix.O_RDWR|unix.O_CLOEXEC, 0)
	switch {
	case err == nil:
		_ = unix.Close(fd)
		return a, false
	case errors.Is(err, unix.EACCES):
		a.Reason = "you may not open " + p.device
		p.explain(&a, noAccess)
	case errors.Is(err, unix.EPERM):
		a.Reason = p.device + " is forbidden to all who are in here"
		p.explain(&a, forbidden)
	case errors.Is(err, unix.EMFILE), errors.Is(err, unix.ENFILE):
		a.Reason = fmt.Sprintf("%s cannot be opened: %v", p.device, err) // the host's trouble of this moment
	case errors.Is(err, fs.ErrNotExist):
		a.Reason = "there is no " + p.device
		p.explain(&a, noDevice)
	default: // a node without a module behind it: no such device
		a.Reason = fmt.Sprintf("%s cannot be opened: %v", p.device, err)
		p.explain(&a, noDevice)
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
	dir, err := os.MkdirTemp(p.spawner.Scratch(), "slipway-probe-")
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
		paged := false
		noteMode := func(name string, _ time.Duration) { paged = paged || name == boot.MarkBoot || name == boot.MarkApp }
		b, err := Start(ctx, p.spawner, c, boot.Options{Timeout: probeLimit, OnMarker: noteMode})
		if err != nil {
			return verdict{}, fmt.Errorf("prove the accelerator: %w", err)
		}
		r := b.Wait()
		if ctx.Err() != nil {
			return verdict{}, fmt.Errorf("prove the accelerator: %w", context.Cause(ctx))
		}
		if v = judgeProbe(r, path, paged); v.KVM || !v.Slow || r.Outcome == boot.Timeout {
			break
		}
	}
	v.Version, v.At = version, time.Now()
	return v, nil
}

// judgeProbe believes a guest that ended right and was quick about it. paged says
// that it came through 32-bit paging.
func judgeProbe(r boot.Result, path string, paged bool) verdict {
	mode := "in 32-bit paging"
	if paged {
		mode = "in long mode"
	}
	if r.Outcome == boot.Timeout {
		return verdict{Slow: true, Reason: fmt.Sprintf("KVM opens but a tiny guest did not finish within %s: it got stuck %s", probeLimit, mode)}
	}
	if r.Outcome != boot.Exit || r.Status != probeStatus {
		if len(r.Phases) == 1 { // QEMU ended before it let the guest go
			mode = "at all"
		}
		return verdict{Reason: fmt.Sprintf("KVM opens but does not run a guest %s: %s", mode, shorten(r, path))}
	}
	// The way from 32-bit paging to the loop takes no time, so that the markers before
	// and behind it are often read at once.
	i := slices.IndexFunc(r.Phases, func(p boot.Phase) bool { return p.Name == "app" || p.Name == "kernel+app" })
	if i < 0 {
		// Both markers were read at once: we were late, and nobody knows how long it took.
		return verdict{Slow: true, Reason: "KVM runs a guest, but this host is too busy to tell how fast"}
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
