package session

import (
	"testing"
	"time"

	"slipway/runner"
	"slipway/runner/boot"
)

// TestLedgerSetsLikeBesideLike: a boot of a QEMU that was there already is shorter for
// that reason alone, and no verdict on a save.
func TestLedgerSetsLikeBesideLike(t *testing.T) {
	t.Parallel()
	of := func(origin boot.Origin) *booted {
		return &booted{image: &runner.Image{}, result: boot.Result{
			Origin: origin, Total: 2 * time.Second,
			Phases: []boot.Phase{{Name: "vmm", Duration: time.Second}, {Name: "app", Duration: time.Second}},
		}}
	}
	origins := []boot.Origin{boot.Spawned, boot.Prestarted, boot.Resumed}
	for _, now := range origins {
		for _, before := range origins {
			for _, row := range ledger(of(now), of(before)) {
				if row.Metric == "boot/total" && (row.Name == "spawn to exit") != (now == boot.Spawned) {
					t.Errorf("%q: %s is called %q", now, row.Metric, row.Name)
				}
				fromSpawn := row.Metric == "boot/vmm" || row.Metric == "boot/total"
				if compared := row.Last != nil; compared != (now == before || !fromSpawn) {
					t.Errorf("this %q, last %q: %s is set beside the last: %v", now, before, row.Metric, compared)
				}
			}
		}
	}
}

// TestLedgerOfVirtualTimeHasCounts holds that the counts are rows of a boot that counts,
// and that no boot by another clock is set beside it.
func TestLedgerOfVirtualTimeHasCounts(t *testing.T) {
	t.Parallel()
	counted := func(virtual bool) *booted {
		image := &runner.Image{}
		image.Target.Settings.Virtual = virtual
		return &booted{image: image, result: boot.Result{Total: time.Second, Counts: boot.Counts{App: 1000, Exit: 5000}}}
	}
	rows := map[string]LedgerRow{}
	for _, row := range ledger(counted(true), counted(true)) {
		rows[row.Metric] = row
	}
	if total, app := rows["virt/total"], rows["virt/app"]; total.This == nil || *total.This != 5000 || app.This == nil || *app.This != 4000 || app.Last == nil {
		t.Errorf("virtual time: %+v, %+v", total, app)
	}
	for _, row := range ledger(counted(true), counted(false)) {
		if row.Last != nil {
			t.Errorf("%s is set beside a boot by another clock", row.Metric)
		}
	}
	for _, row := range ledger(counted(false), nil) {
		if row.Metric == "virt/total" {
			t.Error("a boot in wall-clock time has instructions")
		}
	}
}
