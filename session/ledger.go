package session

import (
	"slipway/benchmarks"
	"slipway/runner/boot"
)

// heldTitles name what is something else where the time counts from when a QEMU that
// was held was told to go on.
var heldTitles = map[string]string{"boot/vmm": "held QEMU", "boot/total": "held to exit", "boot/handover": "app handed over"}

// ledger sets the boot of the newest image beside that of the image before it.
func ledger(this, last *booted) []LedgerRow {
	if this == nil {
		return nil
	}
	if last != nil && last.virtual() != this.virtual() {
		last = nil // another clock
	}
	// A boot of a QEMU that was started beforehand is shorter for that reason alone.
	alike := last == nil || last.result.Origin == this.result.Origin
	var rows []LedgerRow
	add := func(metric, unit, marker string, now float64, before *float64) {
		title := benchmarks.Describe(metric, unit, benchmarks.Lower).Title
		if held := heldTitles[metric]; held != "" && this.result.Origin != boot.Spawned {
			title = held
		}
		rows = append(rows, LedgerRow{Metric: metric, Name: title, Unit: unit, This: number(now), Last: before, Marker: marker})
	}
	for _, p := range this.result.Phases {
		var before *float64
		if last != nil {
			for _, q := range last.result.Phases {
				if q.Name == p.Name && (alike || p.Name != "vmm") {
					before = number(q.Duration.Seconds())
				}
			}
		}
		add("boot/"+p.Name, "sec", this.marker(p), p.Duration.Seconds(), before)
	}
	both := func(metric, unit, marker string, value func(*booted) float64) {
		var before *float64
		if last != nil {
			before = number(value(last))
		}
		add(metric, unit, marker, value(this), before)
	}
	if alike {
		both("boot/total", "sec", "the process ended", func(b *booted) float64 { return b.result.Total.Seconds() })
	} else {
		add("boot/total", "sec", "the process ended", this.result.Total.Seconds(), nil)
	}
	both("tool/overhead", "sec", "", func(b *booted) float64 { return b.result.Overhead.Seconds() })
	if this.result.PeakMemory > 0 {
		both("mem/peak", "B", "", func(b *booted) float64 { return float64(b.result.PeakMemory) })
	}
	if c := this.result.Counts; c.Exit > c.App && this.virtual() {
		both("virt/total", "", "", func(b *booted) float64 { return float64(b.result.Counts.Exit) })
		both("virt/app", "", "", func(b *booted) float64 { return float64(b.result.Counts.Exit - b.result.Counts.App) })
	}
	both("size/image", "B", "", func(b *booted) float64 { return float64(b.image.Size) })
	return rows
}

// virtual says whether the guest's clock counted instructions.
func (b *booted) virtual() bool { return b.image.Target.Settings.Virtual }

// marker is what ended a phase, with what that costs on this host.
func (b *booted) marker(p boot.Phase) string {
	if b.plan == nil {
		return p.Marker
	}
	return benchmarks.MarkerText(benchmarks.StoredPhase(b.plan, p))
}

func number(v float64) *float64 { return &v }
