package build_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"slipway/runner/build"
	"slipway/runner/catalog"
	"slipway/runner/filelock"
	"slipway/runner/provision"
)

// builds makes an image for each number and pretends that they were used a minute
// after each other, long ago.
func (b *bench) builds(n int) []build.Image {
	b.t.Helper()
	images := make([]build.Image, n)
	for i := range images {
		b.write("main.c", fmt.Sprintf("int main(void) { return %d; }\n", i))
		var err error
		if images[i], err = b.build(); err != nil {
			b.t.Fatal(err)
		}
		b.usedAt(images[i].App, time.Unix(1e9, 0).Add(time.Duration(i)*time.Minute))
	}
	return images
}

// usedAt says when a program was used last.
func (b *bench) usedAt(app string, at time.Time) {
	b.t.Helper()
	if err := os.Chtimes(filepath.Join(filepath.Dir(app), "built.json"), time.Time{}, at); err != nil {
		b.t.Fatal(err)
	}
}

// heldAndPaths is builds, of which only the first image is kept.
func (b *bench) heldAndPaths(n int) (held build.Image, paths []string) {
	images := b.builds(n)
	for _, image := range images {
		paths = append(paths, image.App)
	}
	return images[0], paths
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func TestWhatWasNotUsedForLongestGoesFirst(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	held, paths := b.heldAndPaths(4)
	// The second was used again, the first is in somebody's hands.
	b.write("main.c", "int main(void) { return 1; }\n")
	if again, err := b.build(); err != nil || !again.Cached {
		t.Fatalf("%+v, %v", again, err)
	}
	awaitFree(t, paths[1:]...)
	usage, err := b.builder.Usage()
	if err != nil || usage.Images != 4 {
		t.Fatalf("%+v, %v", usage, err)
	}
	done, err := b.builder.Tidy(usage.Bytes / 2)
	if err != nil || done.Deleted != 2 || done.InUse != 1 {
		t.Errorf("%+v, %v, want two deleted", done, err)
	}
	for i, want := range []bool{true, true, false, false} {
		if exists(paths[i]) != want || exists(filepath.Dir(paths[i])+".lock") != want {
			t.Errorf("image %d is there: %v, want %v", i, exists(paths[i]), want)
		}
	}
	runtime.KeepAlive(&held)
	if again, err := b.build(); err != nil || !again.Cached {
		t.Errorf("what stayed is no image any more: %+v, %v", again, err)
	}
}

// awaitFree waits until nobody has the files: an image that can't be reached any more
// is given up when the garbage is collected.
func awaitFree(t *testing.T, paths ...string) {
	t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for _, path := range paths {
		for filelock.InUse(path) {
			if time.Now().After(deadline) {
				t.Fatalf("%s is still in use", path)
			}
			runtime.GC()
		}
	}
}

func TestNothingGoesWhileSomebodyBuilds(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	gate := filepath.Join(t.TempDir(), "gate")
	if err := unix.Mkfifo(gate, 0o600); err != nil {
		t.Fatal(err)
	}
	b.write("main.c", "int main(void) { return 0; }\n")
	b.script("read word < '" + gate + "'\nexec gcc \"$@\"\n")
	built := make(chan error, 1)
	go func() { built <- b.asAnother() }()
	open, err := os.OpenFile(gate, os.O_WRONLY, 0) // waits for the compiler to be there
	if err != nil {
		t.Fatal(err)
	}
	if done, err := b.builder.Tidy(1); err != nil || !done.Busy || done.Deleted != 0 {
		t.Errorf("%+v, %v", done, err)
	}
	if _, err := open.WriteString("go on\n"); err != nil {
		t.Error(err)
	}
	if err := errors.Join(open.Close(), <-built); err != nil {
		t.Error(err)
	}
	if done, err := b.builder.Tidy(1); err != nil || done.Busy || done.Deleted != 1 {
		t.Errorf("when nobody builds any more: %+v, %v", done, err)
	}
}

func TestWhatAKilledSlipwayLeftIsRemoved(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	image := b.builds(1)[0]
	left := []string{"apps/ab/.building-1/src/main.c", "apps/ab/.making-2/out/app", "initramfs/cd/.making-3", ".include-4/include/x.h", "objects/ef/gone.json.lock"}
	for _, name := range left {
		path := filepath.Join(b.cache, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte("x"), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := b.builder.Tidy(0); err != nil {
		t.Fatal(err)
	}
	for _, name := range left {
		if first, rest, _ := strings.Cut(name, "/."); exists(filepath.Join(b.cache, first, "."+strings.Split(rest, "/")[0])) || exists(filepath.Join(b.cache, name)) {
			t.Errorf("%s is still there", name)
		}
	}
	if !exists(image.App) {
		t.Error("the image has gone as well")
	}
}

func TestAnEmptiedCacheIsFilledAgain(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.write("part.c", "int part(void) { return 3; }\n")
	path := func() string {
		image, err := b.build()
		if err != nil {
			t.Fatal(err)
		}
		return image.App
	}()
	awaitFree(t, path)
	if done, err := b.builder.Clean(t.Context()); err != nil || done.InUse != 0 {
		t.Fatalf("%+v, %v", done, err)
	}
	if usage, err := b.builder.Usage(); err != nil || usage != (build.Usage{}) {
		t.Errorf("the empty cache holds %+v, %v", usage, err)
	}
	if got := b.status(); got != 7 {
		t.Errorf("the program ends with %d", got)
	}
}

// The kernel's part of an initramfs, which may be large, is made once; the app's
// comes behind it with every save.
func TestAnInitramfsIsTheKernelsPartAndTheApps(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	ready := provision.Provisioned{Dir: t.TempDir(), Hash: "h"}
	for name, text := range map[string]string{"init": "first process", "vmlinux": "kernel", "root/etc/motd": "welcome"} {
		path := filepath.Join(ready.Dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("motd", filepath.Join(ready.Dir, "root", "etc", "issue")); err != nil {
		t.Fatal(err)
	}
	b.kernel.Compile.Wrap = "initramfs"
	b.kernel.Boot = catalog.Boot{Machine: "pc", Kernel: "vmlinux", Initrd: "${initramfs}"}
	var archives []string
	for i := range 2 {
		b.write("main.c", fmt.Sprintf("int main(void) { return %d; }\n", i))
		image, err := b.builder.Build(t.Context(), b.kernel, ready, b.load())
		if err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(image.Initrd)
		if err != nil {
			t.Fatal(err)
		}
		archives = append(archives, string(data))
		// The kernel's files are read once only: by now there is nothing to read.
		if err := os.RemoveAll(filepath.Join(ready.Dir, "root")); err != nil {
			t.Fatal(err)
		}
	}
	files, err := filepath.Glob(filepath.Join(b.cache, "initramfs", "*", "*.cpio"))
	if err != nil || len(files) != 3 {
		t.Errorf("%d archives, want the kernel's and one an image", len(files))
	}
	for _, archive := range archives {
		kernels, apps, ok := strings.Cut(archive, "TRAILER!!!")
		behind := strings.TrimLeft(apps, "\x00")
		if !ok || !strings.HasPrefix(behind, "070701") || (len(archive)-len(behind))%4 != 0 {
			t.Fatalf("there are no two archives, the second where a header may be: %.20q", behind)
		}
		for _, want := range []string{"first process", "etc/motd", "welcome", "etc/issue", "dev/console"} {
			if !strings.Contains(kernels, want) {
				t.Errorf("the kernel's part lacks %q", want)
			}
		}
		if !strings.Contains(behind, "app\x00") {
			t.Error("the app's part lacks the app")
		}
	}
	if archives[0] == archives[1] {
		t.Error("two apps are one archive")
	}
}

// After a clock was set back, what was used before would outlive all that is used now.
func TestWhatWasUsedInTheFutureGoesFirst(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	paths := func() (paths []string) {
		for _, image := range b.builds(3) {
			paths = append(paths, image.App)
		}
		return paths
	}()
	b.usedAt(paths[0], time.Now().Add(87600*time.Hour))
	b.usedAt(paths[1], time.Now().Add(time.Hour))
	awaitFree(t, paths...)
	usage, err := b.builder.Usage()
	if err != nil {
		t.Fatal(err)
	}
	if done, err := b.builder.Tidy(usage.Bytes / 2); err != nil || done.Deleted != 2 {
		t.Errorf("%+v, %v, want two deleted", done, err)
	}
	if exists(paths[0]) || exists(paths[1]) || !exists(paths[2]) {
		t.Errorf("of three images, two of them used in years to come, are there: %v %v %v", exists(paths[0]), exists(paths[1]), exists(paths[2]))
	}
}
