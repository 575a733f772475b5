package build

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
	"weak"

	"slipway/runner/filelock"
)

// Whoever builds shares the lock of the whole cache, and whoever deletes holds it
// alone: nothing goes while somebody is at work, and what is half made while the lock
// is held alone was left by a process that is gone. Images that somebody has, to boot
// them or to time them again, are marked by a lock on their files and stay.

// Endings of the cache's files, and the beginnings of what is half made.
const (
	lockSuffix    = ".lock"
	listSuffix    = ".json"
	archiveSuffix = ".cpio"
)

var halfMade = []string{".building-", ".making-", ".include-"}

// enter shares the cache's lock. A cache that is read-only is nobody's to tidy.
func (b *Builder) enter(ctx context.Context) (leave func(), err error) {
	err = os.MkdirAll(b.dir, 0o755)
	if err == nil {
		leave, err = filelock.Share(ctx, b.lockFile())
	}
	switch {
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return func() {}, nil
	case err != nil && ctx.Err() == nil:
		return nil, fmt.Errorf("%w: SLIPWAY_HOME or XDG_CACHE_HOME names another place", err)
	}
	return leave, err
}

func (b *Builder) lockFile() string { return filepath.Join(b.dir, "cache"+lockSuffix) }

// use marks an image's files, its kernel among them, as in use for as long as the image
// can be reached. Images of the same files share their marks.
func (b *Builder) use(image *Image) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, path := range []string{image.App, image.Initrd, image.Kernel} {
		if path == "" {
			continue
		}
		mark := b.used[path].Value()
		if mark == nil || !sameFile(mark, path) { // nobody has it, or it was made anew since
			var err error
			if mark, err = filelock.Use(path); err != nil {
				return err
			}
			b.used[path] = weak.Make(mark)
		}
		image.inUse = append(image.inUse, mark)
	}
	for path, mark := range b.used {
		if mark.Value() == nil {
			delete(b.used, path)
		}
	}
	return nil
}

func sameFile(f *os.File, path string) bool {
	open, err := f.Stat()
	if err != nil {
		return false
	}
	there, err := os.Stat(path)
	return err == nil && os.SameFile(open, there)
}

// touch notes that a file of the cache was used just now. Where it can't be noted the
// file goes earlier than it should, and is made again.
func touch(path string) { _ = os.Chtimes(path, time.Time{}, time.Now()) }

// Kept is one thing that the cache keeps.
type kept struct {
	path  string // a file, or the folder of an app's program
	mark  string // the file whose lock says that it is in use
	bytes int64
	used  time.Time
	image bool // it can be booted
}

// Usage is what the cache of images holds.
type Usage struct {
	Images int   // programs and initramfs archives
	Parts  int   // objects, and parts that images are made of
	Bytes  int64 // of all
}

// Usage adds up what the cache holds.
func (b *Builder) Usage() (Usage, error) {
	list, _, err := b.list() // of a cache that is not there yet, nothing
	var u Usage
	for _, k := range list {
		u.Bytes += k.bytes
		if k.image {
			u.Images++
		} else {
			u.Parts++
		}
	}
	return u, err
}

// Made is how many bytes were put into the cache by this Builder since it tidied last.
func (b *Builder) Made() int64 { return b.made.Load() }

// Tidied is what was deleted, and what was not though it should have been.
type Tidied struct {
	Deleted int
	InUse   int  // images that somebody has
	Busy    bool // somebody builds: nothing was looked at
}

// Tidy removes what processes that are gone have left half made, and then, least
// recently used first, what is beyond the limit in bytes; 0 is no limit. While
// somebody builds it does nothing but say so: whoever builds tidies afterwards.
func (b *Builder) Tidy(limit int64) (Tidied, error) {
	if _, err := os.Stat(b.dir); errors.Is(err, fs.ErrNotExist) {
		return Tidied{}, nil
	}
	unlock, ok, err := filelock.Try(b.lockFile())
	if err != nil || !ok {
		return Tidied{Busy: err == nil}, err
	}
	defer unlock()
	b.made.Store(0)
	if limit <= 0 {
		_, leftovers, err := b.list()
		return Tidied{}, errors.Join(err, removeAll(leftovers))
	}
	return b.shrink(limit)
}

// Clean removes all that is not in use. It waits for builds under way.
func (b *Builder) Clean(ctx context.Context) (Tidied, error) {
	if _, err := os.Stat(b.dir); errors.Is(err, fs.ErrNotExist) {
		return Tidied{}, nil
	}
	unlock, err := filelock.Lock(ctx, b.lockFile())
	if err != nil {
		return Tidied{}, err
	}
	defer unlock()
	return b.shrink(0)
}

// shrink deletes until limit bytes are left. The cache's lock is held alone.
func (b *Builder) shrink(limit int64) (Tidied, error) {
	list, leftovers, err := b.list()
	if err := errors.Join(err, removeAll(leftovers)); err != nil {
		return Tidied{}, err
	}
	// What was used after now was used while the clock was wrong. It goes first: it would
	// push out all that is made from now on, until that time has come.
	now := time.Now()
	for i, k := range list {
		if k.used.After(now) {
			list[i].used = time.Time{}
		}
	}
	slices.SortStableFunc(list, func(x, y kept) int { return x.used.Compare(y.used) })
	var total int64
	for _, k := range list {
		total += k.bytes
	}
	var done Tidied
	for _, k := range list {
		if total <= limit {
			break
		}
		if filelock.InUse(k.mark) {
			done.InUse++
			continue
		}
		if err := remove(k.path); err != nil {
			return done, err
		}
		total -= k.bytes
		done.Deleted++
	}
	return done, nil
}

// remove takes a thing away whole before its files go one by one: what is cut off by
// a crash is a leftover and no broken image.
func remove(path string) error {
	out := filepath.Join(filepath.Dir(path), ".making-gone-"+filepath.Base(path))
	if err := os.Rename(path, out); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return removeAll([]string{out, path + lockSuffix})
}

func removeAll(paths []string) error {
	var failed error
	for _, path := range paths {
		failed = errors.Join(failed, os.RemoveAll(path))
	}
	return failed
}

// list finds what the cache keeps, and what has no business in it: half-made things
// and locks of what is gone. Only whoever holds the cache's lock alone may delete those.
func (b *Builder) list() (list []kept, leftovers []string, err error) {
	root := b.dir + string(filepath.Separator) // also where it is a link to another disk
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // somebody finished or deleted it meanwhile
		}
		if err != nil {
			return err
		}
		name := d.Name()
		switch {
		case slices.ContainsFunc(halfMade, func(start string) bool { return strings.HasPrefix(name, start) }):
			leftovers = append(leftovers, path)
			return skip(d)
		case strings.HasSuffix(name, lockSuffix):
			if _, err := os.Stat(strings.TrimSuffix(path, lockSuffix)); err != nil && path != b.lockFile() {
				leftovers = append(leftovers, path)
			}
			return nil
		case d.IsDir() && strings.HasPrefix(name, "include-"):
			return fs.SkipDir // a few kilobytes that every build wants
		}
		k, ok := b.entry(path, d)
		if !ok {
			return nil
		}
		list = append(list, k)
		return skip(d)
	})
	return list, leftovers, err
}

func skip(d fs.DirEntry) error {
	if d.IsDir() {
		return fs.SkipDir
	}
	return nil
}

// entry says what a path of the cache is, where it is a thing of its own.
func (b *Builder) entry(path string, d fs.DirEntry) (kept, bool) {
	dated := path
	k := kept{path: path, mark: path, image: filepath.Ext(path) == archiveSuffix}
	if d.IsDir() {
		dated = filepath.Join(path, recordName)
		k.mark, k.image = filepath.Join(path, "app"), true
		k.bytes = max(sizeOf(k.mark), 0)
	}
	info, err := os.Stat(dated)
	if err != nil || !info.Mode().IsRegular() {
		return kept{}, false // a folder of things, or a thing that has just gone
	}
	k.bytes += info.Size()
	k.used = info.ModTime()
	return k, true
}
