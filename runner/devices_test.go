package runner_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"slipway/runner"
	"slipway/runner/boot"
)

func TestDeviceSettingsComeBackAsTheyWere(t *testing.T) {
	t.Parallel()
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ key, value, want string }{
		{"numa", "2", "2"},
		{"disks", "/d/a.img", "/d/a.img"},
		{"disks", "a,,b.img,/d/c.qcow2:snapshot", here + "/a,,b.img,/d/c.qcow2:snapshot"},
		{"net", "none", "none"},
		{"net", "user", "user"},
		{"forward", "8080:80,udp:5353:53,tcp:1:2", "8080:80,udp:5353:53,1:2"},
		{"share", "../x", filepath.Dir(here) + "/x"},
		{"share", "/x:rw", "/x:rw"},
		{"serial2", "true", "true"},
		{"qemu", `-name "a b" -device virtio-rng-pci`, `-name "a b" -device virtio-rng-pci`},
	} {
		var s runner.Settings
		if err := s.Set(c.key, c.value); err != nil {
			t.Errorf("%s=%s: %v", c.key, c.value, err)
			continue
		}
		if !runner.IsSetting(c.key) || s.Map()[c.key] != c.want {
			t.Errorf("%s=%s became %q, want %q", c.key, c.value, s.Map(), c.want)
		}
		again, err := runner.ParseSettings(s.Map())
		if err != nil || !maps.Equal(again.Map(), s.Map()) {
			t.Errorf("%q came back as %q, %v", s.Map(), again.Map(), err)
		}
		if got := strings.Join(s.Flags(), " "); got != "--set "+c.key+"="+c.want {
			t.Errorf("flags %q", got)
		}
	}
	for key, values := range map[string][]string{
		"numa": {"0", "x"}, "disks": {"", "a,", "a\nb"}, "net": {"", "bridge", "tap"}, "share": {"", ":rw"}, "serial2": {"maybe"},
		"forward": {"", "80", "0:80", "1:65536", "sctp:1:2", "0.0.0.0:80:80", "1:2,1:3", "1:2:3:4"}, "qemu": {`"`, "-daemonize", "disk.img"},
	} {
		for _, value := range values {
			var s runner.Settings
			if err := s.Set(key, value); err == nil || !strings.Contains(err.Error(), "setting "+key) {
				t.Errorf("%s=%q: %v", key, value, err)
			}
		}
	}
}

// file makes a file with a text at its beginning.
func file(t *testing.T, name, text string, size int64) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := errors.Join(os.WriteFile(path, []byte(text), 0o600), os.Truncate(path, size)); err != nil {
		t.Fatal(err)
	}
	return path
}

func target(t *testing.T, kernel string, pairs ...string) runner.Target {
	t.Helper()
	s := runner.Settings{}
	for _, p := range pairs {
		key, value, _ := strings.Cut(p, "=")
		if err := s.Set(key, value); err != nil {
			t.Fatal(err)
		}
	}
	return runner.Target{Kernel: kernel, App: "musl-static", Settings: s}
}

func TestDevicesThatCannotBeAreRefused(t *testing.T) {
	t.Parallel()
	backed := file(t, "backed.qcow2", "QFI\xfb\x00\x00\x00\x03\x00\x00\x00\x00\x00\x00\x02\x00", 1<<20)
	for _, c := range []struct {
		kernel string
		pairs  []string
		want   string
	}{
		{"host", []string{"disks=/d"}, "kernel host runs without a virtual machine: disks does not apply"},
		{"host", []string{"serial2=true"}, "serial2 does not apply"},
		{"keel", []string{"disks=/no/such.img"}, "disk /no/such.img: no such file"},
		{"keel", []string{"disks=/dev/null"}, "disk /dev/null: it is no file"},
		{"keel", []string{"disks=" + file(t, "empty.img", "", 0)}, "it is empty"},
		{"keel", []string{"disks=" + backed}, "it stands on another file"},
		{"keel", []string{"share=" + backed}, "it is no folder"},
		{"keel", []string{"numa=2", "cpus=2"}, "microvm has one node only: choose --machine pc or q35"},
		{"keel", []string{"numa=2", "machine=pc"}, "1 CPUs cannot be spread evenly over 2 nodes: choose --cpus 2"},
		{"keel", []string{"numa=2", "machine=pc", "cpus=3"}, "choose --cpus 4"},
		{"keel", []string{"net=none", "forward=8080:80"}, "set net=isolated or net=user"},
	} {
		image, err := ours.runner.Build(context.Background(), target(t, c.kernel, c.pairs...), nil)
		if err == nil {
			_, err = ours.runner.Plan(context.Background(), image, runner.Timed)
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s with %q: %v; want %q", c.kernel, c.pairs, err, c.want)
		}
	}
}

func TestAChangedDiskIsAnotherBoot(t *testing.T) {
	t.Parallel()
	disk, large := file(t, "a.img", "one", 1<<20), file(t, "b.img", "one", 5<<20)
	folder := filepath.Dir(file(t, "shared", "one", 3))
	images := func() (all []*runner.Image) {
		for _, pair := range []string{"disks=" + disk, "disks=" + large, "share=" + folder} {
			image, err := ours.runner.Build(context.Background(), target(t, "keel", pair), nil)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, image)
		}
		return all
	}
	before, again := images(), images()
	if err := errors.Join(
		os.WriteFile(disk, append([]byte("two"), make([]byte, 1<<20-3)...), 0o600),
		os.WriteFile(large, append([]byte("two"), make([]byte, 5<<20-3)...), 0o600),
		os.WriteFile(filepath.Join(folder, "another"), nil, 0o600),
	); err != nil {
		t.Fatal(err)
	}
	for i, after := range images() {
		if !before[i].SameBoot(again[i]) {
			t.Errorf("%s: nothing has changed, and it is another boot", after.Target)
		}
		if before[i].SameBoot(after) {
			t.Errorf("%s: its content has changed, and it is the same boot", after.Target)
		}
	}
}

// byHand runs a boot's command line through a shell, as a person does who copies it.
func byHand(t *testing.T, p *runner.Plan) (console, markers string, status int, folder string) {
	t.Helper()
	folder = t.TempDir()
	cmd := exec.Command("sh", "-c", runner.ShellLine(p.CommandLine()))
	var out, words bytes.Buffer
	cmd.Dir, cmd.Stdout, cmd.Stderr = folder, &out, &words
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(out.String(), "\r\n", "\n"), words.String(), cmd.ProcessState.ExitCode(), folder
}

// everyDevice are settings with one device each, and one with all that go together.
func everyDevice(t *testing.T) map[string][]string {
	t.Helper()
	disk := file(t, "with, comma and 'quote'.img", "first", 1<<20)
	scratch := file(t, "b.img", "again", 1<<20)
	disks := "disks=" + strings.ReplaceAll(disk, ",", ",,") + "," + scratch + ":snapshot"
	folder := "share=" + t.TempDir()
	return map[string][]string{
		"none": nil, "disks": {disks}, "user network": {"net=user"}, "isolated network": {"net=isolated"},
		"forwarded port": {fmt.Sprintf("forward=%d:80", freePort(t))},
		"share":          {folder}, "writable share": {folder + ":rw"}, "second serial": {"serial2=true"}, "extra": {`qemu=-name 'a "name"' -rtc base=2024-01-01`},
		"all": {disks, "net=user", folder, "serial2=true", "qemu=-cpu max"},
	}
}

// Keel has no drivers: what it does must not depend on what is there. And what is
// copied from the screen comes to the same.
func TestDevicesDoNotDisturbKeelAndRunByHand(t *testing.T) {
	t.Parallel()
	for _, machine := range []string{"microvm", "pc", "q35"} {
		if testing.Short() && machine != "microvm" {
			continue
		}
		for name, pairs := range everyDevice(t) {
			t.Run(name+" on "+machine, func(t *testing.T) {
				t.Parallel()
				p := ours.plan(t, "keel", "musl-static", append(pairs, "n=5", "machine="+machine)...)
				v := ours.sail(t, p)
				const want = "argument 0 [musl-static]\nargument 1 [bytes=1000]\nargument 2 [do=none]\nargument 3 [ms=500]\nargument 4 [n=5]\nargument 5 [text=two words]\n"
				if v.Outcome != boot.Exit || v.Status != 0 || v.console != want {
					t.Errorf("%s %d (%s):\n%s", v.Outcome, v.Status, v.Reason, v.console)
				}
				console, markers, status, _ := byHand(t, p)
				if console != v.console || status != 33 || !strings.Contains(markers, "@slipway exit 0\n") {
					t.Errorf("by hand it ended with %d:\n%s%s", status, console, markers)
				}
			})
		}
	}
	t.Run("NUMA", func(t *testing.T) {
		t.Parallel()
		p := ours.plan(t, "keel", "musl-static", "n=5", "machine=pc", "cpus=4", "numa=2", "memory=65M")
		v := ours.sail(t, p)
		console, _, status, _ := byHand(t, p)
		if v.Outcome != boot.Exit || v.Status != 0 || console != v.console || status != 33 {
			t.Errorf("%s %d (%s), by hand %d:\n%s", v.Outcome, v.Status, v.Reason, status, console)
		}
	})
}

func TestTheSecondSerialPortHasAFileOfItsOwn(t *testing.T) {
	t.Parallel()
	for _, machine := range []string{"microvm", "pc"} {
		p := ours.plan(t, "keel", "musl-static", "do=says-twice", "serial2=true", "machine="+machine)
		p.VM.Serial2File = filepath.Join(t.TempDir(), "out, with a comma")
		ours.sail(t, p).mustPass(t)
		_, _, _, folder := byHand(t, p)
		for _, path := range []string{p.VM.Serial2File, filepath.Join(folder, "serial2.log")} {
			if text, err := os.ReadFile(path); string(text) != "the second port\n" {
				t.Errorf("%s: %s has %q, %v", machine, path, text, err)
			}
		}
	}
}
