package catalog

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"slipway/runner/tomlfile"
)

// manifest is the text of a kernel.toml and the name by which errors speak of it.
type manifest struct {
	file string
	data []byte
}

// mostBases bounds a chain of kernels that extend each other.
const mostBases = 8

// errNoEntry says that no source has an entry of a name.
var errNoEntry = errors.New("it is not in the catalogue")

// lineage returns the entries that a kernel extends, the nearest last and the kernel
// itself behind it. A kernel that extends one of its own name extends the one whose
// place it takes; none extends what comes from a later source, so that ours stay ours
// whatever a project has.
func lineage(sources []Source, e entry) ([]entry, error) {
	chain := []entry{e}
	for {
		first := chain[0]
		var head struct {
			Extends string `toml:"extends"`
		}
		if err := tomlfile.DecodeSome(first.file, first.data, &head); err != nil {
			return nil, err
		}
		if head.Extends == "" {
			return chain, nil
		}
		wrong := func(format string, args ...any) error {
			return tomlfile.Fault(first.file, first.data, "extends", "extends = %q: %s", head.Extends, fmt.Sprintf(format, args...))
		}
		if err := CheckName(head.Extends); err != nil {
			return nil, wrong("it is the name of a kernel")
		}
		below := first.source + 1
		if head.Extends == first.name {
			below = first.source
		}
		base, err := findEntry(sources[:below], head.Extends)
		switch {
		case errors.Is(err, errNoEntry) && head.Extends == first.name:
			return nil, wrong("there is no other kernel of its name whose place it takes")
		case err != nil:
			return nil, wrong("%v", err)
		case len(chain) > mostBases:
			return nil, wrong("more than %d kernels extend each other, perhaps in a circle", mostBases)
		}
		chain = append([]entry{base}, chain...)
	}
}

// findEntry reads the entry of a name that the last source has.
func findEntry(sources []Source, name string) (entry, error) {
	for i := len(sources) - 1; i >= 0; i-- {
		files := sources[i].files()
		if files == nil {
			continue
		}
		e, err := readEntry(sources[i], files, name, kernelManifest)
		if nothing(err) {
			continue
		}
		e.source = i
		return e, err
	}
	return entry{}, errNoEntry
}

// SourcePath is where one of the kernel's files lies on disk: in its own folder, or in
// that of a kernel which it extends.
func (k *Kernel) SourcePath(name string) string {
	own := filepath.Join(k.Dir, name)
	if isThere(own) {
		return own
	}
	for _, dir := range slices.Backward(k.Bases) {
		if path := filepath.Join(dir, name); isThere(path) {
			return path
		}
	}
	return own
}

func isThere(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
