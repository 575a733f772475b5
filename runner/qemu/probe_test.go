package qemu

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"slipway/runner/boot"
)

// The tools that built probe.elf. Others may lay the same program out otherwise.
const probeAssembler = "GNU assembler (GNU Binutils for Debian) 2.40"

// TestTheProbeIsItsSource builds probe.S; the same command renews probe.elf.
func TestTheProbeIsItsSource(t *testing.T) {
	t.Parallel()
	elf := filepath.Join(t.TempDir(), "probe.elf")
	out, err := exec.Command("gcc", "-nostdlib", "-static", "-s", "-n", "-Wl,--build-id=none,-Ttext=0x100000,-e,start",
		"-o", elf, "probe.S").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	built, err := os.ReadFile(elf)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(built, probeGuest) {
		return
	}
	version, err := exec.Command("as", "--version").Output()
	if first, _, _ := strings.Cut(string(version), "\n"); err == nil && first != probeAssembler {
		t.Skipf("this is %s, probe.elf was built by %s", first, probeAssembler)
	}
	t.Error("probe.elf is not what probe.S builds to")
}

// probeUnderTCG boots the probe, or a guest like it, where instructions are emulated,
// with more of QEMU's arguments.
func probeUnderTCG(t *testing.T, guest []byte, args ...string) (r boot.Result, paged bool) {
	t.Helper()
	elf := filepath.Join(t.TempDir(), "probe.elf")
	if err := os.WriteFile(elf, guest, 0o600); err != nil {
		t.Fatal(err)
	}
	c := Config{
		Binary: testQEMU, Machine: "pc", Memory: probeMemory, Kernel: elf, Args: args, CPUModel: "max", Exit: Exit{By: ByDebugcon},
	}
	r = wait(t, begin(t, c, boot.Options{Timeout: patience, OnMarker: func(name string, _ time.Duration) { paged = paged || name == boot.MarkBoot }}))
	return r, paged
}

func TestTheProbeRunsAndSaysHowLongItsLoopTook(t *testing.T) {
	t.Parallel()
	r, paged := probeUnderTCG(t, probeGuest)
	expect(t, r, boot.Exit, probeStatus, "returned 42")
	if v := judgeProbe(r, testQEMU, paged); !paged || !v.KVM && !v.Slow {
		t.Errorf("a probe that ran was judged %+v", v)
	}
}

// TestTheProbeSaysInWhichModeItFailed leaves out what a mode needs: KVM in software
// knows long mode only, and 32-bit paging shuts a guest on it down.
func TestTheProbeSaysInWhichModeItFailed(t *testing.T) {
	t.Parallel()
	for reason, or := range map[string][2][]byte{
		"a guest in 32-bit paging: ": {{0x83, 0xc8, 0x10}, {0x83, 0xc8, 0x00}},                         // or $PSE, %eax
		"a guest in long mode: ":     {{0x0d, 0x20, 0x06, 0x00, 0x00}, {0x0d, 0x00, 0x06, 0x00, 0x00}}, // or $PAE and others, %eax
	} {
		if n := bytes.Count(probeGuest, or[0]); n != 1 {
			t.Fatalf("%d places in the probe say % x", n, or[0])
		}
		r, paged := probeUnderTCG(t, bytes.Replace(probeGuest, or[0], or[1], 1))
		if v := judgeProbe(r, testQEMU, paged); v.KVM || !strings.Contains(v.Reason, reason) {
			t.Errorf("judged %+v after %s (%s)", v, r.Outcome, r.Reason)
		}
	}
}

// TestAWorkingButSlowAcceleratorLoses holds the guest to 8 ns an instruction: the
// loop then takes at least 160 ms.
func TestAWorkingButSlowAcceleratorLoses(t *testing.T) {
	t.Parallel()
	r, paged := probeUnderTCG(t, probeGuest, "-icount", "shift=3,align=on")
	expect(t, r, boot.Exit, probeStatus, "returned 42")
	if v := judgeProbe(r, testQEMU, paged); v.KVM || !v.Slow || !strings.Contains(v.Reason, "emulation is faster") {
		t.Errorf("judged %+v after %+v", v, r.Phases)
	}
}

// TestTheRealDeviceIsProvedWithinItsTime takes this machine's /dev/kvm as it is:
// absent, broken or sound.
func TestTheRealDeviceIsProvedWithinItsTime(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	start := time.Now()
	a, err := Probe(t.Context(), spawner(t), testQEMU, dir, "auto")
	if err != nil {
		t.Fatal(err)
	}
	if took := time.Since(start); took > patience/2 {
		t.Errorf("took %s", took)
	}
	checkAccelerator(t, a)
	again, err := Probe(t.Context(), spawner(t), testQEMU, dir, "auto")
	if err != nil || again.Name != a.Name || again.Reason != a.Reason {
		t.Errorf("first %+v, then %+v, %v", a, again, err)
	}
	forced, err := Probe(t.Context(), spawner(t), testQEMU, dir, "kvm")
	if (err == nil) != (a.Name == KVM) || err != nil && (!errors.Is(err, ErrNoKVM) || !strings.Contains(err.Error(), a.Reason)) {
		t.Errorf("auto is %+v, kvm %+v, %v", a, forced, err)
	}
}

func checkAccelerator(t *testing.T, a Accelerator) {
	t.Helper()
	if a.Name != KVM && a.Name != TCG || (a.Name == KVM) != (a.Reason == "") || a.FellBack() != (a.Name == TCG) || a.QEMU == "" {
		t.Errorf("accelerator %+v says too little", a)
	}
}

// shim is a QEMU program whose starts are counted. Its device is a file that
// opens, and KVM behind it is what the shell makes of it.
type shim struct {
	t              *testing.T
	dir            string
	binary, device string
	host           string // root of the files that tell about the machine
}

// fakeKVM runs the guest on TCG where KVM is asked for: a sound KVM for machines
// without one.
const fakeKVM = `
for word; do
    shift
    case $word in kvm) word=tcg ;; host) word=max ;; esac
    set -- "$@" "$word"
done
exec ` + testQEMU + ` "$@"`

func newShim(t *testing.T, body string) *shim {
	t.Helper()
	s := &shim{t: t, dir: t.TempDir()}
	s.binary, s.device, s.host = filepath.Join(s.dir, testQEMU), filepath.Join(s.dir, "kvm"), filepath.Join(s.dir, "host")
	script := "#!/bin/sh\necho >>" + s.dir + "/starts\n[ \"$1\" = --version ] && exec " + testQEMU + " --version\n" + body + "\n"
	syscall.ForkLock.RLock() // a child forked now would keep the program open for writing, and so from being run
	err := os.WriteFile(s.binary, []byte(script), 0o700)
	syscall.ForkLock.RUnlock()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(s.device, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *shim) choose(want string) (Accelerator, error) {
	return prober{spawner: spawner(s.t), device: s.device, host: hostFiles{s.host}}.choose(s.t.Context(), s.binary, filepath.Join(s.dir, "cache"), want)
}

// starts counts the processes since the last call.
func (s *shim) starts() int {
	file := filepath.Join(s.dir, "starts")
	b, err := os.ReadFile(file)
	if err == nil {
		err = os.Remove(file)
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		s.t.Fatal(err)
	}
	return len(b)
}

func TestAKnownVerdictStartsNoProcess(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, body string
		accel      Accel
		reason     string
	}{
		{"sound", fakeKVM, KVM, ""},
		{"refused", "echo qemu-system-x86_64: error: failed to set MSR 0x345 >&2; exit 1", TCG, "failed to set MSR 0x345"},
		{"aborted", "kill -ABRT $$", TCG, "signal 6"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := newShim(t, test.body)
			first, err := s.choose("auto")
			if err != nil {
				t.Fatal(err)
			}
			checkAccelerator(t, first)
			if first.Name == TCG && test.accel == KVM && strings.Contains(first.Reason, "emulation is faster") {
				t.Skip("this host is too busy to be quick") // TCG plays KVM
			}
			if first.Name != test.accel || !strings.Contains(first.Reason, test.reason) {
				t.Errorf("chose %+v; want %s, %q", first, test.accel, test.reason)
			}
			if n := s.starts(); n < 2 {
				t.Errorf("a version and a verdict came from %d processes", n)
			}
			for _, want := range []string{"auto", "kvm", "tcg"} {
				a, err := s.choose(want)
				if want == "kvm" && test.accel == TCG {
					if !errors.Is(err, ErrNoKVM) || !strings.Contains(err.Error(), test.reason) {
						t.Errorf("kvm by force: %v", err)
					}
				} else if err != nil {
					t.Errorf("%s: %v", want, err)
				}
				if want == "auto" && (a.Name != first.Name || a.Reason != first.Reason || a.QEMU != first.QEMU) {
					t.Errorf("first %+v, then %+v", first, a)
				}
				if want == "tcg" && (a.Name != TCG || a.Reason != "") {
					t.Errorf("tcg by force: %+v", a)
				}
				if n := s.starts(); n != 0 {
					t.Errorf("%s started %d processes", want, n)
				}
			}
		})
	}
}

// TestAnOldVerdictIsNotBelieved changes all that a verdict depends on.
func TestAnOldVerdictIsNotBelieved(t *testing.T) {
	t.Parallel()
	s := newShim(t, "echo error: no luck >&2; exit 1")
	known := func(what string, want bool) {
		t.Helper()
		if _, err := s.choose("auto"); err != nil {
			t.Fatal(err)
		}
		if n := s.starts(); (n == 0) != want {
			t.Errorf("%s: %d processes started", what, n)
		}
	}
	known("nothing known", false)
	known("known", true)
	later := time.Now().Add(time.Minute)
	if err := os.Chtimes(s.binary, later, later); err != nil {
		t.Fatal(err)
	}
	known("another QEMU", false)
	known("another QEMU, known", true)
	files, err := filepath.Glob(filepath.Join(s.dir, "cache", "*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no files: %v, %v", files, err)
	}
	for _, file := range files {
		if err := os.WriteFile(file, []byte("{"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	known("a torn file", false)
	known("a torn file, mended", true)

	cache, err := openVerdicts(filepath.Join(s.dir, "cache"), s.binary)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []verdict{
		{Version: "7", Slow: true, At: time.Now().Add(-2 * slowLifetime)},
		{Version: "7", Slow: true, At: time.Now().Add(time.Hour)},
		{Version: "7", At: time.Now(), KVM: true},
	} {
		if err := cache.save(v); err != nil {
			t.Fatal(err)
		}
		if _, ok := cache.load(); ok == v.Slow {
			t.Errorf("verdict %+v holds: %t", v, ok)
		}
	}
	cache.key += "another start of the host"
	if v, ok := cache.load(); ok {
		t.Errorf("another host's verdict holds: %+v", v)
	}
}

// TestTheProbesProcessorIsTheHosts: it sets registers that a KVM without hardware
// behind it refuses, and all other models would not see that.
func TestTheProbesProcessorIsTheHosts(t *testing.T) {
	t.Parallel()
	s := newShim(t, `case "$*" in *"-accel kvm"*"-cpu host"*) echo "error: it asked for kvm and host" >&2; esac; exit 1`)
	if a, err := s.choose("auto"); err != nil || !strings.Contains(a.Reason, "run a guest at all: it asked for kvm and host") {
		t.Errorf("chose %+v, %v", a, err)
	}
}

func TestAQEMUThatSaysNothingIsGivenUp(t *testing.T) {
	t.Parallel()
	needTime(t)
	s := newShim(t, "exec sleep 1000")
	start := time.Now()
	a, err := s.choose("auto")
	if err != nil {
		t.Fatal(err)
	}
	if a.Name != TCG || !strings.Contains(a.Reason, "did not finish within 1s") {
		t.Errorf("chose %+v", a)
	}
	if took := time.Since(start); took > patience/2 {
		t.Errorf("took %s", took)
	}
	if a, err := s.choose("kvm"); err != nil || a.Name != KVM { // it may only be slow
		t.Errorf("kvm by force: %+v, %v", a, err)
	}
}

func TestWhatNeedsNoProofIsSaidAtOnce(t *testing.T) {
	t.Parallel()
	s := newShim(t, "echo started >&2; exit 1")
	if err := os.Remove(s.device); err != nil {
		t.Fatal(err)
	}
	a, err := s.choose("auto")
	if err != nil || a.Name != TCG || !a.FellBack() || !strings.Contains(a.Reason, "there is no "+s.device) || len(a.Fixes) == 0 {
		t.Errorf("without a device: %+v, %v", a, err)
	}
	if n := s.starts(); n != 1 {
		t.Errorf("%d processes; want one, for the version", n)
	}
	if _, err := s.choose("kvm"); !errors.Is(err, ErrNoKVM) || !strings.Contains(err.Error(), "firmware") {
		t.Errorf("kvm by force without a device: %v", err)
	}
	if err := os.Mkdir(s.device, 0o700); err != nil {
		t.Fatal(err)
	}
	if a, err := s.choose("auto"); err != nil || !strings.Contains(a.Reason, "cannot be opened") {
		t.Errorf("with a device that does not open: %+v, %v", a, err)
	}
	if _, err := s.choose("warp"); err == nil || !strings.Contains(err.Error(), "auto, kvm, tcg") {
		t.Errorf("an accelerator that is none: %v", err)
	}
	foreign := filepath.Join(s.dir, "qemu-system-riscv64")
	if err := os.Symlink(s.binary, foreign); err != nil {
		t.Fatal(err)
	}
	a, err = prober{spawner: spawner(t), device: s.device}.choose(t.Context(), foreign, "", "auto")
	if err != nil || a.Name != TCG || a.FellBack() || !strings.Contains(a.Reason, "another instruction set") {
		t.Errorf("another instruction set: %+v, %v", a, err)
	}
}
