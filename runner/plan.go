package runner

import (
	"context"
	"crypto/rand"
	"debug/elf"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"slipway/runner/catalog"
	"slipway/runner/qemu"
)

// Purpose is what a boot is for.
type Purpose int

const (
	// Timed boots are measured: nothing is printed that nobody reads.
	Timed Purpose = iota
	// Watched boots have somebody looking at their console.
	Watched
)

// Plan is a boot that has been worked out but not started: what would be run
// and on what.
type Plan struct {
	Image       *Image
	Purpose     Purpose
	Arguments   []string // the app's: its name, args and parameters
	Host        []string // command line for a kernel without a VM, nil otherwise
	VM          qemu.Config
	Accelerator qemu.Accelerator // Name "native" without a VM
	Timeout     time.Duration
	Hang        time.Duration // 0 is none
	CPUs        []int         // host CPUs
	Attached    []Attached    // what the guest is given beside the image, as it is now

	markers  qemu.MarkerCosts
	spare    *qemu.Spare    // boots it; nil: a QEMU of its own does
	handover *qemu.Handover // to a kernel that has booted; nil where the kernel cannot take an app then
}

// ErrVirtualNative is returned where instructions cannot be counted.
var ErrVirtualNative = errors.New("virtual time needs QEMU's TCG: use --accel tcg or leave --virtual away")

// Plan works a boot of the image out. It may prove the accelerator first, which
// takes up to two seconds the first time on a host.
func (r *Runner) Plan(ctx context.Context, image *Image, purpose Purpose) (*Plan, error) {
	t, k, a := image.Target, image.Kernel, image.App
	p := &Plan{Image: image, Purpose: purpose, Arguments: a.Arguments(t.Settings.Params), Timeout: a.Timeout, Hang: a.Hang, CPUs: t.Settings.Pin}
	if t.Settings.Timeout > 0 {
		p.Timeout = t.Settings.Timeout
	}
	if t.Settings.Hang > 0 {
		p.Hang = t.Settings.Hang
	}
	if t.Settings.Virtual {
		p.slow()
	}
	if k.Boot.Machine == "" {
		p.Host = append([]string{image.Image.App}, p.Arguments[1:]...)
		p.Accelerator = qemu.Accelerator{Name: "native", Reason: "runs on this machine without a guest"}
		return p, nil
	}
	want := t.Settings.Accel
	if t.Settings.Virtual {
		if want == "kvm" {
			return nil, fmt.Errorf("boot %s: %w", t, ErrVirtualNative)
		}
		want = "tcg"
	}
	accelerator, err := r.Accelerator(ctx, k.Arch, want)
	if err != nil {
		return nil, fmt.Errorf("boot %s: %w", t, err)
	}
	p.Accelerator = accelerator
	p.markers = r.MarkerCosts(k.Arch, accelerator.Name)
	p.VM, err = r.virtualMachine(ctx, image, p)
	if err != nil {
		return nil, fmt.Errorf("boot %s: %w", t, err)
	}
	if p.handover, err = r.planHandover(image, p); err != nil {
		return nil, fmt.Errorf("boot %s: %w", t, err)
	}
	return p, nil
}

func (r *Runner) virtualMachine(ctx context.Context, image *Image, p *Plan) (qemu.Config, error) {
	t, k := image.Target, image.Kernel
	memory := t.Settings.Memory
	if memory == 0 {
		size, err := catalog.ParseSize(k.Boot.Memory)
		if err != nil {
			return qemu.Config{}, fmt.Errorf("kernel %s: memory: %w", k.Name, err)
		}
		memory = size
	}
	if memory < image.Size {
		return qemu.Config{}, fmt.Errorf("%s of memory cannot hold the image, which has %d KiB: give it more with --memory",
			FormatSize(memory), (image.Size+1023)>>10)
	}
	if end := loadedTo(image.Image.Kernel); uint64(memory) < end {
		return qemu.Config{}, fmt.Errorf("%s of memory cannot hold the kernel, which is loaded up to %d KiB: give it more with --memory",
			FormatSize(memory), (end+1023)>>10)
	}
	nonce := qemu.VirtualNonce
	if !t.Settings.Virtual {
		fresh, err := newNonce()
		if err != nil {
			return qemu.Config{}, err
		}
		nonce = fresh
	}
	vars := placeholders(image, nonce)
	if p.Purpose == Timed {
		vars["quiet"] = k.Boot.Quiet
	}
	cmdline, err := catalog.ExpandCommandLine(k.Boot.Cmdline, vars, p.Arguments, t.Settings.Cmdline)
	if err != nil {
		return qemu.Config{}, err
	}
	extra, err := extraArguments(image, vars)
	if err != nil {
		return qemu.Config{}, err
	}
	devices, attached, err := attach(t.Settings.devices())
	if err != nil {
		return qemu.Config{}, err
	}
	if devices.Share, err = r.planShare(ctx, devices.Share, k); err != nil {
		return qemu.Config{}, err
	}
	p.Attached = attached
	config := qemu.Config{
		Binary:  Binary(k.Arch),
		Machine: first(t.Settings.Machine, k.Boot.Machine),
		Accel:   p.Accelerator.Name,
		CPUs:    max(t.Settings.CPUs, k.Boot.CPUs, 1),
		Memory:  memory,
		Kernel:  image.Image.Kernel,
		Initrd:  image.Initrd,
		Cmdline: cmdline,
		Args:    extra,
		Virtual: t.Settings.Virtual,
		Nonce:   nonce,
		Mark:    qemu.Mark{Debugcon: k.Mark.App.Debugcon, Line: k.Mark.App.Line, Event: k.Mark.App.Event},
		Exit:    qemu.Exit{By: k.Exit.By, Line: k.Exit.Line},
		Devices: devices,
	}
	return config, config.CheckDevices()
}

// placeholders are what stands for the placeholders of a manifest.
func placeholders(image *Image, nonce string) map[string]string {
	return map[string]string{
		"app":       image.Image.App,
		"handover":  "",
		"initramfs": image.Initrd,
		"nonce":     nonce,
		"out":       image.Ready.Dir,
		"quiet":     "",
		"share":     shareWords(image.Target.Settings.Devices.Share),
	}
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// newNonce makes the word that tells a guest's own markers from a program's
// output that looks like one.
func newNonce() (string, error) {
	var b [8]byte
	if _, err := rand.Read(b[:]); err != nil {
		return "", fmt.Errorf("make a nonce: %w", err)
	}
	return hex.EncodeToString(b[:]), nil
}

// CommandLine is the boot's full command line, runnable by hand.
func (p *Plan) CommandLine() []string {
	if p.Host != nil {
		return p.Host
	}
	return p.VM.CommandLine()
}

// loadedTo is the physical address behind the last byte of a kernel that is an ELF
// file, 0 for others. QEMU loads what lies beyond the memory nowhere, and the guest
// then runs whatever is not there.
func loadedTo(kernel string) (end uint64) {
	f, err := elf.Open(kernel)
	if err != nil {
		return 0 // QEMU says what is wrong with it
	}
	defer func() { _ = f.Close() }() // it was only read
	for _, p := range f.Progs {
		if p.Type == elf.PT_LOAD && p.Memsz > 0 {
			end = max(end, p.Paddr+p.Memsz)
		}
	}
	return end
}
