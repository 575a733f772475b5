package build

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"slipway/runner/compiler"
	"slipway/runner/filelock"
)

// An app of several files is compiled file by file, and each object is kept by what
// went into it: the tools, the source, and the app's files that the compiler has read
// for it. Which those are is only known afterwards, so beside each source's objects a
// list of them is kept. The names of all files go into the key as well: a new header
// may take the place of another one without any that was read being changed.

// objectsKept is how many objects of one source are remembered, newest first: a
// header that goes back and forth compiles nothing.
const objectsKept = 8

// objectList is what is kept of one source's objects.
type objectList struct {
	Schema  int      `json:"schema"`
	Objects []object `json:"objects"`
}

// object is one object file in the cache.
type object struct {
	Name string       `json:"name"` // of the file, without its ending
	Size int64        `json:"size"` // bytes; another size is a file that was cut off
	Read []SourceFile `json:"read"` // what the compiler has read of the app's files
}

// fromObjects compiles all sources, as many at once as there are cores, and links them.
// Where several do not compile the error is of all of them.
func (b *Builder) fromObjects(ctx context.Context, in *inputs, sources, made string) error {
	failures := make([]error, len(in.sources))
	names := make([]string, len(in.sources))
	var together sync.WaitGroup
	for i, source := range in.sources {
		// What the linker says of an object is read by people: it bears its source's name.
		// And it is named relative to the sources, since ccache takes it for an input.
		names[i] = filepath.Join("..", "objects", filepath.FromSlash(source)+".o")
		together.Go(func() { failures[i] = b.object(ctx, in, source, sources, names[i]) })
	}
	together.Wait()
	if err := joined(failures, in.app.Name); err != nil {
		return err
	}
	return b.run(ctx, in.link(names, made), sources, b.scratch()...)
}

// joined is one error for those of all sources.
func joined(failures []error, app string) error {
	var all *compiler.Error
	for _, err := range failures {
		var failed *compiler.Error
		switch {
		case err == nil:
		case !errors.As(err, &failed):
			return fmt.Errorf("build %s: %w", app, err)
		case all == nil:
			all = failed
		default:
			all.Output = append(all.Output, failed.Output...)
			all.Diagnostics = append(all.Diagnostics, failed.Diagnostics...)
		}
	}
	if all == nil {
		return nil
	}
	return all
}

// object makes the object of one source in dir, or finds it, and puts it at a path
// relative to dir.
func (b *Builder) object(ctx context.Context, in *inputs, source, dir, name string) error {
	at := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
		return err
	}
	key := in.sourceKey(source)
	list := filepath.Join(b.dir, "objects", key[:2], key+listSuffix)
	if err := os.MkdirAll(filepath.Dir(list), 0o755); err != nil {
		return err
	}
	// Others may be at the same source: another image of ours, another Slipway.
	unlock, err := filelock.Lock(ctx, list+lockSuffix)
	if err != nil {
		return err
	}
	defer unlock()
	known := readObjects(list)
	for _, o := range known.Objects {
		if file := b.objectFile(o.Name); in.hasAll(o.Read) && sizeOf(file) == o.Size {
			touch(file)
			touch(list)
			return os.Symlink(file, at)
		}
	}
	o, err := b.compileObject(ctx, in, source, dir, name, key)
	if err != nil {
		return err
	}
	known.Objects = slices.DeleteFunc(known.Objects, func(other object) bool { return other.Name == o.Name })
	known.Objects = slices.Insert(known.Objects, 0, o)
	known.Objects = known.Objects[:min(len(known.Objects), objectsKept)]
	data, err := json.Marshal(known)
	if err != nil {
		return err
	}
	return writeWhole(list, data)
}

// compileObject compiles one source to a path and keeps a copy in the cache.
func (b *Builder) compileObject(ctx context.Context, in *inputs, source, dir, name, key string) (object, error) {
	command := in.compileOnly(source, name, name+".d")
	err := errCcacheAbsent
	if b.ccache.program != "" {
		wrapped, variables := b.ccache.wrap(command, in.tools)
		err = b.run(ctx, wrapped, dir, append(b.scratch(), variables...)...)
	}
	if errors.Is(err, errCcacheAbsent) || refused(err) {
		err = b.run(ctx, command, dir, b.scratch()...)
	}
	if err != nil {
		return object{}, err
	}
	at := filepath.Join(dir, name)
	data, err := os.ReadFile(at)
	if err != nil {
		return object{}, err
	}
	o := object{Size: int64(len(data)), Read: in.readBy(source, at+".d", dir)}
	h := newDigest("object", key)
	for _, f := range o.Read {
		h.part("read", f.Path, f.Hash)
	}
	o.Name = h.sum()
	b.made.Add(o.Size)
	if err := os.MkdirAll(filepath.Dir(b.objectFile(o.Name)), 0o755); err != nil {
		return o, err
	}
	return o, writeWhole(b.objectFile(o.Name), data)
}

// errCcacheAbsent stands for a compilation that nobody has tried yet.
var errCcacheAbsent = errors.New("there is no ccache")

// sourceKey is the hash of what decides which files a compiler reads for a source,
// but for those files themselves.
func (in *inputs) sourceKey(source string) string {
	h := newDigest("source", "1", in.tools, source)
	h.part("with C++", fmt.Sprint(slices.ContainsFunc(in.sources, isCxx)))
	for _, f := range in.files {
		h.part("name", f.Path)
		if f.Path == source {
			h.part("content", f.Hash)
		}
	}
	return h.sum()
}

// hasAll says whether the app has all of the files as they were.
func (in *inputs) hasAll(files []SourceFile) bool {
	return !slices.ContainsFunc(files, func(f SourceFile) bool { return !slices.Contains(in.files, f) })
}

// readBy are the app's files that a compiler has read for a source. Files that only
// an assembler reads are named in no list: where one may have been, all are.
func (in *inputs) readBy(source, readFiles, dir string) []SourceFile {
	names := []string{source}
	if data, err := os.ReadFile(readFiles); err == nil {
		names = append(names, dependencies(data, dir)...)
	}
	var read []SourceFile
	for _, f := range in.files {
		if !slices.Contains(names, f.Path) {
			continue
		}
		if text := in.data[f.Path]; bytes.Contains(text, []byte("incbin")) || bytes.Contains(text, []byte(".include")) {
			return in.files
		}
		read = append(read, f)
	}
	return read
}

// dependencies reads a rule for make, as compilers write it, and returns the files
// below dir that it names.
func dependencies(rule []byte, dir string) []string {
	const space = "\x00"
	text := strings.NewReplacer("\\\n", " ", "\\ ", space, "\\#", "#", "$$", "$").Replace(string(rule))
	_, text, _ = strings.Cut(text, ": ")
	var names []string
	for name := range strings.FieldsSeq(text) {
		name = filepath.Clean(strings.ReplaceAll(name, space, " "))
		if rel, err := filepath.Rel(dir, name); err == nil && filepath.IsAbs(name) {
			name = rel
		}
		if filepath.IsLocal(name) {
			names = append(names, filepath.ToSlash(name))
		}
	}
	return names
}

func (b *Builder) objectFile(name string) string {
	return filepath.Join(b.dir, "objects", name[:2], name+".o")
}

// readObjects reads a list; one that is missing or broken is empty.
func readObjects(path string) objectList {
	var list objectList
	data, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(data, &list)
	}
	if err != nil || list.Schema != 1 {
		return objectList{Schema: 1}
	}
	list.Objects = slices.DeleteFunc(list.Objects, func(o object) bool { return len(o.Name) != sha256.Size*2 })
	return list
}

// sizeOf is the size of a file, -1 where there is none.
func sizeOf(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return -1
	}
	return info.Size()
}
