package session

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"slipway/session/watch"
)

// lookForFolder is how often a folder that does not exist is looked for: nobody
// tells when the first kernel of a project comes.
const lookForFolder = time.Second

// watchCatalog sees kernels and apps that come, go, or have another manifest while
// the workbench is open, and shows the catalogue as it is then. What a save of theirs
// builds is the business of watchers.
func (s *Session) watchCatalog() {
	for _, dir := range []string{s.folders.ProjectKernels(), s.folders.UserKernels(), s.folders.Apps(), filepath.Join(s.folders.Config, "apps")} {
		s.run(func(ctx context.Context) {
			if !awaitFolder(ctx, dir) {
				return
			}
			watcher, err := watch.New(watch.Config{Root: dir, Ignore: noManifest, Touched: true})
			if err == nil {
				s.look()                                                //nolint:contextcheck // watchers live as long as the session
				err = watcher.Run(ctx, func(watch.Change) { s.look() }) //nolint:contextcheck // the same
			}
			if err != nil && !errors.Is(err, context.Canceled) {
				s.board.problem(Problem{What: fmt.Sprintf("watch %s for new manifests: %v", s.short(dir), err)})
			}
		})
	}
}

// awaitFolder returns true when the folder exists, false when ctx ended before.
func awaitFolder(ctx context.Context, dir string) bool {
	tick := time.NewTicker(lookForFolder)
	defer tick.Stop()
	for {
		if info, err := os.Stat(dir); err == nil && info.IsDir() {
			return true
		}
		select {
		case <-ctx.Done():
			return false
		case <-tick.C:
		}
	}
}

// noManifest leaves out everything but folders and the manifests in them.
func noManifest(rel string) bool {
	parts := strings.Split(filepath.ToSlash(rel), "/")
	switch len(parts) {
	case 1:
		return false
	case 2:
		return parts[1] != "kernel.toml" && parts[1] != "app.toml"
	}
	return true
}
