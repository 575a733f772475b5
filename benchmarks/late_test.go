package benchmarks_test

import (
	"strings"
	"testing"

	"slipway/benchmarks"
	"slipway/benchmarks/store"
)

// What ends with a marker that was seen too late yields no sample; the others do.
func TestATimeWhoseEndWasSeenTooLateIsNoSample(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		late            float64
		total, shutdown bool
	}{
		"in time":                 {0, true, true},
		"hardly":                  {0.0009, true, true},
		"beside a short phase":    {0.004, true, false},
		"beside the boot as well": {0.012, false, false},
	} {
		run := store.Run{Total: 0.2, Metrics: map[string]store.Metric{}, Phases: []store.Phase{
			{Name: "vmm", Seconds: 0.1},
			{Name: "firmware+kernel", Seconds: 0.02},
			{Name: "app", Seconds: 0.06},
			{Name: "shutdown", Seconds: 0.02, Marker: "process exit", SeenLate: c.late},
		}}
		benchmarks.AddMetrics(&run, benchmarks.Measured{})
		for metric, want := range map[string]bool{"boot/total": c.total, "boot/shutdown": c.shutdown, "boot/app": true, "boot/to-app": true} {
			if _, ok := run.Metrics[metric]; ok != want {
				t.Errorf("%s: there is a %s: %v, want %v", name, metric, ok, want)
			}
		}
	}
}

func TestHowLateAMarkerWasSeenIsSaid(t *testing.T) {
	t.Parallel()
	p := store.Phase{Marker: "console line", MarkerLate: 27e-6, SeenLate: 18e-3}
	if got := benchmarks.MarkerText(p); !strings.Contains(got, "late 27") || !strings.Contains(got, "seen up to 18.0 ms late in this boot") {
		t.Error(got)
	}
	p.SeenLate = 20e-6
	if got := benchmarks.MarkerText(p); strings.Contains(got, "in this boot") {
		t.Errorf("%s: that is as always", got)
	}
}
