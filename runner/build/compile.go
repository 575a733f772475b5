package build

import (
	"bytes"
	"context"
	"debug/buildinfo"
	"debug/elf"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"slipway/runner/catalog"
	"slipway/runner/compiler"
	"slipway/runner/filelock"
)

// compile makes the app's program and puts it into the cache.
func (b *Builder) compile(ctx context.Context, in *inputs, dir string) (err error) {
	if len(in.app.Build) > 0 && in.app.Dir != "" {
		return b.ownBuild(ctx, in, dir)
	}
	temporary, err := os.MkdirTemp(filepath.Dir(dir), ".building-")
	if err != nil {
		return fmt.Errorf("build %s: %w", in.app.Name, err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(temporary)) }()
	sources, made := filepath.Join(temporary, "src"), filepath.Join(temporary, "app")
	if err := in.write(sources); err != nil {
		return fmt.Errorf("build %s: %w", in.app.Name, err)
	}
	if len(in.app.Build) > 0 {
		made = filepath.Join(sources, filepath.FromSlash(in.app.Image))
		err = b.runOwn(ctx, in, sources)
	} else {
		err = b.program(ctx, in, sources, made)
	}
	if err != nil {
		return err
	}
	return keep(in, made, dir)
}

// program makes a program of its sources, which lie in a folder.
func (b *Builder) program(ctx context.Context, in *inputs, sources, made string) error {
	if len(in.sources) == 1 {
		return b.run(ctx, in.compileAndLink(made), sources, b.scratch()...)
	}
	return b.fromObjects(ctx, in, sources, made)
}

// ownBuild runs the app's build command in its own folder, where its build system is
// incremental.
func (b *Builder) ownBuild(ctx context.Context, in *inputs, dir string) error {
	unlock, err := b.lockFolder(ctx, in.app.Dir)
	if err != nil {
		return fmt.Errorf("build %s: %w", in.app.Name, err)
	}
	defer unlock()
	if err := b.runOwn(ctx, in, in.app.Dir); err != nil {
		return err
	}
	// A save during the build may or may not be in what it made.
	now, err := b.inputs(in.kernel, in.app)
	if err != nil {
		return err
	}
	if changed := in.differs(now); changed != "" {
		return &changedError{App: in.app.Name, File: changed}
	}
	return keep(in, filepath.Join(in.app.Dir, filepath.FromSlash(in.app.Image)), dir)
}

// lockFolder keeps two builds, of two saves or of two Slipways, from running in one
// folder at a time.
func (b *Builder) lockFolder(ctx context.Context, folder string) (unlock func(), err error) {
	if real, err := filepath.EvalSymlinks(folder); err == nil {
		folder = real
	}
	locks := filepath.Join(b.dir, "folders")
	if err := os.MkdirAll(locks, 0o755); err != nil {
		return nil, err
	}
	return filelock.Lock(ctx, filepath.Join(locks, newDigest("folder", folder).sum()+".lock"))
}

// runOwn runs the app's build command.
func (b *Builder) runOwn(ctx context.Context, in *inputs, dir string) error {
	command := in.app.Build
	if !strings.Contains(command[0], "/") {
		if _, err := exec.LookPath(command[0]); err != nil {
			return &MissingCompilerError{App: in.app.Name, CC: command[0], Err: err}
		}
	}
	return b.run(ctx, command, dir, b.ccache.forCommands()...)
}

// maxImage bounds what is taken for a program, in bytes.
const maxImage = 512 << 20

// keep puts what was made into the cache.
func keep(in *inputs, made, dir string) error {
	info, err := os.Stat(made)
	if err != nil {
		return fmt.Errorf("build %s: the command ended well, but its image is missing: %w", in.app.Name, err)
	}
	if !info.Mode().IsRegular() || info.Size() > maxImage {
		return fmt.Errorf("build %s: its image %s is no file, or larger than %d MiB: nothing that could be booted", in.app.Name, made, maxImage>>20)
	}
	binary, err := os.ReadFile(made)
	if err != nil {
		return fmt.Errorf("build %s: read its image: %w", in.app.Name, err)
	}
	if err := finish(in, binary, dir); err != nil {
		return fmt.Errorf("keep %s in the cache: %w", in.app.Name, err)
	}
	return nil
}

// changedError says that an app's file changed while its own build system was at it.
type changedError struct{ App, File string }

func (e *changedError) Error() string {
	return fmt.Sprintf("build %s: %s changed during every one of %d builds: let the build command write into out/, build/ or target/, which hold no sources",
		e.App, e.File, maxBuilds)
}

// maxBuilds is how often an app is built before its own build command is held to be
// what changes its sources.
const maxBuilds = 3

// differs names a file that is not the same in both, "" if there is none.
func (in *inputs) differs(other *inputs) string {
	for _, pair := range [][2][]SourceFile{{in.files, other.files}, {other.files, in.files}} {
		for _, f := range pair[0] {
			if !slices.Contains(pair[1], f) {
				return f.Path
			}
		}
	}
	return ""
}

// write puts the files that were hashed into a folder: what is compiled is what
// was hashed, even when an editor saves meanwhile.
func (in *inputs) write(dir string) error {
	for name, data := range in.data {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// scratch is for a compiler of ours: its temporary files go with us, however we end. A
// build command of the app's may start servers that stay, and keeps the system's folder.
func (b *Builder) scratch() []string {
	if dir := b.spawner.Scratch(); dir != "" {
		return []string{"TMPDIR=" + dir}
	}
	return nil
}

// run runs a compiler or a build command in dir, as soon as a core is free for it.
// variables are added to the environment.
func (b *Builder) run(ctx context.Context, command []string, dir string, variables ...string) error {
	free, err := b.core(ctx)
	if err != nil {
		return err
	}
	defer free()
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Dir = dir
	cmd.Env = append(append(os.Environ(), "LC_ALL=C"), variables...)
	stdout, stderr, err := b.spawner.Output(ctx, cmd)
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	}
	return compiler.New(command, dir, slices.Concat(stderr, stdout), err)
}

// core waits for one of as many places as there are cores: so many compilers run at
// once, whatever is built. Who holds a place waits for nobody else.
func (b *Builder) core(ctx context.Context) (free func(), err error) {
	select {
	case b.cores <- struct{}{}:
		return func() { <-b.cores }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// checkELF refuses a program that the kernel cannot run, before a boot shows it
// in a worse way.
func checkELF(path string, k *catalog.Kernel, a *catalog.App) error {
	if k.Interface != "linux-abi" || k.Arch != "x86_64" {
		return nil
	}
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("build %s: %w", a.Name, err)
	}
	defer f.Close()
	head := make([]byte, 4)
	if _, err := io.ReadFull(f, head); err != nil || !bytes.Equal(head, []byte(elf.ELFMAG)) {
		return fmt.Errorf("build %s: its image is no ELF file, which kernel %s needs", a.Name, k.Name)
	}
	e, err := elf.NewFile(f)
	if err != nil {
		return fmt.Errorf("build %s: its ELF file is damaged: %w", a.Name, err)
	}
	if e.Machine != elf.EM_X86_64 {
		return fmt.Errorf("build %s: its program is for %s, but kernel %s is for x86_64", a.Name, e.Machine, k.Name)
	}
	if slices.ContainsFunc(e.Progs, func(p *elf.Prog) bool { return p.Type == elf.PT_INTERP }) {
		return fmt.Errorf("build %s: its program is dynamic and kernel %s has no libraries for it: link it with -static", a.Name, k.Name)
	}
	if slices.Contains(k.Compile.Refuses, "go") {
		if _, err := buildinfo.ReadFile(path); err == nil {
			return fmt.Errorf("build %s: it is a Go program, and kernel %s runs none ('slipway kernel show %s' says why): linux-cloud and host do", a.Name, k.Name, k.Name)
		}
	}
	return nil
}
