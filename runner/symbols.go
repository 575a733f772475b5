package runner

import (
	"context"
	"debug/elf"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"slipway/runner/gdb"
)

// debianSymbols is where Debian's packages of kernels with symbols put them.
const debianSymbols = "/usr/lib/debug/boot"

// Symbols finds what a debugger needs to know of an image: of the app, and of the
// kernel. What is missing is said in sentences for whoever debugs; it never stands in
// the way. It may compile the app once more, see build.Builder.Symbols.
func (r *Runner) Symbols(ctx context.Context, image *Image) gdb.Symbols {
	var s gdb.Symbols
	app, err := r.builder.Symbols(ctx, image.Kernel, image.App, image.Image)
	s.App = app.File
	if app.Sources != "" {
		s.Sources = append(s.Sources, app.Sources)
	}
	if err != nil {
		s.Missing = append(s.Missing, fmt.Sprintf("no source lines of %s: %v", image.App.Name, err))
	} else if !app.Lines {
		s.Missing = append(s.Missing, fmt.Sprintf("no source lines of %s: %s", image.App.Name, app.Missing))
	}
	s.Main, s.Word, err = mainOf(app.File)
	if err != nil {
		s.Missing = append(s.Missing, fmt.Sprintf("no breakpoint at main: %v", err))
	}
	// Beside the app another program runs, at the same addresses: init.
	s.Shared = image.Kernel.Compile.Wrap == "initramfs"
	if image.Kernel.Dir != "" {
		s.Sources = append(s.Sources, image.Kernel.Dir)
	}
	s.Sources = append(s.Sources, image.Kernel.Bases...)
	if own := image.Image.Kernel + ".sources"; isFolder(own) {
		s.Sources = append(s.Sources, own)
	}
	if image.Image.Kernel != image.Image.App {
		var missing string
		if s.Kernel, missing = kernelSymbols(image); missing != "" {
			s.Missing = append(s.Missing, missing)
		}
	}
	return s
}

// kernelSymbols is the file with a kernel's symbols, or the sentence that says what is
// missing.
func kernelSymbols(image *Image) (file, missing string) {
	candidates := []string{image.Image.Kernel + ".debug", image.Image.Kernel}
	release, fromDebian := strings.CutPrefix(image.Ready.Package, "linux-image-")
	if fromDebian {
		candidates = append(candidates, filepath.Join(debianSymbols, "vmlinux-"+release))
	}
	for _, file := range candidates {
		if hasSymbols(file) {
			return file, ""
		}
	}
	missing = "no symbols of the kernel: " + filepath.Base(image.Image.Kernel) + " has none, and there is no " +
		filepath.Base(image.Image.Kernel) + ".debug beside it"
	if fromDebian {
		missing = fmt.Sprintf("no symbols of the kernel: Debian's package %s-dbg brings them", image.Ready.Package)
	}
	return "", missing
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

func hasSymbols(path string) bool {
	f, err := elf.Open(path)
	if err != nil {
		return false
	}
	defer func() { _ = f.Close() }() // it was only read
	return f.Section(".symtab") != nil
}

// mainOf is where a program's main lies and the first eight bytes there.
func mainOf(path string) (address, word uint64, err error) {
	f, err := elf.Open(path)
	if err != nil {
		return 0, 0, err
	}
	defer func() { _ = f.Close() }() // it was only read
	if f.Type == elf.ET_DYN {
		return 0, 0, fmt.Errorf("the app is position-independent: where it is loaded is known when it runs")
	}
	symbols, err := f.Symbols()
	if err != nil {
		return 0, 0, fmt.Errorf("the app has no symbols: %w", err)
	}
	for _, s := range symbols {
		if s.Name != "main" || elf.ST_TYPE(s.Info) != elf.STT_FUNC {
			continue
		}
		for _, p := range f.Progs {
			if p.Type != elf.PT_LOAD || s.Value < p.Vaddr || s.Value+8 > p.Vaddr+p.Filesz {
				continue
			}
			var first [8]byte
			if _, err := p.ReadAt(first[:], int64(s.Value-p.Vaddr)); err != nil {
				return 0, 0, err
			}
			return s.Value, binary.LittleEndian.Uint64(first[:]), nil
		}
	}
	return 0, 0, fmt.Errorf("the app has no function of that name")
}

// Debug starts gdb on a planned boot's guest; see gdb.Start.
func (r *Runner) Debug(ctx context.Context, o gdb.Options) (*gdb.Debugger, error) {
	return gdb.Start(ctx, r.spawner, o)
}
