// Package watch tells when the sources in a folder have really changed: one call for one save, whichever editor made it.
//
// Editors save by renaming, truncating, and by dances of backups; tools replace whole trees; file systems repeat
// themselves or say nothing at all. Here lives what turns that noise into "these files have other content than before".
// What is done about a change (building, booting) does not belong here, nor does any knowledge of apps or kernels.
package watch

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/fsnotify/fsnotify"
)

const (
	defaultQuiet      = 5 * time.Millisecond
	defaultMax        = 500 * time.Millisecond
	defaultMaxEntries = 20_000

	// A file that has just become empty or has gone is most likely half of a save.
	halfSave = 50 * time.Millisecond
	// The root is looked at this often: its own removal is not always announced (a shell may still stand in it, one of
	// its parents may have been renamed).
	pulse = time.Second
	// While the root is gone, its return is what everybody waits for.
	pulseGone = 50 * time.Millisecond
	// Between two polls at least this many times the duration of one, so that a slow server is not kept busy by us.
	pollRest = 20
)

// ErrTooLarge is wrapped by errors about folders that hold more than Config.MaxEntries, or nest too deep.
var ErrTooLarge = errors.New("the folder is too large to watch")

// Config says what to watch. It is copied by New.
type Config struct {
	// Root is the folder whose tree is watched. It has to exist when New is called; later it may go and come back.
	Root string
	// Quiet is how long nothing must happen before a change is reported. 0: 5 ms.
	Quiet time.Duration
	// Max is how long a change is held back at most, however busy the folder is. 0: 500 ms.
	Max time.Duration
	// Ignore names files and folders to leave out, by their path relative to Root; a folder that is left out is not
	// entered. Version control, build output and the temporary files of editors are left out without being asked.
	// It is called from New and Run only, never concurrently. May be nil.
	Ignore func(rel string) bool
	// Poll makes the watcher compare the whole tree this often, beside listening; with it, a machine that has run out of
	// notifications is no error. 0: only where notifications can't be relied on (network and shared folders), every second.
	Poll time.Duration
	// Touched reports also files that were touched and are as they were when all was quiet. Who reads the folder by himself
	// may have read in between, what was there for a moment only.
	Touched bool
	// MaxEntries bounds the files and folders that are watched. 0: 20000.
	MaxEntries int
}

// Change is one batch of files whose content has changed since the last one (or since New).
type Change struct {
	// Paths are relative to the root and sorted: files that are new, gone, or have other content. Only empty with
	// Config.Touched.
	Paths []string
	// First is when the first event of the batch arrived, Fired when the content had been compared. Between the two lie
	// the quiet time and the reading of the files: what watching adds to the way from a save to a boot.
	First, Fired time.Time
	// Rescan: the system lost events, and the paths were found by comparing the whole tree.
	Rescan bool
}

// Watcher watches one folder. New makes it, Run drives it and closes it.
type Watcher struct {
	cfg     Config
	notify  *fsnotify.Watcher   // nil: polling alone
	seen    map[string]file     // by relative path: what has been reported
	folders map[string]identity // by absolute path: what is watched
	root    identity            // zero: the root is gone
	polls   time.Duration       // 0: never

	lost    atomic.Bool   // events were lost since the last report
	fault   chan struct{} // capacity 1: something went wrong, look at everything
	drained chan struct{} // closed when notify reports no more errors
}

// New watches the folder and takes the first snapshot: what happens from now on is reported by Run. The caller calls
// Run or Close.
func New(cfg Config) (*Watcher, error) {
	if cfg.Quiet <= 0 {
		cfg.Quiet = defaultQuiet
	}
	if cfg.Max <= 0 {
		cfg.Max = defaultMax
	}
	if cfg.MaxEntries <= 0 {
		cfg.MaxEntries = defaultMaxEntries
	}
	root, err := filepath.Abs(cfg.Root)
	if err != nil {
		return nil, fmt.Errorf("watch %s: %w", cfg.Root, err)
	}
	cfg.Root = root
	info, err := os.Stat(root)
	if err != nil {
		return nil, fmt.Errorf("watch: %w", err)
	}
	if !info.IsDir() {
		return nil, fmt.Errorf("watch %s: %w", root, syscall.ENOTDIR)
	}

	w := &Watcher{
		cfg: cfg, polls: cfg.Poll,
		seen: map[string]file{}, folders: map[string]identity{},
		fault: make(chan struct{}, 1), drained: make(chan struct{}),
	}
	if w.polls <= 0 && needsPolling(root) {
		w.polls = time.Second
	}
	w.notify, err = fsnotify.NewWatcher()
	if err != nil && cfg.Poll <= 0 {
		return nil, fmt.Errorf("watch %s: %w", root, explainLimit(err))
	}
	if err != nil {
		w.notify = nil
	} else {
		go w.drain()
	}
	if _, _, err := w.compare(&batch{scan: true}, true); err != nil {
		return nil, errors.Join(err, w.Close())
	}
	return w, nil
}

// Close ends the watching of a Watcher whose Run was never called. Run closes by itself.
func (w *Watcher) Close() error {
	if w.notify == nil {
		return nil
	}
	err := w.notify.Close()
	<-w.drained
	return err
}

// drain takes the errors of fsnotify at once: it holds its lock while it hands some of them over, and asking for another
// watch meanwhile would wait for ever.
func (w *Watcher) drain() {
	defer close(w.drained)
	for err := range w.notify.Errors {
		if errors.Is(err, fsnotify.ErrEventOverflow) {
			w.lost.Store(true)
		}
		select {
		case w.fault <- struct{}{}:
		default:
		}
	}
}

// batch is what has been heard since the last report.
type batch struct {
	first  time.Time // zero: nothing
	dirty  map[string]bool
	events bool // not only polled
	scan   bool // folders came or went: compare the whole tree
	waited bool // the second half of a save has been waited for
}

// Run reports changes until ctx ends, and then returns nil; any other return is an error after which nothing is watched.
// The owner calls it in a goroutine of its own; report is called from that goroutine. While report runs, events wait in
// the system's queue, and nothing is lost if that overflows.
func (w *Watcher) Run(ctx context.Context, report func(Change)) (err error) {
	defer func() { err = errors.Join(err, w.Close()) }()
	var (
		events <-chan fsnotify.Event
		poll   <-chan time.Time
	)
	if w.notify != nil {
		events = w.notify.Events
	}
	if w.polls > 0 {
		poll = time.After(w.polls)
	}
	quiet, latest := stoppedTimer(), stoppedTimer()
	heart := time.NewTicker(pulse)
	defer heart.Stop()

	gone := w.root == (identity{})
	b := batch{dirty: map[string]bool{}}
	heard := func() {
		if b.first.IsZero() {
			b.first = time.Now()
			latest.Reset(w.cfg.Max)
		}
		quiet.Reset(w.cfg.Quiet)
	}
	for {
		late := false
		select {
		case <-ctx.Done():
			return nil
		case e, ok := <-events:
			if !ok {
				return fmt.Errorf("watch %s: %w", w.cfg.Root, fsnotify.ErrClosed)
			}
			if w.hear(&b, e) {
				b.events = true
				heard()
			}
			continue
		case <-w.fault:
			// Whatever went wrong, looking at everything is right.
			b.scan, b.events = true, true
			heard()
			continue
		case <-heart.C:
			if w.rootMoved() {
				b.scan, b.events = true, true
				heard()
			}
			continue
		case <-poll:
			b.scan = true
			heard()
			continue
		case <-quiet.C:
		case <-latest.C:
			late = true
		}

		began := time.Now()
		change, wait, err := w.compare(&b, late)
		if err != nil {
			return err
		}
		if wait > 0 {
			quiet.Reset(wait)
			continue
		}
		if w.polls > 0 {
			poll = time.After(max(w.polls, pollRest*time.Since(began)))
		}
		if now := w.root == (identity{}); now != gone {
			gone = now
			heart.Reset(pulseOf(gone))
		}
		touched := w.cfg.Touched && b.events
		b = batch{dirty: map[string]bool{}}
		quiet.Stop()
		latest.Stop()
		if len(change.Paths) > 0 || touched {
			report(change)
		}
	}
}

func stoppedTimer() *time.Timer {
	t := time.NewTimer(time.Hour)
	t.Stop()
	return t
}

// hear adds an event to the batch and says whether it may matter.
func (w *Watcher) hear(b *batch, e fsnotify.Event) bool {
	// Permissions and times: indexers and backups touch them all day.
	if e.Op == fsnotify.Chmod {
		return false
	}
	rel, err := filepath.Rel(w.cfg.Root, e.Name)
	if err != nil || rel == "." {
		b.scan = true // the root itself went
		return true
	}
	if _, folder := w.folders[e.Name]; folder {
		b.scan = true
		return true
	}
	folder := false
	if e.Has(fsnotify.Create) {
		info, err := os.Lstat(e.Name)
		folder = err == nil && info.IsDir()
	}
	if w.ignored(rel, folder) {
		return false
	}
	if folder {
		b.scan = true
		return true
	}
	// A tree that is replaced as a whole is cheaper to compare than to list.
	if len(b.dirty) >= w.cfg.MaxEntries {
		b.scan = true
		return true
	}
	b.dirty[rel] = true
	return true
}

// compare looks at what the batch names and remembers what it finds. What looks like half a save, or half a replacement
// of the root, it does not remember but says how much longer to wait; the second half is an event of its own and ends the
// wait, and when nothing comes it was no save but a removal. It does not ask for more when it is late already.
func (w *Watcher) compare(b *batch, late bool) (c Change, wait time.Duration, err error) {
	found := map[string]sight{}
	if b.scan {
		if !late && w.root != (identity{}) && identify(w.cfg.Root) == (identity{}) {
			return c, pulseGone, nil
		}
		if err := w.scan(found); err != nil {
			return c, 0, err
		}
	}
	for rel := range b.dirty {
		f, ok := look(filepath.Join(w.cfg.Root, rel), file{}, false)
		found[rel] = sight{f, ok}
	}

	half := false
	for rel, s := range found {
		old, had := w.seen[rel]
		if had == s.exists && (!had || !differs(old, s.file)) {
			continue
		}
		c.Paths = append(c.Paths, rel)
		half = half || old.size > 0 && s.size == 0
	}
	if half && !b.waited && !late {
		b.waited = true
		return Change{}, halfSave, nil
	}
	for rel, s := range found {
		if s.exists {
			w.seen[rel] = s.file
		} else {
			delete(w.seen, rel)
		}
	}
	slices.Sort(c.Paths)
	c.First, c.Fired, c.Rescan = b.first, time.Now(), w.lost.Swap(false)
	return c, 0, nil
}

// rootMoved says whether the root is another folder than the one that is watched.
func (w *Watcher) rootMoved() bool {
	return identify(w.cfg.Root) != w.root
}

func (w *Watcher) ignored(rel string, folder bool) bool {
	name := filepath.Base(rel)
	if folder && ignoredFolder(name) || !folder && ignoredFile(name) {
		return true
	}
	return w.cfg.Ignore != nil && w.cfg.Ignore(rel)
}

func pulseOf(gone bool) time.Duration {
	if gone {
		return pulseGone
	}
	return pulse
}
