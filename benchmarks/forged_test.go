package benchmarks_test

import (
	"strings"
	"testing"

	"slipway/benchmarks"
	"slipway/benchmarks/store"
	"slipway/runner/catalog"
)

// A guest that prints a metric of Slipway's own is not believed, however it writes it.
func TestAGuestHasNoMetricsOfOurOwn(t *testing.T) {
	t.Parallel()
	names := []string{"Boot/total", "BOOT/total", "Size/image", "Virt/app", "MeM/peak", "Kvm/exits"}
	text := results("Nbody", "ns/op", 1)
	for _, name := range names {
		text += results(name, "sec", 1)
	}
	metrics, notes := benchmarks.ParseOutput(strings.NewReader(text), "console", []catalog.Metric{{Name: "Cpu/qemu", Unit: "sec", Regexp: "(1)"}})
	if len(metrics) != 1 || metrics["Nbody"].Unit != "ns/op" || len(notes) != len(names)+1 {
		t.Errorf("%v, %q", metrics, notes)
	}
	for _, note := range notes {
		if !strings.Contains(note, "Slipway's own") {
			t.Errorf("%q does not say why", note)
		}
	}

	run := store.Run{Origin: store.Spawned, Total: 2, Metrics: map[string]store.Metric{"Boot/total": sec(1), "Bootstrap": sec(3)}}
	benchmarks.AddMetrics(&run, benchmarks.Measured{})
	if len(run.Metrics) != 2 || run.Metrics["boot/total"].Values[0] != 2 || run.Metrics["Bootstrap"].Values[0] != 3 {
		t.Errorf("%v", run.Metrics)
	}

	both := resultFile(t, "both.txt", results("Boot/total", "sec", 1)+results("BOOT/total", "sec", 1))
	if _, err := compareFiles(t, []string{both}); err == nil || !strings.Contains(err.Error(), both+":2: BOOT/total beside Boot/total: ") {
		t.Errorf("a file with both: %v", err)
	}
}
