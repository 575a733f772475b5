package build

import "debug/elf"

// hasLines says whether an ELF file knows the source lines of its program, which
// those of the C library's own assembler files are not.
func hasLines(path string) bool {
	f, err := elf.Open(path)
	if err != nil {
		return false
	}
	defer func() { _ = f.Close() }() // it was only read
	info, err := f.DWARF()
	if err != nil {
		return false
	}
	begin := f.Entry
	if symbols, err := f.Symbols(); err == nil {
		for _, s := range symbols {
			if s.Name == "main" {
				begin = s.Value
			}
		}
	}
	_, err = info.Reader().SeekPC(begin)
	return err == nil
}
