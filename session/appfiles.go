package session

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/sys/unix"

	"slipway/runner/catalog"
)

// maxFile is the largest file the editor opens.
const maxFile = 1 << 20

// FileContent is one source file as the editor gets it.
type FileContent struct {
	Path     string // relative to the app's folder
	Text     string // UTF-8
	Hash     string // of the bytes on disk: hand it to WriteFile
	ReadOnly bool   // of the suite; WriteFile copies the app into the project first
}

// ConflictError says that a file changed on disk since it was read.
type ConflictError struct {
	Path string
	Now  FileContent // what is there now; Hash "" when the file is gone
}

func (e *ConflictError) Error() string {
	if e.Now.Hash == "" {
		return fmt.Sprintf("%s was deleted on disk since it was opened: overwrite it or keep editing", e.Path)
	}
	return fmt.Sprintf("%s changed on disk since it was opened: overwrite it, reload it or keep editing", e.Path)
}

// listFiles returns an app's files, hidden ones and build output excepted. It is bounded.
func listFiles(a *catalog.App) ([]File, error) {
	const most = 500
	var files []File
	err := fs.WalkDir(a.Files, ".", func(name string, d fs.DirEntry, err error) error {
		if !utf8.ValidString(name) {
			if d != nil && d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if err != nil {
			return err
		}
		if name != "." && strings.HasPrefix(d.Name(), ".") || d.IsDir() && d.Name() == "out" {
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if !d.Type().IsRegular() {
			return nil
		}
		if len(files) >= most {
			return fs.SkipAll
		}
		info, err := d.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil // an editor's temporary that is gone already
		}
		if err != nil {
			return err
		}
		files = append(files, File{Path: name, Size: info.Size(), ReadOnly: a.Dir == ""})
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list the files of %s: %w", a.Name, err)
	}
	slices.SortFunc(files, func(x, y File) int { return strings.Compare(x.Path, y.Path) })
	return files, nil
}

// readAppFile reads one text file of an app.
func readAppFile(a *catalog.App, name string) (FileContent, error) {
	name = filepath.ToSlash(name)
	if !fs.ValidPath(name) {
		return FileContent{}, fmt.Errorf("read %q of %s: the path leaves its folder", name, a.Name)
	}
	f, err := a.Files.Open(name)
	if err != nil {
		return FileContent{}, fmt.Errorf("read %s of %s: %w", name, a.Name, err)
	}
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	err = errors.Join(err, f.Close())
	switch {
	case err != nil:
		return FileContent{}, fmt.Errorf("read %s of %s: %w", name, a.Name, err)
	case len(data) > maxFile:
		return FileContent{}, fmt.Errorf("%s of %s is larger than 1 MiB: press e for your own editor", name, a.Name)
	case !utf8.Valid(data):
		return FileContent{}, fmt.Errorf("%s of %s is not UTF-8 text: press e for your own editor", name, a.Name)
	}
	return FileContent{Path: name, Text: string(data), Hash: contentHash(data), ReadOnly: a.Dir == ""}, nil
}

func contentHash(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// writeAppFile replaces one file of a user's app, whole or not at all, unless
// it is no longer what expect says; expect "" writes in any case.
func writeAppFile(a *catalog.App, name, text, expect string) (hash string, err error) {
	name = filepath.ToSlash(name)
	if !fs.ValidPath(name) {
		return "", fmt.Errorf("write %q of %s: the path leaves its folder", name, a.Name)
	}
	if expect != "" {
		now, err := readAppFile(a, name)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
		if now.Hash != expect {
			return "", &ConflictError{Path: name, Now: now}
		}
	}
	root, err := os.OpenRoot(a.Dir)
	if err != nil {
		return "", fmt.Errorf("write %s of %s: %w", name, a.Name, err)
	}
	err = errors.Join(replaceFile(root, name, []byte(text)), root.Close())
	if err != nil {
		return "", fmt.Errorf("write %s in %s: %w: nothing was changed", name, a.Dir, err)
	}
	return contentHash([]byte(text)), nil
}

// halfWritten is how long a file may be on its way to its name. Its maker holds a lock on
// it all the while, where files can be locked: a clock that is put forward makes it look old.
const halfWritten = 10 * time.Minute

// suffixBytes tell one such file from another.
const suffixBytes = 6

// sweepHalfWritten removes what a program that was killed in the middle of replaceFile
// left beside the file.
func sweepHalfWritten(root *os.Root, dir, before, after string) {
	entries, err := fs.ReadDir(root.FS(), dir)
	if err != nil {
		return // there is no such folder yet
	}
	for _, e := range entries {
		middle, ours := strings.CutPrefix(e.Name(), before)
		middle, ends := strings.CutSuffix(middle, after)
		if random, err := hex.DecodeString(middle); !ours || !ends || err != nil || len(random) != suffixBytes {
			continue // somebody else's
		}
		if info, err := e.Info(); err == nil && info.Mode().IsRegular() && time.Since(info.ModTime()) > halfWritten {
			removeUnlocked(root, path.Join(dir, e.Name())) // the next save tries again
		}
	}
}

func removeUnlocked(root *os.Root, name string) {
	f, err := root.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		return
	}
	defer f.Close()
	if !errors.Is(unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB), unix.EWOULDBLOCK) {
		_ = root.Remove(name)
	}
}

// replaceFile writes beside the file and renames over it, so that neither a
// full disk nor a watcher ever sees half of it. A symbolic link is followed by
// writing in place: renaming would turn it into a file.
func replaceFile(root *os.Root, name string, data []byte) (err error) {
	mode := fs.FileMode(0o644)
	if info, err := root.Lstat(name); err == nil {
		if info.Mode()&fs.ModeSymlink != 0 {
			return root.WriteFile(name, data, 0o644)
		}
		mode = info.Mode().Perm()
	}
	suffix := make([]byte, suffixBytes)
	if _, err := rand.Read(suffix); err != nil {
		return err
	}
	before, after := "."+path.Base(name)+".", ".tmp"
	sweepHalfWritten(root, path.Dir(name), before, after)
	temporary := path.Join(path.Dir(name), before+hex.EncodeToString(suffix)+after)
	f, err := root.OpenFile(temporary, os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, root.Remove(temporary))
		}
	}()
	_ = unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if err == nil {
		err = root.Rename(temporary, name)
	}
	return errors.Join(err, f.Close())
}

// copyTree writes a manifest folder into a new folder of the project. The
// folder appears whole or not at all.
func copyTree(files fs.FS, dir string, edit func(name string, data []byte) []byte) (err error) {
	if _, err := os.Lstat(dir); err == nil {
		return fmt.Errorf("%s is there already: %w", dir, fs.ErrExist)
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return err
	}
	temporary, err := os.MkdirTemp(filepath.Dir(dir), ".new-")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(temporary))
		}
	}()
	if err := os.Chmod(temporary, 0o755); err != nil {
		return err
	}
	err = fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || name == "." {
			return err
		}
		to := filepath.Join(temporary, filepath.FromSlash(name))
		if d.IsDir() {
			return os.Mkdir(to, 0o755)
		}
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		if edit != nil {
			data = edit(name, data)
		}
		return os.WriteFile(to, data, 0o644)
	})
	if err != nil {
		return err
	}
	return os.Rename(temporary, dir)
}
