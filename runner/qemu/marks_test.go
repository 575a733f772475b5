package qemu

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"slipway/runner/process"
)

// TestTheMarkersGuestIsItsSource builds marks.S; the same command renews marks.elf.
func TestTheMarkersGuestIsItsSource(t *testing.T) {
	t.Parallel()
	elf := filepath.Join(t.TempDir(), "marks.elf")
	out, err := exec.Command("gcc", "-nostdlib", "-static", "-s", "-n", "-Wl,--build-id=none,-Ttext=0x100000,-e,start",
		"-o", elf, "marks.S").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	built, err := os.ReadFile(elf)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(built, marksGuest) {
		return
	}
	version, err := exec.Command("as", "--version").Output()
	if first, _, _ := strings.Cut(string(version), "\n"); err == nil && first != probeAssembler {
		t.Skipf("this is %s, marks.elf was built by %s", first, probeAssembler)
	}
	t.Error("marks.elf is not what marks.S builds to")
}

func TestMarkersAreMeasuredOnceAndKept(t *testing.T) {
	if testing.Short() {
		t.Skip("boots ten guests")
	}
	sp := process.NewSpawner()
	defer sp.Close()
	dir := t.TempDir()
	if known := KnownMarkerCosts(testQEMU, dir, TCG); known != nil {
		t.Errorf("known before they were measured: %v", known)
	}
	costs, err := MeasureMarkers(context.Background(), sp, testQEMU, dir, TCG)
	if errors.Is(err, ErrTooBusy) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range costs {
		t.Logf("%-14s late %9s, holds the guest up for %9s (%d times)", c.Kind, c.Late, c.Held, c.Times)
		if c.Late <= 0 || c.Late > 5*time.Second || c.Times < fewestMarks {
			t.Errorf("%s: %+v", c.Kind, c)
		}
		if writes := c.Kind == MarkDebugcon || c.Kind == MarkSerial; writes != (c.Held > 0) {
			t.Errorf("%s holds the guest up for %s", c.Kind, c.Held)
		}
	}
	known := KnownMarkerCosts(testQEMU, dir, TCG)
	if len(known) != len(costs) || known[0] != costs[0] {
		t.Errorf("kept: %v, want %v", known, costs)
	}
	if KnownMarkerCosts(testQEMU, dir, KVM) != nil {
		t.Error("those of TCG are taken for those of KVM")
	}
	for marker, kind := range map[string]string{
		"debugcon @slipway app": MarkDebugcon, `console "@slipway app"`: MarkSerial, "console line": MarkSerial,
		"QMP cont": "", "QMP RESUME": MarkEvent, "process exit": MarkEnd,
	} {
		if c, ok := costs.Of(marker); c.Kind != kind || ok != (kind != "") {
			t.Errorf("%s is taken for %q", marker, c.Kind)
		}
	}
	if _, err := MeasureMarkers(context.Background(), sp, "qemu-system-riscv64", dir, TCG); err == nil {
		t.Error("markers of a machine without an x86 guest were measured")
	}
}
