package main_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"slipway/runner/virtiofs"
)

// pvhKernel is a kernel of a few bytes that ends, or that waits for ever, and that takes
// shares by virtiofs.
const (
	pvhManifest = `schema = 1
name = %q
family = "unikernel"
arch = "x86_64"
interface = "none"
about = "a test"
[provision]
build = ["gcc", "-nostdlib", "-static", "-no-pie", "-Wl,-Ttext=0x100000,-e,start,--build-id=none,-z,noexecstack", "-o", "${out}/k.elf", "k.S"]
[compile]
cc = "gcc"
flags = ["-static"]
[boot]
machine = "microvm"
memory = "32M"
kernel = "k.elf"
[qemu]
share = "virtiofs"
[mark]
app = { debugcon = true }
[exit]
by = "debugcon"
`
	pvhSource = `	.section .note.pvh, "a", @note
	.balign	4
	.long	4, 4, 18
	.asciz	"Xen"
	.long	start
	.text
	.code32
	.globl	start
start:	movl	$marks, %%esi
	movl	$0xe9, %%edx
1:	lodsb
	testb	%%al, %%al
	jz	2f
	outb	%%al, %%dx
	jmp	1b
2:	%s
	movb	$0x10, %%al
	outb	%%al, $0xf4
3:	hlt
	jmp	3b
marks:	.asciz	"@slipway boot\n@slipway app\n%s"
`
)

// sharing adds two such kernels, ends and waits, and an app to a workspace.
func (w *workspace) sharing() {
	w.t.Helper()
	if _, err := virtiofs.Find(); err != nil {
		w.t.Skip(err)
	}
	for name, parts := range map[string][2]string{"ends": {"nop", `@slipway exit 0\n`}, "waits": {"jmp 2b", ""}} {
		w.write(".slipway/kernels/"+name+"/kernel.toml", fmt.Sprintf(pvhManifest, name))
		w.write(".slipway/kernels/"+name+"/k.S", fmt.Sprintf(pvhSource, parts[0], parts[1]))
	}
	w.app("mine", "int main(void) { return 0; }\n", "")
}

// As somebody who is not root: the walls around the daemon take no more.
func TestSharesOfAnyUser(t *testing.T) {
	t.Parallel()
	w := newUsersWorkspace(t)
	w.sharing()
	folder := filepath.Dir(w.write("shared, with a comma/in", "from the host"))
	if w.user != nil {
		if out, err := exec.Command("chown", "-R", fmt.Sprint(nobody), w.project).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	if s := w.expect(0, nil, "doctor"); !strings.Contains(s.out, "virtiofsd serves folders") {
		t.Fatalf("doctor says:\n%s", s.out)
	}
	for _, mode := range []string{"", ":rw"} {
		w.expect(0, []string{"exit 0"}, "boot", "-k", "ends", "-a", "mine", "--set", "share="+folder+mode)
	}
	w.expect(0, nil, "bench", "-k", "ends", "-a", "mine", "-n", "1", "--warmup", "0", "--set", "share="+folder)
	w.nothingRuns()
	w.emptyTemporary()

	id := strings.Fields(strings.Split(w.run("runs").out, "\n")[1])[0]
	shown := w.expect(0, nil, "run", "show", id).out
	_, line, found := strings.Cut(shown, "command line")
	line, _, _ = strings.Cut(line, "\n")
	if !found || !strings.Contains(line, "virtiofsd") {
		t.Fatalf("no command line of both processes:\n%s", shown)
	}
	// As it is copied from the screen. Whoever runs it must be able to open its standard error anew.
	cmd := exec.Command("sh", "-c", "exec 2>words\n"+strings.TrimSpace(line))
	cmd.Dir, cmd.Env = w.temporary, w.env
	if w.user != nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: w.user}
	}
	if err := cmd.Run(); cmd.ProcessState == nil { // its status is that of the debug exit port
		t.Fatal(err)
	}
	words := filepath.Join(w.temporary, "words")
	said, err := os.ReadFile(words)
	if err != nil || cmd.ProcessState.ExitCode() != 33 || !strings.Contains(string(said), "@slipway exit 0\n") {
		t.Errorf("by hand it ended with %d, %v:\n%s", cmd.ProcessState.ExitCode(), err, said)
	}
	if err := os.Remove(words); err != nil {
		t.Error(err)
	}
	w.nothingRuns()
	w.emptyTemporary()
}

func TestAShareEndsWithAKilledSlipway(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.ownCache()
	w.sharing()
	for _, signal := range []syscall.Signal{syscall.SIGKILL, syscall.SIGTERM} {
		p := w.start("boot", "-k", "waits", "-a", "mine", "--set", "share="+w.project)
		w.awaitProcess("virtiofsd --fd=3")
		w.awaitProcess("-device vhost-user-fs-device")
		if err := p.cmd.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		_ = p.cmd.Wait() // how it ended is not asked
		w.nothingRuns()
		w.emptyTemporary()
	}
}

// What cannot be is told before anything boots. The machine that lacks something is this
// one, as it looks in a namespace.
func TestSharesThatCannotBe(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.ownCache()
	w.sharing()
	for name, c := range map[string]struct{ before, told string }{
		"no virtiofsd": {
			`for d in /usr/lib/qemu /usr/libexec; do [ ! -d $d ] || mount -t tmpfs none $d; done`, "apt install qemu-system-common",
		},
		"no namespaces": {`echo 0 >/proc/sys/user/max_user_namespaces`, "virtiofsd cannot be shut in with the folder alone"},
	} {
		for _, args := range [][]string{{"boot", "-k", "ends", "-a", "mine", "--set", "share=" + w.project}, {"doctor"}} {
			cmd := w.command(args...)
			cmd.Args = append([]string{"unshare", "--user", "--map-root-user", "--mount", "sh", "-c", c.before + ` && exec "$0" "$@"`, cmd.Path}, cmd.Args[1:]...)
			path, err := exec.LookPath("unshare")
			if err != nil {
				t.Fatal(err)
			}
			cmd.Path = path
			out, _ := cmd.CombinedOutput() // the status is what counts
			want := map[string]int{"boot": 125, "doctor": 0}[args[0]]
			if status := cmd.ProcessState.ExitCode(); status != want || !strings.Contains(string(out), c.told) {
				t.Errorf("%s: %s ended with %d, want %d, and does not say %q:\n%s", name, args[0], status, want, c.told, out)
			}
		}
	}
	if left, err := os.ReadDir(filepath.Join(w.home, "data", "runs")); err == nil && len(left) > 0 {
		t.Errorf("something was booted: %v", left)
	}
}
