package runner

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"slipway/runner/filelock"
	"slipway/runner/qemu"
)

// templateDir names the folder of the template for a plan by all that went into it.
func (r *Runner) templateDir(p *Plan) (string, error) {
	machine := p.handover.Machine
	machine.Initrd = ""
	all, err := json.Marshal([]any{"template 1", machine, p.Image.Ready.Hash, p.Accelerator.QEMU})
	if err != nil {
		return "", fmt.Errorf("name the template of %s: %w", p.Image.Target, err)
	}
	sum := sha256.Sum256(all)
	return filepath.Join(r.cache, TemplatesPart, p.Image.Kernel.Name+"-"+hex.EncodeToString(sum[:8])), nil
}

// HasTemplate says whether Clone would begin at once.
func (r *Runner) HasTemplate(p *Plan) bool {
	if p.handover == nil {
		return false
	}
	dir, err := r.templateDir(p)
	if err == nil {
		_, err = os.Stat(dir)
	}
	return err == nil
}

// ensureTemplate makes the plan's template where there is none; what two ask for at
// once is made once.
func (r *Runner) ensureTemplate(ctx context.Context, p *Plan) (string, error) {
	dir, err := r.templateDir(p)
	if err != nil {
		return "", err
	}
	if r.HasTemplate(p) {
		now := time.Now()
		return dir, os.Chtimes(dir, now, now) // the oldest are forgotten
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return "", err
	}
	unlock, err := filelock.Lock(ctx, r.templatesLock())
	if err != nil {
		return "", err
	}
	defer unlock()
	if r.HasTemplate(p) {
		return dir, nil
	}
	if err := qemu.MakeTemplate(ctx, r.spawner, *p.handover, dir); err != nil {
		return "", err
	}
	return dir, keepNewest(filepath.Dir(dir), MaxTemplates, dir)
}

// templatesLock is held by whoever makes a template, or deletes some. One is made at a
// time: two would only be in each other's way.
func (r *Runner) templatesLock() string { return filepath.Join(r.cache, TemplatesPart+".lock") }

// tidyTemplates removes what was left half made, unless somebody is at it.
func (r *Runner) tidyTemplates(keep int) error {
	dir := filepath.Join(r.cache, TemplatesPart)
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	unlock, ok, err := filelock.Try(r.templatesLock())
	if err != nil || !ok {
		return err
	}
	defer unlock()
	return keepNewest(dir, keep, "")
}

// TemplatesPart is the folder of the cache with the machines whose kernel has booted,
// and MaxTemplates how many of them are kept; each is as large as what its guest's
// memory holds.
const (
	TemplatesPart = "templates"
	MaxTemplates  = 4
)

// keepNewest removes all folders in dir but the n that were used last, and what was left
// half made: the caller holds the lock. A machine that was resumed from one keeps what it has mapped.
// One that was made just now ("": none was) is the newest, whatever the clock says; one that was used
// after now was used while the clock was wrong, and goes first.
func keepNewest(dir string, n int, made string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	type template struct {
		path string
		used time.Time
	}
	var templates []template
	now := time.Now()
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		info, statErr := e.Info()
		switch {
		case statErr != nil || !info.IsDir():
		case strings.HasPrefix(e.Name(), "."): // whoever was at it has been killed
			err = errors.Join(err, os.RemoveAll(path))
		case path == made:
			templates = append(templates, template{path, now})
		case info.ModTime().After(now):
			templates = append(templates, template{path, time.Time{}})
		default:
			templates = append(templates, template{path, info.ModTime()})
		}
	}
	slices.SortFunc(templates, func(a, b template) int { return b.used.Compare(a.used) })
	for _, t := range templates[min(n, len(templates)):] {
		err = errors.Join(err, os.RemoveAll(t.path))
	}
	return err
}
