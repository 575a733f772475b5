package runner

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"

	"slipway/runner/build"
)

// CachePart is one part of the cache.
type CachePart struct {
	Name  string // of its folder: "kernels", "images", "accelerators" ...
	Bytes int64
	Count int // of provisioned kernels, of images, of templates, else of files
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
	parts := []CachePart{{"kernels", kernels, versions}, {"images", usage.Bytes, usage.Images}}
	others, err := r.otherParts()
	for _, name := range others {
		bytes, files, sizeErr := folderSize(filepath.Join(r.cache, name))
		err = errors.Join(err, sizeErr)
		if name == TemplatesPart {
			templates, _ := filepath.Glob(filepath.Join(r.cache, name, "*", "state")) // the pattern is a good one
			files = len(templates)
		}
		parts = append(parts, CachePart{name, bytes, files})
	}
	return parts, err
}

// otherParts are the folders of the cache that are neither kernels nor images, those
// of verdicts on accelerators first. Who keeps things there makes them again.
func (r *Runner) otherParts() ([]string, error) {
	parts := []string{"accelerators"}
	entries, err := os.ReadDir(r.cache)
	for _, e := range entries {
		if e.IsDir() && !slices.Contains([]string{"kernels", "images", parts[0]}, e.Name()) {
			parts = append(parts, e.Name())
		}
	}
	if errors.Is(err, fs.ErrNotExist) {
		err = nil // nothing was cached so far
	}
	if err != nil {
		return nil, fmt.Errorf("read the cache: %w", err)
	}
	return parts, nil
}

// CacheGrowth is how many bytes of images this Runner has made since it tidied the cache last.
func (r *Runner) CacheGrowth() int64 { return r.builder.Made() }

// TidyCache removes what Slipways that are gone have left half made, and the least
// recently used images beyond the limit in bytes, 0 for none. Images that somebody has
// stay, and so does everything while somebody builds. Provisioned kernels stay: to
// bring them back may need a network.
func (r *Runner) TidyCache(limit int64) error {
	_, err := r.builder.Tidy(limit)
	if err = errors.Join(err, r.provisioner.Tidy(), r.tidyTemplates(MaxTemplates)); err != nil {
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
	others, listErr := r.otherParts()
	err = errors.Join(err, listErr)
	for _, name := range others {
		if name == TemplatesPart { // one may be being made
			err = errors.Join(err, r.tidyTemplates(0))
		} else {
			err = errors.Join(err, os.RemoveAll(filepath.Join(r.cache, name)))
		}
	}
	if err != nil {
		return 0, fmt.Errorf("empty the cache: %w", err)
	}
	return images.InUse + kernels, nil
}

// occupied is how much of the disk a file takes: a guest's memory is mostly holes.
func occupied(info fs.FileInfo) int64 {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		return min(info.Size(), stat.Blocks*512)
	}
	return info.Size()
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
			bytes += occupied(info)
			files++
		}
		return err
	})
	if err != nil {
		return 0, 0, fmt.Errorf("size of %s: %w", dir, err)
	}
	return bytes, files, nil
}
