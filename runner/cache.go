package runner

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"slipway/runner/build"
)

// CachePart is one part of the cache.
type CachePart struct {
	Name  string // "kernels", "images" or "accelerators"
	Bytes int64
	Count int // provisioned kernels, images or verdicts
}

// CacheParts says what the cache holds.
func (r *Runner) CacheParts() ([]CachePart, error) {
	usage, err := r.builder.Usage()
	if err != nil {
		return nil, fmt.Errorf("size of the cache: %w", err)
	}
	versions, err := r.provisioner.Versions()
	if err != nil {
		return nil, fmt.Errorf("size of the cache: %w", err)
	}
	kernels, _, err := folderSize(filepath.Join(r.cache, "kernels"))
	if err != nil {
		return nil, err
	}
	verdicts, files, err := folderSize(filepath.Join(r.cache, "accelerators"))
	return []CachePart{{"kernels", kernels, versions}, {"images", usage.Bytes, usage.Images}, {"accelerators", verdicts, files}}, err
}

// CacheGrowth is how many bytes of images this Runner has made since it tidied the cache last.
func (r *Runner) CacheGrowth() int64 { return r.builder.Made() }

// TidyCache removes what Slipways that are gone have left half made, and the least
// recently used images beyond the limit in bytes, 0 for none. Images that somebody has
// stay, and so does everything while somebody builds. Provisioned kernels stay: to
// bring them back may need a network.
func (r *Runner) TidyCache(limit int64) error {
	_, err := r.builder.Tidy(limit)
	if err = errors.Join(err, r.provisioner.Tidy()); err != nil {
		return fmt.Errorf("tidy the cache: %w", err)
	}
	return nil
}

// CleanCache empties the cache but for what another Slipway has in use, and says how
// many images and kernels those are. It waits for builds under way.
func (r *Runner) CleanCache(ctx context.Context) (inUse int, err error) {
	var images build.Tidied
	if images, err = r.builder.Clean(ctx); err != nil {
		return 0, fmt.Errorf("empty the cache: %w", err)
	}
	kernels, err := r.provisioner.Clean()
	if err = errors.Join(err, os.RemoveAll(filepath.Join(r.cache, "accelerators"))); err != nil {
		return 0, fmt.Errorf("empty the cache: %w", err)
	}
	return images.InUse + kernels, nil
}

// folderSize adds up the files below a folder; a folder that is not there is empty.
func folderSize(dir string) (bytes int64, files int, err error) {
	err = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		info, err := d.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err == nil {
			bytes += info.Size()
			files++
		}
		return err
	})
	if err != nil {
		return 0, 0, fmt.Errorf("size of %s: %w", dir, err)
	}
	return bytes, files, nil
}
