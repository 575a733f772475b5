// Package build makes images: an app's sources become one static ELF file, and
// that becomes what a kernel boots.
//
// Everything is kept by the hash of all that went in, so a second build of the
// same inputs starts no process. What must not live here: how kernels come onto
// this machine (package provision), or which target is built when.
package build

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
	"weak"

	"slipway/runner/catalog"
	"slipway/runner/filelock"
	"slipway/runner/process"
	"slipway/runner/provision"
)

// Options are what a Builder needs.
type Options struct {
	Spawner  *process.Spawner
	CacheDir string
	Include  fs.FS // headers that every app may include; nil for none
}

// Builder builds images. It is safe for concurrent use, also by several
// processes: what two ask for at once is built once.
type Builder struct {
	spawner *process.Spawner
	dir     string
	include fs.FS
	cores   chan struct{} // one place for every core
	ccache  ccache

	mu          sync.Mutex
	includeDir  string
	includeHash string
	used        map[string]weak.Pointer[os.File] // marks of images that somebody has
	made        atomic.Int64                     // bytes put into the cache since it was tidied
}

// New returns a Builder; it touches no file before it is asked to.
func New(o Options) *Builder {
	return &Builder{
		spawner: o.Spawner, dir: o.CacheDir, include: o.Include, ccache: findCcache(),
		cores: make(chan struct{}, runtime.NumCPU()), used: map[string]weak.Pointer[os.File]{},
	}
}

// Image is what a build made: the files that are booted.
type Image struct {
	Hash    string // of all files that are booted
	App     string // path of the app's ELF file
	AppHash string // of its content
	AppSize int64  // bytes
	Kernel  string // path of the kernel; "" without a VM
	Initrd  string // path of what goes beside it; "" where there is nothing
	Size    int64  // bytes that are booted
	Cached  bool   // no process was started
	Took    time.Duration
	Sources []SourceFile

	inUse []*os.File // keeps its files in the cache as long as somebody has the Image
}

// SourceFile is one file that went into an image.
type SourceFile struct {
	Path string `json:"path"` // relative to the app's folder
	Hash string `json:"hash"`
}

// Build makes the image of an app for a kernel that is provisioned. An app that
// does not compile is a *compiler.Error. The image's files stay in the cache for as
// long as the Image can be reached.
func (b *Builder) Build(ctx context.Context, k *catalog.Kernel, ready provision.Provisioned, a *catalog.App) (Image, error) {
	began := time.Now()
	leave, err := b.enter(ctx)
	if err != nil {
		return Image{}, fmt.Errorf("build %s: %w", a.Name, err)
	}
	defer leave()
	image, err := b.image(ctx, k, ready, a)
	if err != nil {
		return Image{}, err
	}
	if err := b.use(&image); err != nil {
		return Image{}, fmt.Errorf("build %s: %w", a.Name, err)
	}
	if !image.Cached {
		b.made.Add(image.Size)
	}
	image.Took = time.Since(began)
	return image, nil
}

// image makes the image in a cache that nobody tidies meanwhile.
func (b *Builder) image(ctx context.Context, k *catalog.Kernel, ready provision.Provisioned, a *catalog.App) (Image, error) {
	image, err := b.app(ctx, k, a)
	if err != nil {
		return Image{}, err
	}
	if err := checkELF(image.App, k, a); err != nil {
		return Image{}, err
	}
	if k.Boot.Machine == "" {
		image.Size, image.Hash = image.AppSize, image.AppHash
		return image, nil
	}
	image.Kernel = filepath.Join(ready.Dir, filepath.FromSlash(k.Boot.Kernel))
	if k.Boot.Kernel == "${app}" {
		image.Kernel = image.App
	}
	switch {
	case k.Boot.Initrd == "":
	case k.Compile.Wrap == "initramfs":
		if image.Initrd, err = b.initramfs(ctx, ready, image); err != nil {
			return Image{}, fmt.Errorf("make the initramfs of %s for %s: %w", a.Name, k.Name, err)
		}
	case k.Boot.Initrd == "${app}":
		image.Initrd = image.App
	default:
		image.Initrd = filepath.Join(ready.Dir, filepath.FromSlash(k.Boot.Initrd))
	}
	if err := image.weigh(ready); err != nil {
		return Image{}, fmt.Errorf("kernel %s: %w: 'slipway kernel remove %s', then provision it again", k.Name, err, k.Name)
	}
	return image, nil
}

// weigh adds up what is booted and names it.
func (i *Image) weigh(ready provision.Provisioned) error {
	h := sha256.New()
	fmt.Fprintf(h, "%s\x00%s", ready.Hash, i.AppHash)
	i.Hash = hex.EncodeToString(h.Sum(nil))
	for _, path := range []string{i.Kernel, i.Initrd} {
		if path == "" {
			continue
		}
		info, err := os.Stat(path)
		if err != nil {
			return err
		}
		i.Size += info.Size()
	}
	return nil
}

// recordName is the file that makes a folder of the cache an app's program.
const recordName = "built.json"

// built is the record beside a cached ELF file.
type built struct {
	Schema int          `json:"schema"`
	Hash   string       `json:"hash"` // of the ELF file
	Size   int64        `json:"size"` // of the ELF file, bytes
	Source []SourceFile `json:"sources"`
}

// app makes the app's ELF file, or finds it.
func (b *Builder) app(ctx context.Context, k *catalog.Kernel, a *catalog.App) (Image, error) {
	for builds := 1; ; builds++ {
		image, err := b.appAsItIs(ctx, k, a)
		var changed *changedError
		if !errors.As(err, &changed) || builds == maxBuilds || ctx.Err() != nil {
			return image, err
		}
	}
}

// appAsItIs is app for the sources as they are now. A *changedError means that they
// are others by the end: what was made is kept under no hash then.
func (b *Builder) appAsItIs(ctx context.Context, k *catalog.Kernel, a *catalog.App) (Image, error) {
	in, err := b.inputs(k, a)
	if err != nil {
		return Image{}, err
	}
	dir := filepath.Join(b.dir, "apps", in.key[:2], in.key)
	if image, err := cachedApp(dir); err == nil {
		image.Cached = true
		return image, nil
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return Image{}, fmt.Errorf("build %s: %w: SLIPWAY_HOME or XDG_CACHE_HOME names another place", a.Name, err)
	}
	unlock, err := filelock.Lock(ctx, dir+lockSuffix)
	if err != nil {
		return Image{}, fmt.Errorf("build %s: %w", a.Name, err)
	}
	defer unlock()
	if image, err := cachedApp(dir); err == nil { // somebody else was quicker
		return image, nil
	}
	if err := b.compile(ctx, in, dir); err != nil {
		return Image{}, err
	}
	return recordedApp(dir)
}

// cachedApp finds a program in the cache that is what was written there. One that was
// damaged, by a crash, a full disk or a failing one, is built anew.
func cachedApp(dir string) (Image, error) {
	image, err := recordedApp(dir)
	if err != nil {
		return Image{}, err
	}
	elf, err := os.ReadFile(image.App)
	if err != nil {
		return Image{}, err
	}
	if sum := sha256.Sum256(elf); hex.EncodeToString(sum[:]) != image.AppHash {
		return Image{}, fmt.Errorf("%s is not what was written there", image.App)
	}
	touch(filepath.Join(dir, recordName))
	return image, nil
}

// recordedApp is a program of the cache as its record says.
func recordedApp(dir string) (Image, error) {
	data, err := os.ReadFile(filepath.Join(dir, recordName))
	if err != nil {
		return Image{}, err
	}
	var r built
	if err := json.Unmarshal(data, &r); err != nil || r.Schema != 1 {
		return Image{}, errors.Join(fmt.Errorf("%s is not readable", dir), err)
	}
	app := filepath.Join(dir, "app")
	info, err := os.Stat(app)
	if err != nil {
		return Image{}, err
	}
	if info.Size() != r.Size {
		return Image{}, fmt.Errorf("%s has %d bytes and should have %d", app, info.Size(), r.Size)
	}
	return Image{App: app, AppHash: r.Hash, AppSize: info.Size(), Sources: r.Source}, nil
}

// finish writes an ELF file with its record into the cache, whole or not at all.
func finish(in *inputs, elf []byte, dir string) (err error) {
	temporary, err := os.MkdirTemp(filepath.Dir(dir), ".making-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(temporary)) }()
	sum := sha256.Sum256(elf)
	record, err := json.Marshal(built{Schema: 1, Size: int64(len(elf)), Hash: hex.EncodeToString(sum[:]), Source: in.files})
	if err != nil {
		return err
	}
	out := filepath.Join(temporary, "out")
	if err := os.Mkdir(out, 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(out, "app"), elf, 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(out, recordName), record, 0o644); err != nil {
		return err
	}
	if err := os.RemoveAll(dir); err != nil { // one with a broken record
		return err
	}
	return os.Rename(out, dir)
}
