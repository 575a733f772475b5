package runner_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"slipway/runner"
	"slipway/runner/boot"
	"slipway/runner/catalog"
	"slipway/runner/process"
	"slipway/runner/virtiofs"
)

func needsDaemon(t *testing.T) {
	t.Helper()
	if _, err := virtiofs.Find(); err != nil {
		t.Skip(err)
	}
}

// shared is a folder with a file for a guest, of a name that no list of options likes.
func shared(t *testing.T) string {
	t.Helper()
	needsDaemon(t)
	folder := filepath.Join(t.TempDir(), "with, comma and 'quote'")
	err := errors.Join(os.Mkdir(folder, 0o755), os.WriteFile(filepath.Join(folder, "in"), []byte("from the host"), 0o600))
	if err != nil {
		t.Fatal(err)
	}
	return folder
}

// content is what lies in a folder, by name.
func content(t *testing.T, folder string) map[string]string {
	t.Helper()
	all := map[string]string{}
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(folder, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		all[e.Name()] = string(data)
	}
	return all
}

// daemons are the processes that have nothing but a folder: its name stands in what is
// mounted for them.
func daemons(t *testing.T, folder string) (pids []int) {
	t.Helper()
	all, err := filepath.Glob("/proc/[0-9]*/mountinfo")
	if err != nil {
		t.Fatal(err)
	}
	test, number := filepath.Split(filepath.Dir(folder)) // of t.TempDir; what is before is the file system's
	name := strings.ReplaceAll(filepath.Join("/", filepath.Base(test), number, filepath.Base(folder)), " ", `\040`)
	for _, path := range all {
		text, err := os.ReadFile(path)
		if err != nil || !strings.Contains(string(text), name) {
			continue // gone, or another's
		}
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		if err != nil {
			t.Fatal(err)
		}
		pids = append(pids, pid)
	}
	return pids
}

// The probe does what a guest in ring 0 can: it mounts the share to be written to.
func TestLinuxHasItsShare(t *testing.T) {
	t.Parallel()
	const no = "Read-only file system"
	for mode, c := range map[string]struct {
		write, device, kept string
	}{
		"":    {no, no, "in"},
		":rw": {"well", "Operation not permitted", "out"},
	} {
		t.Run("share"+mode, func(t *testing.T) {
			t.Parallel()
			folder := shared(t)
			p := ours.cloud(t, "musl-static", "do=shares", "share="+folder+mode)
			want := strings.NewReplacer("WRITE", c.write, "DEVICE", c.device).Replace(
				"reads [from the host] well\nwrites WRITE\nwrites again WRITE\nmakes a device DEVICE\nremoves WRITE\ndone\n")
			check := func(how, console string) {
				t.Helper()
				if !strings.Contains(console, want) {
					t.Errorf("%s it says:\n%s\nwant:\n%s", how, console, want)
				}
				left := content(t, folder)
				if _, ok := left[c.kept]; !ok || len(left) != 1+len(c.kept)-len("in") {
					t.Errorf("%s it leaves %q", how, left)
				}
				if pids := daemons(t, folder); len(pids) > 0 {
					t.Errorf("%s it is still served by %d", how, pids)
				}
			}
			v := ours.sail(t, p)
			v.mustPass(t)
			check("under Slipway", v.console)
			if err := os.WriteFile(filepath.Join(folder, "in"), []byte("from the host"), 0o600); err != nil {
				t.Fatal(err)
			}
			console, markers, status, here := byHand(t, p)
			if status != 33 || !strings.Contains(markers, "@slipway exit 0\n") {
				t.Errorf("by hand it ended with %d:\n%s", status, markers)
			}
			check("by hand", console)
			if left := content(t, here); len(left) > 0 {
				t.Errorf("by hand it leaves %q", left)
			}
		})
	}
}

// The guest waits for a file that does not come.
func TestAShareEndsWithItsBootOrEndsIt(t *testing.T) {
	t.Parallel()
	for want, end := range map[boot.Outcome]func(b *boot.Boot, daemons []int){
		boot.Stopped: func(b *boot.Boot, _ []int) { b.Stop("enough") },
		boot.Killed:  func(b *boot.Boot, _ []int) { _ = process.KillGroup(b.PID(), syscall.SIGKILL) },
		boot.QEMUCrash: func(_ *boot.Boot, daemons []int) {
			for _, pid := range daemons {
				_ = syscall.Kill(pid, syscall.SIGKILL)
			}
		},
	} {
		t.Run(string(want), func(t *testing.T) {
			t.Parallel()
			folder := shared(t)
			p := ours.cloud(t, "musl-static", "do=shares", "n=1", "share="+folder)
			v := ours.sailUntil(t, p, "done", func(b *boot.Boot) {
				pids := daemons(t, folder)
				if len(pids) == 0 {
					t.Error("nobody serves the share")
				}
				end(b, pids)
			})
			if v.Outcome != want {
				t.Errorf("it ended as %s (%s), want %s", v.Outcome, v.Reason, want)
			}
			if want == boot.QEMUCrash && !strings.Contains(v.Reason, "nobody serves the share any more: virtiofsd was ended by signal 9") {
				t.Errorf("the reason is %q", v.Reason)
			}
			if pids := daemons(t, folder); len(pids) > 0 {
				t.Errorf("it is still served by %d", pids)
			}
		})
	}
}

// What cannot be shared is told before anything is fetched or booted.
func TestAKernelSaysHowItTakesAShare(t *testing.T) {
	t.Parallel()
	needsDaemon(t)
	const manifest = `schema = 1
name = "NAME"
family = "unikernel"
arch = "x86_64"
interface = "none"
about = "a test"
[provision]
build = ["false"]
[compile]
cc = "gcc"
[boot]
machine = "microvm"
kernel = "none.elf"
[qemu]
MORE
[exit]
by = "debugcon"
`
	dir, apps := t.TempDir(), t.TempDir()
	const app = "schema = 1\nname = \"some\"\nabout = \"a test\"\n"
	if err := errors.Join(os.Mkdir(filepath.Join(apps, "some"), 0o755), os.WriteFile(filepath.Join(apps, "some", "app.toml"), []byte(app), 0o600)); err != nil {
		t.Fatal(err)
	}
	for name, more := range map[string]string{"blind": `without = { share = "it has no eyes" }`, "served": `share = "virtiofs"`, "plain": ``} {
		text := strings.NewReplacer("NAME", name, "MORE", more).Replace(manifest)
		err := errors.Join(os.Mkdir(filepath.Join(dir, name), 0o755), os.WriteFile(filepath.Join(dir, name, "kernel.toml"), []byte(text), 0o600))
		if err != nil {
			t.Fatal(err)
		}
	}
	all, problems := catalog.Load(catalog.Options{
		Kernels: []catalog.Source{{Origin: catalog.Project, Dir: dir}},
		Apps:    []catalog.Source{{Origin: catalog.Project, Dir: apps}},
	})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	sp := process.NewSpawner()
	t.Cleanup(sp.Close)
	r := runner.New(runner.Options{Spawner: sp, Catalog: all, Cache: t.TempDir()})
	for kernel, want := range map[string]string{"blind": "kernel blind can make nothing of share: it has no eyes", "served": "", "plain": ""} {
		var s runner.Settings
		if err := s.Set("share", t.TempDir()); err != nil {
			t.Fatal(err)
		}
		err := r.Check(runner.Target{Kernel: kernel, App: "some", Settings: s})
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", kernel, err, want)
		}
	}
	if program, err := r.SharesFolders(context.Background()); err != nil || !strings.HasSuffix(program, "virtiofsd") {
		t.Errorf("shares are served by %q, %v", program, err)
	}
}
