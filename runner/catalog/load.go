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
	"syscall"

	"slipway/runner/tomlfile"
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
	kernels       []*Kernel
	apps          []*App
	brokenKernels []Broken
	brokenApps    []Broken
}

// Broken is an entry whose manifest can't be read. It keeps the place of its
// name: an entry of the user's own is never quietly replaced by one of ours.
type Broken struct {
	Origin Origin
	Name   string
	Dir    string // as in App
	Files  fs.FS
	Err    error // what is wrong, with file and line
}

// ErrNotFound is wrapped by the error for a name that no entry has.
var ErrNotFound = errors.New("not in the catalogue")

// Load reads all manifests. A broken one is an error beside the good ones.
func Load(o Options) (*Catalog, []error) {
	c := &Catalog{}
	var problems []error
	c.brokenKernels = load(o.Kernels, kernelManifest, &problems, func(e entry) error {
		c.kernels = slices.DeleteFunc(c.kernels, func(o *Kernel) bool { return o.Name == e.name })
		k, err := kernelOf(o.Kernels, e)
		if err != nil {
			return err
		}
		c.kernels = append(c.kernels, k)
		return nil
	})
	c.brokenApps = load(o.Apps, "app.toml", &problems, func(e entry) error {
		c.apps = slices.DeleteFunc(c.apps, func(o *App) bool { return o.Name == e.name })
		a, err := ParseApp(e.file, e.data)
		if err != nil {
			return err
		}
		if a.Name != e.name {
			return tomlfile.Fault(e.file, e.data, "name", "name = %q, but its folder is %s: they must be the same", a.Name, e.name)
		}
		a.Origin, a.Files, a.Dir = e.origin, e.files, e.dir
		c.apps = append(c.apps, a)
		return nil
	})
	slices.SortFunc(c.kernels, func(a, b *Kernel) int { return strings.Compare(a.Name, b.Name) })
	slices.SortFunc(c.apps, func(a, b *App) int { return strings.Compare(a.Name, b.Name) })
	return c, problems
}

// kernelManifest is the file that makes a folder a kernel.
const kernelManifest = "kernel.toml"

// kernelOf makes the kernel of an entry, and of those that it extends.
func kernelOf(sources []Source, e entry) (*Kernel, error) {
	chain, err := lineage(sources, e)
	if err != nil {
		return nil, err
	}
	var bases []manifest
	files, dirs := chain[0].files, []string(nil)
	for _, base := range chain[:len(chain)-1] {
		bases = append(bases, manifest{base.file, base.data})
		if base.dir != "" {
			dirs = append(dirs, base.dir)
		}
	}
	for _, above := range chain[1:] {
		files = layered{upper: above.files, lower: files}
	}
	k, err := parseKernel(manifest{e.file, e.data}, bases)
	if err != nil {
		return nil, err
	}
	if k.Name != e.name {
		return nil, tomlfile.Fault(e.file, e.data, "name", "name = %q, but its folder is %s: they must be the same", k.Name, e.name)
	}
	k.Origin, k.Files, k.Dir, k.Bases = e.origin, files, e.dir, dirs
	return k, nil
}

// entry is one folder with a manifest.
type entry struct {
	origin    Origin
	source    int // index of the source it comes from
	name, dir string
	file      string // manifest's path for errors
	data      []byte
	files     fs.FS
}

// load hands each entry to take and returns those that it refused and that no
// later source has in good order.
func load(sources []Source, manifest string, problems *[]error, take func(entry) error) (broken []Broken) {
	for i, source := range sources {
		files := source.files()
		if files == nil {
			continue
		}
		folders, err := fs.ReadDir(files, ".")
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			*problems = append(*problems, fmt.Errorf("read %s: %w", source.Dir, reason(err)))
			continue
		}
		for _, folder := range folders {
			if strings.HasPrefix(folder.Name(), ".") {
				continue
			}
			e, err := readEntry(source, files, folder.Name(), manifest)
			if nothing(err) {
				continue // something else, a README perhaps
			}
			e.source = i
			if err == nil {
				err = take(e)
			}
			broken = slices.DeleteFunc(broken, func(b Broken) bool { return b.Name == e.name })
			if err != nil {
				*problems = append(*problems, err)
				broken = append(broken, Broken{Origin: e.origin, Name: e.name, Dir: e.dir, Files: e.files, Err: err})
			}
		}
	}
	return broken
}

// files is the source as a tree; nil where there is none.
func (s Source) files() fs.FS {
	switch {
	case s.FS != nil:
		return s.FS
	case s.Dir == "":
		return nil
	}
	return os.DirFS(s.Dir)
}

// nothing reports whether an error says that a folder holds no manifest.
func nothing(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
}

// reason is an error without the path in it, which os.DirFS tells relative to a
// folder that nobody sees.
func reason(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}

// readEntry reads the manifest of one folder; its error wraps fs.ErrNotExist where
// there is none.
func readEntry(source Source, files fs.FS, name, manifest string) (entry, error) {
	e := entry{origin: source.Origin, name: name, file: path.Join(name, manifest)}
	if source.Dir != "" {
		e.dir = filepath.Join(source.Dir, name)
		e.file = filepath.Join(e.dir, manifest)
	}
	var err error
	if e.files, err = fs.Sub(files, name); err != nil {
		return e, fmt.Errorf("read %s: %w", e.file, reason(err))
	}
	if e.data, err = tomlfile.Read(files, path.Join(name, manifest)); err != nil {
		return e, fmt.Errorf("read %s: %w", e.file, reason(err))
	}
	return e, nil
}

// BrokenKernels returns the kernels whose manifests can't be read.
func (c *Catalog) BrokenKernels() []Broken { return c.brokenKernels }

// BrokenApps returns the apps whose manifests can't be read.
func (c *Catalog) BrokenApps() []Broken { return c.brokenApps }

// Kernels returns all kernels, sorted by name.
func (c *Catalog) Kernels() []*Kernel { return c.kernels }

// Apps returns all apps, sorted by name.
func (c *Catalog) Apps() []*App { return c.apps }

// Kernel returns the kernel of a name. The error says what is wrong with its
// manifest, or wraps ErrNotFound and names the nearest ones.
func (c *Catalog) Kernel(name string) (*Kernel, error) {
	for _, k := range c.kernels {
		if k.Name == name {
			return k, nil
		}
	}
	if b := find(c.brokenKernels, name); b != nil {
		return nil, b.Err
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
	if b := find(c.brokenApps, name); b != nil {
		return nil, b.Err
	}
	var names []string
	for _, a := range c.apps {
		names = append(names, a.Name)
	}
	return nil, notFound("app", name, names)
}

// Sources returns the app of a name for whoever looks at its files or changes
// them. Where its manifest can't be read only Name, Origin, Dir and Files are set:
// enough to mend it.
func (c *Catalog) Sources(app string) (*App, error) {
	if b := find(c.brokenApps, app); b != nil {
		return &App{Name: b.Name, Origin: b.Origin, Dir: b.Dir, Files: b.Files}, nil
	}
	return c.App(app)
}

func find(list []Broken, name string) *Broken {
	if i := slices.IndexFunc(list, func(b Broken) bool { return b.Name == name }); i >= 0 {
		return &list[i]
	}
	return nil
}

func notFound(what, name string, names []string) error {
	if near := Nearest(name, names); near != "" {
		return fmt.Errorf("%s %q is %w: did you mean %s?", what, name, ErrNotFound, near)
	}
	return fmt.Errorf("%s %q is %w: there are %s", what, name, ErrNotFound, strings.Join(names, ", "))
}

// Nearest is the name within two typing mistakes of what was given, one for short
// names, "" if none.
func Nearest(given string, names []string) string {
	best, found := min(3, 1+len(given)/2), ""
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
