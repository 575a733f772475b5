package runner

import (
	"cmp"
	"debug/elf"
	"fmt"
	"slices"
)

// Names knows which function an address of a guest lies in.
type Names struct{ functions []function }

type function struct {
	name       string
	begin, end uint64
}

// maxNames bounds what is kept of a program's functions.
const maxNames = 500_000

// Names reads the functions of an image's app and kernel, as far as they have symbols.
func (i *Image) Names() *Names {
	files := []string{i.Image.App}
	if i.Image.Kernel != i.Image.App {
		if kernel, _ := kernelSymbols(i); kernel != "" {
			files = append(files, kernel)
		}
	}
	n := &Names{}
	for _, path := range files {
		n.read(path)
	}
	slices.SortStableFunc(n.functions, func(a, b function) int { return cmp.Compare(a.begin, b.begin) })
	return n
}

func (n *Names) read(path string) {
	f, err := elf.Open(path)
	if err != nil {
		return
	}
	defer func() { _ = f.Close() }() // it was only read
	if f.Type == elf.ET_DYN {
		return // nobody knows where it is loaded
	}
	symbols, err := f.Symbols()
	if err != nil {
		return // it has none
	}
	for _, s := range symbols {
		kind := elf.ST_TYPE(s.Info)
		if s.Name != "" && s.Value != 0 && s.Section != elf.SHN_UNDEF && (kind == elf.STT_FUNC || kind == elf.STT_NOTYPE && s.Size > 0) && len(n.functions) < maxNames {
			n.functions = append(n.functions, function{s.Name, s.Value, s.Value + max(s.Size, 1)})
		}
	}
}

// At names an address: main, main+0x14, or "" where no function is.
func (n *Names) At(address uint64) string {
	at, found := slices.BinarySearchFunc(n.functions, address, func(f function, a uint64) int { return cmp.Compare(f.begin, a) })
	if !found {
		at--
	}
	if at < 0 || address >= n.functions[at].end {
		return ""
	}
	if offset := address - n.functions[at].begin; offset > 0 {
		return fmt.Sprintf("%s+%#x", n.functions[at].name, offset)
	}
	return n.functions[at].name
}
