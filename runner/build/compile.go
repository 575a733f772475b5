package build

import (
	"bytes"
	"context"
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
)

// compile runs the compiler, or the app's own build command, and puts what it
// made into the cache.
func (b *Builder) compile(ctx context.Context, in *inputs, dir string) (err error) {
	temporary, err := os.MkdirTemp(filepath.Dir(dir), ".building-")
	if err != nil {
		return fmt.Errorf("build %s: %w", in.app.Name, err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(temporary)) }()
	sources, made := filepath.Join(temporary, "src"), filepath.Join(temporary, "app")
	if len(in.app.Build) > 0 && in.app.Dir != "" {
		// The app's own build system is incremental in its own folder.
		sources, made = in.app.Dir, filepath.Join(in.app.Dir, filepath.FromSlash(in.app.Image))
	} else if err := in.write(sources); err != nil {
		return fmt.Errorf("build %s: %w", in.app.Name, err)
	}
	if len(in.app.Build) > 0 && in.app.Dir == "" {
		made = filepath.Join(sources, filepath.FromSlash(in.app.Image))
	}
	if err := b.runCompiler(ctx, in.command(made), sources, b.compilersOwn(in)); err != nil {
		return err
	}
	if sources == in.app.Dir {
		// A save during the build may or may not be in what it made.
		now, err := b.inputs(in.kernel, in.app)
		if err != nil {
			return err
		}
		if changed := in.differs(now); changed != "" {
			return &changedError{App: in.app.Name, File: changed}
		}
	}
	binary, err := os.ReadFile(made)
	if err != nil {
		return fmt.Errorf("build %s: the command ended well, but its image is missing: %w", in.app.Name, err)
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

// command is the compiler's command line.
func (in *inputs) command(out string) []string {
	if len(in.app.Build) > 0 {
		return in.app.Build
	}
	command := append([]string{in.cc}, in.kernel.Compile.Flags...)
	if in.include != "" {
		command = append(command, "-I"+in.include)
	}
	command = append(command, in.app.Flags...)
	command = append(command, "-o", out)
	for _, source := range in.sources {
		if strings.HasPrefix(source, "-") {
			source = "./" + source // no option
		}
		command = append(command, source)
	}
	// Libraries go behind what uses them.
	libraries := func(flag string) bool { return strings.HasPrefix(flag, "-l") }
	for _, flag := range in.app.Flags {
		if libraries(flag) {
			command = append(command, flag)
		}
	}
	return command
}

// compilersOwn is the environment of a compiler of ours: its temporary files go with
// us, however we end. A build command of the app's may start servers that stay, and
// keeps the system's folder.
func (b *Builder) compilersOwn(in *inputs) []string {
	if scratch := b.spawner.Scratch(); scratch != "" && len(in.app.Build) == 0 {
		return []string{"TMPDIR=" + scratch}
	}
	return nil
}

func (b *Builder) runCompiler(ctx context.Context, command []string, dir string, own []string) error {
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Dir = dir
	cmd.Env = append(append(os.Environ(), "LC_ALL=C"), own...)
	stdout, stderr, err := b.spawner.Output(ctx, cmd)
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	}
	return compiler.New(command, dir, slices.Concat(stderr, stdout), err)
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
	return nil
}
