package runner

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"slipway/runner/qemu"
)

// Attached is a disk image or folder of the user's that a guest is given, and what
// tells its content from another: its files are no part of the image that Slipway
// builds, but of what is booted.
type Attached struct {
	Kind     string    // "disk" or "share"
	Path     string    // absolute
	Size     int64     // bytes, of a folder those of its files
	Modified time.Time // of a folder that of its newest file
	Hash     string    // of a small disk's content, of a folder's listing; "" for a large disk
}

const (
	// hashedDisk is up to what size a disk is read before each boot: some milliseconds.
	hashedDisk = 4 << 20
	// listedFiles bounds how much of a shared folder is looked at.
	listedFiles = 10_000
)

// attach looks at what the devices name, and completes the disks with their formats.
func attach(d qemu.Devices) (qemu.Devices, []Attached, error) {
	var all []Attached
	disks := make([]qemu.Disk, len(d.Disks))
	for i, disk := range d.Disks {
		format, a, err := examineDisk(disk.Path)
		if err != nil {
			return d, nil, fmt.Errorf("disk %s: %w", disk.Path, err)
		}
		disk.Format = format
		disks[i] = disk
		all = append(all, a)
	}
	d.Disks = disks
	if d.Share.Path != "" {
		a, err := examineShare(d.Share.Path)
		if err != nil {
			return d, nil, fmt.Errorf("share %s: %w", d.Share.Path, err)
		}
		all = append(all, a)
	}
	return d, all, nil
}

func examineDisk(path string) (format string, a Attached, err error) {
	info, err := os.Stat(path) // a pipe would block an open
	if err != nil {
		return "", a, reason(err)
	}
	if !info.Mode().IsRegular() {
		return "", a, errors.New("it is no file: a disk is an image file")
	}
	f, err := os.Open(path)
	if err != nil {
		return "", a, reason(err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	a = Attached{Kind: "disk", Path: path, Size: info.Size(), Modified: info.ModTime()}
	if a.Size == 0 {
		return "", a, errors.New("it is empty")
	}
	if a.Size <= hashedDisk {
		h := sha256.New()
		if _, err := io.Copy(h, io.LimitReader(f, hashedDisk)); err != nil {
			return "", a, reason(err)
		}
		a.Hash = hex.EncodeToString(h.Sum(nil))
	}
	format, err = diskFormat(f)
	return format, a, err
}

// reason is what went wrong without the path, which is told already.
func reason(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}

// The parts of a qcow2 image's header that say that it needs another file, as
// QEMU's docs/interop/qcow2.txt has them.
const (
	qcow2Magic        = 0x514649fb // "QFI\xfb", at 0
	qcow2Backing      = 8          // where the backing file's name is, 64 bits; 0 for none
	qcow2Incompatible = 72         // features, 64 bits, from version 3 on
	qcow2External     = 1 << 2     // the data are in another file
)

// diskFormat says whether an image is qcow2, else raw. QEMU is not asked to guess, and
// an image that names another file is refused: whoever made it would choose what file
// of this host a guest reads.
func diskFormat(image io.ReaderAt) (string, error) {
	header := make([]byte, qcow2Incompatible+8)
	n, err := image.ReadAt(header, 0)
	if err != nil && err != io.EOF {
		return "", reason(err)
	}
	if n < len(header) || binary.BigEndian.Uint32(header) != qcow2Magic {
		return "raw", nil
	}
	external := binary.BigEndian.Uint32(header[4:]) >= 3 && binary.BigEndian.Uint64(header[qcow2Incompatible:])&qcow2External != 0
	if external || binary.BigEndian.Uint64(header[qcow2Backing:]) != 0 {
		return "", errors.New("it stands on another file, which would be read, too: make it one file with 'qemu-img convert -O qcow2 OLD NEW'")
	}
	return "qcow2", nil
}

func examineShare(dir string) (Attached, error) {
	a := Attached{Kind: "share", Path: dir}
	info, err := os.Stat(dir)
	if err != nil {
		return a, reason(err)
	}
	if !info.IsDir() {
		return a, errors.New("it is no folder")
	}
	h := sha256.New()
	seen := 0
	err = filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			if path == dir {
				return err
			}
			return nil // the guest cannot read it either, or it has just gone
		}
		info, err := e.Info()
		if err != nil {
			return nil //nolint:nilerr // it has just gone
		}
		if seen++; seen > listedFiles {
			return fs.SkipAll
		}
		if !info.IsDir() {
			a.Size += info.Size()
			fmt.Fprintf(h, "%s\x00%v\x00%d\x00%d\x00", path, info.Mode(), info.Size(), info.ModTime().UnixNano())
		}
		if info.ModTime().After(a.Modified) && !info.IsDir() {
			a.Modified = info.ModTime()
		}
		return nil
	})
	if err != nil {
		return a, reason(err)
	}
	a.Hash = hex.EncodeToString(h.Sum(nil))
	return a, nil
}

// Same says whether two attached things have the same content, as far as it is looked at.
func (a Attached) Same(b Attached) bool {
	return a.Kind == b.Kind && a.Path == b.Path && a.Size == b.Size && a.Hash == b.Hash && (a.Hash != "" || a.Modified.Equal(b.Modified))
}
