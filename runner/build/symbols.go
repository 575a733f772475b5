package build

import (
	"bytes"
	"context"
	"debug/elf"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"slipway/runner/catalog"
	"slipway/runner/filelock"
)

// Symbols are what a debugger needs to know of an app that is booted.
type Symbols struct {
	File    string // ELF file with the symbols, whose code is the booted one's
	Sources string // folder with the sources, "" where none is known
	Lines   bool   // it knows source lines
	Missing string // why it does not, a sentence
}

// Symbols finds the symbols of an image's app. What is booted is built without
// debugging information, so that no figure depends on it: the app is compiled once
// more with -g, which does not change its code, and taken only where its code is that
// of the image byte for byte. An app with a build command of its own is taken as it is.
func (b *Builder) Symbols(ctx context.Context, k *catalog.Kernel, a *catalog.App, image Image) (Symbols, error) {
	own := Symbols{File: image.App, Sources: a.Dir, Lines: hasLines(image.App)}
	if own.Lines {
		return own, nil
	}
	own.Missing = "its build command makes no debugging information: let it pass -g to the compiler"
	if len(a.Build) > 0 {
		return own, nil
	}
	leave, err := b.enter(ctx)
	if err != nil {
		return own, fmt.Errorf("build the symbols of %s: %w", a.Name, err)
	}
	defer leave()
	debug := *a
	debug.Flags = append(slices.Clone(a.Flags), "-g")
	in, err := b.inputs(k, &debug)
	if err != nil {
		return own, err
	}
	dir := filepath.Join(b.dir, "symbols", in.key[:2], in.key)
	if err := b.twin(ctx, in, dir); err != nil {
		return own, err
	}
	twin := filepath.Join(dir, "app")
	if same, err := sameCode(image.App, twin); err != nil || !same {
		own.Missing = "its sources are others by now than those that were built: boot it again for source lines"
		return own, err
	}
	return Symbols{File: twin, Sources: filepath.Join(dir, "src"), Lines: true}, nil
}

// twin compiles the app once more, with -g, and keeps it together with its sources.
func (b *Builder) twin(ctx context.Context, in *inputs, dir string) (err error) {
	if _, err := os.Stat(dir); err == nil {
		touch(filepath.Join(dir, recordName))
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return fmt.Errorf("build the symbols of %s: %w", in.app.Name, err)
	}
	unlock, err := filelock.Lock(ctx, dir+lockSuffix)
	if err != nil {
		return fmt.Errorf("build the symbols of %s: %w", in.app.Name, err)
	}
	defer unlock()
	if _, err := os.Stat(dir); err == nil { // somebody else was quicker
		return nil
	}
	temporary, err := os.MkdirTemp(filepath.Dir(dir), ".building-")
	if err != nil {
		return fmt.Errorf("build the symbols of %s: %w", in.app.Name, err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(temporary)) }()
	out := filepath.Join(temporary, "out")
	sources, made := filepath.Join(out, "src"), filepath.Join(out, "app")
	if err := in.write(sources); err != nil {
		return fmt.Errorf("build the symbols of %s: %w", in.app.Name, err)
	}
	if err := b.program(ctx, in, sources, made); err != nil {
		return err
	}
	// With a record it is one thing of the cache, which is used or goes as a whole.
	if err := os.WriteFile(filepath.Join(out, recordName), []byte("{}\n"), 0o644); err != nil {
		return fmt.Errorf("build the symbols of %s: %w", in.app.Name, err)
	}
	return os.Rename(out, dir)
}

// sameCode says whether two programs have the same instructions at the same places.
func sameCode(a, b string) (bool, error) {
	one, err := code(a)
	if err != nil {
		return false, err
	}
	other, err := code(b)
	return bytes.Equal(one, other), err
}

// code is all that can be executed of a program, each part behind its place.
func code(path string) ([]byte, error) {
	f, err := elf.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read the code of %s: %w", path, err)
	}
	defer func() { _ = f.Close() }() // it was only read
	var all bytes.Buffer
	for _, p := range f.Progs {
		if p.Type != elf.PT_LOAD || p.Flags&elf.PF_X == 0 {
			continue
		}
		fmt.Fprintf(&all, "%#x %#x\n", p.Vaddr, p.Filesz)
		if _, err := io.Copy(&all, p.Open()); err != nil {
			return nil, fmt.Errorf("read the code of %s: %w", path, err)
		}
	}
	return all.Bytes(), nil
}
