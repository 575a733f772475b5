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
	of := func(prestarted bool) *booted {
		return &booted{image: &runner.Image{}, result: boot.Result{
			Prestarted: prestarted, Total: 2 * time.Second,
			Phases: []boot.Phase{{Name: "vmm", Duration: time.Second}, {Name: "app", Duration: time.Second}},
		}}
	}
	for _, now := range []bool{false, true} {
		for _, before := range []bool{false, true} {
			for _, row := range ledger(of(now), of(before)) {
				if row.Metric == "boot/total" && (row.Name == "spawn to exit") == now {
					t.Errorf("prestarted %v: %s is called %q", now, row.Metric, row.Name)
				}
				fromSpawn := row.Metric == "boot/vmm" || row.Metric == "boot/total"
				if compared := row.Last != nil; compared != (now == before || !fromSpawn) {
					t.Errorf("this prestarted %v, last %v: %s is set beside the last: %v", now, before, row.Metric, compared)
				}
			}
		}
	}
}
