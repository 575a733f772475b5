package runner

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"

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

	markersTried sync.Map // instruction set and accelerator, see TryMarkers
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
	Target   Target
	Kernel   *catalog.Kernel
	App      *catalog.App
	Ready    provision.Provisioned
	Attached []Attached // disks and folder of the target, as they were then
}

// SameBoot says whether a boot of either image does the same: the same files, those
// that the guest is given beside the image among them, and the same that both manifests
// make of them, such as an app's parameters or a kernel's command line.
func (i *Image) SameBoot(o *Image) bool {
	return i.Hash == o.Hash && maps.Equal(i.Target.Settings.Map(), o.Target.Settings.Map()) &&
		slices.Equal(i.App.Arguments(i.Target.Settings.Params), o.App.Arguments(o.Target.Settings.Params)) &&
		reflect.DeepEqual(i.Kernel.Boot, o.Kernel.Boot) &&
		i.Kernel.QEMU.Share == o.Kernel.QEMU.Share && slices.Equal(i.Kernel.QEMU.Extra, o.Kernel.QEMU.Extra) && slices.Equal(i.App.QEMU.Extra, o.App.QEMU.Extra) &&
		slices.EqualFunc(i.Attached, o.Attached, Attached.Same)
}

// Build provisions the target's kernel where needed and builds its image. A
// program that does not compile is a *compiler.Error, a machine that lacks
// something a *MissingError.
func (r *Runner) Build(ctx context.Context, t Target, progress func(provision.Progress)) (*Image, error) {
	k, a, err := r.entries(t)
	if err != nil {
		return nil, err
	}
	_, attached, err := attach(t.Settings.devices())
	if err != nil {
		return nil, fmt.Errorf("build %s: %w", t, err)
	}
	ready, err := r.Provision(ctx, t.Kernel, progress)
	if err != nil {
		return nil, err
	}
	image, err := r.builder.Build(ctx, k, ready, a)
	if err != nil {
		return nil, r.explain(err)
	}
	if image, err = r.builder.WithModules(ctx, ready, image, t.Settings.needDrivers()); err != nil {
		return nil, r.explain(err)
	}
	return &Image{Image: image, Target: t, Kernel: k, App: a, Ready: ready, Attached: attached}, nil
}

// Check says what is wrong with a target, before anything is fetched or built for it.
func (r *Runner) Check(t Target) error {
	_, _, err := r.entries(t)
	return err
}

// entries are the manifests of a target that makes sense.
func (r *Runner) entries(t Target) (*catalog.Kernel, *catalog.App, error) {
	k, err := r.Catalog().Kernel(t.Kernel)
	if err != nil {
		return nil, nil, err
	}
	a, err := r.Catalog().App(t.App)
	if err != nil {
		return nil, nil, err
	}
	return k, a, checkSettings(t.Settings, k, a)
}

// checkSettings refuses a setting that would silently do nothing.
func checkSettings(s Settings, k *catalog.Kernel, a *catalog.App) error {
	for name := range s.Params {
		if !a.HasParam(name) {
			near := slices.Clone(settingNames)
			for _, p := range a.Params {
				near = append(near, p.Name)
			}
			hint := ""
			if n := catalog.Nearest(name, near); n != "" {
				hint = ": did you mean " + n + "?"
			}
			return fmt.Errorf("%q is neither a setting (%s) nor a parameter of app %s%s%s",
				name, strings.Join(settingNames, ", "), a.Name, a.ParamHint(), hint)
		}
	}
	if k.Boot.Machine == "" && (s.Machine != "" || s.Memory != 0 || s.CPUs != 0 || s.Cmdline != "" || s.Virtual) {
		return fmt.Errorf("kernel %s runs without a virtual machine: machine, memory, cpus, cmdline and virtual do not apply", k.Name)
	}
	return s.checkDevices(k)
}

// Accelerator proves which accelerator works for a kernel's instruction set. want is "auto", "kvm",
// "tcg" or "" for auto.
func (r *Runner) Accelerator(ctx context.Context, arch, want string) (qemu.Accelerator, error) {
	if want == "" {
		want = "auto"
	}
	return qemu.Probe(ctx, r.spawner, Binary(arch), r.verdicts(), want)
}

// Binary is the QEMU program for an instruction set.
func Binary(arch string) string { return "qemu-system-" + arch }

// Start carries a planned boot out. After a nil error the caller must Wait for
// the boot.
func (r *Runner) Start(ctx context.Context, p *Plan, o boot.Options) (*boot.Boot, error) {
	if o.Timeout == 0 {
		o.Timeout = p.Timeout
	}
	if o.Hang == 0 {
		o.Hang = p.Hang
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
	if p.spare != nil {
		b, err := p.spare.Boot(ctx, p.VM, p.handover, o)
		if !errors.Is(err, boot.ErrEnded) {
			return b, err
		}
		// Somebody has ended it meanwhile: a QEMU of its own boots the plan as well.
	}
	return qemu.Start(ctx, r.spawner, p.VM, o)
}
