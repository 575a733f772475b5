package session

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"slipway/benchmarks"
	"slipway/benchmarks/apps"
	"slipway/benchmarks/store"
	"slipway/runner"
	"slipway/runner/catalog"
	"slipway/runner/process"
)

// Options configure a Session. The zero value of each field works.
type Options struct {
	Folders Folders          // zero: FindFolders("")
	Rounds  int              // timed rounds after a save; 0: until the verdict is sure
	Warmup  int              // warm-up rounds after a save; 0: DefaultWarmup, NoWarmup: none
	Bands   benchmarks.Bands // changes that are noise; nil: each metric's default
	Version string           // of Slipway, for the runs' records
	NoSpare bool             // start QEMU when its image is there, not beforehand: saves memory, not time
	Fresh   bool             // forget what was selected last time
	Now     func() time.Time // wall clock, for what is shown; nil: time.Now
}

// NoWarmup times without warm-up rounds.
const NoWarmup = -1

// Session is the workbench without a screen. Its methods are safe for
// concurrent use; unless one says that it blocks it returns at once, its work
// goes on in goroutines of the Session's and its result is seen in State.
type Session struct {
	options Options
	folders Folders
	spawner *process.Spawner
	runner  *runner.Runner
	board   *board

	ctx    context.Context // of all background work; ended by Close
	cancel context.CancelFunc
	work   sync.WaitGroup

	openStore func() (*store.Store, error)

	mu       sync.Mutex
	started  bool
	app      string   // selected
	marked   []string // kernels in the order of marking
	baseline string
	settings runner.Settings               // of all guests
	guests   map[string]*guest             // by ID
	cancels  map[string]context.CancelFunc // provisioning under way, by kernel
	timed    []store.Run                   // of the experiment whose figures are shown
	measured store.Experiment              // that one; while it runs its ID and level alone
	control  *benchmarks.Control           // of the timed rounds under way; nil while there are none
	warned   map[string]bool               // what disturbs the host, as far as it was told
	deleted  [][]string                    // runs that UndoDelete brings back, those that went together
	changes  <-chan struct{}               // closed when the last change of the history that was asked for is done
	restored bool                          // the selection was read: changes of it are kept

	arranging sync.Mutex // serialises what follows from changes of the selection
	reloading sync.Mutex // serialises reading the manifests: what was read later is in force
	listing   sync.Mutex // serialises listing the app's files: what was listed later is shown
	viewLock  sync.Mutex // serialises the file of what is remembered
	listLock  sync.Mutex // serialises reading the history's list
	listed    time.Time  // the history's stamp when it was read; under listLock

	sparesFail atomic.Bool // QEMU cannot be started beforehand here
	instant    atomic.Bool // see SetInstant

	loop    *loop
	watched *watchers
}

// Open returns a Session on its folders. It reads the manifests and what was
// selected last time, and touches nothing else: background work begins with
// Start. The caller must Close it.
func Open(ctx context.Context, o Options) (*Session, error) {
	if o.Folders == (Folders{}) {
		folders, err := FindFolders("")
		if err != nil {
			return nil, err
		}
		o.Folders = folders
	}
	switch o.Warmup {
	case 0:
		o.Warmup = DefaultWarmup
	case NoWarmup:
		o.Warmup = 0
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	s := &Session{
		options: o,
		folders: o.Folders,
		spawner: process.NewSpawner(),
		board:   newBoard(o.Now),
		guests:  map[string]*guest{},
		cancels: map[string]context.CancelFunc{},
		warned:  map[string]bool{},
	}
	s.ctx, s.cancel = context.WithCancel(ctx)
	s.openStore = sync.OnceValues(func() (*store.Store, error) { return store.Open(s.folders.Data) })
	loaded, problems := s.loadCatalog()
	s.runner = runner.New(runner.Options{Spawner: s.spawner, Catalog: loaded, Cache: s.folders.Cache, Include: apps.Include()})
	s.loop = newLoop(s)
	s.watched = newWatchers(s)
	s.showCatalog(problems)
	return s, nil
}

// Close stops every guest and every background task and waits for them.
func (s *Session) Close() error {
	s.cancel()
	s.work.Wait()
	if s.runner.CacheGrowth() > 0 {
		_ = s.tidyCache() // nothing is lost: whoever builds next tidies again
	}
	var err error
	if st, openErr := s.openStore(); openErr == nil {
		err = st.Close()
	}
	s.spawner.Close()
	return err
}

// Runner gives the command line the room below. The terminal UI has no use for it.
func (s *Session) Runner() *runner.Runner { return s.runner }

// Spawner starts every child of this process.
func (s *Session) Spawner() *process.Spawner { return s.spawner }

// Store opens the history, once. It blocks for the first time.
func (s *Session) Store() (*store.Store, error) { return s.openStore() }

// Folders returns the places this session works in.
func (s *Session) Folders() Folders { return s.folders }

// Project returns the folder that is worked on.
func (s *Session) Project() string { return s.folders.Project }

// State returns the workbench as it is now; see the type.
func (s *Session) State() *State { return s.board.state() }

// Changes delivers a wake-up when State or a guest's console has changed. Its
// capacity is one: many changes are one wake-up.
func (s *Session) Changes() <-chan struct{} { return s.board.wake }

// run starts background work that Close waits for.
func (s *Session) run(work func(context.Context)) {
	s.work.Go(func() { work(s.ctx) })
}

// loadCatalog reads all manifests: the suite's, the user's and the project's.
func (s *Session) loadCatalog() (*catalog.Catalog, []error) {
	return catalog.Load(s.catalogue())
}

// catalogue is where manifests are looked for.
func (s *Session) catalogue() catalog.Options {
	return catalog.Options{
		Kernels: []catalog.Source{
			{Origin: catalog.Builtin, FS: catalog.BuiltinKernels()},
			{Origin: catalog.User, Dir: s.folders.UserKernels()},
			{Origin: catalog.Project, Dir: s.folders.ProjectKernels()},
		},
		Apps: []catalog.Source{
			{Origin: catalog.Builtin, FS: apps.FS()},
			{Origin: catalog.User, Dir: filepath.Join(s.folders.Config, "apps")},
			{Origin: catalog.Project, Dir: s.folders.Apps()},
		},
	}
}

// reload reads the manifests again and shows what they say now.
func (s *Session) reload() {
	s.reloading.Lock()
	defer s.reloading.Unlock()
	loaded, problems := s.loadCatalog()
	s.runner.SetCatalog(loaded)
	s.showCatalog(problems)
}

// look reads the manifests again, watches what they name now, and shows the app's
// files. They are listed last: what changes after that, a watcher tells.
func (s *Session) look() {
	s.reload()
	s.watched.refresh()
	s.showFiles()
}

// CatalogProblems reads the manifests again and returns what is wrong in them.
func (s *Session) CatalogProblems() []error {
	_, problems := s.loadCatalog()
	return problems
}

// ownApp returns the selected app as a folder of the user's, copying one of the
// suite into the project first.
func (s *Session) ownApp() (*catalog.App, error) {
	s.mu.Lock()
	name := s.app
	s.mu.Unlock()
	if name == "" {
		return nil, errors.New("no app is selected: choose one on the App tab")
	}
	a, err := s.runner.Catalog().Sources(name)
	if err != nil {
		return nil, err
	}
	if a.Dir != "" {
		return a, nil
	}
	if _, err := s.CopyApp(name); err != nil {
		return nil, err
	}
	return s.runner.Catalog().Sources(name)
}

// CopyApp makes an app of the suite the user's: it is copied to apps/NAME in
// the project folder and shadows the suite's from then on. An app that is the
// user's already is left alone. It blocks.
func (s *Session) CopyApp(name string) (dir string, err error) {
	a, err := s.runner.Catalog().Sources(name)
	if err != nil {
		return "", err
	}
	if a.Dir != "" {
		return a.Dir, nil
	}
	dir = filepath.Join(s.folders.Apps(), name)
	if err := copyTree(a.Files, dir, nil); err != nil {
		return "", fmt.Errorf("copy app %s into the project: %w", name, err)
	}
	s.reload()
	s.watched.refresh()
	s.board.notice(Info, fmt.Sprintf("%s of the suite is copied to ./apps/%s: it is yours now", name, name))
	return dir, nil
}

// templateName stands for the new app's name in the template's files.
const templateName = "SLIPWAY_APP_NAME"

// NewApp makes an app from the template in apps/NAME. It blocks.
func (s *Session) NewApp(name string) (dir string, err error) {
	if err := catalog.CheckName(name); err != nil {
		return "", fmt.Errorf("new app: %w", err)
	}
	dir = filepath.Join(s.folders.Apps(), name)
	err = copyTree(apps.Template(), dir, func(_ string, data []byte) []byte { return bytes.ReplaceAll(data, []byte(templateName), []byte(name)) })
	if errors.Is(err, fs.ErrExist) {
		return "", fmt.Errorf("new app %s: %s is there already: choose another name", name, s.short(dir))
	}
	if err != nil {
		return "", fmt.Errorf("new app %s: %w", name, err)
	}
	s.reload()
	return dir, nil
}

// ReadFile reads a text file of the selected app or, by its absolute path, of a
// kernel of the user's own. It blocks.
func (s *Session) ReadFile(path string) (FileContent, error) {
	folder, name, err := s.kernelSources(path)
	if folder == nil && err == nil {
		s.mu.Lock()
		selected := s.app
		s.mu.Unlock()
		folder, err = s.runner.Catalog().Sources(selected)
	}
	if err != nil {
		return FileContent{}, err
	}
	content, err := readAppFile(folder, name)
	content.Path = path
	return content, err
}

// WriteFile saves a text file of the selected app or of a kernel of the user's own,
// see ReadFile, unless it is no longer the content that expect names (see
// FileContent.Hash): then a *ConflictError is returned and nothing is written. An
// app of the suite is copied into the project first. It blocks.
func (s *Session) WriteFile(path, text, expect string) (hash string, err error) {
	folder, name, err := s.kernelSources(path)
	if folder == nil && err == nil {
		folder, err = s.ownApp()
	}
	if err != nil {
		return "", err
	}
	return writeAppFile(folder, name, text, expect)
}

// kernelSources finds the kernel of the user's own in whose folder an absolute path
// lies, as the folder of files that an app is as well. A relative path is none of a
// kernel's: no folder is returned, and the path as it is.
func (s *Session) kernelSources(path string) (folder *catalog.App, name string, err error) {
	if !filepath.IsAbs(path) {
		return nil, path, nil
	}
	loaded := s.runner.Catalog()
	dirs := map[string]string{}
	for _, k := range loaded.Kernels() {
		dirs[k.Name] = k.Dir
	}
	for _, k := range loaded.BrokenKernels() {
		dirs[k.Name] = k.Dir
	}
	for kernel, dir := range dirs {
		if rel, err := filepath.Rel(dir, path); dir != "" && err == nil && filepath.IsLocal(rel) {
			return &catalog.App{Name: kernel, Dir: dir, Files: os.DirFS(dir)}, rel, nil
		}
	}
	return nil, "", fmt.Errorf("%s lies in no kernel's folder: only an app's and a kernel's own files are edited here", path)
}

// short shows a path relative to the project where it lies in it.
func (s *Session) short(path string) string {
	if rel, err := filepath.Rel(s.folders.Project, path); err == nil && filepath.IsLocal(rel) {
		return rel
	}
	if home, err := os.UserHomeDir(); err == nil {
		if rel, err := filepath.Rel(home, path); err == nil && filepath.IsLocal(rel) {
			return filepath.Join("~", rel)
		}
	}
	return path
}
