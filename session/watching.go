package session

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"slipway/runner/catalog"
	"slipway/session/watch"
)

// watchers sees saves in the selected app's folder and in the sources of the
// marked kernels that are the user's own.
type watchers struct {
	s *Session

	mu      sync.Mutex
	running bool
	stops   map[string]context.CancelFunc // by folder
	homes   map[string]string             // folders by what was last found in them: "app NAME", "kernel NAME"
	serves  map[string][]string           // by folder: the kernels that are built from it; none: it is the app's, for all
}

func newWatchers(s *Session) *watchers {
	return &watchers{s: s, stops: map[string]context.CancelFunc{}, homes: map[string]string{}, serves: map[string][]string{}}
}

// begin starts watching; before it refresh does nothing.
func (w *watchers) begin() {
	w.mu.Lock()
	w.running = true
	w.mu.Unlock()
	w.refresh()
}

// refresh watches what the selection asks for and no more.
func (w *watchers) refresh() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.running {
		return
	}
	wanted := w.sourceFolders()
	w.serves = wanted
	for dir, stop := range w.stops {
		if _, ok := wanted[dir]; !ok {
			stop()
			delete(w.stops, dir)
		}
	}
	for dir := range wanted {
		if w.stops[dir] == nil {
			w.watch(dir)
		}
	}
	watching := slices.Sorted(maps.Keys(w.stops))
	for i, dir := range watching {
		watching[i] = w.s.short(dir)
	}
	w.s.board.update(func(st *State) { st.Watching = watching })
}

// kernelsOf are the kernels that a folder serves now.
func (w *watchers) kernelsOf(dir string) []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.serves[dir]
}

// sourceFolders are the folders whose saves rebuild, with the kernels each
// serves: its own, and those that extend it; none is the app, which every marked kernel builds. A folder that has
// gone with what it held is among them: whoever took it away may bring it back.
func (w *watchers) sourceFolders() map[string][]string {
	s := w.s
	s.mu.Lock()
	app, marked := s.app, slices.Clone(s.marked)
	s.mu.Unlock()
	loaded := s.runner.Catalog()
	wanted := map[string][]string{}
	want := func(what, dir, kernel string, found bool) {
		switch {
		case found:
			w.homes[what] = dir
		default:
			dir = w.homes[what]
		}
		switch {
		case dir == "":
		case kernel == "":
			wanted[dir] = nil
		default:
			wanted[dir] = append(wanted[dir], kernel)
		}
	}
	if a, err := loaded.Sources(app); err == nil {
		want("app "+app, a.Dir, "", true)
	} else if app != "" {
		want("app "+app, "", "", false)
	}
	for _, name := range marked {
		k, err := loaded.Kernel(name)
		broken := slices.IndexFunc(loaded.BrokenKernels(), func(b catalog.Broken) bool { return b.Name == name })
		switch {
		case err == nil && k.Origin == catalog.Builtin:
			want("kernel "+name, "", name, true)
		case err == nil:
			want("kernel "+name, k.Dir, name, true)
			for _, base := range k.Bases {
				want("kernel "+name+" from "+base, base, name, true)
			}
		case broken >= 0: // the next save may mend it
			want("kernel "+name, loaded.BrokenKernels()[broken].Dir, name, true)
		default:
			want("kernel "+name, "", name, false)
		}
	}
	return wanted
}

func (w *watchers) watch(dir string) {
	kernel := ""
	if kernels := w.serves[dir]; len(kernels) > 0 {
		kernel = kernels[0]
	}
	watcher, err := watch.New(watch.Config{Root: dir, Ignore: ignored, Touched: true})
	if errors.Is(err, fs.ErrNotExist) {
		w.awaitReturn(dir)
		return
	}
	if err != nil {
		w.s.board.problem(Problem{What: fmt.Sprintf("watch %s: %v", w.s.short(dir), err), Kernel: kernel})
		return
	}
	ctx, stop := context.WithCancel(w.s.ctx)
	w.stops[dir] = stop
	w.s.work.Go(func() {
		defer stop()
		err := watcher.Run(ctx, func(c watch.Change) { w.s.saved(dir, w.kernelsOf(dir), c.Paths) }) //nolint:contextcheck // watchers live as long as the session
		if err != nil && !errors.Is(err, context.Canceled) {
			w.s.board.problem(Problem{What: fmt.Sprintf("watch %s: %v: press r to rebuild by hand", w.s.short(dir), err), Kernel: kernel})
		}
	})
}

// awaitReturn looks for a folder that has gone since the catalogue was read, when no
// watcher was there to tell, and builds what comes back.
func (w *watchers) awaitReturn(dir string) {
	ctx, stop := context.WithCancel(w.s.ctx)
	w.stops[dir] = stop
	w.s.work.Go(func() {
		defer stop()
		w.s.look() //nolint:contextcheck // watchers live as long as the session
		if !awaitFolder(ctx, dir) {
			return
		}
		w.mu.Lock()
		delete(w.stops, dir)
		w.mu.Unlock()
		w.s.saved(dir, w.kernelsOf(dir), nil) //nolint:contextcheck // the same
	})
}

// ignored are the files beside the sources that a build writes.
func ignored(rel string) bool {
	first, _, _ := strings.Cut(filepath.ToSlash(rel), "/")
	return first == "out" || first == "build" || first == "target" || strings.HasSuffix(rel, ".o")
}

// saved asks for a round of the loop after a save. Without paths nothing is other
// than it was, but something was touched.
func (s *Session) saved(dir string, kernels, paths []string) {
	files := slices.Clone(paths)
	if len(kernels) > 0 {
		for i := range files {
			files[i] = filepath.Join(s.short(dir), files[i])
		}
	}
	if len(files) == 0 {
		s.loop.check(kernels)
		return
	}
	s.loop.ask(request{kernels: kernels, files: files, save: true})
}
