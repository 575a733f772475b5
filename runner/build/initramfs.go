package build

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/u-root/u-root/pkg/cpio"

	"slipway/runner/provision"
)

// initramfs makes the cpio archive that Linux unpacks: the kernel's PID 1 as
// /init and the app as /app. It is not compressed: unpacking costs more under TCG
// than reading.
func (b *Builder) initramfs(ctx context.Context, ready provision.Provisioned, image Image) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte("initramfs 1\x00" + ready.Hash + "\x00" + image.AppHash))
	key := hex.EncodeToString(sum[:])
	path := filepath.Join(b.dir, "initramfs", key[:2], key+".cpio")
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	archive, err := makeInitramfs(filepath.Join(ready.Dir, "init"), image.App)
	if err != nil {
		return "", err
	}
	return path, writeWhole(path, archive)
}

// makeInitramfs is deterministic: the same files give the same bytes.
func makeInitramfs(initPath, appPath string) ([]byte, error) {
	init, err := os.ReadFile(initPath)
	if err != nil {
		return nil, err
	}
	app, err := os.ReadFile(appPath)
	if err != nil {
		return nil, err
	}
	records := []cpio.Record{
		cpio.Directory("dev", 0o755),
		cpio.CharDev("dev/console", 0o600, 5, 1),
		cpio.CharDev("dev/null", 0o666, 1, 3),
		cpio.Directory("proc", 0o555),
		cpio.Directory("tmp", 0o1777),
		cpio.StaticFile("init", string(init), 0o755),
		cpio.StaticFile("app", string(app), 0o755),
	}
	var out bytes.Buffer
	w := cpio.Newc.Writer(&out)
	for _, r := range records {
		if err := w.WriteRecord(cpio.MakeReproducible(r)); err != nil {
			return nil, fmt.Errorf("write %s: %w", r.Name, err)
		}
	}
	if err := cpio.WriteTrailer(w); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// writeWhole writes a file of the cache, whole or not at all.
func writeWhole(path string, data []byte) (err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".making-")
	if err != nil {
		return err
	}
	if _, err := f.Write(data); err != nil {
		return errors.Join(err, f.Close(), os.Remove(f.Name()))
	}
	if err := f.Close(); err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return os.Rename(f.Name(), path)
}
