package runner

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"slipway/runner/boot"
	"slipway/runner/build"
	"slipway/runner/catalog"
	"slipway/runner/process"
	"slipway/runner/provision"
	"slipway/runner/qemu"
)

// Options are what a Runner needs. All fields but Include are required.
type Options struct {
	Spawner *process.Spawner // starts every child; the caller closes it after the Runner's last use
	Catalog *catalog.Catalog
	Cache   string // folder for provisioned kernels, images and probe verdicts
	Include fs.FS  // headers that every app may include
}

// Runner builds and boots targets. It is safe for concurrent use.
type Runner struct {
	spawner     *process.Spawner
	catalog     atomic.Pointer[catalog.Catalog]
	cache       string
	provisioner *provision.Provisioner
	builder     *build.Builder
}

// New returns a Runner; it touches no file before it is asked to.
func New(o Options) *Runner {
	r := &Runner{
		spawner:     o.Spawner,
		cache:       o.Cache,
		provisioner: provision.New(provision.Options{Spawner: o.Spawner, Dir: filepath.Join(o.Cache, "kernels")}),
		builder:     build.New(build.Options{Spawner: o.Spawner, CacheDir: filepath.Join(o.Cache, "images"), Include: o.Include}),
	}
	r.catalog.Store(o.Catalog)
	return r
}

// Catalog returns the catalogue in force.
func (r *Runner) Catalog() *catalog.Catalog { return r.catalog.Load() }

// SetCatalog replaces the catalogue, for instance after a manifest was edited.
// Builds under way keep the manifests they began with.
func (r *Runner) SetCatalog(c *catalog.Catalog) { r.catalog.Store(c) }

// Status says whether a kernel is ready here and what is missing. It starts no
// process.
func (r *Runner) Status(k *catalog.Kernel) provision.Status { return r.provisioner.Status(k) }

// Provision brings a kernel onto this machine; a second call is quick.
func (r *Runner) Provision(ctx context.Context, name string, progress func(provision.Progress)) (provision.Provisioned, error) {
	k, err := r.Catalog().Kernel(name)
	if err != nil {
		return provision.Provisioned{}, err
	}
	if s := r.Status(k); len(s.Missing) > 0 {
		return provision.Provisioned{}, &MissingError{Kernel: name, Missing: s.Missing}
	}
	ready, err := r.provisioner.Ensure(ctx, k, progress)
	return ready, r.explain(err)
}

// explain says what to do where the cache has no room left.
func (r *Runner) explain(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fmt.Errorf("no space left for the cache in %s: 'slipway cache clean' empties it, or let SLIPWAY_HOME name a folder on another disk: %w",
			r.cache, err)
	}
	return err
}

// Remove deletes what Provision brought.
func (r *Runner) Remove(name string) error {
	k, err := r.Catalog().Kernel(name)
	if err != nil {
		return err
	}
	return r.provisioner.Remove(k)
}

// MissingError says what a kernel needs that this machine lacks.
type MissingError struct {
	Kernel  string
	Missing []provision.Missing
}

func (e *MissingError) Error() string {
	var needs, fixes []string
	for _, m := range e.Missing {
		needs, fixes = append(needs, m.Need), append(fixes, m.Fix)
	}
	are := "is"
	if len(needs) > 1 {
		are = "are"
	}
	return fmt.Sprintf("kernel %s needs %s, which %s not here: %s", e.Kernel, strings.Join(needs, ", "), are, strings.Join(fixes, "; "))
}

// Image is what a build of a target made, with the manifests it was made from.
type Image struct {
	build.Image
	Target Target
	Kernel *catalog.Kernel
	App    *catalog.App
	Ready  provision.Provisioned
}

// Build provisions the target's kernel where needed and builds its image. A
// program that does not compile is a *compiler.Error, a machine that lacks
// something a *MissingError.
func (r *Runner) Build(ctx context.Context, t Target, progress func(provision.Progress)) (*Image, error) {
	k, err := r.Catalog().Kernel(t.Kernel)
	if err != nil {
		return nil, err
	}
	a, err := r.Catalog().App(t.App)
	if err != nil {
		return nil, err
	}
	if err := checkSettings(t.Settings, k, a); err != nil {
		return nil, err
	}
	ready, err := r.Provision(ctx, t.Kernel, progress)
	if err != nil {
		return nil, err
	}
	image, err := r.builder.Build(ctx, k, ready, a)
	if err != nil {
		return nil, r.explain(err)
	}
	return &Image{Image: image, Target: t, Kernel: k, App: a, Ready: ready}, nil
}

// checkSettings refuses a setting that would silently do nothing.
func checkSettings(s Settings, k *catalog.Kernel, a *catalog.App) error {
	for name := range s.Params {
		if !a.HasParam(name) {
			return fmt.Errorf("%q is neither a setting (machine, cpus, memory, cmdline, accel, timeout, virtual, pin) nor a parameter of app %s%s",
				name, a.Name, a.ParamHint())
		}
	}
	if k.Boot.Machine == "" && (s.Machine != "" || s.Memory != 0 || s.CPUs != 0 || s.Cmdline != "" || s.Virtual) {
		return fmt.Errorf("kernel %s runs without a virtual machine: machine, memory, cpus, cmdline and virtual do not apply", k.Name)
	}
	return nil
}

// Accelerator proves which accelerator works for a kernel's instruction set. want is "auto", "kvm",
// "tcg" or "" for auto.
func (r *Runner) Accelerator(ctx context.Context, arch, want string) (qemu.Accelerator, error) {
	if want == "" {
		want = "auto"
	}
	return qemu.Probe(ctx, r.spawner, Binary(arch), filepath.Join(r.cache, "accelerators"), want)
}

// Binary is the QEMU program for an instruction set.
func Binary(arch string) string { return "qemu-system-" + arch }

// Plan is a boot that has been worked out but not started: what would be run
// and on what.
type Plan struct {
	Image       *Image
	Arguments   []string // the app's: its name, args and parameters
	Host        []string // command line for a kernel without a VM, nil otherwise
	VM          qemu.Config
	Accelerator qemu.Accelerator // Name "native" without a VM
	Timeout     time.Duration
	CPUs        []int // host CPUs
}

// ErrVirtualNative is returned where instructions cannot be counted.
var ErrVirtualNative = errors.New("virtual time needs QEMU's TCG: use --accel tcg or leave --virtual away")

// Plan works a boot of the image out. It may prove the accelerator first, which
// takes up to two seconds the first time on a host.
func (r *Runner) Plan(ctx context.Context, image *Image) (*Plan, error) {
	t, k, a := image.Target, image.Kernel, image.App
	p := &Plan{Image: image, Arguments: a.Arguments(t.Settings.Params), Timeout: a.Timeout, CPUs: t.Settings.Pin}
	if t.Settings.Timeout > 0 {
		p.Timeout = t.Settings.Timeout
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
	p.VM, err = r.virtualMachine(image, p)
	if err != nil {
		return nil, fmt.Errorf("boot %s: %w", t, err)
	}
	return p, nil
}

func (r *Runner) virtualMachine(image *Image, p *Plan) (qemu.Config, error) {
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
	nonce, err := newNonce()
	if err != nil {
		return qemu.Config{}, err
	}
	vars := map[string]string{
		"app":       image.Image.App,
		"initramfs": image.Initrd,
		"nonce":     nonce,
		"out":       image.Ready.Dir,
	}
	cmdline, err := catalog.ExpandCommandLine(k.Boot.Cmdline, vars, p.Arguments, t.Settings.Cmdline)
	if err != nil {
		return qemu.Config{}, err
	}
	extra := make([]string, len(k.Boot.Args))
	for i, arg := range k.Boot.Args {
		extra[i] = catalog.Expand(arg, vars)
	}
	return qemu.Config{
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
	}, nil
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

// Start carries a planned boot out. After a nil error the caller must Wait for
// the boot.
func (r *Runner) Start(ctx context.Context, p *Plan, o boot.Options) (*boot.Boot, error) {
	if o.Timeout == 0 {
		o.Timeout = p.Timeout
	}
	if o.CPUs == nil {
		o.CPUs = p.CPUs
	}
	if p.Host != nil {
		if _, err := os.Stat(p.Host[0]); err != nil {
			return nil, fmt.Errorf("boot %s: its image is gone from the cache, build it again: %w", p.Image.Target, err)
		}
		return boot.StartProcess(ctx, r.spawner, p.Host, o)
	}
	return qemu.Start(ctx, r.spawner, p.VM, o)
}

// CommandLine is the boot's full command line, runnable by hand.
func (p *Plan) CommandLine() []string {
	if p.Host != nil {
		return p.Host
	}
	return p.VM.CommandLine()
}
