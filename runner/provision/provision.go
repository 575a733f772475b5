// Package provision brings kernels onto this machine: into a cache folder,
// never onto the system itself. Debian packages are unpacked, sources are built,
// downloads are checked by hash.
//
// What must not live here: how an app is built for a kernel (package build) or how
// it boots.
package provision

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"slipway/runner/catalog"
	"slipway/runner/filelock"
	"slipway/runner/process"
)

// Options are what a Provisioner needs.
type Options struct {
	Spawner *process.Spawner
	Dir     string // where provisioned kernels are kept
}

// Provisioner is safe for concurrent use, also by several processes.
type Provisioner struct {
	spawner *process.Spawner
	dir     string
}

// New returns a Provisioner; it touches no file before it is asked to.
func New(o Options) *Provisioner { return &Provisioner{spawner: o.Spawner, dir: o.Dir} }

// Provisioned is a kernel that is here.
type Provisioned struct {
	Dir     string // its files: what boot.kernel of the manifest names lies in it
	Hash    string // of all that went in
	Version string
	Package string // Debian's name of what it was unpacked from, "" where it was not
}

// Missing is one thing that this machine lacks, and the command that mends it.
type Missing struct{ Need, Fix string }

// Status says whether a kernel can be used.
type Status struct {
	Ready   bool // provisioned, from today's manifest and sources
	Missing []Missing
	Version string // "" before it is provisioned, unless the manifest names one
}

// Progress is how far provisioning has come. Total is 0 while it is unknown.
type Progress struct {
	Step        string
	Done, Total int64 // bytes
}

// recordName is the file that makes a folder a provisioned kernel.
const recordName = "provisioned.json"

// record is what is remembered of a provisioned kernel.
type record struct {
	Schema  int    `json:"schema"`
	Kernel  string `json:"kernel"`
	Version string `json:"version"`
	Hash    string `json:"hash"`
	Package string `json:"package,omitempty"`
	SHA256  string `json:"sha256,omitempty"` // of the package or download
}

// Status looks whether a kernel is here. It starts no process.
func (p *Provisioner) Status(k *catalog.Kernel) Status {
	s := Status{Missing: missing(k.Needs), Version: k.Provision.Version}
	if k.Provision.Package == "" && k.Provision.URL == "" && len(k.Provision.Build) == 0 {
		s.Ready = true // there is nothing to bring
		return s
	}
	key, err := sourceKey(k, k.Files)
	if err != nil {
		return s
	}
	if r, err := readRecord(p.folder(k, key)); err == nil {
		s.Ready = true
		if r.Version != "" {
			s.Version = r.Version
		}
	}
	return s
}

// missing lists the commands that are not on PATH, with the packages that
// bring them.
func missing(n catalog.Needs) []Missing {
	var list []Missing
	for i, command := range n.Commands {
		if lookPath(command) {
			continue
		}
		manager, packages := "", []string(nil)
		switch {
		case lookPath("apt-get"):
			manager, packages = "apt-get install", n.Apt
		case lookPath("dnf"):
			manager, packages = "dnf install", n.Dnf
		case lookPath("pacman"):
			manager, packages = "pacman -S", n.Pacman
		}
		fix := "install the package that brings " + command
		if i < len(n.Apt) && n.Apt[i] != "" {
			fix += " (Debian's is " + n.Apt[i] + ")"
		}
		if i < len(packages) && packages[i] != "" {
			fix = "sudo " + manager + " " + packages[i]
		}
		list = append(list, Missing{Need: command, Fix: fix})
	}
	return list
}

// lookPath also looks where Debian hides administrators' commands from users.
func lookPath(command string) bool {
	if _, err := exec.LookPath(command); err == nil {
		return true
	}
	for _, dir := range []string{"/usr/sbin", "/sbin"} {
		if info, err := os.Stat(filepath.Join(dir, command)); err == nil && info.Mode()&0o111 != 0 {
			return true
		}
	}
	return false
}

// folder is where a kernel with a given source key is kept.
func (p *Provisioner) folder(k *catalog.Kernel, key string) string {
	return filepath.Join(p.dir, k.Name, key[:16])
}

// sourceKey hashes all that decides what provisioning makes: the way, and for
// a build the files, which are k's or a copy of them.
func sourceKey(k *catalog.Kernel, files fs.FS) (string, error) {
	h := sha256.New()
	way, err := json.Marshal(k.Provision)
	if err != nil {
		return "", err
	}
	h.Write(way)
	fmt.Fprintf(h, "\x00%s\x00", k.Boot.Kernel)
	if len(k.Provision.Build) > 0 {
		err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if name != "." && strings.HasPrefix(d.Name(), ".") {
				if d.IsDir() {
					return fs.SkipDir
				}
				return nil
			}
			if !d.Type().IsRegular() || name == "kernel.toml" || strings.HasSuffix(name, ".md") {
				return nil
			}
			data, err := fs.ReadFile(files, name)
			if errors.Is(err, fs.ErrNotExist) {
				return nil // an editor's temporary that is gone already
			}
			if err != nil {
				return err
			}
			fmt.Fprintf(h, "%s\x00%x\x00", name, sha256.Sum256(data))
			return nil
		})
		if err != nil {
			return "", fmt.Errorf("read the sources of kernel %s: %w", k.Name, err)
		}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

func readRecord(dir string) (record, error) {
	var r record
	data, err := os.ReadFile(filepath.Join(dir, recordName))
	if err != nil {
		return r, err
	}
	if err := json.Unmarshal(data, &r); err != nil {
		return r, fmt.Errorf("%s: %w", filepath.Join(dir, recordName), err)
	}
	return r, nil
}

// errSourcesChanged says that a kernel's sources are not those any more that were
// asked for.
var errSourcesChanged = errors.New("the sources have changed meanwhile")

// Ensure makes a kernel ready and says where it is. It is quick when nothing is
// to be done. Two that ask at once, in one process or in two, do it once. When
// ctx ends nothing half-made is left.
//
// A build that fails is a *compiler.Error.
func (p *Provisioner) Ensure(ctx context.Context, k *catalog.Kernel, progress func(Progress)) (Provisioned, error) {
	if progress == nil {
		progress = func(Progress) {}
	}
	for {
		key, err := sourceKey(k, k.Files)
		if err != nil {
			return Provisioned{}, err
		}
		ready, err := p.ensure(ctx, k, key, progress)
		if !errors.Is(err, errSourcesChanged) || ctx.Err() != nil {
			return ready, err
		}
	}
}

// ensure is Ensure for the sources with the given key, or errSourcesChanged.
func (p *Provisioner) ensure(ctx context.Context, k *catalog.Kernel, key string, progress func(Progress)) (Provisioned, error) {
	dir := p.folder(k, key)
	if r, err := readRecord(dir); err == nil {
		return Provisioned{Dir: dir, Hash: r.Hash, Version: r.Version, Package: r.Package}, nil
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return Provisioned{}, fmt.Errorf("provision kernel %s: %w: SLIPWAY_HOME or XDG_CACHE_HOME names another place", k.Name, err)
	}
	unlock, err := filelock.Lock(ctx, dir+lockSuffix)
	if err != nil {
		return Provisioned{}, fmt.Errorf("provision kernel %s: %w", k.Name, err)
	}
	defer unlock()
	if r, err := readRecord(dir); err == nil { // somebody else was quicker
		return Provisioned{Dir: dir, Hash: r.Hash, Version: r.Version, Package: r.Package}, nil
	}
	r, err := p.make(ctx, k, key, dir, progress)
	if err != nil {
		return Provisioned{}, err
	}
	prune(dir)
	return Provisioned{Dir: dir, Hash: r.Hash, Version: r.Version, Package: r.Package}, nil
}

// make fills a temporary folder and renames it.
func (p *Provisioner) make(ctx context.Context, k *catalog.Kernel, key, dir string, progress func(Progress)) (r record, err error) {
	temporary, err := os.MkdirTemp(filepath.Dir(dir), halfMade)
	if err != nil {
		return r, fmt.Errorf("provision kernel %s: %w", k.Name, err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(temporary)) }()
	out := filepath.Join(temporary, "out")
	if err := os.Mkdir(out, 0o755); err != nil {
		return r, fmt.Errorf("provision kernel %s: %w", k.Name, err)
	}
	r = record{Schema: 1, Kernel: k.Name, Version: k.Provision.Version, Hash: key}
	if k.Provision.Package != "" {
		if err := p.debian(ctx, k, temporary, out, &r, progress); err != nil {
			return r, fmt.Errorf("provision kernel %s: %w", k.Name, err)
		}
	}
	if k.Provision.URL != "" {
		if err := download(ctx, k, out, progress); err != nil {
			return r, fmt.Errorf("provision kernel %s: %w", k.Name, err)
		}
	}
	if len(k.Provision.Build) > 0 {
		progress(Progress{Step: "build"})
		if err := p.build(ctx, k, key, temporary, out); err != nil {
			return r, fmt.Errorf("build kernel %s: %w", k.Name, err)
		}
	}
	if err := complete(k, out); err != nil {
		return r, fmt.Errorf("provision kernel %s: %w", k.Name, err)
	}
	if r.Hash, err = hashTree(out); err != nil {
		return r, fmt.Errorf("provision kernel %s: %w", k.Name, err)
	}
	data, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return r, err
	}
	if err := os.WriteFile(filepath.Join(out, recordName), append(data, '\n'), 0o644); err != nil {
		return r, fmt.Errorf("provision kernel %s: %w", k.Name, err)
	}
	if err := os.RemoveAll(dir); err != nil { // one with a broken record
		return r, fmt.Errorf("provision kernel %s: %w", k.Name, err)
	}
	if err := os.Rename(out, dir); err != nil {
		return r, fmt.Errorf("provision kernel %s: %w", k.Name, err)
	}
	return r, nil
}

// complete says which of the files that are booted is not among those that were made.
func complete(k *catalog.Kernel, out string) error {
	for key, name := range map[string]string{"kernel": k.Boot.Kernel, "initrd": k.Boot.Initrd} {
		if name == "" || strings.HasPrefix(name, "${") {
			continue
		}
		if info, err := os.Stat(filepath.Join(out, filepath.FromSlash(name))); err != nil || !info.Mode().IsRegular() {
			return fmt.Errorf("there is no %s in ${out} after all steps of [provision], which %s of [boot] names: mend kernel.toml", name, key)
		}
	}
	return nil
}

// Endings of what is there for debuggers, beside the file that is booted: a file with
// its symbols, a folder with its sources.
const (
	symbolsSuffix = ".debug"
	sourcesSuffix = ".sources"
)

// hashTree hashes a folder's files by name and content. What is there for debuggers
// names the folder that it was built in, and is not booted.
func hashTree(dir string) (string, error) {
	h := sha256.New()
	files := os.DirFS(dir)
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && strings.HasSuffix(name, sourcesSuffix) {
			return fs.SkipDir
		}
		if err != nil || !d.Type().IsRegular() || strings.HasSuffix(name, symbolsSuffix) {
			return err
		}
		data, err := fs.ReadFile(files, name)
		fmt.Fprintf(h, "%s\x00%x\x00", name, sha256.Sum256(data))
		return err
	})
	return hex.EncodeToString(h.Sum(nil)), err
}

// prune removes all but the newest few versions of a kernel of one's own, that
// every save makes a new one of.
func prune(keep string) {
	const kept = 4
	entries, err := os.ReadDir(filepath.Dir(keep))
	if err != nil {
		return // the next one prunes
	}
	type version struct {
		path string
		time int64
	}
	var old []version
	now := time.Now()
	for _, e := range entries {
		path := filepath.Join(filepath.Dir(keep), e.Name())
		if info, err := e.Info(); err == nil && e.IsDir() && !strings.HasPrefix(e.Name(), ".") && path != keep {
			made := info.ModTime()
			if made.After(now) { // the clock was wrong then: for all we know it is the oldest
				made = time.Unix(0, 0)
			}
			old = append(old, version{path, made.UnixNano()})
		}
	}
	slices.SortFunc(old, func(a, b version) int { return int(b.time>>20 - a.time>>20) })
	for _, v := range old[min(kept, len(old)):] {
		if isUsed(v.path) { // a save of before that is still timed
			continue
		}
		_ = os.RemoveAll(v.path) // what is left is pruned the next time
		_ = os.Remove(v.path + lockSuffix)
	}
}

// Remove deletes all versions of a kernel.
func (p *Provisioner) Remove(k *catalog.Kernel) error {
	if err := os.RemoveAll(filepath.Join(p.dir, k.Name)); err != nil {
		return fmt.Errorf("remove kernel %s from the cache: %w", k.Name, err)
	}
	return nil
}
