package watch

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// patience is how long a condition may take on a machine that is busy with other things.
const patience = 20 * time.Second

// unhurried is a quiet time for tests that count reports: a busy machine pauses a writer for longer than the default.
const unhurried = 100 * time.Millisecond

// observer runs a watcher as its owner would, and keeps what it reports.
type observer struct {
	t       *testing.T
	root    string
	mu      sync.Mutex
	changes []Change
	news    chan struct{} // capacity 1
	ended   chan error
	mark    int
}

func observe(t *testing.T, cfg Config) *observer {
	t.Helper()
	w, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return observeWith(t, w, nil)
}

// observeWith calls hold, if there is one, at each report, before it is recorded.
func observeWith(t *testing.T, w *Watcher, hold func()) *observer {
	t.Helper()
	o := &observer{t: t, root: w.cfg.Root, news: make(chan struct{}, 1), ended: make(chan error, 1)}
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		o.ended <- w.Run(ctx, func(c Change) {
			if hold != nil {
				hold()
			}
			o.mu.Lock()
			o.changes = append(o.changes, c)
			o.mu.Unlock()
			select {
			case o.news <- struct{}{}:
			default:
			}
		})
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-o.ended; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	return o
}

func (o *observer) all() []Change {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.changes)
}

// until waits for a condition on all that was reported.
func (o *observer) until(what string, done func([]Change) bool) []Change {
	o.t.Helper()
	deadline := time.After(patience)
	for {
		if c := o.all(); done(c) {
			return c
		}
		select {
		case <-o.news:
		case err := <-o.ended:
			o.t.Fatalf("waiting for %s: Run ended: %v", what, err)
		case <-deadline:
			o.t.Fatalf("waiting for %s: only got %v", what, o.all())
		}
	}
}

func (o *observer) reported(paths ...string) []Change {
	o.t.Helper()
	return o.until(fmt.Sprint(paths), func(c []Change) bool {
		for _, p := range paths {
			if count(c, p) == 0 {
				return false
			}
		}
		return true
	})
}

// settle makes one more change of its own and waits for it: whatever came before has been reported by then, or never
// will be. It returns what was reported since the last call, without that change.
func (o *observer) settle() (changes []Change) {
	o.t.Helper()
	o.mark++
	name := fmt.Sprintf("settle%d.c", o.mark)
	write(o.t, filepath.Join(o.root, name), name)
	o.reported(name)
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, c := range o.changes {
		c.Paths = slices.DeleteFunc(slices.Clone(c.Paths), func(p string) bool { return p == name })
		if len(c.Paths) > 0 {
			changes = append(changes, c)
		}
	}
	o.changes = nil
	return changes
}

func count(changes []Change, path string) (n int) {
	for _, c := range changes {
		if slices.Contains(c.Paths, path) {
			n++
		}
	}
	return n
}

func write(t testing.TB, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func must(t testing.TB, errs ...error) {
	t.Helper()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestNothingChangedNothingReported(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	main := filepath.Join(root, "main.c")
	write(t, main, "int main;")
	must(t, os.Mkdir(filepath.Join(root, "build"), 0o755), os.Mkdir(filepath.Join(root, ".git"), 0o755))
	o := observe(t, Config{Root: root, Quiet: unhurried, Ignore: func(rel string) bool { return rel == "image" || rel == "logs" }})

	write(t, main, "int main;")
	must(t, os.Chmod(main, 0o600), os.Chtimes(main, time.Now(), time.Now().Add(-time.Hour)))
	for _, name := range []string{
		"main.c~", ".main.c.swp", "4913", "#main.c#", ".#main.c", "main.o", "main.d", "image", "build/x.c", ".git/index",
	} {
		write(t, filepath.Join(root, name), "noise")
	}
	must(t, os.Mkdir(filepath.Join(root, "logs"), 0o755))
	write(t, filepath.Join(root, "logs", "a.c"), "noise")
	if c := o.settle(); len(c) > 0 {
		t.Errorf("reported %v", c)
	}

	// A file called build is a source, whatever a folder of that name is.
	must(t, os.Mkdir(filepath.Join(root, "sub"), 0o755))
	write(t, filepath.Join(root, "sub", "build"), "#!/bin/sh")
	o.reported("sub/build")
}

func TestHashesDecideNotTimes(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	main := filepath.Join(root, "main.c")
	write(t, main, "one")
	old := time.Now().Add(-time.Hour)
	must(t, os.Chtimes(main, old, old))
	o := observe(t, Config{Root: root})
	write(t, main, "two")
	must(t, os.Chtimes(main, old, old))
	o.reported("main.c")
}

func TestFirstAndFired(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	o := observe(t, Config{Root: root})
	before := time.Now()
	write(t, filepath.Join(root, "b.c"), "b")
	write(t, filepath.Join(root, "a.c"), "a")
	c := o.reported("a.c", "b.c")[0]
	if c.First.Before(before) || !c.Fired.After(c.First) || c.Fired.Sub(c.First) < defaultQuiet || c.Rescan {
		t.Errorf("change %+v, first write after %v", c, before)
	}
	if !slices.IsSorted(c.Paths) {
		t.Errorf("paths not sorted: %v", c.Paths)
	}
}

// A folder in which something always happens is reported all the same.
func TestBusyFolderReportsWithinMax(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	o := observe(t, Config{Root: root, Quiet: time.Minute, Max: 50 * time.Millisecond})
	write(t, filepath.Join(root, "main.c"), "main")
	c := o.reported("main.c")[0]
	if held := c.Fired.Sub(c.First); held < 50*time.Millisecond || held > patience {
		t.Errorf("held back for %v", held)
	}
}

func TestManyFilesAtOnce(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	var names []string
	for i := range 1000 {
		names = append(names, fmt.Sprintf("f%03d.c", i))
		write(t, filepath.Join(root, names[i]), "1")
	}
	o := observe(t, Config{Root: root})
	for _, n := range names {
		write(t, filepath.Join(root, n+".new"), "2")
		must(t, os.Rename(filepath.Join(root, n+".new"), filepath.Join(root, n)))
	}
	got := map[string]int{}
	for _, c := range o.until("1000 files", func(c []Change) bool {
		seen := map[string]bool{}
		for _, x := range c {
			for _, p := range x.Paths {
				seen[p] = true
			}
		}
		return !slices.ContainsFunc(names, func(n string) bool { return !seen[n] })
	}) {
		for _, p := range c.Paths {
			got[p]++
		}
	}
	for _, n := range names {
		if got[n] != 1 {
			t.Fatalf("%s was reported %d times", n, got[n])
		}
	}
}

func TestRemovedFile(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	write(t, filepath.Join(root, "main.c"), "main")
	o := observe(t, Config{Root: root})
	must(t, os.Remove(filepath.Join(root, "main.c")))
	o.reported("main.c")
}

// Polling has to find by itself what nobody announces.
func TestPollingAlone(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	must(t, os.Mkdir(filepath.Join(root, "sub"), 0o755))
	write(t, filepath.Join(root, "gone.c"), "gone")
	write(t, filepath.Join(root, "same.c"), "same")
	w, err := New(Config{Root: root, Poll: 5 * time.Millisecond})
	must(t, err)
	must(t, w.Close())
	w.notify = nil
	o := observeWith(t, w, nil)
	must(t, os.Chtimes(filepath.Join(root, "same.c"), time.Now(), time.Now().Add(-time.Hour)))
	write(t, filepath.Join(root, "sub", "new.c"), "new")
	must(t, os.Remove(filepath.Join(root, "gone.c")))
	o.reported("gone.c", "sub/new.c")
	if c := o.settle(); count(c, "same.c") > 0 {
		t.Errorf("same content was reported: %v", c)
	}
}

func TestFileSystemsThatChangeUnseen(t *testing.T) {
	t.Parallel()
	for name, magic := range map[string]uint32{
		"nfs": 0x6969, "smb": 0x517b, "cifs": 0xff534d42, "smb2": 0xfe534d42, "fuse": 0x65735546, "9p": 0x01021997, "lustre": 0x0bd00bd0,
	} {
		if !changesUnseen(magic) {
			t.Errorf("%s is not polled", name)
		}
	}
	for name, magic := range map[string]uint32{"ext4": 0xef53, "btrfs": 0x9123683e, "xfs": 0x58465342, "tmpfs": 0x01021994, "overlay": 0x794c7630} {
		if changesUnseen(magic) {
			t.Errorf("%s is polled", name)
		}
	}
	if needsPolling("/proc/self") {
		t.Error("/proc is polled")
	}
}

func TestConfigErrors(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	write(t, filepath.Join(root, "file"), "x")
	for path, want := range map[string]string{
		filepath.Join(root, "nothing"): "no such file",
		filepath.Join(root, "file"):    "not a directory",
	} {
		_, err := New(Config{Root: path})
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path) {
			t.Errorf("New(%s): %v", path, err)
		}
	}
}

func BenchmarkSaveToReport(b *testing.B) {
	root := b.TempDir()
	path := filepath.Join(root, "main.c")
	write(b, path, "0")
	w, err := New(Config{Root: root})
	must(b, err)
	ctx, cancel := context.WithCancel(b.Context())
	reports, ended := make(chan Change), make(chan error)
	go func() { ended <- w.Run(ctx, func(c Change) { reports <- c }) }()
	n := 0
	for b.Loop() {
		n++
		write(b, path, fmt.Sprint(n))
		<-reports
	}
	cancel()
	must(b, <-ended)
}

func BenchmarkRescan1000Folders(b *testing.B) {
	root := b.TempDir()
	for i := range 1000 {
		dir := filepath.Join(root, fmt.Sprint(i/50), fmt.Sprint(i))
		must(b, os.MkdirAll(dir, 0o755))
		write(b, filepath.Join(dir, "a.c"), strings.Repeat("x", 4096))
	}
	w, err := New(Config{Root: root})
	must(b, err)
	for b.Loop() {
		if c, _, err := w.compare(&batch{scan: true}, true); err != nil || len(c.Paths) > 0 {
			b.Fatal(c, err)
		}
	}
	must(b, w.Close())
}

// Who reads by himself must hear of what was there for a moment only: he may have read it.
func TestTouchedIsReported(t *testing.T) {
	t.Parallel()
	for _, touched := range []bool{false, true} {
		root := t.TempDir()
		path := filepath.Join(root, "app.toml")
		write(t, path, "one")
		w, err := New(Config{Root: root, Touched: touched})
		must(t, err)
		must(t, os.Rename(path, path+".away"), os.Rename(path+".away", path)) // before Run: still heard
		o := observeWith(t, w, nil)
		if touched {
			o.until("what was touched", func(c []Change) bool { return len(c) > 0 })
		}
		if changes := o.settle(); !touched && len(changes) > 0 || count(changes, "app.toml") > 0 {
			t.Errorf("touched %v: reported %v", touched, changes)
		}
	}
}
