package build

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/u-root/u-root/pkg/cpio"

	"slipway/runner/filelock"
	"slipway/runner/provision"
)

// An initramfs is two cpio archives, one behind the other, which Linux unpacks in
// turn: the kernel's part is made once, the app's with every save. Neither is
// compressed: unpacking costs more under TCG than reading.

// rootFolder is the folder of a provisioned kernel whose files are the guest's as well.
const rootFolder = "root"

// initramfs makes the archive that Linux unpacks: the kernel's PID 1 as /init, what
// the kernel brings beside it, and the app as /app.
func (b *Builder) initramfs(ctx context.Context, ready provision.Provisioned, image Image) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	kernel := []string{"2", ready.Hash, filepath.Base(ready.Dir)} // the folder bears the hash of what it was built from, links among it
	key := newDigest("initramfs", append(kernel, image.AppHash)...).sum()
	path := filepath.Join(b.dir, "initramfs", key[:2], key+archiveSuffix)
	if _, err := os.Stat(path); err == nil {
		touch(path)
		return path, nil
	}
	key = newDigest("initramfs base", kernel...).sum()
	base := filepath.Join(b.dir, "initramfs", key[:2], key+archiveSuffix)
	if err := makeBase(ctx, ready.Dir, base); err != nil {
		return "", err
	}
	touch(base)
	app, err := os.ReadFile(image.App)
	if err != nil {
		return "", err
	}
	return path, writeFile(path, func(out *os.File) error {
		kernelPart, err := os.Open(base)
		if err != nil {
			return err
		}
		// Go lets Linux copy from file to file, which shares the blocks where the file
		// system can.
		_, err = io.Copy(out, kernelPart)
		if err = errors.Join(err, kernelPart.Close()); err != nil {
			return err
		}
		var part bytes.Buffer
		if err := writeArchive(&part, []cpio.Record{cpio.StaticFile("app", string(app), 0o755)}); err != nil {
			return err
		}
		_, err = out.Write(part.Bytes())
		return err
	})
}

// makeBase makes the kernel's part of an initramfs, once. It is deterministic: the
// same files give the same bytes.
func makeBase(ctx context.Context, kernel, path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	unlock, err := filelock.Lock(ctx, path+lockSuffix)
	if err != nil {
		return err
	}
	defer unlock()
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	init, err := os.ReadFile(filepath.Join(kernel, "init"))
	if err != nil {
		return err
	}
	records, err := rootFiles(filepath.Join(kernel, rootFolder))
	if err != nil {
		return err
	}
	records = append(records,
		cpio.Directory("dev", 0o755),
		cpio.CharDev("dev/console", 0o600, 5, 1),
		cpio.CharDev("dev/null", 0o666, 1, 3),
		cpio.Directory("proc", 0o555),
		cpio.Directory("tmp", 0o1777),
		cpio.StaticFile("init", string(init), 0o755),
	)
	return writeFile(path, func(out *os.File) error { return writeArchive(out, records) })
}

// rootFiles are the files that a kernel brings for its guests; none where there is no
// such folder.
func rootFiles(dir string) ([]cpio.Record, error) {
	root, err := os.OpenRoot(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer func() { _ = root.Close() }() // it was only read
	var records []cpio.Record
	err = fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || name == "." {
			return err
		}
		record, err := rootFile(root, name)
		if err == nil && record.Name != "" {
			records = append(records, record)
		}
		return err
	})
	return records, err
}

// rootFile is one file, folder or link; what is none of these has no name.
func rootFile(root *os.Root, name string) (cpio.Record, error) {
	info, err := root.Lstat(name)
	if err != nil {
		return cpio.Record{}, err
	}
	switch mode := uint64(info.Mode().Perm()); {
	case info.IsDir():
		return cpio.Directory(name, mode), nil
	case info.Mode().IsRegular():
		data, err := root.ReadFile(name)
		return cpio.StaticFile(name, string(data), mode), err
	case info.Mode().Type() == fs.ModeSymlink:
		to, err := root.Readlink(name)
		return cpio.Symlink(name, to), err
	}
	return cpio.Record{}, nil
}

// writeArchive writes records and the trailer, which ends where another archive may
// begin: all parts of one are padded to four bytes.
func writeArchive(out io.Writer, records []cpio.Record) error {
	w := cpio.Newc.Writer(out)
	for _, r := range records {
		if err := w.WriteRecord(cpio.MakeReproducible(r)); err != nil {
			return fmt.Errorf("write %s: %w", r.Name, err)
		}
	}
	return cpio.WriteTrailer(w)
}

// writeWhole writes a file of the cache, whole or not at all.
func writeWhole(path string, data []byte) error {
	return writeFile(path, func(out *os.File) error {
		_, err := out.Write(data)
		return err
	})
}

// writeFile is writeWhole for what is written bit by bit.
func writeFile(path string, write func(*os.File) error) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".making-")
	if err != nil {
		return err
	}
	if err := write(f); err != nil {
		return errors.Join(err, f.Close(), os.Remove(f.Name()))
	}
	if err := f.Close(); err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return os.Rename(f.Name(), path)
}
