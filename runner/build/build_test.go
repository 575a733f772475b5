package build_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"slipway/benchmarks/apps"
	"slipway/runner/build"
	"slipway/runner/catalog"
	"slipway/runner/compiler"
	"slipway/runner/process"
	"slipway/runner/provision"
)

// bench is a builder with one kernel and one app of the test's own.
type bench struct {
	t        *testing.T
	builder  *build.Builder
	kernel   *catalog.Kernel
	app      string // folder
	cache    string // folder
	compiled string // file that the compiler writes a line to for each start
}

func newBench(t *testing.T) *bench {
	t.Helper()
	sp := process.NewSpawner()
	t.Cleanup(func() { sp.Close() })
	b := &bench{t: t, app: filepath.Join(t.TempDir(), "mine"), cache: t.TempDir(), compiled: filepath.Join(t.TempDir(), "starts")}
	wrapper := filepath.Join(t.TempDir(), "cc")
	b.builder = build.New(build.Options{Spawner: sp, CacheDir: b.cache, Include: apps.Include()})
	b.kernel = &catalog.Kernel{
		Name: "test", Arch: "x86_64", Interface: "linux-abi", Compile: catalog.Compile{CC: wrapper, Flags: []string{"-static", "-O1"}},
	}
	b.script("echo start \"$@\" >> '" + b.compiled + "'\nexec gcc \"$@\"\n")
	b.write("app.toml", "schema = 1\nname = \"mine\"\n")
	b.write("main.c", "#include <slipway.h>\nint main(void) { return 7; }\n")
	return b
}

// script is what the compiler is.
func (b *bench) script(text string) {
	b.t.Helper()
	if err := os.WriteFile(b.kernel.Compile.CC, []byte("#!/bin/sh\n"+text), 0o700); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) write(name, text string) {
	b.t.Helper()
	path := filepath.Join(b.app, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) load() *catalog.App {
	b.t.Helper()
	c, problems := catalog.Load(catalog.Options{Apps: []catalog.Source{{Origin: catalog.Project, Dir: filepath.Dir(b.app)}}})
	if len(problems) > 0 {
		b.t.Fatal(problems)
	}
	a, err := c.App("mine")
	if err != nil {
		b.t.Fatal(err)
	}
	return a
}

func (b *bench) build() (build.Image, error) {
	return b.builder.Build(context.Background(), b.kernel, provision.Provisioned{Hash: "none"}, b.load())
}

// starts counts how often the compiler was started.
func (b *bench) starts() int { return len(b.commands()) }

// commands are the compiler's command lines.
func (b *bench) commands() []string {
	data, err := os.ReadFile(b.compiled)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		b.t.Fatal(err)
	}
	return slices.Collect(strings.Lines(string(data)))
}

// compiles are the files that the compiler was started for since the last call, in
// the order of their names; "link" is a start without one.
func (b *bench) compiles() []string {
	var list []string
	for _, command := range b.commands() {
		words := strings.Fields(command)
		switch last := words[len(words)-1]; {
		case slices.Contains(words, "-E"): // by ccache
			list = append(list, last+": preprocessed")
		case slices.Contains(words, "-c"):
			list = append(list, last)
		default:
			list = append(list, "link")
		}
	}
	if err := os.Remove(b.compiled); err != nil && !errors.Is(err, os.ErrNotExist) {
		b.t.Fatal(err)
	}
	slices.Sort(list)
	return list
}

// status runs the program that was built.
func (b *bench) status() int {
	b.t.Helper()
	image, err := b.build()
	if err != nil {
		b.t.Fatal(err)
	}
	cmd := exec.CommandContext(b.t.Context(), image.App)
	var exit *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
		b.t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode()
}

func TestSecondBuildStartsNoCompiler(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	first, err := b.build()
	if err != nil {
		t.Fatal(err)
	}
	second, err := b.build()
	if err != nil {
		t.Fatal(err)
	}
	if first.Cached || !second.Cached || b.starts() != 1 {
		t.Errorf("cached %v then %v, %d starts of the compiler; want one", first.Cached, second.Cached, b.starts())
	}
	if first.App != second.App || first.Hash != second.Hash || first.AppSize == 0 {
		t.Errorf("two builds of the same inputs differ: %+v and %+v", first, second)
	}
	b.write("notes.md", "no source")
	b.write("app.toml", "schema = 1\nname = \"mine\"\nabout = \"another sentence\"\n")
	if again, err := b.build(); err != nil || !again.Cached {
		t.Errorf("a note and a sentence in app.toml compile anew: %v, %v", again.Cached, err)
	}
	b.write("main.c", "int main(void) { return 8; }\n")
	third, err := b.build()
	if err != nil {
		t.Fatal(err)
	}
	if third.Cached || third.Hash == first.Hash || b.starts() != 2 {
		t.Errorf("a changed source: cached %v, same image %v, %d starts", third.Cached, third.Hash == first.Hash, b.starts())
	}
	b.write("app.toml", "schema = 1\nname = \"mine\"\nflags = [\"-DX\"]\n")
	if flagged, err := b.build(); err != nil || flagged.Cached {
		t.Errorf("changed flags: cached %v, %v", flagged.Cached, err)
	}
}

func TestTwoWhoAskAtOnceBuildOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	var together sync.WaitGroup
	for range 8 {
		together.Go(func() {
			if _, err := b.build(); err != nil {
				t.Error(err)
			}
		})
	}
	together.Wait()
	if n := b.starts(); n != 1 {
		t.Errorf("%d starts of the compiler, want one", n)
	}
}

func TestErrorsOfABuild(t *testing.T) {
	t.Parallel()
	t.Run("does not compile", func(t *testing.T) {
		t.Parallel()
		b := newBench(t)
		b.write("sub/other.h", "#define X 1\n")
		b.write("main.c", "#include \"sub/other.h\"\nint main(void) { return nonsense; }\n")
		_, err := b.build()
		var failed *compiler.Error
		if !errors.As(err, &failed) || len(failed.Diagnostics) == 0 {
			t.Fatalf("got %v, want a *compiler.Error with places", err)
		}
		if d := failed.Diagnostics[0]; d.File != "main.c" || d.Line != 2 {
			t.Errorf("the error is at %s:%d, want main.c:2", d.File, d.Line)
		}
	})
	t.Run("compiler is missing", func(t *testing.T) {
		t.Parallel()
		b := newBench(t)
		b.kernel.Compile.CC = "musl-gcc-that-is-not-there"
		_, err := b.build()
		var missing *build.MissingCompilerError
		if !errors.As(err, &missing) || !strings.Contains(err.Error(), "install") {
			t.Errorf("got %v, want a MissingCompilerError that says what to install", err)
		}
	})
	t.Run("dynamic program", func(t *testing.T) {
		t.Parallel()
		b := newBench(t)
		b.kernel.Compile.Flags = nil
		if _, err := b.build(); err == nil || !strings.Contains(err.Error(), "-static") {
			t.Errorf("got %v, want advice to link with -static", err)
		}
	})
	t.Run("no sources", func(t *testing.T) {
		t.Parallel()
		b := newBench(t)
		b.write("app.toml", "schema = 1\nname = \"mine\"\nsources = [\"*.cc\"]\n")
		if _, err := b.build(); err == nil || !strings.Contains(err.Error(), "no file matches") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("command leaves no image", func(t *testing.T) {
		t.Parallel()
		b := newBench(t)
		b.write("app.toml", "schema = 1\nname = \"mine\"\nbuild = [\"true\"]\nimage = \"out/app\"\n")
		if _, err := b.build(); err == nil || !strings.Contains(err.Error(), "image is missing") {
			t.Errorf("got %v", err)
		}
	})
	for name, makes := range map[string]string{"pipe": "mkfifo out/app", "device": "ln -s /dev/zero out/app", "huge": "truncate -s 6G out/app"} {
		t.Run("command leaves a "+name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.write("app.toml", "schema = 1\nname = \"mine\"\nbuild = [\"sh\", \"-c\", \"mkdir -p out; "+makes+"\"]\nimage = \"out/app\"\n")
			if _, err := b.build(); err == nil || !strings.Contains(err.Error(), "nothing that could be booted") {
				t.Errorf("got %v", err)
			}
		})
	}
	t.Run("interrupted", func(t *testing.T) {
		t.Parallel()
		b := newBench(t)
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if _, err := b.builder.Build(ctx, b.kernel, provision.Provisioned{}, b.load()); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want the context's error", err)
		}
	})
}

// TestAppWithABuildOfItsOwn runs a command of the app's in its folder.
func TestAppWithABuildOfItsOwn(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.write("app.toml", "schema = 1\nname = \"mine\"\nbuild = [\"make\", \"-s\"]\nimage = \"out/app\"\n")
	b.write("Makefile", "out/app: main.c\n\tmkdir -p out && gcc -static -o $@ plain.c\n")
	b.write("plain.c", "int main(void) { return 3; }\n")
	image, err := b.build()
	if err != nil {
		t.Fatal(err)
	}
	if again, err := b.build(); err != nil || !again.Cached || again.AppHash != image.AppHash {
		t.Errorf("the image it made counts as a source: %+v, %v", again, err)
	}
}

// What is kept under a hash is made of what was hashed, even when the app is saved
// while its own build system is at work in the same folder.
func TestASaveDuringABuildOfItsOwnBuildsAgain(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.write("app.toml", "schema = 1\nname = \"mine\"\nbuild = [\"sh\", \"-e\", \"build.sh\"]\nimage = \"out/app\"\n")
	b.write("build.sh", `mkdir -p out; gcc -static -o out/app plain.c
if [ ! -e out/once ]; then touch out/once; echo 'int main(void) { return 4; }' > plain.c; fi`)
	b.write("plain.c", "int main(void) { return 3; }\n")
	image, err := b.build()
	if err != nil {
		t.Fatal(err)
	}
	var exit *exec.ExitError
	if err := exec.Command(image.App).Run(); !errors.As(err, &exit) || exit.ExitCode() != 4 {
		t.Errorf("the program ends with %v, the newest save says 4", err)
	}
	b.write("build.sh", "mkdir -p out; gcc -static -o out/app plain.c; date +%N > stamp.h")
	if _, err := b.build(); err == nil || !strings.Contains(err.Error(), "stamp.h changed during every one of 3 builds: let the build command write into out/") {
		t.Errorf("a build that changes its own sources: %v", err)
	}
}

// TestInitramfsIsDeterministic makes the same archive twice.
func TestInitramfsIsDeterministic(t *testing.T) {
	t.Parallel()
	var hashes []string
	for range 2 {
		b := newBench(t)
		ready := provision.Provisioned{Dir: t.TempDir(), Hash: "h"}
		for _, name := range []string{"init", "vmlinux"} {
			if err := os.WriteFile(filepath.Join(ready.Dir, name), []byte(name), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		b.kernel.Compile.CC, b.kernel.Compile.Wrap = "gcc", "initramfs"
		b.kernel.Boot = catalog.Boot{Machine: "pc", Kernel: "vmlinux", Initrd: "${initramfs}"}
		image, err := b.builder.Build(context.Background(), b.kernel, ready, b.load())
		if err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(image.Initrd)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(string(data), "070701") {
			t.Fatalf("it is no newc archive: %.6q", data)
		}
		hashes = append(hashes, image.Hash+string(data))
	}
	if hashes[0] != hashes[1] {
		t.Error("two archives of the same files differ")
	}
}

// What a crash or a full disk has cut off is built anew, not told to be damaged for ever.
func TestACutOffImageIsBuiltAgain(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	image, err := b.build()
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []int64{0, 3000} {
		if err := os.Truncate(image.App, size); err != nil {
			t.Fatal(err)
		}
		again, err := b.build()
		if err != nil || again.AppHash != image.AppHash || again.AppSize != image.AppSize || again.Cached {
			t.Errorf("cut off at %d bytes: %+v, %v", size, again, err)
		}
	}
	if err := os.WriteFile(image.App, make([]byte, image.AppSize), 0o755); err != nil {
		t.Fatal(err)
	}
	again, err := b.build()
	if err != nil || again.AppHash != image.AppHash || again.Cached {
		t.Errorf("with zeros for its content: %+v, %v", again, err)
	}
}

// Names that are no sources, or look like options, stand in nobody's way; a link is
// the file it leads to.
func TestOddNamesAmongTheSources(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	elsewhere := filepath.Join(t.TempDir(), "part.c")
	if err := os.WriteFile(elsewhere, []byte("int part(void) { return 3; }\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	b.write("main.c", "int part(void), dash(void);\nint main(void) { return part() + dash(); }\n")
	b.write("-f.c", "int dash(void) { return 4; }\n")
	b.write("caf\xe9.txt", "not UTF-8")
	b.write("n\xe9/x.c", "not UTF-8")
	if err := errors.Join(os.Symlink(elsewhere, filepath.Join(b.app, "part.c")), os.Symlink("nowhere", filepath.Join(b.app, "dangling.c"))); err != nil {
		t.Fatal(err)
	}
	image, err := b.build()
	if err != nil {
		t.Fatal(err)
	}
	var exit *exec.ExitError
	if err := exec.CommandContext(t.Context(), image.App).Run(); !errors.As(err, &exit) || exit.ExitCode() != 7 {
		t.Errorf("the program ends with %v, want 7", err)
	}
	if err := os.WriteFile(elsewhere, []byte("int part(void) { return 5; }\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if other, err := b.build(); err != nil || other.AppHash == image.AppHash {
		t.Errorf("a change of what the link leads to makes no other image: %v", err)
	}
}
