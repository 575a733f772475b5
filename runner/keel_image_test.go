package runner_test

import (
	"bytes"
	"debug/elf"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"slipway/runner"
	"slipway/runner/boot"
)

func TestKeelBootsOnEveryMachineByEitherProtocol(t *testing.T) {
	t.Parallel()
	y := ours
	for name, c := range map[string]change{
		"microvm": machine("microvm"), "pc": machine("pc"), "q35": machine("q35"), "Multiboot": asMultiboot,
		"three CPUs": func(p *runner.Plan) { p.VM.CPUs = 3 }, "more memory than lies below 4 GiB": memory(5 << 10), "3 GiB": memory(3 << 10),
	} {
		t.Run(name, func(t *testing.T) {
			// On a busy host two markers may be read at once: then nobody can part their phases.
			const tries = 5
			var phases []boot.Phase
			for range tries {
				v := y.sail(t, y.plan(t, "keel", "musl-static", "n=5"), c)
				if v.Outcome != boot.Exit || v.Status != 0 || !strings.Contains(v.console, "argument 4 [n=5]") {
					t.Errorf("%s %d (%s):\n%s", v.Outcome, v.Status, v.Reason, v.console)
				}
				phases = v.Phases
				if !slices.ContainsFunc(phases, func(p boot.Phase) bool { return strings.Contains(p.Name, "+") }) {
					return
				}
			}
			t.Errorf("in none of %d boots did markers part all phases: %+v", tries, phases)
		})
	}
}

func TestKeelIsSmall(t *testing.T) {
	t.Parallel()
	y := ours
	p := y.plan(t, "keel", "musl-static")
	const most = 64 << 10
	for _, path := range []string{p.VM.Kernel, filepath.Join(p.Image.Ready.Dir, "keel-multiboot.elf")} {
		if info, err := os.Stat(path); err != nil || info.Size() >= most {
			t.Errorf("%s: %v, %v; want less than %d bytes", filepath.Base(path), info.Size(), err, most)
		}
	}
	// The manifest of the project promises 8 MiB; QEMU counts whole MiB.
	for app, mib := range map[string]int64{"musl-static": 6, "musl-pie": 6, "glibc-static": 7, "glibc-pie": 7} {
		if v := y.sail(t, y.plan(t, "keel", app, "do=maps"), memory(mib)); v.Status != 0 {
			t.Errorf("%s in %d MiB: %s %d (%s)\n%s", app, mib, v.Outcome, v.Status, v.Reason, v.console)
		}
	}
}

// TestKeelRefusesWhatItCannotRun gives it files that the build would have refused
// already: keel also boots without Slipway.
func TestKeelRefusesWhatItCannotRun(t *testing.T) {
	t.Parallel()
	y := ours
	p := y.plan(t, "keel", "musl-static")
	good, err := os.ReadFile(p.VM.Initrd)
	if err != nil {
		t.Fatal(err)
	}
	patched := func(at int, value ...byte) []byte {
		b := bytes.Clone(good)
		copy(b[at:], value)
		return b
	}
	withSegment := func(field int, value ...byte) []byte { return patched(64+firstLoad(t, good)*56+field, value...) }
	const header = "damaged, or the file is cut off"
	for name, c := range map[string]struct {
		file []byte
		says string
	}{
		"a text":               {[]byte("#!/bin/sh\necho hello\n"), "it is no ELF file"},
		"one byte":             {[]byte{0x7f}, "it is no ELF file"},
		"half a header":        {good[:40], "it is no ELF file"},
		"a header alone":       {good[:64], header},
		"half a file":          {good[:len(good)/2], header},
		"i386":                 {patched(4, 1), "it is not for x86-64"},
		"arm64":                {patched(18, 183), "it is not for x86-64"},
		"an object file":       {patched(16, 1), "it is no program: link it"},
		"headers far away":     {patched(32, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff), header},
		"65535 headers":        {patched(56, 0xff, 0xff), header},
		"no headers":           {patched(56, 0, 0), "it begins outside its own code"},
		"an entry elsewhere":   {patched(24, 0, 0, 0, 0x10), "it begins outside its own code"},
		"a dynamic program":    {withSegment(0, 3), "it is dynamic: link it with -static"},
		"a segment on keel":    {withSegment(16, 0, 0, 0x10, 0, 0), "it begins where keel lies"},
		"a segment at 0":       {withSegment(16, 0, 0, 0, 0, 0), "it begins where keel lies"},
		"a segment far away":   {withSegment(16, 0, 0, 0, 0, 0xff), "it does not fit into the memory: give it more"},
		"a segment that wraps": {withSegment(40, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff), "it does not fit into the memory: give it more"},
		"a file offset beyond": {withSegment(8, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff), header},
		"more file than room":  {withSegment(32, 0xff, 0xff, 0xff, 0x7f), header},
	} {
		path := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(path, c.file, 0o600); err != nil {
			t.Fatal(err)
		}
		y.refuses(t, name, c.says, initrd(path))
	}
	y.refuses(t, "no file", "there is none: give its ELF file as -initrd", initrd(""))
	y.refuses(t, "4 MiB of memory", "it does not fit into the memory: give it more", memory(4))
}

// firstLoad is the index of the first loadable segment.
func firstLoad(t *testing.T, file []byte) int {
	t.Helper()
	e, err := elf.NewFile(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range e.Progs {
		if p.Type == elf.PT_LOAD {
			return i
		}
	}
	t.Fatal("a program without a loadable segment")
	return 0
}

func (y *yard) refuses(t *testing.T, name, says string, c change) {
	t.Helper()
	v := y.sail(t, y.plan(t, "keel", "musl-static"), c)
	want := boot.Exit
	if strings.Contains(says, "does not fit into the memory") {
		want = boot.OOM
	}
	if v.Outcome != want || v.Status != 126 || strings.Count(v.console, "\n") != 1 {
		t.Errorf("%s: %s %d, %q; want 126 and one line", name, v.Outcome, v.Status, v.console)
	}
	if !strings.Contains(v.Reason, says) {
		t.Errorf("%s: the reason is %q, want %q", name, v.Reason, says)
	}
	if !strings.HasPrefix(v.console, "keel: cannot run the app: ") || !strings.Contains(v.console, says) {
		t.Errorf("%s: says %q, want %q", name, v.console, says)
	}
}
