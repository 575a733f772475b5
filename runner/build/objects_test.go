package build_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"slipway/runner/build"
	"slipway/runner/compiler"
	"slipway/runner/process"
	"slipway/runner/provision"
)

func TestOnlyWhatASaveChangesIsCompiled(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.write("app.toml", "schema = 1\nname = \"mine\"\nsources = [\"*.c\", \"sub/*.c\"]\nflags = [\"-Iinclude\"]\n")
	b.write("main.c", "#include \"value.h\"\nint one(void), two(void);\nint main(void) { return VALUE + one() + two(); }\n")
	b.write("one.c", "#include \"value.h\"\n#include \"other.h\"\nint one(void) { return VALUE + OTHER; }\n")
	b.write("sub/two.c", "#include \"../table.inc\"\nint two(void) { return TABLE; }\n")
	b.write("value.h", "#define VALUE 1\n")
	b.write("include/other.h", "#define OTHER 2\n")
	b.write("table.inc", "#define TABLE 4\n")
	step := func(what string, status int, compiled ...string) {
		t.Helper()
		if got := b.status(); got != status {
			t.Errorf("%s: the program ends with %d, want %d", what, got, status)
		}
		if got := b.compiles(); !slices.Equal(got, compiled) {
			t.Errorf("%s: compiled %q, want %q", what, got, compiled)
		}
	}
	step("at first", 8, "link", "main.c", "one.c", "sub/two.c")
	b.write("one.c", "#include \"value.h\"\n#include \"other.h\"\nint one(void) { return VALUE + OTHER + 10; }\n")
	step("a save of one", 18, "link", "one.c")
	b.write("table.inc", "#define TABLE 5\n")
	step("a save of a file that one includes", 19, "link", "sub/two.c")
	b.write("value.h", "#define VALUE 2\n")
	step("a save of a header of two", 21, "link", "main.c", "one.c")
	b.write("one.c", "#include \"value.h\"\n#include \"other.h\"\nint one(void) { return VALUE + OTHER; }\n")
	step("back to what was never linked so", 11, "link", "one.c")
	b.write("value.h", "#define VALUE 1\n")
	step("back to objects that are known", 9, "link")
	b.write("other.h", "#define OTHER 3\n")
	step("a header that takes another one's place", 10, "link", "main.c", "one.c", "sub/two.c")
	step("nothing", 10)
	b.write("app.toml", "schema = 1\nname = \"mine\"\nsources = [\"*.c\", \"sub/*.c\"]\nflags = [\"-Iinclude\", \"-O2\"]\n")
	step("a flag", 10, "link", "main.c", "one.c", "sub/two.c")
}

// What an assembler includes is told by no compiler.
func TestAFileThatAnAssemblerIncludesIsAnInput(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.write("app.toml", "schema = 1\nname = \"mine\"\nsources = [\"*.c\", \"*.S\"]\n")
	b.write("main.c", "extern const char status[];\nint main(void) { return status[0] - '0'; }\n")
	b.write("data.S", ".section .rodata\n.globl status\nstatus: .incbin \"status.txt\"\n.section .note.GNU-stack, \"\"\n")
	for _, want := range []int{3, 4} {
		b.write("status.txt", strconv.Itoa(want))
		if got := b.status(); got != want {
			t.Errorf("the program ends with %d, want %d", got, want)
		}
	}
}

func TestAnObjectThatWasCutOffIsCompiledAgain(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.write("part.c", "int part(void) { return 3; }\n")
	b.write("main.c", "int part(void);\nint main(void) { return part(); }\n")
	b.status()
	b.compiles()
	objects, err := filepath.Glob(filepath.Join(b.cache, "objects", "*", "*.o"))
	if err != nil || len(objects) != 2 {
		t.Fatalf("objects %q, %v", objects, err)
	}
	for _, o := range objects {
		if err := os.Truncate(o, 100); err != nil {
			t.Fatal(err)
		}
	}
	b.write("main.c", "int part(void);\nint main(void) { return part() + 1; }\n")
	if got := b.status(); got != 4 {
		t.Errorf("the program ends with %d, want 4", got)
	}
	if got := b.compiles(); !slices.Equal(got, []string{"link", "main.c", "part.c"}) {
		t.Errorf("compiled %q", got)
	}
}

func TestTheErrorsOfAllFilesAreTold(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.write("main.c", "int main(void) { return nonsense; }\n")
	b.write("part.c", "int part(void) { return 1 }\n")
	b.write("good.c", "int good(void) { return 1; }\n")
	_, err := b.build()
	var failed *compiler.Error
	if !errors.As(err, &failed) || !strings.Contains(err.Error(), "(the first of 2 errors)") {
		t.Fatalf("got %v", err)
	}
	b.write("main.c", "int nowhere(void);\nint main(void) { return nowhere(); }\n")
	b.write("part.c", "int part(void) { return 1; }\n")
	if _, err := b.build(); err == nil || !strings.Contains(err.Error(), "main.c: undefined reference to `nowhere'") {
		t.Errorf("a name that is nowhere: %v", err)
	}
}

// A one-file app is made by one process: a save must not wait for two.
func TestAnAppOfOneFileIsOneProcess(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.write("unused.h", "#define X 1\n")
	if b.status() != 7 || b.starts() != 1 || strings.Contains(b.commands()[0], " -c ") {
		t.Errorf("the compiler was started %d times: %q", b.starts(), b.commands())
	}
}

// TestNoMoreCompilersThanCores builds several apps of several files at once.
func TestNoMoreCompilersThanCores(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	dir := t.TempDir()
	b.script("mkdir '" + dir + "'/$$; ls '" + dir + "' | wc -l >> '" + b.compiled + "'\ngcc \"$@\"; status=$?; rmdir '" + dir + "'/$$; exit $status\n")
	b.write("part.c", "int part(void) { return 3; }\n")
	b.write("more.c", "int more(void) { return 3; }\n")
	var together sync.WaitGroup
	for i := range 4 {
		a := b.load()
		a.Flags = []string{"-DN=" + strconv.Itoa(i)}
		together.Go(func() {
			if _, err := b.builder.Build(context.Background(), b.kernel, provision.Provisioned{Hash: "none"}, a); err != nil {
				t.Error(err)
			}
		})
	}
	together.Wait()
	if starts := b.commands(); len(starts) != 4*4 {
		t.Errorf("%d starts of the compiler, want 16", len(starts))
	}
	for _, line := range b.commands() {
		if n, err := strconv.Atoi(strings.TrimSpace(line)); err != nil || n > runtime.NumCPU() {
			t.Errorf("%s compilers at once on %d cores", strings.TrimSpace(line), runtime.NumCPU())
		}
	}
}

func TestCxx(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("g++"); err != nil {
		t.Skip("g++ is not here")
	}
	b := newBench(t)
	b.kernel.Compile.CC = "musl-gcc"
	b.kernel.Compile.Flags = []string{"-std=gnu11", "-O1", "-static", "-Wall", "-Werror"}
	if err := os.Remove(filepath.Join(b.app, "main.c")); err != nil {
		t.Fatal(err)
	}
	b.write("app.toml", "schema = 1\nname = \"mine\"\nsources = [\"*.cc\", \"*.c\"]\nflags = [\"-std=c++17\"]\n")
	b.write("main.cc", `#include <slipway.h>
#include <map>
#include <stdexcept>
extern "C" int part(int);
int main() {
	std::map<int, int> m{{1, 4}};
	if (auto it = m.find(1); it == m.end())
		return 1;
	try {
		throw std::runtime_error("thrown");
	} catch (const std::exception &) {
		return part(m.at(1));
	}
}
`)
	b.write("part.c", "int part(int class) { return class + 1; }\n")
	if got := b.status(); got != 5 {
		t.Errorf("the program ends with %d, want 5", got)
	}
	b.write("app.toml", "schema = 1\nname = \"mine\"\nsources = [\"*.cc\"]\ncc = \"g++-that-is-not-there\"\n")
	if _, err := b.build(); err == nil || !strings.Contains(err.Error(), "the compiler g++-that-is-not-there is not on this machine") {
		t.Errorf("a compiler of the app's own that is missing: %v", err)
	}
	b.kernel.Compile.CC = "nowhere-gcc"
	b.write("app.toml", "schema = 1\nname = \"mine\"\nsources = [\"*.cc\"]\n")
	if _, err := b.build(); err == nil || !strings.Contains(err.Error(), "the compiler nowhere-g++ is not on this machine") {
		t.Errorf("the C++ compiler beside the kernel's: %v", err)
	}
}

// With ccache an emptied cache compiles nothing again. It is not parallel: the
// environment says where ccache keeps its objects.
func TestCcacheIsAsked(t *testing.T) {
	if _, err := exec.LookPath("ccache"); err != nil {
		t.Skip("ccache is not here")
	}
	t.Setenv("CCACHE_DISABLE", "1") // puts back what was set
	if err := os.Unsetenv("CCACHE_DISABLE"); err != nil {
		t.Fatal(err)
	}
	t.Setenv("CCACHE_DIR", t.TempDir())
	b := newBench(t)
	b.kernel.Compile.Flags = append(b.kernel.Compile.Flags, "-g")
	b.write("part.c", "int part(void) { return 3; }\n")
	b.write("main.c", "int part(void);\nint main(void) { return part(); }\n")
	for _, emptied := range []bool{false, true} {
		sp := process.NewSpawner()
		b.builder = build.New(build.Options{Spawner: sp, CacheDir: t.TempDir()})
		status := b.status()
		sp.Close()
		// Of a file that it does not know yet ccache may also have the compiler preprocess it.
		got := b.compiles()
		if status != 3 || emptied != slices.Equal(got, []string{"link"}) || emptied == slices.Contains(got, "main.c") {
			t.Errorf("the program ends with %d; with an emptied cache %v it compiled %q", status, emptied, got)
		}
	}
	t.Setenv("CCACHE_DIR", "/dev/null")
	sp := process.NewSpawner()
	defer sp.Close()
	b.builder = build.New(build.Options{Spawner: sp, CacheDir: t.TempDir()})
	if got := b.status(); got != 3 {
		t.Errorf("with a ccache that can't work the program ends with %d", got)
	}
}
