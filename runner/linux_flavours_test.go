package runner_test

import (
	"strings"
	"testing"

	"slipway/runner/boot"
)

// TestDebiansOtherKernels boots the kernels that extend linux-cloud on each machine that
// their manifests name, with every driver they have as a module.
func TestDebiansOtherKernels(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("seconds for each boot of Linux under TCG, and a download before the first")
	}
	y := ours
	for name, release := range map[string]string{"linux-generic": "-amd64", "linux-rt": "-rt-amd64"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			disks := "disks=" + file(t, "fixed.img", "first", 1<<20) + "," + file(t, "scratch.img", "again", 3<<20) + ":snapshot"
			for _, machine := range []string{"pc", "q35"} {
				p := y.plan(t, name, "musl-static", "do=disks", "machine="+machine, "net=user", disks)
				v := y.sail(t, p)
				if v.Outcome != boot.Exit || v.Status != 0 || !strings.Contains(v.console, "/dev/vdb has 3145728 bytes, reads [again], is written\n") {
					t.Errorf("%s: %s %d (%s); console:\n%s", machine, v.Outcome, v.Status, v.Reason, v.console)
				}
				if !strings.HasSuffix(p.Image.Ready.Package, release) {
					t.Errorf("it is package %q, not one of %s", p.Image.Ready.Package, release)
				}
			}
		})
	}
}
