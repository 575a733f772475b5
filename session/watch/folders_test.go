package watch

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

func shell(t *testing.T, dir, script string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "sh", "-ec", script)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", script, err, out)
	}
}

// Files that are born together with their folders are the ones that a watcher of single folders loses.
func TestNewFolders(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	o := observe(t, Config{Root: root})
	for i := range 20 {
		shell(t, root, fmt.Sprintf("mkdir -p n%d/a/b/c && echo x > n%d/a/b/c/x.c && echo y > n%d/y.c", i, i, i))
		o.reported(fmt.Sprintf("n%d/a/b/c/x.c", i), fmt.Sprintf("n%d/y.c", i))
	}
}

// The system goes on reporting a folder under the name it had when it was watched.
func TestRenamedFolders(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	shell(t, root, "mkdir -p a/b/c && echo 1 > a/b/c/x.c")
	o := observe(t, Config{Root: root})
	shell(t, root, "mv a z")
	o.reported("a/b/c/x.c", "z/b/c/x.c")
	shell(t, root, "echo 2 > z/b/c/x.c")
	o.until("the save under the new name", func(c []Change) bool { return count(c, "z/b/c/x.c") == 2 })

	// Another folder takes the old name.
	shell(t, root, "mkdir -p a/b/c && echo 3 > a/b/c/x.c")
	o.until("the new file under the old name", func(c []Change) bool { return count(c, "a/b/c/x.c") == 2 })
	shell(t, root, "echo 4 > a/b/c/x.c")
	o.until("the save under the old name", func(c []Change) bool { return count(c, "a/b/c/x.c") == 3 })

	// Moved out of the tree, it is no business of ours any more.
	shell(t, root, fmt.Sprintf("mv z %s/z", t.TempDir()))
	o.until("what was moved away", func(c []Change) bool { return count(c, "z/b/c/x.c") == 3 })
}

// Renaming and removing at once makes fsnotify report an error while it holds its lock.
func TestFoldersComeAndGoQuickly(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	o := observe(t, Config{Root: root})
	shell(t, root, "for i in $(seq 200); do mkdir -p a$i/b && mv a$i z && : > z/b/x.c && rm -rf z; done")
	for _, c := range o.settle() {
		for _, p := range c.Paths {
			if !strings.HasSuffix(p, "x.c") {
				t.Errorf("reported %s", p)
			}
		}
	}
}

func TestRootComesBack(t *testing.T) {
	t.Parallel()
	root := filepath.Join(t.TempDir(), "app")
	must(t, os.Mkdir(root, 0o755))
	write(t, filepath.Join(root, "main.c"), "1")
	write(t, filepath.Join(root, "same.c"), "same")
	o := observe(t, Config{Root: root})

	// Replaced, as by a checkout: only what differs is reported.
	shell(t, filepath.Dir(root), "mkdir new && cp app/same.c new && echo 2 > new/main.c && mv app old && mv new app")
	o.reported("main.c")
	if c := o.settle(); count(c, "same.c") > 0 {
		t.Errorf("reported %v", c)
	}

	// What happens in the old one is nobody's business, and the new one is watched.
	write(t, filepath.Join(filepath.Dir(root), "old", "main.c"), "old")
	write(t, filepath.Join(root, "same.c"), "other")
	if c := o.settle(); count(c, "main.c") > 0 || count(c, "same.c") != 1 {
		t.Errorf("reported %v", c)
	}

	// Gone for long: all its files are gone. And back again.
	must(t, os.RemoveAll(root))
	o.reported("main.c", "same.c")
	must(t, os.MkdirAll(filepath.Join(root, "sub"), 0o755))
	write(t, filepath.Join(root, "sub", "back.c"), "back")
	o.reported("sub/back.c")
	write(t, filepath.Join(root, "sub", "back.c"), "again")
	o.until("a save after the return", func(c []Change) bool { return count(c, "sub/back.c") == 2 })
}

// A parent that is renamed is announced to nobody.
func TestParentRenamed(t *testing.T) {
	t.Parallel()
	top := t.TempDir()
	root := filepath.Join(top, "project", "app")
	must(t, os.MkdirAll(root, 0o755))
	write(t, filepath.Join(root, "main.c"), "1")
	o := observe(t, Config{Root: root})
	must(t, os.Rename(filepath.Join(top, "project"), filepath.Join(top, "elsewhere")))
	o.reported("main.c")
	must(t, os.Rename(filepath.Join(top, "elsewhere"), filepath.Join(top, "project")))
	o.until("the return", func(c []Change) bool { return count(c, "main.c") == 2 })
}

func TestOddEntries(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	target := filepath.Join(t.TempDir(), "shared.h")
	write(t, target, "1")
	must(t,
		os.Symlink(".", filepath.Join(root, "loop")),
		os.Symlink("nowhere", filepath.Join(root, "dangling")),
		os.Symlink(target, filepath.Join(root, "shared.h")),
		syscall.Mkfifo(filepath.Join(root, "pipe.c"), 0o644),
	)
	o := observe(t, Config{Root: root})
	must(t, syscall.Mkfifo(filepath.Join(root, "pipe2.c"), 0o644), os.Symlink("..", filepath.Join(root, "loop2")))
	if c := o.settle(); len(c) > 0 {
		t.Errorf("reported %v", c)
	}
	// An editor that saves through a link by replacing it.
	must(t, os.Remove(filepath.Join(root, "shared.h")))
	write(t, filepath.Join(root, "shared.h"), "2")
	o.reported("shared.h")
}

func TestLargeFilesGoBySizeAndTime(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	path := filepath.Join(root, "disk.img")
	write(t, path, "")
	must(t, os.Truncate(path, maxHashed+1))
	o := observe(t, Config{Root: root})
	must(t, os.Truncate(path, maxHashed+2))
	o.reported("disk.img")
}

func TestTooLarge(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	for i := range 11 {
		write(t, filepath.Join(root, fmt.Sprintf("%d.c", i)), "x")
	}
	if _, err := New(Config{Root: root, MaxEntries: 10}); !errors.Is(err, ErrTooLarge) || !strings.Contains(err.Error(), root) {
		t.Errorf("too many files: %v", err)
	}
	deep := t.TempDir()
	must(t, os.MkdirAll(filepath.Join(deep, strings.Repeat("d/", maxDepth+1)), 0o755))
	if _, err := New(Config{Root: deep}); !errors.Is(err, ErrTooLarge) {
		t.Errorf("too deep: %v", err)
	}

	// Grown too large while it was watched, Run ends and says so.
	w, err := New(Config{Root: root, MaxEntries: 12})
	must(t, err)
	ended := make(chan error, 1)
	go func() { ended <- w.Run(t.Context(), func(Change) {}) }()
	shell(t, root, "mkdir -p sub && : > sub/a && : > sub/b")
	if err := <-ended; !errors.Is(err, ErrTooLarge) {
		t.Errorf("grown: %v", err)
	}
}

// More events than the system's queue holds, while the owner is busy.
func TestOverflow(t *testing.T) {
	if testing.Short() {
		t.Skip("fills the system's queue")
	}
	t.Parallel()
	b, err := os.ReadFile("/proc/sys/fs/inotify/max_queued_events")
	must(t, err)
	queue, err := strconv.Atoi(strings.TrimSpace(string(b)))
	must(t, err)
	if queue > 100_000 {
		t.Skipf("the queue holds %d events", queue)
	}
	root := t.TempDir()
	write(t, filepath.Join(root, "main.c"), "1")
	write(t, filepath.Join(root, "late.c"), "1")
	w, err := New(Config{Root: root})
	must(t, err)
	busy, free := make(chan struct{}), make(chan struct{})
	var once sync.Once
	o := observeWith(t, w, func() { once.Do(func() { close(busy); <-free }) })
	write(t, filepath.Join(root, "main.c"), "2")
	select {
	case <-busy:
	case <-time.After(patience):
		t.Fatal("never reported")
	}
	name := filepath.Join(root, "flood.tmp")
	for range queue { // create and delete never collapse into one event
		f, err := os.Create(name)
		must(t, err, f.Close(), os.Remove(name))
	}
	write(t, filepath.Join(root, "late.c"), "2") // its events are lost
	close(free)
	changes := o.reported("late.c")
	if last := changes[len(changes)-1]; !last.Rescan {
		t.Errorf("found without a rescan: %v", last)
	}
	write(t, filepath.Join(root, "late.c"), "3")
	o.until("the next save", func(c []Change) bool { return count(c, "late.c") == 2 })
}

// The limits are those of a user namespace, so that nobody else on this machine meets them.
func TestLimits(t *testing.T) {
	if os.Getenv("SLIPWAY_TEST_LIMIT") != "" {
		underLimit(t)
		return
	}
	t.Parallel()
	for limit, want := range map[string]string{
		"max_inotify_watches":   "fs.inotify.max_user_watches",
		"max_inotify_instances": "fs.inotify.max_user_instances",
	} {
		cmd := exec.CommandContext(t.Context(), "sh", "-ec",
			`echo "$LIMIT" > "/proc/sys/user/$SLIPWAY_TEST_LIMIT"; exec "$0" -test.run='^TestLimits$' -test.v`, os.Args[0])
		cmd.Env = append(os.Environ(), "SLIPWAY_TEST_LIMIT="+limit, "WANT="+want,
			map[string]string{"max_inotify_watches": "LIMIT=2", "max_inotify_instances": "LIMIT=0"}[limit])
		cmd.SysProcAttr = &syscall.SysProcAttr{
			Cloneflags:  syscall.CLONE_NEWUSER,
			UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
			GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
		}
		out, err := cmd.CombinedOutput()
		if err != nil && !strings.Contains(string(out), "=== RUN") {
			t.Skipf("no user namespace with limits of its own here: %v %s", err, out)
		}
		if err != nil {
			t.Errorf("%s: %v\n%s", limit, err, out)
		}
	}
}

func underLimit(t *testing.T) {
	root := t.TempDir()
	shell(t, root, "mkdir -p a b c && echo 1 > c/x.c")
	_, err := New(Config{Root: root})
	if err == nil || !strings.Contains(err.Error(), "sudo sysctl "+os.Getenv("WANT")+"=") || !strings.Contains(err.Error(), root) {
		t.Fatalf("New: %v", err)
	}
	t.Log(err)
	// Asked to poll, it does without.
	w, err := New(Config{Root: root, Poll: 1})
	must(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	seen, ended := make(chan Change, 100), make(chan error, 1)
	go func() { ended <- w.Run(ctx, func(c Change) { seen <- c }) }()
	write(t, filepath.Join(root, "c", "x.c"), "2")
	if c := <-seen; count([]Change{c}, "c/x.c") != 1 {
		t.Errorf("reported %v", c)
	}
	cancel()
	must(t, <-ended)
}
