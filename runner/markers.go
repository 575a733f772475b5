package runner

import (
	"context"
	"path/filepath"

	"slipway/runner/qemu"
)

// MarkerCosts are what markers cost under an accelerator on this host, as far as that
// was measured.
func (r *Runner) MarkerCosts(arch string, accel qemu.Accel) qemu.MarkerCosts {
	return qemu.KnownMarkerCosts(Binary(arch), r.verdicts(), accel)
}

// TryMarkers measures what markers cost under an accelerator where that is neither known
// nor was tried by this Runner before: a host that is too busy now is asked no second time.
func (r *Runner) TryMarkers(ctx context.Context, arch string, accel qemu.Accel) error {
	if !r.WantsMarkers(arch, accel) {
		return nil
	}
	r.markersTried.Store(arch+" "+string(accel), true)
	_, err := r.MeasureMarkers(ctx, arch, accel)
	return err
}

// WantsMarkers says whether TryMarkers would measure.
func (r *Runner) WantsMarkers(arch string, accel qemu.Accel) bool {
	_, tried := r.markersTried.Load(arch + " " + string(accel))
	return !tried && r.MarkerCosts(arch, accel) == nil
}

// MeasureMarkers measures that anew, with small guests: a second on a quiet host.
func (r *Runner) MeasureMarkers(ctx context.Context, arch string, accel qemu.Accel) (qemu.MarkerCosts, error) {
	return qemu.MeasureMarkers(ctx, r.spawner, Binary(arch), r.verdicts(), accel)
}

// verdicts is the folder for what was found out about QEMU on this host.
func (r *Runner) verdicts() string { return filepath.Join(r.cache, "accelerators") }

// Cost says what a marker of the plan's boot costs; false where nobody knows.
func (p *Plan) Cost(marker string) (qemu.MarkerCost, bool) { return p.markers.Of(marker) }
