package build

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"slipway/runner/catalog"
)

// inputs are all that decides what a compiler makes of an app.
type inputs struct {
	kernel  *catalog.Kernel
	app     *catalog.App
	cc      string // path of the compiler
	files   []SourceFile
	data    map[string][]byte // content by path
	sources []string          // those that are compiled
	include string            // folder of our headers, "" for none
	tools   string            // hash of the compiler, the flags and our headers
	key     string
}

// MissingCompilerError says that the compiler of an app, or the command that builds
// it, is not on this machine.
type MissingCompilerError struct {
	App, CC string
	Instead string // the kernel's own compiler; "" where a build command is missing
	Err     error
}

func (e *MissingCompilerError) Error() string {
	pkg := map[string]string{
		"musl-gcc": "musl-tools", "gcc": "gcc", "cc": "gcc", "g++": "g++", "c++": "g++", "clang": "clang", "clang++": "clang",
		"make": "make", "cmake": "cmake", "ninja": "ninja-build", "meson": "meson",
		"rustc": "rustc", "cargo": "cargo", "go": "golang-go, or Go from go.dev",
	}[e.CC]
	if pkg == "" {
		pkg = "the package that brings " + e.CC
	}
	what, why := "compiler", ""
	if e.Instead == "" {
		what = "command"
	}
	if e.CC == "g++" && e.Instead == "musl-gcc" {
		why = " (its sources are C++, for which musl-gcc has no library)"
	}
	return fmt.Sprintf("build %s: the %s %s is not on this machine%s: install %s", e.App, what, e.CC, why, pkg)
}

// Unwrap gives what looking for it ended with.
func (e *MissingCompilerError) Unwrap() error { return e.Err }

// maxSource bounds what is read of one source file.
const maxSource = 64 << 20

// inputs reads the sources and hashes them with the rest.
func (b *Builder) inputs(k *catalog.Kernel, a *catalog.App) (*inputs, error) {
	in := &inputs{kernel: k, app: a, data: map[string][]byte{}}
	if err := in.read(); err != nil {
		var at *fs.PathError // relative to the app's folder
		if a.Dir != "" && errors.As(err, &at) {
			err = fmt.Errorf("read %s: %w", filepath.Join(a.Dir, at.Path), at.Err)
		}
		return nil, fmt.Errorf("build %s: %w", a.Name, err)
	}
	h := newDigest("slipway image", "1")
	if len(a.Build) > 0 {
		h.part("build", a.Build...)
		h.part("image", a.Image)
	} else {
		tools, err := b.tools(in)
		if err != nil {
			return nil, err
		}
		in.tools = tools.sum()
		h.part("tools", in.tools)
	}
	for _, f := range in.files {
		h.part("file", f.Path, f.Hash)
	}
	in.key = h.sum()
	return in, nil
}

// tools hashes all but the sources that decides what a compiler makes, and finds the compiler.
func (b *Builder) tools(in *inputs) (digest, error) {
	h := newDigest("tools", "1")
	name := compilerOf(in.kernel, in.app, in.sources)
	compiler, err := exec.LookPath(name)
	if err != nil {
		return h, &MissingCompilerError{App: in.app.Name, CC: name, Instead: in.kernel.Compile.CC, Err: err}
	}
	in.cc = compiler
	identity, err := compilerIdentity(compiler)
	if err != nil {
		return h, fmt.Errorf("build %s: %w", in.app.Name, err)
	}
	h.part("cc", identity...)
	h.part("flags", in.kernel.Compile.Flags...)
	h.part("app flags", in.app.Flags...)
	if in.include, err = b.headers(); err != nil {
		return h, fmt.Errorf("build %s: %w", in.app.Name, err)
	}
	h.part("include", b.includeHash)
	return h, nil
}

// digest hashes parts so that no two lists of parts look the same.
type digest struct{ hash.Hash }

func newDigest(name string, values ...string) digest {
	h := digest{sha256.New()}
	h.part(name, values...)
	return h
}

func (d digest) part(name string, values ...string) {
	fmt.Fprintf(d, "%s\x00%d\x00%s\x00", name, len(values), strings.Join(values, "\x00"))
}

func (d digest) sum() string { return hex.EncodeToString(d.Sum(nil)) }

// read reads the app's files, but for those that cannot matter.
func (in *inputs) read() error {
	a := in.app
	err := fs.WalkDir(a.Files, ".", func(name string, d fs.DirEntry, err error) error {
		if !utf8.ValidString(name) { // nobody can open it by io/fs, nor is it a source of anybody's
			if d != nil && d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if err != nil {
			return err
		}
		if name == "." {
			return nil
		}
		if d.IsDir() {
			if strings.HasPrefix(d.Name(), ".") || d.Name() == "out" || d.Name() == "build" || d.Name() == "target" {
				return fs.SkipDir
			}
			return nil
		}
		if ignorable(d.Name()) || name == a.Image {
			return nil
		}
		info, err := fs.Stat(a.Files, name) // a link is the file it leads to, as for the compiler
		if errors.Is(err, fs.ErrNotExist) || err == nil && !info.Mode().IsRegular() {
			return nil // an editor's temporary that is gone already, a link to nowhere, a pipe
		}
		if err == nil && info.Size() > maxSource {
			err = fmt.Errorf("%s is larger than %d MiB: move it out of the app's folder", name, maxSource>>20)
		}
		if err != nil {
			return err
		}
		data, err := fs.ReadFile(a.Files, name)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		sum := sha256.Sum256(data)
		in.data[name] = data
		in.files = append(in.files, SourceFile{Path: name, Hash: hex.EncodeToString(sum[:])})
		return nil
	})
	if err != nil {
		return err
	}
	slices.SortFunc(in.files, func(x, y SourceFile) int { return strings.Compare(x.Path, y.Path) })
	for _, f := range in.files {
		for _, pattern := range a.Sources {
			if ok, err := path.Match(pattern, f.Path); err == nil && ok {
				in.sources = append(in.sources, f.Path)
				break
			}
		}
	}
	if len(a.Build) == 0 && len(in.sources) == 0 {
		return fmt.Errorf("no file matches sources = %q of its app.toml", a.Sources)
	}
	return nil
}

// ignorable files change without changing what is built.
func ignorable(name string) bool {
	if name == "app.toml" || strings.HasPrefix(name, ".") || strings.HasSuffix(name, "~") {
		return true
	}
	switch path.Ext(name) {
	case ".o", ".md", ".swp", ".tmp":
		return true
	}
	return false
}

// compilerIdentity tells one version of a compiler from another without
// starting it: a wrapper such as musl-gcc counts together with the gcc that it
// starts.
func compilerIdentity(cc string) ([]string, error) {
	var identity []string
	programs := []string{cc}
	if gcc, err := exec.LookPath("gcc"); err == nil && gcc != cc {
		programs = append(programs, gcc)
	}
	for _, program := range programs {
		real, err := filepath.EvalSymlinks(program)
		if err != nil {
			return nil, err
		}
		info, err := os.Stat(real)
		if err != nil {
			return nil, err
		}
		identity = append(identity, real, fmt.Sprint(info.Size()), fmt.Sprint(info.ModTime().UnixNano()))
	}
	return identity, nil
}

// headers puts our headers into a folder that a compiler can read.
func (b *Builder) headers() (string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.include == nil {
		return "", nil
	}
	if b.includeDir != "" {
		if _, err := os.Stat(b.includeDir); err == nil {
			return b.includeDir, nil
		} // else somebody has emptied the cache
	}
	h := sha256.New()
	err := fs.WalkDir(b.include, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(b.include, name)
		fmt.Fprintf(h, "%s\x00%x\x00", name, sha256.Sum256(data))
		return err
	})
	if err != nil {
		return "", err
	}
	hash := hex.EncodeToString(h.Sum(nil))
	dir := filepath.Join(b.dir, "include-"+hash[:12])
	if _, err := os.Stat(dir); err != nil {
		if err := os.MkdirAll(b.dir, 0o755); err != nil {
			return "", err
		}
		temporary, err := os.MkdirTemp(b.dir, ".include-")
		if err != nil {
			return "", err
		}
		defer func() { _ = os.RemoveAll(temporary) }() // empty after the rename
		copied := filepath.Join(temporary, "include")
		if err := os.CopyFS(copied, b.include); err != nil {
			return "", err
		}
		if err := os.Rename(copied, dir); err != nil && !errors.Is(err, fs.ErrExist) {
			if _, statErr := os.Stat(dir); statErr != nil {
				return "", err
			}
		}
	}
	b.includeDir, b.includeHash = dir, hash
	return dir, nil
}
