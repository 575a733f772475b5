package build

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/u-root/u-root/pkg/cpio"

	"slipway/runner/provision"
)

// WithModules adds the drivers that settings of a target need to an image's initramfs,
// as far as the kernel has them as modules: /modules/NN-NAME.ko, to be loaded in the
// order of their names. An image that needs none is returned as it is.
func (b *Builder) WithModules(ctx context.Context, ready provision.Provisioned, image Image, settings []string) (Image, error) {
	archive, err := makeModules(ready, settings)
	if err != nil {
		return Image{}, fmt.Errorf("add drivers to the initramfs: %w", err)
	}
	if archive == nil || ctx.Err() != nil {
		return image, ctx.Err()
	}
	leave, err := b.enter(ctx)
	if err != nil {
		return Image{}, fmt.Errorf("add drivers to the initramfs: %w", err)
	}
	defer leave()
	base, err := os.ReadFile(image.Initrd)
	if err != nil {
		return Image{}, fmt.Errorf("add drivers to the initramfs: %w", err)
	}
	// Linux unpacks one archive after another; each begins at a multiple of four bytes.
	whole := append(bytes.Join([][]byte{base, make([]byte, -len(base)&3)}, nil), archive...)
	key := newDigest("initramfs with modules", string(whole)).sum()
	path := filepath.Join(b.dir, "initramfs", key[:2], key+archiveSuffix)
	if _, err := os.Stat(path); err == nil {
		touch(path)
	} else if err := writeWhole(path, whole); err != nil {
		return Image{}, fmt.Errorf("add drivers to the initramfs: %w", err)
	}
	image.Initrd = path
	image.Size += int64(len(whole) - len(base))
	image.Hash = newDigest("image with modules", image.Hash, key).sum()
	return image, b.use(&image)
}

// makeModules is nil where the settings need no modules. A module that several need is
// there once.
func makeModules(ready provision.Provisioned, settings []string) ([]byte, error) {
	var records []cpio.Record
	seen := map[string]bool{}
	for _, setting := range settings {
		files, err := filepath.Glob(filepath.Join(ready.Dir, provision.ModulesDir, setting, "*.ko"))
		if err != nil {
			return nil, err
		}
		for _, file := range files { // sorted
			_, name, _ := strings.Cut(filepath.Base(file), "-")
			if seen[name] {
				continue
			}
			seen[name] = true
			data, err := os.ReadFile(file)
			if err != nil {
				return nil, err
			}
			records = append(records, cpio.StaticFile(fmt.Sprintf("modules/%02d-%s", len(records), name), string(data), 0o644))
		}
	}
	if len(records) == 0 {
		return nil, nil
	}
	records = append([]cpio.Record{cpio.Directory("modules", 0o755)}, records...)
	var out bytes.Buffer
	if err := writeArchive(&out, records); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
