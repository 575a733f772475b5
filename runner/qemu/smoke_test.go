package qemu

import (
	"testing"
	"time"

	"slipway/runner/boot"
	"slipway/runner/process"
)

func TestSmoke(t *testing.T) {
	sp := process.NewSpawner()
	defer sp.Close()
	ctx := t.Context()
	dir := t.TempDir()
	for range 2 {
		start := time.Now()
		a, err := Probe(ctx, sp, "qemu-system-x86_64", dir, "auto")
		t.Logf("%+v %v %s", a, err, time.Since(start))
		if err != nil || a.Name != TCG {
			t.Error("want TCG")
		}
	}
	for _, tr := range []process.Transport{process.PTY, process.Pipe} {
		b, err := Start(ctx, sp, Config{Binary: "qemu-system-x86_64", Machine: "microvm", Memory: 16 << 20, Kernel: "probe.elf"}, boot.Options{Transport: tr, Timeout: 10 * time.Second})
		if err != nil {
			t.Fatal(err)
		}
		r := b.Wait()
		t.Logf("%+v", r)
		if r.Outcome != boot.Exit || r.Status != 42 {
			t.Errorf("%s: %s %d", tr, r.Outcome, r.Status)
		}
	}
	b, err := Start(ctx, sp, Config{Binary: "qemu-system-x86_64", Machine: "microvm", Kernel: "/dev/null"}, boot.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if r := b.Wait(); r.Outcome != boot.Unbootable {
		t.Errorf("%+v", r)
	}
	h, err := boot.StartProcess(ctx, sp, []string{"sh", "-c", "echo hi; exit 3"}, boot.Options{Transport: process.PTY})
	if err != nil {
		t.Fatal(err)
	}
	if r := h.Wait(); r.Outcome != boot.Exit || r.Status != 3 || len(r.LastLines) != 1 {
		t.Errorf("%+v", r)
	}
	h, err = boot.StartProcess(ctx, sp, []string{"sleep", "60"}, boot.Options{})
	if err != nil {
		t.Fatal(err)
	}
	h.Stop("enough")
	if r := h.Wait(); r.Outcome != boot.Stopped || r.Total > 2*time.Second {
		t.Errorf("%+v", r)
	}
}
