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
