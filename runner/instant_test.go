package runner_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"slipway/runner"
	"slipway/runner/boot"
	"slipway/runner/catalog"
	"slipway/runner/process"
)

// instantly boots a plan of linux-cloud in a kernel that has booted already.
func (y *yard) instantly(t *testing.T, p *runner.Plan) voyage {
	t.Helper()
	spare, err := y.runner.Clone(t.Context(), p, boot.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if !spare.Resumed() || !p.Take(spare) {
		t.Fatalf("%s does not take what was resumed for it", p.Image.Target)
	}
	return y.sail(t, p)
}

// TestAnAppIsHandedToAKernelThatHasBooted: it runs as it does on one that boots for it.
func TestAnAppIsHandedToAKernelThatHasBooted(t *testing.T) {
	t.Parallel()
	y := ours
	text := "text=  two  words, 'single' \\ $HOME "
	whole := y.sail(t, y.cloud(t, "musl-static", text, "n=-7"))
	first := y.instantly(t, y.cloud(t, "musl-static", text, "n=-7"))
	if first.Outcome != boot.Exit || first.Status != 0 || first.console != whole.console {
		t.Errorf("%s %d (%s):\n%s\ninstead of:\n%s", first.Outcome, first.Status, first.Reason, first.console, whole.console)
	}
	if first.Origin != boot.Resumed || whole.Origin != boot.Spawned {
		t.Errorf("their times count from %q and %q", first.Origin, whole.Origin)
	}
	for i, name := range []string{"vmm", "handover"} {
		if first.Phases[i].Name != name {
			t.Errorf("phase %d is %s, not %s", i, first.Phases[i].Name, name)
		}
	}
	if args := strings.Join(first.Args, " "); strings.Contains(args, "incoming") || !strings.Contains(args, "-initrd "+y.cloud(t, "musl-static", text, "n=-7").VM.Initrd) {
		t.Errorf("by hand one would run %s", args)
	}

	// Another app, from the same template, with a status of its own.
	p := y.cloud(t, "glibc-pie", "do=end", "n=42")
	if !y.runner.HasTemplate(p) {
		t.Error("another app needs another template")
	}
	if v := y.instantly(t, p); v.Outcome != boot.Exit || v.Status != 42 {
		t.Errorf("%s %d (%s)", v.Outcome, v.Status, v.Reason)
	}
	if p := y.cloud(t, "musl-static", "memory=256M"); y.runner.HasTemplate(p) {
		t.Error("another machine needs no template of its own")
	}
}

// TestAHandedOverAppReadsItsConsole: keys go to it as to any other.
func TestAHandedOverAppReadsItsConsole(t *testing.T) {
	t.Parallel()
	y := ours
	p := y.cloud(t, "musl-static", "do=lines")
	spare, err := y.runner.Clone(t.Context(), p, boot.Options{Transport: process.PTY})
	if err != nil {
		t.Fatal(err)
	}
	if !p.Take(spare) {
		t.Fatal("the plan does not take what was resumed for it")
	}
	y.converse(t, p, "ready", "hello\r", "read 6 [hello|]", "\x04").mustPass(t)
}

// TestEachResumedMachineIsOneOfItsOwn: they share what their kernel knew when it was
// saved, and must have neither random numbers nor the time in common.
func TestEachResumedMachineIsOneOfItsOwn(t *testing.T) {
	t.Parallel()
	y := ours
	y.cloud(t, "musl-static") // or is skipped
	other, err := newChanceYard(t)
	if err != nil {
		t.Fatal(err)
	}
	var seen []string
	for range 2 {
		v := other.instantly(t, other.plan(t, "linux-cloud", "chance"))
		chance, clock, _ := strings.Cut(strings.TrimSpace(v.console), " at ")
		var unix int64
		if _, err := fmt.Sscan(clock, &unix); err != nil || v.Status != 0 {
			t.Fatalf("%s %d: %q: %v", v.Outcome, v.Status, v.console, err)
		}
		if off := time.Since(time.Unix(unix, 0)); off < -2*time.Second || off > 30*time.Second {
			t.Errorf("its clock is off by %s", off)
		}
		seen = append(seen, chance)
	}
	if seen[0] == seen[1] {
		t.Errorf("both drew %s", seen[0])
	}
}

// newChanceYard has an app that draws random numbers and tells the time.
func newChanceYard(t *testing.T) (*yard, error) {
	t.Helper()
	home := t.TempDir()
	dir := filepath.Join(home, "apps", "chance")
	manifest := "schema = 1\nname = \"chance\"\nabout = \"draws and tells\"\nsources = [\"*.c\"]\ntimeout = \"60s\"\n"
	source := `#include <stdio.h>
#include <sys/random.h>
#include <time.h>
int main(void)
{
	unsigned long n[2];
	if (getrandom(n, sizeof n, 0) != sizeof n)
		return 1;
	printf("%lx%lx at %lld\n", n[0], n[1], (long long)time(NULL));
	return 0;
}
`
	if err := errors.Join(os.MkdirAll(dir, 0o755), os.WriteFile(filepath.Join(dir, "app.toml"), []byte(manifest), 0o600),
		os.WriteFile(filepath.Join(dir, "main.c"), []byte(source), 0o600)); err != nil {
		return nil, err
	}
	c, problems := catalog.Load(catalog.Options{
		Kernels: []catalog.Source{{Origin: catalog.Builtin, FS: catalog.BuiltinKernels()}},
		Apps:    []catalog.Source{{Origin: catalog.Project, Dir: filepath.Join(home, "apps")}},
	})
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	// The cache is the shared yard's, and with it the kernel and its template.
	sp := process.NewSpawner()
	t.Cleanup(sp.Close)
	return &yard{runner: runner.New(runner.Options{Spawner: sp, Catalog: c, Cache: ours.cache}), cache: ours.cache}, nil
}

// TestADamagedTemplateIsMadeAnew: a folder of the cache is nobody's word.
func TestADamagedTemplateIsMadeAnew(t *testing.T) {
	t.Parallel()
	y := ours
	p := y.cloud(t, "musl-static", "memory=160M")
	y.instantly(t, p)
	states, err := filepath.Glob(filepath.Join(y.cache, "templates", "*", "state"))
	if err != nil || len(states) == 0 {
		t.Fatalf("there is no template in the cache: %v", err)
	}
	for _, state := range states {
		data, err := os.ReadFile(filepath.Join(filepath.Dir(state), "memory"))
		if err != nil {
			continue
		}
		if int64(len(data)) == 160<<20 {
			if err := os.WriteFile(state, []byte("no state\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	p = y.cloud(t, "musl-static", "memory=160M")
	if v := y.instantly(t, p); v.Status != 0 {
		t.Errorf("afterwards: %s %d (%s)", v.Outcome, v.Status, v.Reason)
	}
}

// TestWhatEndsBadlyIsNotResumedTwice: nobody can tell a damaged machine from an app that
// is at fault.
func TestWhatEndsBadlyIsNotResumedTwice(t *testing.T) {
	t.Parallel()
	y := ours
	p := y.cloud(t, "musl-static", "memory=144M", "timeout=5s", "do=lines") // it waits for a line that nobody types
	good := y.cloud(t, "musl-static", "memory=144M", "timeout=5s")
	v := y.instantly(t, good)
	if forgot, err := y.runner.Doubt(good, v.Result); forgot || err != nil || !y.runner.HasTemplate(good) {
		t.Errorf("after exit %d the template is forgotten: %v, %v", v.Status, forgot, err)
	}
	v = y.instantly(t, p)
	if forgot, err := y.runner.Doubt(p, v.Result); v.Outcome != boot.Timeout || !forgot || err != nil || y.runner.HasTemplate(p) {
		t.Errorf("after %s the template is forgotten: %v, %v", v.Outcome, forgot, err)
	}
}

// TestWhatCannotBeHandedAnApp says why.
func TestWhatCannotBeHandedAnApp(t *testing.T) {
	t.Parallel()
	p := ours.plan(t, "keel", "musl-static")
	if _, err := ours.runner.Clone(t.Context(), p, boot.Options{}); p.CanResume() || !errors.Is(err, runner.ErrNotInstant) {
		t.Errorf("keel: %v, %v", p.CanResume(), err)
	}
}
