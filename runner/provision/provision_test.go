package provision_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"slipway/runner/catalog"
	"slipway/runner/compiler"
	"slipway/runner/process"
	"slipway/runner/provision"
)

func newProvisioner(t *testing.T) (*provision.Provisioner, string) {
	t.Helper()
	sp := process.NewSpawner()
	t.Cleanup(func() { sp.Close() })
	dir := t.TempDir()
	return provision.New(provision.Options{Spawner: sp, Dir: dir}), dir
}

// builtKernel is a kernel that is built by a command from one file.
func builtKernel(t *testing.T, command ...string) *catalog.Kernel {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "source"), []byte("one"), 0o600); err != nil {
		t.Fatal(err)
	}
	return &catalog.Kernel{
		Name: "mine", Dir: dir, Files: os.DirFS(dir), Provision: catalog.Provision{Build: command, Version: "1"},
	}
}

// A build that leaves no kernel is told as what it is, not at the boot.
func TestABuildThatLeavesNoKernelFails(t *testing.T) {
	t.Parallel()
	p, _ := newProvisioner(t)
	k := builtKernel(t, "true")
	k.Boot = catalog.Boot{Machine: "pc", Kernel: "k.elf", Initrd: "${app}"}
	if _, err := p.Ensure(context.Background(), k, nil); err == nil || !strings.Contains(err.Error(), "there is no k.elf in ${out}") {
		t.Errorf("it is ready: %v", err)
	}
}

func TestBuildsOnceAndAgainWhenASourceChanges(t *testing.T) {
	t.Parallel()
	p, _ := newProvisioner(t)
	count := filepath.Join(t.TempDir(), "count")
	k := builtKernel(t, "sh", "-c", "echo x >> '"+count+"' && cp source ${out}/kernel.elf")
	if s := p.Status(k); s.Ready || len(s.Missing) != 0 {
		t.Errorf("before: %+v", s)
	}
	var together sync.WaitGroup
	for range 4 {
		together.Go(func() {
			if _, err := p.Ensure(context.Background(), k, nil); err != nil {
				t.Error(err)
			}
		})
	}
	together.Wait()
	if data, err := os.ReadFile(count); err != nil || len(data) != 2 {
		t.Errorf("four who asked at once built %d times, %v; want once", len(data)/2, err)
	}
	first, err := p.Ensure(context.Background(), k, nil)
	if err != nil || !p.Status(k).Ready || first.Version != "1" {
		t.Fatalf("after: %+v, %v", first, err)
	}
	if err := os.WriteFile(filepath.Join(k.Dir, "source"), []byte("two"), 0o600); err != nil {
		t.Fatal(err)
	}
	if p.Status(k).Ready {
		t.Error("a changed source left the kernel ready: a save would boot the old one")
	}
	second, err := p.Ensure(context.Background(), k, nil)
	if err != nil || second.Hash == first.Hash {
		t.Errorf("a changed source: %+v, %v", second, err)
	}
	if data, err := os.ReadFile(filepath.Join(second.Dir, "kernel.elf")); err != nil || string(data) != "two" {
		t.Errorf("the kernel holds %q, %v", data, err)
	}
	if err := p.Remove(k); err != nil || p.Status(k).Ready {
		t.Errorf("Remove: %v", err)
	}
}

// What is kept under a hash must be made of what was hashed: a save that comes in
// between would be booted ever after in the place of the older sources.
func TestASaveDuringABuildIsNotKeptAsWhatWasThereBefore(t *testing.T) {
	t.Parallel()
	p, _ := newProvisioner(t)
	k := builtKernel(t, "cp", "source", "${out}/kernel.elf")
	save := func(text string) {
		if err := os.WriteFile(filepath.Join(k.Dir, "source"), []byte(text), 0o600); err != nil {
			t.Error(err)
		}
	}
	holds := func(ready provision.Provisioned, err error) string {
		data, readErr := os.ReadFile(filepath.Join(ready.Dir, "kernel.elf"))
		if err := errors.Join(err, readErr); err != nil {
			t.Error(err)
		}
		return string(data)
	}
	if got := holds(p.Ensure(context.Background(), k, func(provision.Progress) { save("two") })); got != "two" {
		t.Errorf("the newest save is %q, the kernel was made of %q", "two", got)
	}
	save("one")
	if got := holds(p.Ensure(context.Background(), k, nil)); got != "one" {
		t.Errorf("the sources say %q, the kernel was made of %q", "one", got)
	}
}

func TestFailedBuildLeadsToTheUsersOwnFile(t *testing.T) {
	t.Parallel()
	p, dir := newProvisioner(t)
	k := builtKernel(t, "gcc", "-c", "-o", "${out}/k.o", "source.c")
	if err := os.WriteFile(filepath.Join(k.Dir, "source.c"), []byte("int f(void) { return nonsense; }\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := p.Ensure(context.Background(), k, nil)
	var failed *compiler.Error
	if !errors.As(err, &failed) || len(failed.Diagnostics) == 0 {
		t.Fatalf("got %v, want a *compiler.Error with places", err)
	}
	if want := filepath.Join(k.Dir, "source.c"); failed.Diagnostics[0].File != want {
		t.Errorf("the error is in %s, want %s", failed.Diagnostics[0].File, want)
	}
	left, err := filepath.Glob(filepath.Join(dir, "mine", ".making-*"))
	if err != nil || len(left) != 0 {
		t.Errorf("a failed build left %v, %v", left, err)
	}
}

func TestMissingCommandsAreNamedWithTheirPackage(t *testing.T) {
	t.Parallel()
	p, _ := newProvisioner(t)
	k := builtKernel(t, "true")
	k.Needs = catalog.Needs{Commands: []string{"sh", "no-such-command"}, Apt: []string{"dash", "no-such-package"}}
	missing := p.Status(k).Missing
	if len(missing) != 1 || missing[0].Need != "no-such-command" {
		t.Fatalf("missing %+v", missing)
	}
	if _, err := exec.LookPath("apt-get"); err == nil && !strings.Contains(missing[0].Fix, "apt-get install no-such-package") {
		t.Errorf("the mend is %q", missing[0].Fix)
	}
}

func TestCancelledProvisioningLeavesNothing(t *testing.T) {
	t.Parallel()
	p, dir := newProvisioner(t)
	ctx, cancel := context.WithCancel(context.Background())
	started := filepath.Join(t.TempDir(), "started")
	k := builtKernel(t, "sh", "-c", "touch '"+started+"'; exec sleep 60")
	done := make(chan error, 1)
	go func() {
		_, err := p.Ensure(ctx, k, func(provision.Progress) {})
		done <- err
	}()
	for { // until the command runs
		if _, err := os.Stat(started); err == nil {
			break
		}
	}
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's error", err)
	}
	left, err := filepath.Glob(filepath.Join(dir, "mine", ".making-*"))
	if err != nil || len(left) != 0 || p.Status(k).Ready {
		t.Errorf("it left %v, %v", left, err)
	}
}

// TestDebiansKernel fetches the real package and takes the real kernel out of it.
func TestDebiansKernel(t *testing.T) {
	if testing.Short() {
		t.Skip("fetches 30 MB")
	}
	t.Parallel()
	if _, err := exec.LookPath("apt-get"); err != nil {
		t.Skip("there is no apt here")
	}
	p, _ := newProvisioner(t)
	k := &catalog.Kernel{Name: "linux-cloud", Files: os.DirFS(t.TempDir()), Provision: catalog.Provision{Package: "linux-image-cloud-amd64"}}
	var steps []string
	ready, err := p.Ensure(context.Background(), k, func(s provision.Progress) {
		if len(steps) == 0 || steps[len(steps)-1] != s.Step {
			steps = append(steps, s.Step)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	vmlinux, err := os.ReadFile(filepath.Join(ready.Dir, "vmlinux"))
	if err != nil || !strings.HasPrefix(string(vmlinux[:4]), "\x7fELF") {
		t.Errorf("vmlinux is no ELF file: %v", err)
	}
	if !strings.HasPrefix(ready.Version, "6.") && !strings.HasPrefix(ready.Version, "7.") || len(steps) < 4 {
		t.Errorf("version %q after the steps %q", ready.Version, steps)
	}
}

func TestVmlinuxRefusesWhatIsNoKernel(t *testing.T) {
	t.Parallel()
	header := make([]byte, 4096)
	copy(header[0x202:], "HdrS")
	header[0x206], header[0x207] = 0x0f, 0x02
	for name, image := range map[string][]byte{
		"empty": nil, "zeros": make([]byte, 4096), "no payload": header,
		"payload behind the end": append(append([]byte{}, header[:0x248]...), 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff, 0x7f),
	} {
		if _, err := provision.Vmlinux(image); err == nil {
			t.Errorf("%s: it was taken for a kernel", name)
		}
	}
}

func FuzzVmlinux(f *testing.F) {
	header := make([]byte, 1024)
	copy(header[0x202:], "HdrS")
	header[0x206], header[0x207], header[0x24c] = 0x0f, 0x02, 64
	f.Add(header)
	f.Fuzz(func(_ *testing.T, data []byte) { _, _ = provision.Vmlinux(data) })
}
