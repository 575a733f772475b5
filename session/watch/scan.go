package watch

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

const (
	// Files above this size are compared by size and time: no source is that large, and images that are would be read
	// whole after every build.
	maxHashed = 16 << 20
	// No project nests deeper; a loop of mounts does.
	maxDepth = 40
	// A file that was read this soon after it was written may have been written again within the same tick of the file
	// system's clock: its time proves nothing.
	racy = 2 * time.Second
)

// identity names a folder whatever it is called.
type identity struct{ device, inode uint64 }

// identify returns the zero identity for what is no folder.
func identify(path string) identity {
	info, err := os.Stat(path)
	if err != nil || !info.IsDir() {
		return identity{}
	}
	return identityOf(info)
}

func identityOf(info fs.FileInfo) identity {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return identity{}
	}
	return identity{st.Dev, st.Ino}
}

// file is what was last seen of one.
type file struct {
	identity
	size              int64
	modified, changed time.Time
	read              time.Time
	hashed            bool // false: too large, or unreadable
	hash              [sha256.Size]byte
}

// sight is what is seen of a path now.
type sight struct {
	file
	exists bool
}

// scan watches every folder of the tree and looks at every file, those included that are gone. It is called at the start,
// and whenever folders came or went: looking at a source tree takes about 25 us a folder, and following renames of folders
// event by event goes wrong in more ways than it has steps.
func (w *Watcher) scan(found map[string]sight) error {
	w.forgetMoved()
	w.root = identify(w.cfg.Root)
	for rel := range w.seen {
		found[rel] = sight{}
	}
	entries := 0
	if w.root == (identity{}) {
		return nil
	}
	return w.walk(".", 0, found, &entries)
}

// forgetMoved ends the watches of folders that are no longer what their path names: the system goes on reporting them,
// under the old name.
func (w *Watcher) forgetMoved() {
	for path, id := range w.folders {
		if identify(path) == id {
			continue
		}
		delete(w.folders, path)
		if w.notify != nil {
			_ = w.notify.Remove(path) // it may have ended by itself
		}
	}
}

// walk watches first and lists second, so that nothing born in between is lost. What vanishes meanwhile is no error:
// its folder has an event for it.
func (w *Watcher) walk(rel string, depth int, found map[string]sight, entries *int) error {
	path := filepath.Join(w.cfg.Root, rel)
	if depth > maxDepth {
		return fmt.Errorf("watch %s: folders nest more than %d deep: %w", path, maxDepth, ErrTooLarge)
	}
	if err := w.listen(path); err != nil {
		return err
	}
	id := identify(path)
	if id == (identity{}) {
		return nil
	}
	w.folders[path] = id
	list, err := os.ReadDir(path)
	if err != nil {
		return nil //nolint:nilerr // gone, or not readable for us: then it holds no source that a build could read
	}
	for _, e := range list {
		name := filepath.Join(rel, e.Name())
		if w.ignored(name, e.IsDir()) {
			continue
		}
		if *entries++; *entries > w.cfg.MaxEntries {
			return fmt.Errorf("watch %s: more than %d files and folders; choose a smaller folder: %w",
				w.cfg.Root, w.cfg.MaxEntries, ErrTooLarge)
		}
		// A symbolic link to a folder is not followed (it may be a loop); one to a file is read like the file.
		if e.IsDir() {
			if err := w.walk(name, depth+1, found, entries); err != nil {
				return err
			}
			continue
		}
		old, had := w.seen[name]
		if f, ok := look(filepath.Join(w.cfg.Root, name), old, had); ok {
			found[name] = sight{f, true}
		}
	}
	return nil
}

// listen asks for the events of a folder. Asking again is free, and renews the watch of a folder that was replaced.
func (w *Watcher) listen(path string) error {
	if w.notify == nil {
		return nil
	}
	err := w.notify.Add(path)
	switch {
	case err == nil, errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.ENOTDIR):
		return nil
	case w.cfg.Poll > 0:
		return nil // polling finds what nobody announces
	}
	return fmt.Errorf("watch %s: %w", path, explainLimit(err))
}

// look reads a file, unless it is certain that it still is the old one. False: there is no such regular file.
func look(path string, old file, had bool) (file, bool) {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return file{}, false
	}
	f := describe(info)
	if had && old.identity == f.identity && old.size == f.size && old.modified.Equal(f.modified) &&
		old.changed.Equal(f.changed) && old.read.Sub(old.changed) > racy {
		return old, true
	}
	if f.size > maxHashed {
		return f, true
	}
	// Without O_NONBLOCK, a named pipe put there since would hold us for ever.
	r, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return f, !errors.Is(err, fs.ErrNotExist)
	}
	defer r.Close()
	if info, err = r.Stat(); err != nil || !info.Mode().IsRegular() {
		return file{}, false
	}
	f = describe(info)
	h := sha256.New()
	if _, err := io.Copy(h, io.LimitReader(r, maxHashed)); err != nil {
		return f, true
	}
	f.hashed = true
	h.Sum(f.hash[:0])
	return f, true
}

func describe(info fs.FileInfo) file {
	f := file{identity: identityOf(info), size: info.Size(), modified: info.ModTime(), read: time.Now()}
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		f.changed = time.Unix(st.Ctim.Unix())
	}
	return f
}

// differs compares contents; where they are not known, sizes and times.
func differs(a, b file) bool {
	if a.hashed && b.hashed {
		return a.hash != b.hash
	}
	return a.hashed != b.hashed || a.size != b.size || !a.modified.Equal(b.modified)
}
