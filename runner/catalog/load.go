package catalog

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Source is one place that entries come from: an embedded tree or a folder.
type Source struct {
	Origin Origin
	FS     fs.FS  // embedded; nil for a folder
	Dir    string // folder; one that does not exist is empty
}

// Options say where to look; later sources shadow earlier ones by name.
type Options struct {
	Kernels []Source
	Apps    []Source
}

// Catalog is all kernels and apps that were found. It never changes.
type Catalog struct {
	kernels []*Kernel
	apps    []*App
}

// ErrNotFound is wrapped by the error for a name that no entry has.
var ErrNotFound = errors.New("not in the catalogue")

// Load reads all manifests. A broken one is an error beside the good ones.
func Load(o Options) (*Catalog, []error) {
	c := &Catalog{}
	var problems []error
	load(o.Kernels, "kernel.toml", &problems, func(e entry) error {
		k, err := ParseKernel(e.file, e.data)
		if err != nil {
			return err
		}
		if k.Name != e.name {
			return fault(e.file, e.data, "name", "name = %q, but its folder is %s: they must be the same", k.Name, e.name)
		}
		k.Origin, k.Files, k.Dir = e.origin, e.files, e.dir
		c.kernels = append(slices.DeleteFunc(c.kernels, func(o *Kernel) bool { return o.Name == k.Name }), k)
		return nil
	})
	load(o.Apps, "app.toml", &problems, func(e entry) error {
		a, err := ParseApp(e.file, e.data)
		if err != nil {
			return err
		}
		if a.Name != e.name {
			return fault(e.file, e.data, "name", "name = %q, but its folder is %s: they must be the same", a.Name, e.name)
		}
		a.Origin, a.Files, a.Dir = e.origin, e.files, e.dir
		c.apps = append(slices.DeleteFunc(c.apps, func(o *App) bool { return o.Name == a.Name }), a)
		return nil
	})
	slices.SortFunc(c.kernels, func(a, b *Kernel) int { return strings.Compare(a.Name, b.Name) })
	slices.SortFunc(c.apps, func(a, b *App) int { return strings.Compare(a.Name, b.Name) })
	return c, problems
}

// entry is one folder with a manifest.
type entry struct {
	origin    Origin
	name, dir string
	file      string // manifest's path for errors
	data      []byte
	files     fs.FS
}

func load(sources []Source, manifest string, problems *[]error, take func(entry) error) {
	for _, source := range sources {
		files := source.FS
		if files == nil {
			if source.Dir == "" {
				continue
			}
			files = os.DirFS(source.Dir)
		}
		folders, err := fs.ReadDir(files, ".")
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			*problems = append(*problems, fmt.Errorf("read %s: %w", source.Dir, err))
			continue
		}
		for _, folder := range folders {
			if strings.HasPrefix(folder.Name(), ".") {
				continue
			}
			if err := loadOne(source, files, folder.Name(), manifest, take); err != nil {
				*problems = append(*problems, err)
			}
		}
	}
}

func loadOne(source Source, files fs.FS, name, manifest string, take func(entry) error) error {
	e := entry{origin: source.Origin, name: name, file: path.Join(name, manifest)}
	if source.Dir != "" {
		e.dir = filepath.Join(source.Dir, name)
		e.file = filepath.Join(e.dir, manifest)
	}
	data, err := fs.ReadFile(files, path.Join(name, manifest))
	if errors.Is(err, fs.ErrNotExist) {
		return nil // a folder of something else
	}
	if err != nil {
		return fmt.Errorf("read %s: %w", e.file, err)
	}
	e.data = data
	if e.files, err = fs.Sub(files, name); err != nil {
		return fmt.Errorf("read %s: %w", e.file, err)
	}
	return take(e)
}

// Kernels returns all kernels, sorted by name.
func (c *Catalog) Kernels() []*Kernel { return c.kernels }

// Apps returns all apps, sorted by name.
func (c *Catalog) Apps() []*App { return c.apps }

// Kernel returns the kernel of a name. The error wraps ErrNotFound and names
// the nearest ones.
func (c *Catalog) Kernel(name string) (*Kernel, error) {
	for _, k := range c.kernels {
		if k.Name == name {
			return k, nil
		}
	}
	var names []string
	for _, k := range c.kernels {
		names = append(names, k.Name)
	}
	return nil, notFound("kernel", name, names)
}

// App returns the app of a name, as Kernel does.
func (c *Catalog) App(name string) (*App, error) {
	for _, a := range c.apps {
		if a.Name == name {
			return a, nil
		}
	}
	var names []string
	for _, a := range c.apps {
		names = append(names, a.Name)
	}
	return nil, notFound("app", name, names)
}

func notFound(what, name string, names []string) error {
	if near := nearest(name, names); near != "" {
		return fmt.Errorf("%s %q is %w: did you mean %s?", what, name, ErrNotFound, near)
	}
	return fmt.Errorf("%s %q is %w: there are %s", what, name, ErrNotFound, strings.Join(names, ", "))
}

// nearest is the name within two typing mistakes of what was given, "" if none.
func nearest(given string, names []string) string {
	best, found := 3, ""
	for _, name := range names {
		if d := distance(given, name); d < best {
			best, found = d, name
		}
	}
	return found
}

// distance is Levenshtein's: insertions, deletions and replacements.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}
