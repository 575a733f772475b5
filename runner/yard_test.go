package runner_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"slipway/runner"
	"slipway/runner/boot"
	"slipway/runner/catalog"
	"slipway/runner/process"
)

// linkages are the four ways in which a program can be static. All of them run on
// every kernel of the Linux ABI, keel among them. Debian's musl-gcc does not know
// -static-pie, so its parts are named.
var linkages = map[string]string{
	"musl-static": "musl-gcc -static %s -o app *.c *.S -lm",
	"musl-pie": `for d in /usr/lib/x86_64-linux-musl /usr/lib/musl/lib /usr/x86_64-linux-musl/lib64; do [ ! -f $d/rcrt1.o ] || break; done
		musl-gcc -fPIE -pie -nostartfiles -Wl,-static,--no-dynamic-linker %s -o app $d/rcrt1.o $d/crti.o *.c *.S $d/crtn.o -lm`,
	"glibc-static": "gcc -static %s -o app *.c *.S -lm",
	"glibc-pie":    "gcc -static-pie -fPIE %s -o app *.c *.S -lm",
}

const probeFlags = "-std=gnu11 -O2 -Wall -Wextra -Werror"

// yard builds and boots the probe, testdata/probe, as production does. It is shared
// by all tests of the package, so that keel is built once.
type yard struct {
	runner *runner.Runner
	cache  string
}

// newYard lays the probe out as one app for each linkage, in a folder of its own.
func newYard(home string, sp *process.Spawner) (*yard, error) {
	for name, command := range linkages {
		dir := filepath.Join(home, "apps", name)
		manifest := fmt.Sprintf(probeManifest, name)
		if err := errors.Join(
			os.CopyFS(dir, os.DirFS(filepath.Join("testdata", "probe"))),
			os.WriteFile(filepath.Join(dir, "link.sh"), []byte("set -e\n"+fmt.Sprintf(command, probeFlags)+"\n"), 0o600),
			os.WriteFile(filepath.Join(dir, "app.toml"), []byte(manifest), 0o600),
		); err != nil {
			return nil, err
		}
	}
	if err := errors.Join(
		os.CopyFS(filepath.Join(home, "apps"), os.DirFS(filepath.Join("testdata", "builds"))),
		os.CopyFS(filepath.Join(home, "apps", "lines"), os.DirFS(filepath.Join("testdata", "lines"))),
	); err != nil {
		return nil, err
	}
	c, problems := catalog.Load(catalog.Options{
		Kernels: []catalog.Source{{Origin: catalog.Builtin, FS: catalog.BuiltinKernels()}},
		Apps:    []catalog.Source{{Origin: catalog.Project, Dir: filepath.Join(home, "apps")}},
	})
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	cache := filepath.Join(home, "cache")
	return &yard{runner: runner.New(runner.Options{Spawner: sp, Catalog: c, Cache: cache}), cache: cache}, nil
}

const probeManifest = `schema = 1
name = %q
build = ["sh", "link.sh"]
image = "app"
timeout = "60s"
[params]
do = "none"
n = 0
ms = 500
bytes = 1000
text = "two words"
`

// ours is the yard of this package's tests.
var ours *yard

func TestMain(m *testing.M) { os.Exit(inAYard(m.Run)) }

func inAYard(run func() int) int {
	home, err := os.MkdirTemp("", "slipway-runner-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(home)
	sp := process.NewSpawner()
	defer sp.Close()
	if ours, err = newYard(home, sp); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return run()
}

// voyage is one boot of the probe and all that it wrote.
type voyage struct {
	boot.Result
	console string
}

// change is made to a boot that has been worked out, before it starts.
type change func(p *runner.Plan)

// plan works a boot out; params are NAME=VALUE.
func (y *yard) plan(t testing.TB, kernel, app string, params ...string) *runner.Plan {
	t.Helper()
	var s runner.Settings
	for _, p := range params {
		name, value, _ := strings.Cut(p, "=")
		if err := s.Set(name, value); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Set("accel", "tcg"); err != nil {
		t.Fatal(err)
	}
	if kernel == "host" {
		s.Accel = ""
	}
	image, err := y.runner.Build(context.Background(), runner.Target{Kernel: kernel, App: app, Settings: s}, nil)
	if err != nil {
		t.Fatal(err)
	}
	p, err := y.runner.Plan(context.Background(), image, runner.Timed)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// sail boots a plan, with what a test wants to be different.
func (y *yard) sail(t *testing.T, p *runner.Plan, changes ...change) voyage {
	t.Helper()
	for _, c := range changes {
		c(p)
	}
	var console bytes.Buffer
	b, err := y.runner.Start(context.Background(), p, boot.Options{
		Console: func(_ time.Duration, chunk []byte) { console.Write(chunk) },
	})
	if err != nil {
		t.Fatal(err)
	}
	r := b.Wait()
	return voyage{Result: r, console: strings.ReplaceAll(console.String(), "\r\n", "\n")}
}

// run boots keel with the probe.
func (y *yard) run(t *testing.T, params ...string) voyage {
	t.Helper()
	return y.sail(t, y.plan(t, "keel", "musl-static", params...))
}

// mustPass fails the test unless the probe was content.
func (v voyage) mustPass(t *testing.T) {
	t.Helper()
	if v.Outcome != boot.Exit || v.Status != 0 || !strings.HasSuffix(v.console, "passed\n") {
		t.Errorf("%s %d (%s), console:\n%s", v.Outcome, v.Status, v.Reason, v.console)
	}
}

// typist plays a person at a guest's terminal: it types when it sees its cue.
type typist struct {
	mu    sync.Mutex
	seen  strings.Builder
	lines []struct{ cue, keys string }
	boot  *boot.Boot
	ready chan struct{} // closed once boot is set
}

func (p *typist) hear(t *testing.T, chunk []byte) {
	<-p.ready
	p.mu.Lock()
	defer p.mu.Unlock()
	p.seen.WriteString(strings.ReplaceAll(string(chunk), "\r", ""))
	for len(p.lines) > 0 && strings.Contains(p.seen.String(), p.lines[0].cue) {
		if _, err := p.boot.Write([]byte(p.lines[0].keys)); err != nil {
			t.Error(err)
		}
		p.lines = p.lines[1:]
	}
}

// converse boots keel in a pty and types: cue, keys, cue, keys ...
func (y *yard) converse(t *testing.T, p *runner.Plan, cuesAndKeys ...string) voyage {
	t.Helper()
	person := &typist{ready: make(chan struct{})}
	for i := 0; i+1 < len(cuesAndKeys); i += 2 {
		person.lines = append(person.lines, struct{ cue, keys string }{cuesAndKeys[i], cuesAndKeys[i+1]})
	}
	b, err := y.runner.Start(context.Background(), p, boot.Options{
		Transport: process.PTY, Console: func(_ time.Duration, chunk []byte) { person.hear(t, chunk) },
	})
	if err != nil {
		t.Fatal(err)
	}
	person.boot = b
	close(person.ready)
	r := b.Wait()
	return voyage{Result: r, console: person.seen.String()}
}

func machine(name string) change { return func(p *runner.Plan) { p.VM.Machine = name } }

func initrd(path string) change { return func(p *runner.Plan) { p.VM.Initrd = path } }

func memory(mib int64) change { return func(p *runner.Plan) { p.VM.Memory = mib << 20 } }

// asMultiboot boots the image with the Multiboot header, as boot loaders do.
func asMultiboot(p *runner.Plan) {
	p.VM.Kernel = filepath.Join(p.Image.Ready.Dir, "keel-multiboot.elf")
	p.VM.Machine = "pc"
}

func virtual(p *runner.Plan) { p.VM.Virtual = true }

func cpu(model string) change { return func(p *runner.Plan) { p.VM.CPUModel = model } }
