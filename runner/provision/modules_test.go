package provision

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// makeModule makes an object file that says of itself what a kernel module does.
func makeModule(t *testing.T, dir, name, depends string) {
	t.Helper()
	source := `__attribute__((section(".modinfo"), used)) static const char about[] = "license=GPL\0depends=` + depends + `";`
	c := exec.Command("gcc", "-c", "-x", "c", "-o", filepath.Join(dir, name+".ko"), "-")
	c.Stdin = strings.NewReader(source)
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}

func TestModulesComeWithThoseTheyNeed(t *testing.T) {
	t.Parallel()
	unpacked, out := t.TempDir(), t.TempDir()
	dir := filepath.Join(unpacked, "lib", "modules", "6.1.0", "kernel", "drivers")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, depends := range map[string]string{
		"virtio": "", "virtio-ring": "virtio", "virtio_pci": "virtio_ring,virtio", "virtio_blk": "virtio,virtio_ring",
		"a": "b", "b": "a", "lost": "nowhere",
	} {
		makeModule(t, dir, name, depends)
	}
	if err := keepModules(map[string][]string{"disks": {"virtio_pci", "virtio-blk"}}, unpacked, out); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(out, ModulesDir, "disks", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range files {
		files[i] = filepath.Base(files[i])
	}
	if want := []string{"00-virtio.ko", "01-virtio_ring.ko", "02-virtio_pci.ko", "03-virtio_blk.ko"}; !slices.Equal(files, want) {
		t.Errorf("%q, want %q", files, want)
	}
	for name, want := range map[string]string{
		"a": "module a needs itself", "lost": "there is no module lost needs nowhere.ko", "none": "there is no module none.ko",
	} {
		if err := keepModules(map[string][]string{"net": {name}}, unpacked, t.TempDir()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", name, err, want)
		}
	}
}
