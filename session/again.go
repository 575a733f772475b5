package session

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"slipway/benchmarks"
	"slipway/benchmarks/apps"
	"slipway/runner"
	"slipway/runner/catalog"
)

// BuildAgain builds the images of an experiment that is gone on with. Where today's
// sources of an app make another one, or none, it is built from those that were kept
// with the experiment's boots; told says so. It blocks.
func (s *Session) BuildAgain(ctx context.Context, u *benchmarks.Unfinished, told func(string)) ([]*runner.Image, error) {
	images := make([]*runner.Image, len(u.Plan.Targets))
	for i, planned := range u.Plan.Targets {
		target, err := planned.Target()
		if err != nil {
			return nil, err
		}
		image, why := s.same(ctx, s.runner, u, i, target)
		if why != nil && ctx.Err() == nil {
			var folder string
			if image, folder, err = s.buildKept(ctx, u, i, target); err != nil {
				return nil, fmt.Errorf("go on with experiment %s: %s is not what it was: %w; %w; bring the old sources back, or begin anew with 'slipway bench'", u.Record.ID, planned.ID, why, err)
			}
			told(fmt.Sprintf("%s: %v since the experiment began: it is built from the sources kept in %s", planned.ID, why, folder))
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		images[i] = image
	}
	return images, nil
}

// same builds a target and says how it is not what the experiment has booted.
func (s *Session) same(ctx context.Context, r *runner.Runner, u *benchmarks.Unfinished, i int, target runner.Target) (*runner.Image, error) {
	image, err := r.Build(ctx, target, nil)
	if err != nil {
		return nil, fmt.Errorf("it can't be built any more: %w", err)
	}
	if how := u.Changed(i, image); how != "" {
		return nil, errors.New(how)
	}
	return image, nil
}

// buildKept builds a target from the sources that were kept with a boot.
func (s *Session) buildKept(ctx context.Context, u *benchmarks.Unfinished, i int, target runner.Target) (_ *runner.Image, folder string, err error) {
	history, err := s.Store()
	if err != nil {
		return nil, "", err
	}
	err = errors.New("no boot of it has kept its sources")
	for _, folder := range u.Sources(history, i) {
		if _, missing := os.Stat(filepath.Join(folder, "app.toml")); errors.Is(missing, fs.ErrNotExist) {
			continue // it was saved while that boot ran
		}
		r, kept := s.keptRunner(folder, target.App)
		if kept != nil {
			return nil, "", fmt.Errorf("read the sources kept in %s: %w", folder, kept)
		}
		image, wrong := s.same(ctx, r, u, i, target)
		if wrong == nil {
			return image, folder, nil
		}
		return nil, "", fmt.Errorf("and from the sources kept in %s neither: %w", folder, wrong) // all its boots had the same
	}
	return nil, "", err
}

// keptRunner is a runner in whose catalogue an app is what a run has kept of it.
func (s *Session) keptRunner(folder, app string) (*runner.Runner, error) {
	// The catalogue wants a folder of apps, named by them.
	home := filepath.Join(s.spawner.Scratch(), "kept-"+filepath.Base(filepath.Dir(folder)))
	err := copyTree(os.DirFS(folder), filepath.Join(home, app), nil)
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	o := s.catalogue()
	o.Apps = append(o.Apps, catalog.Source{Origin: catalog.Project, Dir: home})
	loaded, _ := catalog.Load(o) // what is wrong elsewhere does not matter, and the app is asked for
	return runner.New(runner.Options{Spawner: s.spawner, Catalog: loaded, Cache: s.folders.Cache, Include: apps.Include()}), nil
}
