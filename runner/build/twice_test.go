package build_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"

	"slipway/runner/build"
	"slipway/runner/catalog"
	"slipway/runner/process"
	"slipway/runner/provision"
)

// buildMode makes this test's own program one that builds: its value is the cache's folder.
const buildMode = "SLIPWAY_TEST_BUILD"

func TestMain(m *testing.M) {
	if cache := os.Getenv(buildMode); cache != "" {
		if err := buildAsAnother(cache, os.Args[1], os.Args[2]); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	// What a machine's ccache knows is nothing that tests may depend on.
	if err := os.Setenv("CCACHE_DISABLE", "1"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// buildAsAnother builds the app "mine" of a folder of apps.
func buildAsAnother(cache, apps, cc string) error {
	sp := process.NewSpawner()
	defer sp.Close()
	c, problems := catalog.Load(catalog.Options{Apps: []catalog.Source{{Origin: catalog.Project, Dir: apps}}})
	a, err := c.App("mine")
	if err = errors.Join(append(problems, err)...); err != nil {
		return err
	}
	k := &catalog.Kernel{Name: "test", Arch: "x86_64", Interface: "linux-abi", Compile: catalog.Compile{CC: cc, Flags: []string{"-static", "-O1"}}}
	_, err = build.New(build.Options{Spawner: sp, CacheDir: cache}).Build(context.Background(), k, provision.Provisioned{Hash: "none"}, a)
	return err
}

// asAnother builds the bench's app in a process of its own.
func (b *bench) asAnother() error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(b.t.Context(), self, filepath.Dir(b.app), b.kernel.Compile.CC)
	cmd.Env = append(os.Environ(), buildMode+"="+b.cache)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	return nil
}

func TestTwoSlipwaysBuildOnce(t *testing.T) {
	t.Parallel()
	for name, sources := range map[string]map[string]string{
		"one file": {"main.c": "int main(void) { return 3; }\n"},
		"several": {
			"main.c": "int part(void);\nint main(void) { return part(); }\n",
			"part.c": "int part(void) { return 3; }\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			want := []string{"link"}
			for file, text := range sources {
				b.write(file, text)
				if len(sources) > 1 {
					want = append(want, file)
				}
			}
			slices.Sort(want)
			var together sync.WaitGroup
			for range 3 {
				together.Go(func() {
					if err := b.asAnother(); err != nil {
						t.Error(err)
					}
				})
			}
			together.Wait()
			if got := b.compiles(); !slices.Equal(got, want) {
				t.Errorf("three processes compiled %q, want %q", got, want)
			}
		})
	}
}

// Two images that have a file in common compile that file once.
func TestTwoSlipwaysCompileAFileOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	other := &bench{t: t, builder: b.builder, kernel: b.kernel, cache: b.cache, app: filepath.Join(t.TempDir(), "mine"), compiled: b.compiled}
	var together sync.WaitGroup
	for i, bench := range []*bench{b, other} {
		bench.write("app.toml", "schema = 1\nname = \"mine\"\n")
		bench.write("main.c", fmt.Sprintf("int part(void);\nint main(void) { return part() + %d; }\n", i))
		bench.write("part.c", "int part(void) { return 3; }\n")
		together.Go(func() {
			if err := bench.asAnother(); err != nil {
				t.Error(err)
			}
		})
	}
	together.Wait()
	if got, want := b.compiles(), []string{"link", "link", "main.c", "main.c", "part.c"}; !slices.Equal(got, want) {
		t.Errorf("two processes compiled %q, want %q", got, want)
	}
}

// Two states of one app are two images, but its build command works in one folder.
func TestBuildCommandsTakeTurnsInAFolder(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.write("app.toml", "schema = 1\nname = \"mine\"\nbuild = [\"sh\", \"build.sh\", \"0\"]\nimage = \"out/app\"\n")
	b.write("build.sh", "mkdir -p out; mkdir out/busy || exit 9; gcc -static -DN=$1 -o out/app main.c && rmdir out/busy\n")
	b.write("main.c", "int main(void) { return N; }\n")
	var together sync.WaitGroup
	for _, word := range []string{"0", "1", "2"} {
		a := b.load()
		a.Build = []string{"sh", "build.sh", word}
		together.Go(func() {
			image, err := b.builder.Build(context.Background(), b.kernel, provision.Provisioned{Hash: "none"}, a)
			if err != nil {
				t.Error(err)
				return
			}
			cmd := exec.CommandContext(t.Context(), image.App)
			_ = cmd.Run() // its status is looked at
			if got := strconv.Itoa(cmd.ProcessState.ExitCode()); got != word {
				t.Errorf("the image of %s ends with %s", word, got)
			}
		})
	}
	together.Wait()
}
